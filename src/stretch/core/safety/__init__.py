"""Safety: the screening questions, their outcome, and the pain trend."""
