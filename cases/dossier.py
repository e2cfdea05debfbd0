"""All that hangs together with one subject, gathered once for those who look through it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from cases.choices import AffiliationKind
from cases.figures import clauses_on, gather
from cases.models import Affiliation, Case, Conclusion, Estimate, Facility, Incident, Place, Statement
from cases.reconciliation import Matter
from hrdocs.first_keys import first_keys
from hrdocs.models import Record
from hrdocs.ties import one_of
from hrdocs.together import own_kinds

MOST = 200  # statements, and incidents, that are looked through at once

_SPEAKS_FOR = (
    AffiliationKind.PART, AffiliationKind.MEMBER, AffiliationKind.SUBORDINATE, AffiliationKind.DEPUTY,
    AffiliationKind.ATTACHED, AffiliationKind.COMMANDS,
)  # fmt: skip


class Dossier:
    """All that hangs together with one subject, as far as one person may see it; of very many statements and incidents the
    newest: each of the others is looked through where it is about less."""

    def __init__(self, subject: Record, user: Any) -> None:
        self.subject, self.user = subject, user

    @cached_property
    def _newest(self) -> tuple[list[int], bool]:
        seen = Statement.objects.visible_to(self.user)
        if isinstance(self.subject, Statement):
            return list(seen.filter(pk=self.subject.pk).values_list("pk", flat=True)), False
        if isinstance(self.subject, Conclusion):
            return [], False
        return first_keys(seen.order_by("-pk"), MOST, clauses_on(self.subject, self.user))

    @property
    def keys(self) -> list[int]:
        return self._newest[0]

    @cached_property
    def statements(self) -> QuerySet:
        seen = Statement.objects.visible_to(self.user).select_related("source", *own_kinds(Statement))
        return seen.filter(one_of(self.keys, here="pk")).order_by("uid")

    @cached_property
    def matter(self) -> Matter:
        return gather(Estimate.objects.visible_to(self.user).filter(one_of(self.keys, here="pk")), self.user)

    @property
    def is_a_part(self) -> int:
        """How many statements and incidents were looked at, where there are more; otherwise none."""
        return MOST if self._newest[1] or self._newest_incidents[1] else 0

    @cached_property
    def by_uid(self) -> dict[str, Statement]:
        return {row.uid: row for row in self.statements}

    @cached_property
    def incidents(self) -> QuerySet:
        seen = Incident.objects.visible_to(self.user).order_by("uid")
        return seen.filter(one_of(self._newest_incidents[0], here="pk"))

    @cached_property
    def _newest_incidents(self) -> tuple[list[int], bool]:
        return first_keys(self._all_incidents.order_by("-pk"), MOST)

    @cached_property
    def _all_incidents(self) -> QuerySet:
        seen = Incident.objects.visible_to(self.user)
        if isinstance(self.subject, Case):
            return seen.gathered_in(self.subject, self.user)
        if isinstance(self.subject, Facility):
            return seen.at(Facility.objects.filter(pk=self.subject.pk).parts(self.user), self.user)
        return seen.filter(pk=self.subject.pk) if isinstance(self.subject, Incident) else seen.none()

    @cached_property
    def facilities(self) -> QuerySet:
        seen = Facility.objects.visible_to(self.user)
        if isinstance(self.subject, Case):
            return seen.gathered_in(self.subject, self.user)
        return seen.filter(pk=self.subject.pk) if isinstance(self.subject, Facility) else seen.none()

    @cached_property
    def places(self) -> QuerySet:
        seen = Place.objects.visible_to(self.user).order_by("uid")
        if isinstance(self.subject, Place):
            return seen.filter(pk=self.subject.pk)
        return seen.filter(Q(pk__in=self.facilities.values("place")) | Q(pk__in=self.incidents.values("place")))

    def bodies_of(self, party: int) -> set[int]:
        """A party and all that can answer in its name: its organs and members, theirs, and who leads it."""
        found, ring = set(), {party}
        while ring:
            found |= ring
            ring = {body for owner in ring for body in self._within.get(owner, ())} - found
        return found

    @cached_property
    def _within(self) -> dict[int, set[int]]:
        ties = Affiliation.objects.visible_to(self.user).filter(kind__in=_SPEAKS_FOR).values_list("to_party", "party")
        found: dict[int, set[int]] = {}
        for owner, body in ties:
            found.setdefault(owner, set()).add(body)
        return found

    @cached_property
    def conclusions(self) -> QuerySet:
        about = self.subject._meta.model_name
        seen = Conclusion.objects.visible_to(self.user).filter(followed_by=None).order_by("uid")
        if isinstance(self.subject, Conclusion):
            return seen.filter(pk=self.subject.pk)
        if isinstance(self.subject, Case):
            return seen.filter(Q(incident__in=self._all_incidents) | Q(facility__in=self.facilities))
        return seen.filter(**{about: self.subject}) if about in Conclusion.hangs_on else seen.none()
