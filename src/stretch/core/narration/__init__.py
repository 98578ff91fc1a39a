"""What is said and what sounds at each cue."""
