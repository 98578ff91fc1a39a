"""Exports of a routine: sound file and captions, handout, calendar file."""
