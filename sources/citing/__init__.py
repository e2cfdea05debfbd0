"""Sources as citations: CSL-JSON, and from its items BibTeX and RIS. Pure functions; nothing here asks the database."""
