"""How a date that somebody types into a form is understood, said in words before it is saved."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, JsonResponse
from django.utils.formats import date_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hrdocs.dates import LONGEST, Span, from_typed, parse


@require_GET
def understood(request: HttpRequest) -> JsonResponse:
    """What a text means as a date, or what is wrong with it. It asks no table and keeps nothing."""
    text = request.GET.get("text", "").strip()[: LONGEST + 1]
    if not text:
        return JsonResponse({})
    try:
        edtf = from_typed(text)
    except ValueError as problem:
        return JsonResponse({"problem": str(problem)})
    stored = f"\u2066{edtf}\u2069" if get_language_bidi() else edtf  # digits and strokes in their own order
    return JsonResponse({"words": _("%(meaning)s, stored as %(edtf)s") % {"meaning": in_words(parse(edtf)), "edtf": stored}})


def in_words(span: Span) -> str:
    """The days that a date can mean: “from 1 to 10 March 2012”."""
    first, last = span.earliest, span.latest
    if first is None or last is None:
        if last is not None:
            return _("until %(day)s") % {"day": _day(last)}
        return _("since %(day)s") % {"day": _day(first)} if first is not None else _("not known when")
    if first == last:
        return _day(first)
    start = _day(first)
    if first.year == last.year:
        start = date_format(first, "j" if first.month == last.month else "j F")
    return _("from %(first)s to %(last)s") % {"first": start, "last": _day(last)}


def _day(day: dt.date) -> str:
    return date_format(day, "j F Y")
