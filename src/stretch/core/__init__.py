"""The pure middle: no clock, no file, no terminal, no random source but the seed given."""
