"""Who may see what: the one place that knows.

A record is shown to a person when its state and its level allow it, and those of everything it hangs on. The database
works that out whenever one of them changes, and keeps it in each row (`audience`, `locks`; models/triggers.py).
Every read starts from `visible_to(user)`; what is not visible does not exist for the asker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    """Where a record stands in review."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    RETRACTED = "retracted", "Retracted"


class Sensitivity(models.TextChoices):
    """How far a record may travel, from the world to two custodians. New records begin at internal."""

    PUBLIC = "public", "Public: anybody"
    REGISTERED = "registered", "Registered researchers"
    INTERNAL = "internal", "Internal: analysts, reviewers, managers"
    RESTRICTED = "restricted", "Restricted: author, team, grants"
    SEALED = "sealed", "Sealed: two custodians together"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Sensitivity)}


class Role(models.TextChoices):
    """What an account is for. Nobody is above the rules: there are no superusers."""

    RESEARCHER = "researcher", "Researcher"
    ANALYST = "analyst", "Analyst"
    REVIEWER = "reviewer", "Reviewer"
    MANAGER = "manager", "Manager"
    ADMINISTRATOR = "administrator", "Administrator (accounts and settings, no content)"
    CUSTODIAN = "custodian", "Custodian of sealed identities"


STAFF = (Role.ANALYST, Role.REVIEWER, Role.MANAGER)
ONLY_READS = (Role.RESEARCHER,)  # every other role needs a second factor, also one that is yet to come
REVIEWERS = (Role.REVIEWER, Role.MANAGER)  # who decide on what others entered


@dataclass(frozen=True)
class Everybody:
    """All who are cleared for a level, and what each of them may see: for what is worked out once for many readers, and
    for programs that read with a token, which are nobody in particular. With a key it is one of them: what is restricted
    is open to some alone."""

    clearance: Sensitivity
    pk: int | None = None
    is_authenticated: bool = False


def clearance(user: Any) -> Sensitivity:
    """The strictest level that `user` reads without a grant."""
    if isinstance(user, Everybody):
        return user.clearance
    role = user.role if user.is_authenticated and user.is_active else None
    if role in STAFF:
        return Sensitivity.INTERNAL
    return Sensitivity.REGISTERED if role == Role.RESEARCHER else Sensitivity.PUBLIC


def is_staff_reader(user: Any) -> bool:
    """Whether `user` works on records (analyst, reviewer, manager) rather than reading what is published."""
    return clearance(user) == Sensitivity.INTERNAL


class Opens(models.Func):
    """Whether all restricted records before a row are open to a person: entered by herself, of a team that she works in
    now, or granted to her today."""

    function = "public.hrdocs_opens"
    output_field = models.BooleanField()


OPENS_SQL = """
CREATE OR REPLACE FUNCTION public.hrdocs_opens(locks text[], reader bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $opens$
    SELECT NOT EXISTS (
        SELECT FROM unnest(locks) AS lock
        WHERE split_part(lock, '@', 2) IS DISTINCT FROM reader::text AND NOT EXISTS (
            SELECT FROM public.hrdocs_user_teams m
            WHERE m.user_id = reader AND m.team_id::text = split_part(lock, '@', 3)) AND NOT EXISTS (
            SELECT FROM public.hrdocs_grant g
            WHERE g.user_id = reader AND g.uid = split_part(lock, '@', 1) AND g.until >= CURRENT_DATE))
$opens$;
"""


class VisibleQuerySet(models.QuerySet):
    """Rows of a record or a part. `visible_to(user)` is the door that every read goes through."""

    def visible_to(self, user: Any) -> VisibleQuerySet:
        """The rows that `user` may know of: their own state and level, and all that they hang on."""
        clause = Q(audience__lte=clearance(user).rank)
        if is_staff_reader(user):
            clause |= Q(Opens("locks", models.Value(user.pk)), audience=Sensitivity.RESTRICTED.rank)
        return self.filter(clause)


def shown_rows(model: type[models.Model], user: Any) -> models.QuerySet:
    """The rows of a kind that `user` may see; of terms and people, all."""
    manager = model._default_manager
    return manager.visible_to(user) if hasattr(manager, "visible_to") else manager.all()
