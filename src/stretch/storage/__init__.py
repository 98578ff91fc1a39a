"""What lasts: the catalog and what the user keeps."""
