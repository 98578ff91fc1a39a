"""Spoken phrases and tones for each cue of a session."""
