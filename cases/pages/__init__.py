"""Pages for readers: facilities, cases, parties, statements, incidents and sources, each leading with who says so."""
