"""The releases, for people: what each is, what it warns of, how to cite it and where to take it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from hrdocs.models import Release
from hrdocs.releases import told


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """All that the reader may take, the latest first."""
    return render(request, "hrdocs/releases.html", {"releases": Release.objects.visible_to(request.user)})


@require_safe
def release(request: HttpRequest, number: int) -> HttpResponse:
    """One release, also where it was withdrawn: a citation leads here."""
    found = get_object_or_404(Release.objects.visible_to(request.user), number=number)
    base_url = f"{request.scheme}://{request.get_host()}"
    return render(request, "hrdocs/release.html", {"release": found, "row": told(found, base_url)})
