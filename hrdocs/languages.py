"""Which language somebody reads in, as she chooses it on any page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.i18n import set_language


@csrf_exempt
def choose(request: HttpRequest) -> HttpResponseBase:
    """Keep it in a cookie. A visitor needs no token for that: another site could make her pages Arabic, and nothing else. So no
    page carries a secret of hers, and she gets no cookie before she chooses. Whoever has a session is protected as everywhere."""
    return csrf_protect(set_language)(request) if request.user.is_authenticated else set_language(request)
