"""Releases: a data set frozen into one file, with all that a stranger needs to read, check and cite it."""
