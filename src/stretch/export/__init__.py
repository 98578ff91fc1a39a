"""A routine that leaves the terminal: as a file to hear, to print, to keep."""
