"""Rules that the entries of a catalog must keep, and lint rules for their content."""
