"""Errors of the API that are answered before a view is asked: as a problem document (RFC 9457), like those of the views."""

from __future__ import annotations

from django.http import JsonResponse


def problem(status: int, title: str, headers: dict[str, str] | None = None) -> JsonResponse:
    """What was wrong and what to do about it, in one sentence."""
    body = {"type": "about:blank", "title": title, "status": status}
    return JsonResponse(body, status=status, headers=headers, content_type="application/problem+json")
