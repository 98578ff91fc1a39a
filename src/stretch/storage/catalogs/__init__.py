"""Catalogs from anywhere, read, put together and looked through."""
