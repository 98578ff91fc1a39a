"""One file of unknown origin, read safely, and what is wrong with it where."""
