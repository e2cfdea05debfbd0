"""What templates need to say codes, dates and names in the reader's language."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.apps import apps
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, gettext, pgettext

register = template.Library()

_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}


@register.filter
def when(text: str | None) -> str:
    """A date as sources give them (EDTF), in words: "September 2011 – December 2015"."""
    if not text:
        return ""
    if "/" not in text:
        return _one(text)
    start, end = text.split("/", 1)
    if start in ("", ".."):
        return gettext("until %(end)s") % {"end": _one(end)}
    if end in ("", ".."):
        return gettext("since %(start)s") % {"start": _one(start)}
    both_years = re.fullmatch(r"\d{4}/\d{4}", text)
    return f"{start}–{end}" if both_years else f"{_one(start)} – {_one(end)}"


def _one(text: str) -> str:
    plain = text.rstrip("?~%")
    said = _plain(plain)
    if text == plain:
        return said
    doubt = gettext("about %(date)s") if text[-1] in "~" else gettext("perhaps %(date)s")
    return doubt % {"date": said}


def _plain(text: str) -> str:
    if day := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text):
        return date_format(dt.date(*map(int, day.groups())), "j F Y")
    if month := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
        return date_format(dt.date(int(month[1]), int(month[2]), 1), "F Y")
    if (season := re.fullmatch(r"(\d{4})-(2[1-4])", text)) and season[2] in _SEASONS:
        names = {
            "spring": gettext("spring"),
            "summer": gettext("summer"),
            "autumn": gettext("autumn"),
            "winter": gettext("winter"),
        }
        return f"{names[_SEASONS[season[2]]]} {season[1]}"
    return text  # decades and sets are written as they are


@register.filter
def choice(value: Any, field: str) -> str:
    """The label of a value in a closed list, named by app.Model.field; several are joined by "or"."""
    labels = _labels(field)
    if isinstance(value, list | tuple):
        return joined(_continued(str(labels.get(each, each)) for each in value))
    return str(labels.get(value, value or ""))


@functools.cache
def _labels(field: str) -> dict[Any, Any]:
    """The labels of a closed list by its values, each in the language of whoever reads it."""
    app, model, name = field.split(".")
    of = apps.get_model(app, model)._meta.get_field(name)
    return dict(getattr(of, "base_field", of).flatchoices)  # of a field that holds several, those of one


def either(words: Iterable[str]) -> str:
    return pgettext("between alternatives", " or ").join(_continued(words))


def _continued(labels: Iterable[str]) -> list[str]:
    """Labels as they go on in a sentence: only the first keeps its capital, and abbreviations keep theirs."""
    first, *others = list(labels) or [""]
    return [first, *(each[:1].lower() + each[1:] if each[1:2].islower() else each for each in others)]


def joined(words: Iterable[str]) -> str:
    """Names as a sentence lists them."""
    *most, last = list(words) or [""]
    return f"{pgettext('in a list', ', ').join(most)}{pgettext('before the last', ' and ')}{last}" if most else last


@register.filter
def own(row: Any, name: str) -> str:
    """One of our own texts of a row in the reader's language, or in English where it has none."""
    if not row:
        return ""
    arabic = row.get(f"{name}_ar") if (get_language() or "").startswith("ar") else ""
    return arabic or row.get(f"{name}_en") or row.get(name) or ""


@register.simple_tag(takes_context=True)
def term(context: template.Context, vocabulary: str, codes: Any) -> str:
    """The labels of curated terms, by their codes; several mean "or"."""
    found = [codes] if isinstance(codes, str) else codes or []
    return either(context["terms"].label(vocabulary, code) for code in found if code)
