"""Playback of a session: the loop, input, displays, sound, voice and the recorder."""
