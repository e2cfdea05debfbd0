"""The analysts' door to any record; each app registers its own records on these bases."""

from hrdocs.admin import door, jobs, joining, made_files, manifests, matches, notices, people, releases, teams, tokens, work  # noqa: F401 - registers them
