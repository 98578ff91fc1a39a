"""Files and databases: the catalog, the settings, the journal and the safety record."""
