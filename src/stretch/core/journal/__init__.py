"""Records of sessions: what is stored, statistics over them, and resuming one."""
