"""The analysts' door to what happened and to what is said of it."""

from django.contrib import admin

from cases.admin import happenings, imports, informants, sources, statements, structure, uploads  # noqa: F401 - registers them

admin.site.index_template = "cases/admin/desk.html"
