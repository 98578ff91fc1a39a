"""Planning: the eligible stretches for a request, the score of a selection, and the best one that fits the time."""
