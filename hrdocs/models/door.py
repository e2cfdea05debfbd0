"""What happens at the door: sign-ins, failures, lock-outs, ended sessions; and the history of second factors."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import models
from django.utils import timezone

from hrdocs.audit import recorded
from hrdocs.models import fields

KEPT_FOR = dt.timedelta(days=90)  # addresses of colleagues are not for keeping


class DoorEventKind(models.TextChoices):
    SIGNED_IN = "signed_in", "Signed in"
    FAILED = "failed", "Failed to sign in"
    LOCKED = "locked", "Locked out for a while"
    UNLOCKED = "unlocked", "Lock-out lifted"
    SESSIONS_ENDED = "sessions_ended", "All sessions ended"
    FACTOR_ADDED = "factor_added", "Second factor added"
    FACTOR_REMOVED = "factor_removed", "Second factor removed"
    FACTORS_RESET = "factors_reset", "Second factors taken away"
    CODES_MADE = "codes_made", "New recovery codes made"
    PASSWORD_CHANGED = "password_changed", "Password changed"


class DoorStep(models.TextChoices):
    PASSWORD = "password", "Password"
    TOTP = "totp", "Password and code from an app"
    WEBAUTHN = "webauthn", "Passkey"
    RECOVERY_CODES = "recovery_codes", "Password and recovery code"


class DoorEventQuerySet(models.QuerySet):
    def note(self, kind: DoorEventKind, **given: Any) -> DoorEvent:
        """Write down what happened; what is older than three months goes."""
        self.filter(at__lt=timezone.now() - KEPT_FOR).delete()
        return self.create(kind=kind, **given)


class DoorEvent(models.Model):
    """Something that happened to an account at the door, or a failed try at a name that may be nobody's."""

    kind = fields.choice(DoorEventKind, "What happened.", blank=False)
    step = fields.choice(DoorStep, "By what the person signed in, or failed to.")
    account = fields.link("hrdocs.User", "The account; empty where no account has the name that was typed.")
    typed = fields.line("The name that was typed, as a keyed hash: people type passwords there by mistake.",
                        max_length=64, editable=False)  # fmt: skip
    address = models.GenericIPAddressField(null=True, blank=True, help_text="The network address that asked.")
    device = fields.line("What the browser calls itself.", max_length=200)
    counts = models.BooleanField(default=False, editable=False, help_text="Whether it still counts towards a lock-out.")
    by = fields.link("hrdocs.User", "The administrator who did it, where it was not the person herself.")
    reason = fields.prose("Why the administrator did it.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")

    objects = DoorEventQuerySet.as_manager()

    class Meta:
        verbose_name = "event at the door"
        verbose_name_plural = "events at the door"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["address", "at"]), models.Index(fields=["account", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


@recorded
class SecondFactor(Authenticator):
    """A second factor of an account, as its history keeps it: whose, of which kind, since when, and never its secret."""

    not_in_history = ("data", "last_used_at")

    class Meta:
        proxy = True
