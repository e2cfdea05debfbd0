"""The lists of the API by their names, for what follows from their declarations: indexes, relations, labels, dictionary."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.module_loading import import_string


@cache
def views() -> dict[str, Any]:
    """The viewset of each list, in the order in which the API's root names them."""
    from hrdocs.urls import ENDPOINTS  # which names the viewsets, and they stand on most of what asks here

    return {name: import_string(view) for name, view in ENDPOINTS.items()}
