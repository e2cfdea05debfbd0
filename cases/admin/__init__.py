"""The analysts' door to what happened and to what is said of it."""

from cases.admin import happenings, statements, structure  # noqa: F401 - registers them
