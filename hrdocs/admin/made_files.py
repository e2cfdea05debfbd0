"""Files that are made in the background, as administrators see them: how far each is, never whose and of what."""

from __future__ import annotations

from django.contrib import admin

from hrdocs.admin.only_read import OnlyRead
from hrdocs.models import MadeFile


@admin.register(MadeFile)
class MadeFileAdmin(OnlyRead):
    """Jobs name the file by this number."""

    list_display = ("id", "step", "tries", "asked_at", "ready_at", "until", "bytes")
    list_filter = ("step",)
    fields = ("id", "step", "tries", "asked_at", "ready_at", "until", "bytes")
    readonly_fields = fields
    ordering = ("-id",)
