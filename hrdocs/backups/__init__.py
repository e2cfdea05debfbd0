"""Backups: the database and the files, encrypted for a key that does not lie on the server, and how they come back.

A backup is a folder that standard tools read: `age` opens its files, `sha256sum --check` and `pg_restore` do the rest.
"""
