"""How a page is cited: what it shows, of which version, when it was seen, and where the same is told as data."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from hrdocs.templatetags.words import own
from hrdocs.versions import latest

register = template.Library()


@register.inclusion_tag("hrdocs/_cite.html", takes_context=True)
def cite(context: template.Context) -> dict[str, Any]:
    """A line to cite what is seen by."""
    row, page, request = context.get("row") or {}, context.get("page"), context["request"]
    named = page.title if page else own(row, "name") or own(row, "title") or own(row, "label") or row.get("uid", "")
    return {
        "who": settings.CITE_AS, "named": named, "uid": row.get("uid", ""), "version": latest(), "on": timezone.now(),
        "page": request.build_absolute_uri(), "data": request.build_absolute_uri(row["url"]) if row.get("url") else "",
    }  # fmt: skip
