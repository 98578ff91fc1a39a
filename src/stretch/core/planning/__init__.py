"""Planning: eligible stretches for a request, their scores, and the best selection."""
