"""Versions of the data: sealed batches of history, and what else names one – a release, or a moment."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from hrdocs.models import News, Release, Seal
from hrdocs.readers import as_ourselves

_RELEASE = re.compile("release-([1-9][0-9]{0,8})")
_SAID = "Write a version (12), a release (release-3), or a moment (2025-03-01, or 2025-03-01T12:00:00Z)."


def last_sealed() -> int | None:
    """The number of the last sealed batch. Seals are in no reader's relation; their number tells nobody of a row."""
    with as_ourselves():
        return Seal.objects.aggregate(last=Max("number"))["last"]


def latest() -> int:
    """The same as a version to ask from; 0 where nothing was sealed yet."""
    return last_sealed() or 0


def since(text: str, user: Any) -> int:
    """A version of which all was there at what the text names. A moment stands for one before it, so that what follows
    tells of too much and never of too little."""
    named = _named(text, user)
    if not isinstance(named, dt.datetime):
        return named
    if named > timezone.now():
        raise ValidationError("That moment is still to come. Ask since one that is past.")
    with as_ourselves():  # the last one made until then may list what was committed just after; the one before may not
        made = list(Seal.objects.filter(sealed_at__lte=named).order_by("-number").values_list("number", flat=True)[:2])
    return made[1] if len(made) == 2 else 0


def until(text: str, user: Any) -> int | None:
    """A version that holds all that was there at what the text names; None where nothing was sealed since."""
    named = _named(text, user)
    if not isinstance(named, dt.datetime):
        return named
    with as_ourselves():
        return Seal.objects.filter(sealed_at__gte=named).aggregate(first=Min("number"))["first"]


def moment(text: str, user: Any) -> dt.datetime:
    """The moment that a text names, of which it can be told what was there: a version is when it was sealed, a release when it
    was read. Raises ValidationError with what to write."""
    release = _RELEASE.fullmatch(text)
    named = _release(release[1], user).made_at if release else _named(text, user)
    with as_ourselves():
        if not isinstance(named, dt.datetime):
            named = Seal.objects.filter(number=named).values_list("sealed_at", flat=True).first()
        began = News.objects.aggregate(first=Min("at"))["first"]
    if named is not None and named > timezone.now():
        raise ValidationError("That moment is still to come. Ask for one that is past, or without as_of for the data of today.")
    if named is None or began is None or named < began:
        known = f"from {began:%Y-%m-%dT%H:%M:%S.%fZ} on" if began else "not yet"
        raise ValidationError(f"What was open then is not known: that is noted {known}. Ask for a later moment.")
    return named


def _named(text: str, user: Any) -> int | dt.datetime:
    """The version that a text names, or the moment. Raises ValidationError with what to write."""
    if re.fullmatch("[0-9]{1,9}", text):
        number = int(text)
        if number > latest():
            raise ValidationError(f"There is no version {number} yet; the last one is {latest()}.")
        return number
    if found := _RELEASE.fullmatch(text):
        return _release(found[1], user).version or 0
    return _moment(text)


def _release(number: str, user: Any) -> Release:
    release = Release.objects.visible_to(user).filter(number=number).first()
    if release is None:
        raise ValidationError(f"There is no release {number}, or you may not see it.")
    return release


def _moment(text: str) -> dt.datetime:
    try:
        at = parse_datetime(text.replace(" ", "+")) or parse_date(text)  # a plus in an address is read as a blank
    except ValueError:
        at = None
    if at is None:
        raise ValidationError(_SAID)
    if not isinstance(at, dt.datetime):
        at = dt.datetime.combine(at, dt.time())
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
