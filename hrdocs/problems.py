"""Errors of the API that are answered before a view is asked: as a problem document (RFC 9457), like those of the views.
And what all of them say to somebody who wrote a name a little wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from django.http import JsonResponse

_ALIKE = 0.82  # of 1; less alike is another word, and asking after it would mislead


def meant(written: str, known: Iterable[str]) -> str:
    """A question for what was meant, where something is called much like it. A slip of the hand hardly ever is in the first
    letter; where that differs it is another word (`created_at`, which readers from outside don't have, and `edited_at`)."""
    given = written[:100].lower()
    near = difflib.get_close_matches(given, sorted(name for name in known if name[:1] == given[:1]), 3, _ALIKE)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def problem(status: int, title: str, headers: dict[str, str] | None = None) -> JsonResponse:
    """What was wrong and what to do about it, in one sentence."""
    body = {"type": "about:blank", "title": title, "status": status}
    return JsonResponse(body, status=status, headers=headers, content_type="application/problem+json")
