"""What the desk shows and nobody writes there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin

from hrdocs.admin.asked import AskedByItsFilters


class OnlyRead(AskedByItsFilters, ModelAdmin):
    """Rows that the program writes, to read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
