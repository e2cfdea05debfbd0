"""What left, to read: the files that were taken, without a name, and the releases. Commands make and withdraw those."""

from __future__ import annotations

from django.contrib import admin

from hrdocs.admin.only_read import OnlyRead
from hrdocs.models import Manifest, Release


@admin.register(Manifest)
class ManifestAdmin(OnlyRead):
    list_display = ("uid", "kind", "form", "audience", "version", "taken_at", "state", "rows", "bytes")
    list_filter = ("state", "audience", "form", "kind")
    search_fields = ("uid", "sha256")


@admin.register(Release)
class ReleaseAdmin(OnlyRead):
    list_display = ("number", "title", "audience", "version", "made_at", "made_by", "withdrawn_at")
    list_select_related = ("made_by",)
    list_filter = ("audience",)
    search_fields = ("title", "sha256")
