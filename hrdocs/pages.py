"""The start page: what this is, and the doors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What a visitor sees first."""
    return render(request, "hrdocs/start.html")
