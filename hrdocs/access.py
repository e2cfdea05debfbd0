"""Who may see what: the one place that knows.

A record is shown to a person when its state and its level allow it, and those of everything it hangs on.
Every read starts from `visible_to(user)`; what is not visible does not exist for the asker.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
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
    RESTRICTED = "restricted", "Restricted: by named grant"
    SEALED = "sealed", "Sealed: two custodians together"

    @property
    def rank(self) -> int:
        return list(Sensitivity).index(self)


class Role(models.TextChoices):
    """What an account is for. Nobody is above the rules: there are no superusers."""

    RESEARCHER = "researcher", "Researcher"
    ANALYST = "analyst", "Analyst"
    REVIEWER = "reviewer", "Reviewer"
    MANAGER = "manager", "Manager"
    ADMINISTRATOR = "administrator", "Administrator (accounts and settings, no content)"
    CUSTODIAN = "custodian", "Custodian of sealed identities"


STAFF = (Role.ANALYST, Role.REVIEWER, Role.MANAGER)
_MOST_NESTED = 3  # an answer to an answer to a statement: deeper threads are not shown from outside


def clearance(user: Any) -> Sensitivity:
    """The strictest level that `user` reads without a grant."""
    role = user.role if user.is_authenticated and user.is_active else None
    if role in STAFF:
        return Sensitivity.INTERNAL
    return Sensitivity.REGISTERED if role == Role.RESEARCHER else Sensitivity.PUBLIC


def is_staff_reader(user: Any) -> bool:
    """Whether `user` works on records (analyst, reviewer, manager) rather than reading what is published."""
    return clearance(user) == Sensitivity.INTERNAL


def levels_up_to(level: Sensitivity) -> list[str]:
    """The levels that somebody cleared for `level` may read."""
    return [other.value for other in Sensitivity if other.rank <= level.rank]


class VisibleQuerySet(models.QuerySet):
    """Rows of a record or a part. `visible_to(user)` is the door that every read goes through."""

    def visible_to(self, user: Any, *, _depth: int = 0) -> VisibleQuerySet:
        """The rows that `user` may know of: their own state and level, and all that they hang on."""
        clause = self._own_clause(user)
        for path in self.model.hangs_on:
            target = self.model._meta.get_field(path).related_model
            if _depth >= _MOST_NESTED and issubclass(target, self.model._meta.get_field(path).model):
                clause &= Q(**{f"{path}__isnull": True})
                continue
            owners = target._default_manager.visible_to(user, _depth=_depth + 1).values("pk")
            clause &= Q(**{f"{path}__isnull": True}) | Q(**{f"{path}__in": owners})
        return self.filter(clause)

    def _own_clause(self, user: Any) -> Q:
        readable = Q(sensitivity__in=levels_up_to(clearance(user)))
        if not hasattr(self.model, "state"):
            return readable | self._restricted_part(user)  # a part: its state is its owner's
        if not is_staff_reader(user):
            return readable & Q(state=State.PUBLISHED)
        return readable | Q(sensitivity=Sensitivity.RESTRICTED) & (Q(created_by=user) | Q(pk__in=_granted(self.model, user)))

    def _restricted_part(self, user: Any) -> Q:
        """A restricted part is for who entered its owner, or has a grant to it."""
        if not is_staff_reader(user):
            return Q(pk__in=[])
        path = self.model.hangs_on[0]
        owner = self.model._meta.get_field(path).related_model
        mine = Q(**{f"{path}__created_by": user}) if hasattr(owner, "state") else Q(pk__in=[])
        return Q(sensitivity=Sensitivity.RESTRICTED) & (mine | Q(**{f"{path}__in": _granted(owner, user)}))


def _granted(model: type[models.Model], user: Any) -> models.QuerySet:
    """Keys of the rows of a table that a grant opens to `user` today."""
    from hrdocs.models import Grant

    table = model._meta.get_field("state").model if hasattr(model, "state") else model
    kinds = ContentType.objects.get_for_models(table, *table.__subclasses__()).values()  # a grant may name the kind
    return Grant.objects.filter(user=user, content_type__in=kinds, until__gte=dt.date.today()).values("object_id")
