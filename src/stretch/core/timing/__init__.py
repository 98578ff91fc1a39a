"""Timing of a session: breaths, phases, cues, and the state that moves along them."""
