"""Tokens, by which a program reads for a person."""

from __future__ import annotations

import datetime as dt

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hrdocs.access import Everybody, Sensitivity, clearance
from hrdocs.audit import recorded
from hrdocs.keys import DIGEST_LENGTH
from hrdocs.models import fields

LONGEST = dt.timedelta(days=366)


class Scope(models.TextChoices):
    """What a token opens besides what is public, page by page."""

    REGISTERED = "registered", _("What registered researchers may read")
    EXPORT = "export", _("Whole lists as files (CSV, GeoJSON)")


class ApiTokenQuerySet(models.QuerySet):
    """Tokens, and which of them open anything now."""

    def that_hold(self) -> ApiTokenQuerySet:
        """Not revoked, not expired, and of somebody whose account is switched on."""
        return self.filter(revoked_at=None, until__gt=timezone.now(), user__is_active=True)


@recorded
class ApiToken(models.Model):
    """Leave for a program to read in the name of one person, never more than her role and the token's scopes allow."""

    user = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="tokens", help_text="Whose program reads with it.")
    name = fields.line("What it is for, in the words of its owner.", max_length=100, blank=False)
    start = models.CharField("begins with", max_length=12, help_text="How the token begins, to know it by.")
    digest = models.CharField(
        max_length=DIGEST_LENGTH, unique=True, help_text="SHA-256 of the token, which itself is kept nowhere."
    )
    scopes = fields.several(Scope, "What it opens besides what is public, page by page.")
    until = models.DateTimeField(help_text="When it ends (UTC); a year after it was made at the latest.")
    made_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When it was made (UTC).")
    first_used = models.DateField(null=True, blank=True, help_text="The day on which it was first used (UTC).")
    last_used = models.DateField(
        null=True, blank=True, help_text="The day on which it was last used (UTC). From where is not kept."
    )
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="When it was revoked (UTC).")
    revoked_by = fields.link("hrdocs.User", "Who revoked it: its owner, or an administrator.")

    objects = ApiTokenQuerySet.as_manager()
    not_in_history = ("digest", "last_used")

    class Meta:
        verbose_name = "API token"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="hrdocs_apitoken_a_year", condition=Q(until__gt=F("made_at"), until__lte=F("made_at") + LONGEST),
                violation_error_message="A token ends after it was made, and within a year."),
            models.CheckConstraint(
                name="hrdocs_apitoken_revoked",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                violation_error_message="A revoked token names who revoked it and when."),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="opens_no_more_than_at_first", operation=pgtrigger.Update,
                              condition=pgtrigger.AnyChange("user", "digest", "start", "scopes", "until", "made_at")),
            pgtrigger.Protect(name="stays_revoked", operation=pgtrigger.Update,
                              condition=pgtrigger.Q(old__revoked_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    @property
    def reader(self) -> Everybody:
        """As whom it reads: never as more than its owner, and never what is internal, whoever its owner is."""
        scope = Sensitivity.REGISTERED if Scope.REGISTERED in self.scopes else Sensitivity.PUBLIC
        return Everybody(min(scope, clearance(self.user), key=lambda level: level.rank))

    @property
    def ended(self) -> bool:
        """Whether its time is over."""
        return self.until <= timezone.now()

    @property
    def scope_labels(self) -> list[str]:
        """Its scopes in words."""
        return [str(label) for value, label in Scope.choices if value in self.scopes]
