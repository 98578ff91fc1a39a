"""A guided stretch timer for the terminal."""

__version__ = "0.2.0"
