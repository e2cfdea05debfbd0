"""A map on which a point is set and its precision is seen. The number fields stay; the map only fills them in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class Mapped:
    """A form with a latitude, a longitude, a precision and a radius."""

    change_form_after_template = "cases/admin/map.html"

    class Media:
        css = {"all": ("leaflet/leaflet.css",)}
        js = ("leaflet/leaflet.js", "cases/graticule.js", "cases/map.js")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        tiles = {"map_tiles": settings.MAP_TILES, "map_credit": settings.MAP_CREDIT}
        return super().render_change_form(request, {**context, **tiles}, *args, **kwargs)
