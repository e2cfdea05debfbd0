"""The analysts' door to any record; each app registers its own records on these bases."""

from hrdocs.admin import notices, people, work  # noqa: F401 - registers them
