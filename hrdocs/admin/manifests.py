"""What left, to read: the files that were taken, without a name."""

from __future__ import annotations

from django.contrib import admin

from hrdocs.admin.only_read import OnlyRead
from hrdocs.models import Manifest


@admin.register(Manifest)
class ManifestAdmin(OnlyRead):
    list_display = ("uid", "kind", "form", "audience", "version", "taken_at", "state", "rows", "bytes")
    list_filter = ("state", "audience", "form", "kind")
    search_fields = ("uid", "sha256")
