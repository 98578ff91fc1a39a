"""What of a session is kept, gone on with and added up."""
