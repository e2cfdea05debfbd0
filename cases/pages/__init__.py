"""Pages for readers, one module for each kind of record; each leads with who says so."""
