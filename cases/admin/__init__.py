"""The analysts' door to what happened and to what is said of it."""

from django.apps import apps
from django.contrib import admin

from cases.admin import happenings, imports, informants, sources, statements, structure, uploads  # noqa: F401 - registers them

# What waits for a worker is no record: the jobs have no page of their own.
for job in apps.get_app_config("procrastinate").get_models():
    if admin.site.is_registered(job):
        admin.site.unregister(job)

admin.site.index_template = "cases/admin/desk.html"
