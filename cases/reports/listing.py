"""A filtered list as what a report is on: the same question as over the API, and what hangs together with its rows.

A report is read and set as a whole. So a list may hold only so much, which is told beforehand; as a file it holds all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from cases import shapes
from cases.figures import statements_on
from cases.models import Accused, AllegedPerpetrator, Case, Facility, Harm, Incident, Statement
from cases.pages.reading import NAMED, incidents_at, said_where
from cases.pages.view import set_out
from cases.querysets import said_at
from cases.reports.gathering import Gathered, statements_in, together
from hrdocs import facets, labels
from hrdocs.endpoints import views
from hrdocs.filtersets import COMMON
from hrdocs.lists.counts import Chosen, counts, usual
from hrdocs.pages import Row, in_own_language, rows
from hrdocs.shapes import Reader, Shape


@dataclass(frozen=True)
class Bounds:
    """How much a report may hold: records of a list, and statements on them with their answers, and as many harms."""

    records: int
    said: int
    otherwise: str  # what to do where it is more


AT_ONCE = Bounds(500, 3_000, "Filter further, take csv, which holds all, or have it made in the background (/account/files/): "
                 "there it may hold more.")  # fmt: skip
IN_BACKGROUND = Bounds(2_000, 12_000, "Filter further, or take csv, which holds all.")

_NOTHING = Q(pk__in=())


class TooMuch(Exception):
    """A list holds more than a report can; the words say how much that is, and what to do."""


@dataclass(frozen=True)
class Listing:
    """A list of the API, what was asked of it, and by whom."""

    name: str
    asked: QueryDict
    user: Any
    bounds: Bounds = AT_ONCE

    @property
    def shape(self) -> Shape:
        return views()[self.name].shape

    @property
    def given(self) -> str:
        """The filters, as they stand in an address; without what only says how the answer is to be given."""
        kept = self.asked.copy()
        for name in COMMON - {"any", "not"}:
            kept.pop(name, None)
        return kept.urlencode()

    @property
    def path(self) -> str:
        """The page of the list, with the same filters."""
        return reverse(f"records-{self.name}") + (f"?{self.given}" if self.given else "")

    @property
    def in_words(self) -> str:
        """The filters as a reader writes them: "q=Saydnaya & country=SY"."""
        return " & ".join(f"{name}={value}" for name, values in QueryDict(self.given).lists() for value in values) or gettext(
            "everything"
        )

    @property
    def called(self) -> str:
        return capfirst(str(self.shape.model._meta.verbose_name_plural))

    def rows(self) -> QuerySet:
        """The rows that the list's own filters find. Raises ValidationError where they are not understood."""
        everything, view = self.shape.model._default_manager.visible_to(self.user), views()[self.name]
        return view.filterset_class(QueryDict(self.given), everything, reader=Reader(self.user)).rows().order_by("uid")

    def keys(self) -> list[int]:
        """The keys of the rows. Raises TooMuch where they, or what is said on them, are more than a report holds."""
        most, model = self.bounds, self.shape.model
        keys = list(self.rows().values_list("pk", flat=True)[: most.records + 1])
        if len(keys) > most.records:
            raise TooMuch(f"A report on a list holds {most.records:,} records at most. {most.otherwise}")
        if _hang_on(_said_of(model, keys, self.user)[0], _harmed(model, keys), self.user, most.said) > most.said:
            raise TooMuch(
                f"More than {most.said:,} statements or harms hang on these records, and a report holds no more. {most.otherwise}"
            )
        return keys

    def counted(self, keys: list[int], language: str) -> Iterator[tuple[str, list[Chosen]]]:
        """How many of the rows hold which value: of state, kind, year and whatever else its page counts."""
        reader, shape = Reader(self.user, language=language), self.shape
        known = facets.countable(shape, reader)
        chosen = dict.fromkeys(
            [*(name for name in ("state", "kind", "year") if name in known), *usual(shape, reader, [*shape.lead])]
        )
        rows = shape.model._default_manager.visible_to(self.user).filter(pk__in=keys)
        told = {
            name: labels.labelled(facets.counted(known[name], rows, shape, reader), known[name], shape.model, reader)
            for name in chosen
        }
        if "year" in told:
            told["year"].sort(key=lambda cell: cell["value"])
        return counts(told, shape, reader, QueryDict(), lambda **changed: "", most=facets.LONGEST)

    def printed(self, keys: list[int], language: str) -> list[Row]:
        """The rows as the list shows them, codes in words and names in the reader's language."""
        shape = labels.in_words(self.shape, Reader(self.user, language=language))
        found = self.shape.model._default_manager.visible_to(self.user).filter(pk__in=keys).order_by("uid")
        told = rows(shape, found, self.user)
        in_own_language(self.user, NAMED, told)
        return told


