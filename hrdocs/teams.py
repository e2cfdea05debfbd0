"""Which team a person may give a record to: opening it to a team is for its author, and for managers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from hrdocs.access import Role
from hrdocs.models import Record, Team


def may_choose(user: Any, record: Record) -> bool:
    """Whether she says who works on it; held by the database too (TeamByWhoMay)."""
    return record.pk is None or user.role == Role.MANAGER or record.created_by_id == user.pk


def offered(user: Any, record: Record) -> QuerySet[Team]:
    """The teams among which she chooses: her own, for a manager all, and always the one that the record has."""
    teams = Team.objects.order_by("name")
    if user.role == Role.MANAGER:
        return teams
    hers = teams.filter(members=user) if may_choose(user, record) else teams.none()
    return teams.filter(pk__in=[*hers.values_list("pk", flat=True), record.team_id])
