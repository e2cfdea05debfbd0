"""Tokens: made and revoked by people, presented by programs (docs/api.md; decision 0012)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from hrdocs.access import Everybody
from hrdocs.audit import acting_as
from hrdocs.keys import digest_of, new_key
from hrdocs.models import ApiToken, Scope, User

PREFIX = "hrd_"  # so that a token that was published by mistake is found by who looks for it
SHOWN = len(PREFIX) + 6  # letters by which it is known again; the other 220 bits stay with its owner

# One sentence for every reason, so that a token that was found on the way tells nothing about whose it was.
OPENS_NOTHING = (
    "This token does not open this address. It is unknown, expired or revoked, its owner's account is switched off, "
    "or it was made without the scope that is needed here. Make a new one at /account/tokens/."
)


class OpensNothing(Exception):
    """A token was presented that holds no more, or never did."""


def make(user: User, name: str, scopes: list[str], days: int) -> tuple[ApiToken, str]:
    """A new token of this person, and its text, which nobody can show again."""
    key = new_key(PREFIX)
    token = ApiToken(user=user, name=name, scopes=scopes, start=key[:SHOWN], digest=digest_of(key))
    token.until = token.made_at + dt.timedelta(days=days)
    with transaction.atomic(), acting_as(user, "A token was made."):
        token.full_clean()
        token.save()
    return token, key


def revoke(token: ApiToken, *, by: User) -> None:
    """The token opens nothing from now on. Of one that is revoked already, the first who revoked it stays named."""
    with transaction.atomic(), acting_as(by, "The token was revoked."):
        ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)


def presented(request: HttpRequest) -> ApiToken | None:
    """The token in the header of a request, None where there is none. An address that names one is not listened to."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() not in ("token", "bearer"):
        return None
    token = ApiToken.objects.that_hold().select_related("user").filter(digest=digest_of(key.strip())).first()
    if token is None:
        raise OpensNothing
    _note_use(token)
    return token


def _note_use(token: ApiToken) -> None:
    """Keep the day. Only the first one is history."""
    today = timezone.now().date()
    if token.last_used != today:
        with transaction.atomic(), acting_as(token.user, "The token was used for the first time."):
            unrevoked = ApiToken.objects.filter(pk=token.pk, revoked_at=None)
            unrevoked.update(last_used=today, first_used=Coalesce("first_used", today))


class TokenAuthentication(BaseAuthentication):
    """Whoever brings a token reads as all who are cleared for its level do. The middleware has looked at it (limits.py)."""

    def authenticate(self, request: Request) -> tuple[Everybody, ApiToken] | None:
        token = getattr(request._request, "token", None)
        return (token.reader, token) if token else None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="hrdocs"'


class WithinScope(BasePermission):
    """Whole lists leave with a token only where its scopes say so."""

    message = OPENS_NOTHING

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        return not isinstance(token, ApiToken) or request.accepted_renderer.format == "json" or Scope.EXPORT in token.scopes
