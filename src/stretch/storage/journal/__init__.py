"""What was done, in one file."""
