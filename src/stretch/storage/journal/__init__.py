"""The journal: a SQLite database of all sessions."""
