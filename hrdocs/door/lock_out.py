"""Who guesses too often waits: five failures of an account from one address, ten of one address, five of a code.

Guesses that come at once are looked at one after another, by a lock on what they have in common that the database keeps
until the request is over. So no more than the limit are ever held against a password, and a locked guess not at all.
A name that is nobody's is counted like any other, and answered in the same words.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from hrdocs.models import DoorEvent, DoorEventKind, DoorStep, User

COOL_OFF = dt.timedelta(minutes=15)
PER_ACCOUNT = 5


@dataclass(frozen=True)
class Guess:
    """One try at a password or a code, from one address."""

    step: DoorStep
    address: str
    device: str
    typed: str = ""
    account: User | None = None

    @classmethod
    def of_password(cls, username: str, address: str, device: str) -> Guess:
        typed = salted_hmac("hrdocs.door", username.casefold(), algorithm="sha256").hexdigest()
        return cls(DoorStep.PASSWORD, address, device, typed, User.objects.filter(username=username).first())

    @classmethod
    def of_code(cls, account: User, address: str, device: str) -> Guess:
        return cls(DoorStep.TOTP, address, device, account=account)

    def refuse_if_locked(self) -> None:
        """Stop here, before anything is compared, while too many such guesses have failed."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"hrdocs.door {self._shared}"])
        if until := self.locked_until():
            raise ValidationError(
                _("Too many attempts. Try again after %(time)s (UTC), or ask an administrator."),
                code="locked", params={"time": f"{until.astimezone(dt.UTC):%H:%M}"})  # fmt: skip

    def locked_until(self) -> dt.datetime | None:
        """When the next guess may be made, if not now."""
        ends = [self._full_at(failures, limit) for failures, limit in self._limits()]
        return max(filter(None, ends), default=None)

    def failed(self) -> None:
        self._note(DoorEventKind.FAILED, counts=True)
        if self.locked_until():
            self._note(DoorEventKind.LOCKED)

    def succeeded(self) -> None:
        """Her own failures are forgotten; those of her address are not, or one account would be a key to guess at others."""
        self._limits()[0][0].update(counts=False)

    @property
    def _shared(self) -> str:
        """What guesses that are counted together have in common."""
        return self.address if self.typed else f"account {self.account.pk if self.account else ''}"

    def _limits(self) -> list[tuple[QuerySet, int]]:
        failures = DoorEvent.objects.filter(kind=DoorEventKind.FAILED, counts=True, at__gt=timezone.now() - COOL_OFF)
        if self.step == DoorStep.PASSWORD:
            here = failures.filter(step=DoorStep.PASSWORD, address=self.address)
            return [(here.filter(typed=self.typed), PER_ACCOUNT), (here, settings.FAILURES_PER_ADDRESS)]
        return [(failures.filter(step=DoorStep.TOTP, account=self.account), PER_ACCOUNT)]

    def _full_at(self, failures: QuerySet, limit: int) -> dt.datetime | None:
        times = list(failures.order_by("-at").values_list("at", flat=True)[:limit])
        return times[-1] + COOL_OFF if len(times) == limit else None

    def _note(self, kind: DoorEventKind, **given: Any) -> None:
        DoorEvent.objects.note(kind, step=self.step, address=self.address, device=self.device, typed=self.typed,
                               account=self.account, **given)  # fmt: skip


def forget(account: User) -> int:
    """Failures at this account, and at the addresses where it failed, count no more; says how many did."""
    counting = DoorEvent.objects.filter(kind=DoorEventKind.FAILED, counts=True)
    own = counting.filter(account=account)
    addresses = list(own.values_list("address", flat=True))
    return own.update(counts=False) + counting.filter(address__in=addresses).update(counts=False)
