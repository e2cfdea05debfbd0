"""When SECRET_KEY was changed: what lies encrypted under an earlier key is encrypted under the one of today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import transaction

from hrdocs.door.adapters import under_todays_key

SECRETS = ("secret", "seed")  # what the adapter encrypts of a second factor: that of an app, that of recovery codes


@dataclass
class Closed:
    """How many second factors have a secret, which of them lay under an earlier key, and whose can't be opened by any key."""

    found: int = 0
    anew: int = 0
    lost: list[str] = field(default_factory=list)


def close_anew() -> Closed:
    """Encrypt each secret under the key of today. One by one, so that nobody who signs in meanwhile waits."""
    told = Closed()
    for pk in _with_secrets():
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update(of=("self",)).select_related("user").filter(pk=pk).first()
            if factor is not None:  # else it was taken away a moment ago
                _close(factor, told)
    return told


def _with_secrets() -> Iterator[int]:
    for name in SECRETS:
        yield from list(Authenticator.objects.filter(data__has_key=name).order_by("pk").values_list("pk", flat=True))


def _close(factor: Any, told: Closed) -> None:
    told.found += 1
    held = {name: factor.data[name] for name in SECRETS if name in factor.data}
    try:
        closed = {name: under_todays_key(secret) for name, secret in held.items()}
    except InvalidToken:
        told.lost.append(factor.user.username)
        return
    if closed != held:
        factor.data |= closed
        factor.save(update_fields=["data"])
        told.anew += 1
