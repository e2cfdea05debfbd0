"""How people come in: they are invited, or ask to be."""

from __future__ import annotations

import datetime as dt

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrdocs.access import Role
from hrdocs.audit import recorded
from hrdocs.keys import DIGEST_LENGTH
from hrdocs.models import fields

HOLDS_FOR = dt.timedelta(days=14)


def _in_two_weeks() -> dt.datetime:
    return timezone.now() + HOLDS_FOR


class InvitationQuerySet(models.QuerySet):
    """Invitations, and which of them can still be accepted."""

    def that_hold(self) -> InvitationQuerySet:
        """Not accepted, not withdrawn, not expired, and of somebody who still works here as what she was when she invited."""
        open_ = self.filter(accepted_at=None, withdrawn_at=None, until__gt=timezone.now())
        return open_.filter(by__is_active=True, by__role=F("by_role"))


class CopiesTheInvitersRole(pgtrigger.Trigger):
    """The role of who invites is read off her account, so that nobody can state it otherwise."""

    def __init__(self) -> None:
        super().__init__(
            name="copies_the_inviters_role", operation=pgtrigger.Insert, when=pgtrigger.Before,
            func="NEW.by_role := (SELECT role FROM hrdocs_user WHERE id = NEW.by_id); RETURN NEW;")  # fmt: skip


@recorded
class Invitation(models.Model):
    """Leave for one person to make herself an account of one role, once, by a link that was shown to who invites her."""

    email = models.EmailField("address", help_text="Whom you invite. The link is mailed there, where the server sends mail.")
    role = fields.choice(Role, "What the account will be for. Managers invite researchers alone.", default=Role.RESEARCHER)
    note = fields.prose("Why this person is invited; kept with the invitation, not sent.")
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, editable=False,
                              help_text="SHA-256 of the link's secret part, which itself is kept nowhere.")  # fmt: skip
    until = models.DateTimeField(default=_in_two_weeks, editable=False, help_text="When the link ends (UTC).")
    by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", editable=False, help_text="Who invites.")
    by_role = fields.choice(Role, "Role of who invites, at that moment.", verbose_name="role of who invites", editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When it was made (UTC).")
    account = models.OneToOneField("hrdocs.User", models.PROTECT, null=True, related_name="invitation", editable=False,
                                   help_text="The account that was made of it.")  # fmt: skip
    accepted_at = models.DateTimeField(null=True, editable=False, help_text="When it was accepted (UTC).")
    terms = fields.line(
        "The version of the terms of use that was accepted.", verbose_name="terms of use", max_length=12, editable=False
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False, help_text="When it was withdrawn (UTC).")

    objects = InvitationQuerySet.as_manager()
    not_in_history = ("digest",)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="hrdocs_invitation_role",
                condition=Q(by_role=Role.ADMINISTRATOR) | Q(by_role=Role.MANAGER, role=Role.RESEARCHER),
                violation_error_message="Managers invite researchers; administrators invite any role; nobody else invites."),
            models.CheckConstraint(
                name="hrdocs_invitation_accepted",
                condition=Q(account=None, accepted_at=None, terms="")
                | Q(account__isnull=False, accepted_at__isnull=False, withdrawn_at=None) & ~Q(terms=""),
                violation_error_message="An accepted invitation names the account, the moment and the accepted terms."),
        ]  # fmt: skip
        triggers = [
            CopiesTheInvitersRole(),
            pgtrigger.Protect(name="opens_no_more_than_at_first", operation=pgtrigger.Update,
                              condition=pgtrigger.AnyChange("email", "role", "digest", "until", "by", "by_role", "at")),
            pgtrigger.Protect(name="is_used_once", operation=pgtrigger.Update,
                              condition=pgtrigger.Q(old__accepted_at__isnull=False)
                              | pgtrigger.Q(old__withdrawn_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.email}, {self.get_role_display()}"


class Answer(models.TextChoices):
    """What became of a request."""

    WAITING = "waiting", "Waiting"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"


@recorded
class AccessRequest(models.Model):
    """Somebody outside asks for a researcher's account, and says who she is and what for."""

    full_name = fields.line("As colleagues know you.", max_length=150, blank=False)
    email = models.EmailField("address", help_text="Where the answer goes; shown to nobody else.")
    affiliation = fields.line("The organisation, university or newsroom that you work for or with.", max_length=300, blank=False)
    purpose = fields.prose("What you want to find out or check, and what will become of it.", max_length=4000, blank=False)
    terms = fields.line(
        "The version of the terms of use that was read and accepted.", verbose_name="terms of use", max_length=12, blank=False
    )
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When it came (UTC).")
    answer = fields.choice(Answer, "What became of the request.", verbose_name="decision", default=Answer.WAITING)
    reason = fields.prose("Why it was declined, or what spoke for it; kept here, not sent.")
    decided_by = fields.link("hrdocs.User", "Who decided.")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="When it was decided (UTC).")
    invitation = models.OneToOneField("hrdocs.Invitation", models.PROTECT, null=True, blank=True, related_name="request",
                                      help_text="The invitation that an approval made.")  # fmt: skip

    class Meta:
        verbose_name = "request for access"
        verbose_name_plural = "requests for access"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="hrdocs_accessrequest_decided",
                condition=Q(answer=Answer.WAITING, decided_by=None, decided_at=None, invitation=None)
                | Q(answer=Answer.APPROVED, decided_by__isnull=False, decided_at__isnull=False, invitation__isnull=False)
                | Q(answer=Answer.DECLINED, decided_by__isnull=False, decided_at__isnull=False, invitation=None) & ~Q(reason=""),
                violation_error_message="A decision names who and when; an approval has its invitation, a refusal its reason."),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="is_decided_once", operation=pgtrigger.Update,
                              condition=pgtrigger.Q(old__decided_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.full_name} ({self.affiliation})"
