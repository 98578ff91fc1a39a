"""Catalogs: shipped and user files loaded, merged and checked."""
