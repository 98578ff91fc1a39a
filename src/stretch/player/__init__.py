"""Playback of a session: screen, plain lines or events, keys, sound and voice."""
