"""Sealed identities of informants: the keys of custodians, what was sealed, and each time that it was opened."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrdocs.access import Role
from hrdocs.audit import recorded
from hrdocs.models import fields
from sources import boxes

AGREED_FOR = dt.timedelta(hours=24)  # so long an agreement waits for the one who asked
READ_FOR = dt.timedelta(minutes=15)  # so long an identity can be read once it was opened


class CustodianKeyQuerySet(models.QuerySet):
    def in_use(self) -> CustodianKeyQuerySet:
        """Keys that somebody else has let in, of people who are custodians today, and the printed ones."""
        owned = Q(owner=None) | Q(owner__role=Role.CUSTODIAN, owner__is_active=True)
        return self.filter(owned, admitted_at__isnull=False, withdrawn_at=None)

    def of(self, user: Any) -> CustodianKeyQuerySet:
        return self.filter(owner=user, withdrawn_at=None)


@recorded
class CustodianKey(models.Model):
    """A key that opens sealed identities together with a second one: a custodian's own, or a printed one for recovery."""

    not_in_history = ("locked",)

    owner = fields.link(settings.AUTH_USER_MODEL, "The custodian; empty for a printed recovery key.", related_name="keys")
    public = models.BinaryField(help_text="The public half: with it identities are sealed.")
    locked = models.JSONField(null=True, help_text="The private half, encrypted by a passphrase that is kept nowhere. Of a "
                              "printed key there is none.")  # fmt: skip
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who made it.")
    made_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")
    admitted_by = fields.link(settings.AUTH_USER_MODEL, "Who compared its fingerprint and let it in: somebody else.")
    admitted_at = models.DateTimeField(null=True, help_text="Since when identities are sealed for it (UTC).")
    withdrawn_by = fields.link(settings.AUTH_USER_MODEL, "Who took it out of use.")
    withdrawn_at = models.DateTimeField(null=True, help_text="Since when it opens nothing any more (UTC).")
    drilled_at = models.DateTimeField(null=True, help_text="When it was last tried whether it still opens (UTC).")

    objects = CustodianKeyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="sources_custodiankey_one", fields=["owner"], condition=Q(withdrawn_at=None),
                                    violation_error_message="She has a key already. Withdraw that one first."),
            models.CheckConstraint(
                name="sources_custodiankey_four_eyes",
                condition=Q(admitted_by=None, admitted_at=None)
                | Q(admitted_by__isnull=False, admitted_at__isnull=False) & ~Q(admitted_by=F("made_by")),
                violation_error_message="Somebody else lets a key in than the one who made it."),
            models.CheckConstraint(
                name="sources_custodiankey_private_half", condition=Q(owner=None) ^ Q(locked__isnull=False),
                violation_error_message="A custodian's key is kept locked; of a printed key no private half is kept."),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(
                name="stays_the_same_key", operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("owner", "public", "made_by", "made_at")),
            pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.owner or 'printed key'} {self.fingerprint}"

    @property
    def fingerprint(self) -> str:
        return boxes.fingerprint(bytes(self.public))


@recorded
class Identity(models.Model):
    """Who an informant is, as somebody entered it: a ciphertext from its first row, opened by two custodians together.

    A newer one goes before an older one, which stays. Its ciphertext is in no history, so that it can be erased.
    """

    not_in_history = ("ciphertext", "boxes")
    belongs_to = "informant"
    identifying = ("ciphertext",)

    informant = models.ForeignKey("sources.Informant", models.PROTECT, related_name="identities", help_text="Who it is.")
    ciphertext = models.BinaryField("sealed text", help_text="Name, contact and notes, encrypted with a key of their own.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the ciphertext, so that history knows which it was.")
    boxes = models.JSONField(default=dict, help_text="That key, in boxes for each two custodians. Made anew when keys change.")
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who entered it.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")

    class Meta:
        verbose_name_plural = "identities"
        ordering = ["-pk"]
        triggers = [
            pgtrigger.Protect(
                name="stays_as_it_is", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=["boxes"])
            ),
            pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.informant.uid}, {self.at:%Y-%m-%d %H:%M}"


class TwoCustodians(pgtrigger.Trigger):
    """Custodians ask and agree, at that moment; what was once noted of an opening stays."""

    def __init__(self) -> None:
        super().__init__(
            name="two_custodians", operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.Before,
            func="""
                IF EXISTS (SELECT FROM hrdocs_user WHERE id IN (NEW.asked_by_id, NEW.agreed_by_id)
                           AND (role <> 'custodian' OR NOT is_active)
                           AND (TG_OP = 'INSERT' OR NEW.agreed_by_id IS DISTINCT FROM OLD.agreed_by_id
                                OR NEW.opened_at IS DISTINCT FROM OLD.opened_at)) THEN
                    RAISE EXCEPTION 'Only custodians open an identity: one asks, another agrees.'
                        USING ERRCODE = 'check_violation';
                END IF;
                IF TG_OP = 'UPDATE' AND (
                    (OLD.identity_id, OLD.asked_by_id, OLD.reason, OLD.asked_at)
                        IS DISTINCT FROM (NEW.identity_id, NEW.asked_by_id, NEW.reason, NEW.asked_at)
                    OR OLD.agreed_at IS NOT NULL
                        AND (OLD.agreed_by_id, OLD.agreed_at) IS DISTINCT FROM (NEW.agreed_by_id, NEW.agreed_at)
                    OR OLD.opened_at IS NOT NULL AND OLD.opened_at IS DISTINCT FROM NEW.opened_at) THEN
                    RAISE EXCEPTION 'What was noted of an opening stays as it is. Ask anew.' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """)  # fmt: skip


@recorded
class Opening(models.Model):
    """One time that an identity was asked for: by which custodian and why, who agreed, and when it was read."""

    not_in_history = ("box",)

    identity = models.ForeignKey(Identity, models.PROTECT, related_name="openings", help_text="What is asked for.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who wants to read it.")
    reason = models.TextField(help_text="Why it must be opened.")
    asked_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")
    agreed_by = fields.link(settings.AUTH_USER_MODEL, "The custodian who agreed: another one.")
    agreed_at = models.DateTimeField(null=True, help_text="When she agreed (UTC).")
    opened_at = models.DateTimeField(null=True, help_text="When it was first read (UTC).")
    box = fields.prose("What she opened, of use to the one who asked alone; gone when the time is over.", editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="sources_opening_why", condition=~Q(reason=""),
                                   violation_error_message="Say why the identity must be opened."),
            models.CheckConstraint(
                name="sources_opening_four_eyes",
                condition=Q(agreed_by=None, agreed_at=None, opened_at=None)
                | Q(agreed_by__isnull=False, agreed_at__isnull=False) & ~Q(agreed_by=F("asked_by")),
                violation_error_message="Another custodian agrees than the one who asks."),
        ]  # fmt: skip
        triggers = [
            TwoCustodians(),
            pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.identity.informant.uid}, {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def ends(self) -> dt.datetime:
        """Until when it can be agreed to, or read."""
        if self.opened_at:
            return self.opened_at + READ_FOR
        return (self.agreed_at or self.asked_at) + AGREED_FOR

    @property
    def is_over(self) -> bool:
        return timezone.now() >= self.ends
