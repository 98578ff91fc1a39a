"""Exports of a routine: sound file, captions, handout and calendar file."""