def gather(listing: Listing) -> Gathered:
    """All that this reader may see of what hangs together with the rows of a list. Raises TooMuch."""
    keys, user = listing.keys(), listing.user
    about, concluded = _said_of(listing.shape.model, keys, user)
    said = set_out(said_where([about], concluded, user))
    for name in ("groups", "adopted", "allegations"):
        if not said[name]:
            del said[name]
    placed = {row["uid"] for row in statements_in(said)}
    said["other_answers"] += [row for row in said["said"].answers if row["uid"] not in placed]
    incidents = rows(shapes.INCIDENTS, _incidents(listing.shape.model, keys, about, user), user)
    harms = rows(shapes.HARMS, Harm.objects.visible_to(user).filter(_harmed(listing.shape.model, keys)).order_by("uid"), user)
    if issubclass(listing.shape.model, Facility):
        said["facilities"] = rows(shapes.FACILITIES, Facility.objects.visible_to(user).filter(pk__in=keys).order_by("uid"), user)
        in_own_language(user, NAMED, said["facilities"])
    return together("list", "", {"title": listing.called, "keys": keys}, said=said, incidents=incidents, harms=harms, user=user)


def _said_of(model: Any, keys: list[int], user: Any) -> tuple[Q, Q]:
    """Which statements speak of these rows or are these rows, and which conclusions are on them."""
    if issubclass(model, Incident):
        return Q(about_incident__in=keys), Q(incident__in=keys)
    if issubclass(model, Facility):
        return said_at(keys, user), Q(facility__in=keys)
    if issubclass(model, Case):
        return reduce(or_, (statements_on(case, user) for case in Case.objects.filter(pk__in=keys)), _NOTHING), _NOTHING
    if issubclass(model, AllegedPerpetrator):
        return Q(pk__in=Accused.objects.visible_to(user).filter(party__in=keys).values("allegation")), _NOTHING
    return Q(pk__in=keys), _NOTHING  # statements


def _harmed(model: Any, keys: list[int]) -> Q:
    """What was done to victims in these incidents, or to those held at these facilities."""
    if issubclass(model, Incident):
        return Q(incident__in=keys)
    return Q(held_at__in=keys) | Q(facility__in=keys) if issubclass(model, Facility) else _NOTHING


def _incidents(model: Any, keys: list[int], about: Q, user: Any) -> QuerySet:
    """The listed incidents, those at the listed facilities, or those of which the statements speak."""
    if issubclass(model, Incident):
        return Incident.objects.visible_to(user).filter(pk__in=keys)
    if issubclass(model, Facility):
        return incidents_at(keys, user)
    spoken_of = Statement.objects.visible_to(user).filter(about, about_incident__isnull=False).values("about_incident")
    return Incident.objects.visible_to(user).filter(pk__in=spoken_of)


def _hang_on(about: Q, harmed: Q, user: Any, most: int) -> int:
    """How many statements with their answers, or harms, are to be read, counted as far as it matters."""
    shown = Statement.objects.visible_to(user)
    found = shown.filter(about)
    answers = shown.filter(Q(about_statement__in=found.values("pk")) | Q(about_source__in=found.values("source")))
    harms = Harm.objects.visible_to(user).filter(harmed)
    said, answered, done = (rows.order_by()[: most + 1].count() for rows in (found, answers, harms))
    return max(said + answered, done)
