"""The values of a row as a table says them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from hrdocs.templatetags.words import own


@dataclass(frozen=True)
class Cell:
    """One value in the table of a page, with the page of the record that it names, if it names one."""

    text: str
    href: str = ""


def said(value: Any) -> str:
    """A value of a row as a table says it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        named = own(value, "name") or own(value, "title") or own(value, "label") or value.get("wording") or value.get("uid")
        return str(named or "")
    if isinstance(value, list):
        return gettext("; ").join(filter(None, map(said, value)))
    return "" if value is None else str(value)


def page_of(row: dict[str, Any]) -> str:
    """The page of a record, or its address in the API where it has none of its own."""
    from hrdocs.urls import PAGES

    uid = str(row.get("uid") or "")
    if route := PAGES.get(uid[:3]):
        return reverse(route, args=[uid])
    return str(row.get("url") or "")
