"""A request becomes a routine: who may be in it, what a choice is worth, and the best choice."""
