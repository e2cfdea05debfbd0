"""What a report is made of: what the pages say on its subject, as one reader may see it, and nothing else.

Nothing here decides who may see what: each row comes by `rows`, through `visible_to` and the shapes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from cases import shapes
from cases.models import Case, Facility, Harm, Incident
from cases.pages import case, facility, perpetrator, reading
from cases.pages.view import what_is_said
from cases.querysets import Rows
from hrdocs.models import Record
from hrdocs.pages import Row, Terms, in_own_language, rows
from hrdocs.redirects import now_called
from hrdocs.shapes import Shape
from hrdocs.uids import understood
from sources.citing import csl
from sources.models import Party, Source
from sources.shapes import PARTIES, SOURCES

SUBJECTS: dict[type[Record], Shape] = {
    Case: shapes.CASES, Facility: shapes.FACILITIES, Incident: shapes.INCIDENTS, Party: PARTIES,
}  # fmt: skip


@dataclass
class Gathered:
    """All that a report tells, as the pages have it."""

    kind: str  # of the record; or that it is a list
    uid: str  # of the record
    row: Row
    said: dict[str, Any]  # the context of the record's page
    incidents: list[Row]
    harms: list[Row]
    victims: dict[str, Row]
    sources: dict[str, Row]
    items: dict[str, dict[str, Any]]  # the same in CSL, in the language of citations
    terms: Terms

    @property
    def facilities(self) -> list[Row]:
        """The facility that it is on, or those that it gathers or lists."""
        return [self.row] if self.kind == "facility" else self.said.get("facilities", [])

    @property
    def sources_in_order(self) -> list[Row]:
        return sorted(self.sources.values(), key=lambda row: (row["published_earliest"] or "9", row["title"]))


def find(uid: str, user: Any) -> Record | None:
    """The record of a kind on which there are reports, if this reader may see it; of a merged one the one that stays."""
    asked = understood(uid) or ""
    for model in SUBJECTS:
        seen = model._default_manager.visible_to(user)
        if found := seen.filter(uid=asked).first():
            return found
        if found := now_called(asked, seen, user):
            return found
    return None


def gather(record: Record, user: Any) -> Gathered:
    """All that this reader may see of what hangs together with a record."""
    shape = SUBJECTS[type(record)]
    (row,) = rows(shape, shape.model._default_manager.visible_to(user).filter(pk=record.pk), user)
    in_own_language(user, reading.NAMED, row)
    said = _said_on(record, row, user)
    incidents = said.get("incidents", [row] if isinstance(record, Incident) else [])
    harms = _harms(record, incidents, user)
    return together(record._meta.model_name or "", record.uid, row, said=said, incidents=incidents, harms=harms, user=user)


def together(
    kind: str, uid: str, row: Row, *, said: dict[str, Any], incidents: list[Row], harms: list[Row], user: Any
) -> Gathered:
    """What is said, with the victims of these harms and the sources of all of it, as far as this reader may see them."""
    harmed = {each["victim"]["uid"] for each in harms if each["victim"]}
    victims = rows(shapes.VICTIMS, shapes.VICTIMS.model.objects.visible_to(user).filter(uid__in=harmed).order_by("uid"), user)
    in_own_language(user, reading.NAMED, incidents, harms, victims)
    sources = _sources(statements_in(said), said, user)
    items = {each["uid"]: csl.item(each) for each in sources}
    in_own_language(user, reading.NAMED, sources)
    return Gathered(kind, uid, row, said, incidents, harms, _by_uid(victims), _by_uid(sources), items, Terms())


def _by_uid(rows: Iterable[Row]) -> dict[str, Row]:
    return {row["uid"]: row for row in rows}


def _said_on(record: Record, row: Row, user: Any) -> dict[str, Any]:
    match record:
        case Party():
            return perpetrator.what_is_said_of(record, user)
        case Facility():
            return facility.around(record, user)
        case Case():
            return case.around(record, row, user)
    return what_is_said(record, user)


def _harms(record: Record, incidents: Iterable[Row], user: Any) -> list[Row]:
    """What is said to have been done to victims in these incidents and, of facilities, to those held there."""
    wanted = Q(incident__uid__in=[each["uid"] for each in incidents])
    if isinstance(record, Facility | Case):
        wanted |= Q(held_at__in=_parts(record, user)) | Q(facility__in=_parts(record, user))
    return rows(shapes.HARMS, Harm.objects.visible_to(user).filter(wanted).order_by("uid"), user)


def _parts(record: Facility | Case, user: Any) -> Rows:
    within = Facility.objects.gathered_in(record, user) if isinstance(record, Case) else Facility.objects.filter(pk=record.pk)
    return within.parts(user)


def statements_in(said: dict[str, Any]) -> list[Row]:
    """Every statement that stands on a page, whatever its kind."""
    found: list[Row] = list(said["said"].figures.values()) if "said" in said else []
    for name in ("allegations", "accusations", "characterisations"):
        for item in said.get(name, ()):
            found += [item["row"], *item["answers"]]
            for copy, answers in item["copies"]:
                found += [copy, *answers]
    for each in said.get("answers_to_sources", ()):
        found += each["answers"]
    found += said.get("other_answers", []) + said.get("own_answers", [])
    return found + (said["said"].citations if "said" in said else [])


def _sources(statements: Iterable[Row], said: dict[str, Any], user: Any) -> list[Row]:
    """The sources of these statements, and those in which they were read, in full."""
    uids = {row["source"]["uid"] for row in statements if row["source"]}
    uids |= {each["source"] for row in statements for each in row["quoted_in"]}
    uids |= {each["source"]["uid"] for each in said.get("answers_to_sources", ())}
    return rows(SOURCES, Source.objects.visible_to(user).filter(uid__in=uids).order_by("uid"), user)
