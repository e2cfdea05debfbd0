"""The queues of the desk: which records of any kind are hers to go on with, wait for her, are late, or can't move."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextChoices
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hrdocs.access import REVIEWERS, Opens, Role, Sensitivity, State
from hrdocs.models import Assignment, Record, RiskNote, User, reviewed_model

PARAMETER = "queue"


class Queue(TextChoices):
    """The name of a queue in an address, and what a person calls it."""

    RETURNED = "returned", _("Returned to you")
    WAITING = "waiting", _("Waiting for your review")
    OVERDUE = "overdue", _("Tasks overdue")
    RISK = "risk", _("Risks to look at again")
    MINE = "mine", _("Your drafts")
    ALONE = "alone", _("No second pair of eyes possible")


def waits_in(queue: Queue, kind: type[Record], user: Any) -> Q:
    """The records of a kind that stand in this queue of hers."""
    if queue == Queue.WAITING:
        others = ~Q(created_by=user) & ~Q(edited_by=user)
        return Q(state=State.IN_REVIEW) & others if user.role in REVIEWERS else Q(pk__in=())
    if queue == Queue.OVERDUE:
        return Q(Exists(_late_tasks(kind, user)))
    if queue == Queue.RISK:
        return Q(Exists(_risks_to_look_at(kind, user)))
    if queue == Queue.ALONE:
        return _without_second_eyes()
    return Q(created_by=user, state=State.RETURNED if queue == Queue.RETURNED else State.DRAFT)


def kind_of_work(kind: type[Record]) -> ContentType:
    """The name by which work on records of this kind knows them."""
    return ContentType.objects.get_for_model(reviewed_model(kind))


def _late_tasks(kind: type[Record], user: Any) -> QuerySet:
    """Tasks on a record whose day is past: her own, and for a manager everybody's."""
    late = Assignment.objects.filter(
        content_type=kind_of_work(kind), object_id=OuterRef("pk"), done_at=None, until__lt=timezone.now().date()
    )  # fmt: skip
    return late if user.role == Role.MANAGER else late.filter(to=user)


def _risks_to_look_at(kind: type[Record], user: Any) -> QuerySet:
    """Risks that she noted, for a manager everybody's: the day to look again is past, or it is open on what is published."""
    due = Q(next_review__lt=timezone.now().date()) | Q(settled=False) & Q(Exists(kind._base_manager.filter(
        pk=OuterRef("object_id"), state=State.PUBLISHED)))  # fmt: skip
    found = RiskNote.objects.filter(due, content_type=kind_of_work(kind), object_id=OuterRef("pk"))
    return found if user.role == Role.MANAGER else found.filter(by=user)


def _without_second_eyes() -> Q:
    """In review or approved, and each reviewer who may see it entered it or last edited it: nobody can decide."""
    others = User.objects.filter(role__in=REVIEWERS, is_active=True)
    others = others.exclude(pk=OuterRef("created_by")).exclude(pk=OuterRef("edited_by"))
    internal, restricted = Sensitivity.INTERNAL.rank, Sensitivity.RESTRICTED.rank
    with_grant = others.filter(Opens(OuterRef("locks"), F("pk")))
    nobody = Q(audience__lte=internal) & ~Exists(others) | Q(audience=restricted) & ~Exists(with_grant)
    return Q(state__in=(State.IN_REVIEW, State.APPROVED)) & nobody


class QueueFilter(SimpleListFilter):
    """The queues beside a list, and by address: `?queue=mine`."""

    title = _("queue")
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        user: Any = request.user
        return [(queue.value, queue.label) for queue in Queue if queue != Queue.WAITING or user.role in REVIEWERS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in Queue.values:
            return queryset
        return queryset.filter(waits_in(Queue(self.value()), queryset.model, request.user))
