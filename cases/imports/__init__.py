"""Sheets come in: read → columns → plan → write, in one transaction, every row accounted for."""
