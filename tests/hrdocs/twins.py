"""Two records for one thing, and a row of every kind that can hang on one of them: for the tests of merging."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from cases.models import (
    Accused,
    Affiliation,
    Case,
    CaseFacility,
    CaseIncident,
    CaseParty,
    Concerned,
    Conclusion,
    EstimateRelation,
    Import,
    ImportedRow,
    IncidentFacility,
    IncidentLink,
    IncidentParty,
    IncidentPlace,
    OfficialAct,
    Operation,
    QuotedIn,
)
from hrdocs import matching, merging, relinking
from hrdocs.models import Assignment, Comment, Match, Merge, Record, Redirect, RiskNote, SetAside, User
from sources.models import (
    Capture,
    ConsentEvent,
    Informant,
    PageFetch,
    Relay,
    SourceAuthor,
    SourcePublisher,
)
from tests import factories

MERGEABLE = [kind for kind in apps.get_models() if issubclass(kind, Record) and kind.mergeable and not kind._meta.proxy]
# Not asked of a merge that was undone: what is only ever added, and what is worked out again when read.
NOT_COMPARED = {"hrdocs_merge", "pghistory_context", "django_content_type"}
WORKED_OUT = ("drift", "severity")

MAKERS: dict[str, Callable[..., Record]] = {
    "party": factories.make_party, "source": factories.make_source, "place": factories.make_place,
    "facility": factories.make_facility, "victim": factories.make_victim, "incident": factories.make_incident,
}  # fmt: skip


def make(kind: type[models.Model], by: User, **given: Any) -> Any:
    return MAKERS[kind._meta.model_name](by, **given)


def merged(kept: Record, gone: Record, chosen: dict[str, str] | None = None, asker: User | None = None) -> Merge:
    """Judged the same by an analyst, merged by a manager."""
    matching.judge(kept, gone, "same", by=asker or factories.make_user(), reason="One list names both.")
    return merging.merge(kept, gone, chosen or {}, by=factories.make_user("manager"), reason="One list names both.")


def snapshot() -> dict[str, list[str]]:
    """All rows of all tables, but for history and what the act itself leaves."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.endswith("event") and table != "sources_consentevent" and table != "sources_custodyevent":
                continue
            if table not in NOT_COMPARED:
                cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t ORDER BY 1')
                rows = [json.loads(row) for (row,) in cursor.fetchall()]
                found[table] = [json.dumps({k: v for k, v in row.items() if k not in WORKED_OUT}, sort_keys=True) for row in rows]
    return found


def hang(by: User, model: type[models.Model], column: str, on: Record) -> models.Model:
    """Make one row of this table, whose link `column` leads to the record."""
    link = model._meta.get_field(column)
    if link.name == "object_id" or link.name == "other_id":
        return _work(by, model, column, on)
    return _ROWS[model._meta.label](by, **{link.name: on})


def every_link() -> list[tuple[type[models.Model], type[models.Model], str]]:
    """Each kind that is merged, with each table and column that may lead to it."""
    found = [(kind, link.model, link.attname) for kind in MERGEABLE for link in relinking.links_to(kind)]
    return found + [(kind, model, column) for kind in MERGEABLE for model, _, column in relinking.work_on(kind)]


def _part(model: type[models.Model], **defaults: Any) -> Callable[..., models.Model]:
    """A maker of parts; a default that is a maker itself is only asked where the link is not given."""

    def make_part(by: User, **given: Any) -> models.Model:
        filled = {name: value(by) if callable(value) else value for name, value in defaults.items() if name not in given}
        return model.objects.create(**{**filled, **given})

    return make_part


def _record(model: type[Record], **defaults: Any) -> Callable[..., Record]:
    def make_record(by: User, **given: Any) -> Record:
        filled = {name: value(by) if callable(value) else value for name, value in defaults.items() if name not in given}
        return model(**{**filled, **given}).save_by(by)

    return make_record


def _statement(by: User, **given: Any) -> Record:
    """An estimate, where it can be about that; a citation can be about the rest."""
    maker = factories.make_citation if {"about_party", "about_source"} & given.keys() else factories.make_estimate
    return maker(by, **given)


def _conclusion(by: User, **given: Any) -> Record:
    return Conclusion(kind="proof", standard_of_proof="reasonable_grounds", rationale_en="Why.", **given).save_by(by)


def _operation(by: User, **given: Any) -> Record:
    given.setdefault("party", factories.make_party(by))
    if not {"facility", "place"} & given.keys():
        given["facility"] = factories.make_facility(by)
    return Operation(**given).save_by(by)


def _relation(by: User, **given: Any) -> models.Model:
    return EstimateRelation.objects.create(
        estimate=factories.make_estimate(by), other=factories.make_estimate(by), **given)  # fmt: skip


def _victim(by: User, **given: Any) -> Record:
    return factories.make_victim(by, **({"kind": "organisation"} if "organisation" in given else {}), **given)


def _concerned(by: User, **given: Any) -> models.Model:
    return Concerned.objects.create(act=OfficialAct(title_en="A judgment").save_by(by), **given)


def _relay(by: User, **given: Any) -> models.Model:
    given.setdefault("source", factories.make_source(by))
    if not {"draws_on", "party"} & given.keys():
        given["unnamed"] = "numerous NGOs"
    return Relay.objects.create(**given)


def _work(by: User, model: type[models.Model], column: str, on: Record) -> models.Model:
    named = {"content_type": ContentType.objects.get_for_model(on), "object_id": on.pk}
    if model is Comment:
        return Comment.objects.create(**named, text="See page 17.", by=by)
    if model is Assignment:
        return Assignment.objects.create(**named, to=by, task="Read page 17.", by=by)
    if model is RiskNote:
        return RiskNote.objects.create(**named, who=["family"], how="The brother lives there.", by=by)
    if model is SetAside:
        return SetAside.objects.create(**named, finding="no_citation", reason="Known to all.", by=by)
    if model is Redirect:
        return Redirect.objects.create(**named, old_uid=f"{on.uid_prefix}-0LDXX-XXXXXX", audience=2)
    if model is ConsentEvent:
        informant = Informant(pseudonym=f"Cedar {on.pk}").save_by(by)
        return ConsentEvent.objects.create(**named, informant=informant, taken_by=by)
    if model is ImportedRow:
        return ImportedRow.objects.create(
            **named, last_import=Import.objects.create(dataset="x", by=by), dataset="x", sheet="x", key=str(on.pk),
            row_number=1, raw={})  # fmt: skip
    assert model is Match, model
    third = make(type(on), by)
    ends = {"object_id": on.pk, "other_id": third.pk} if column == "object_id" else {"object_id": third.pk, "other_id": on.pk}
    return Match.objects.create(**{**named, **ends}, verdict="distinct", reason="Another town.", by=by)


_CASE = _record(Case, title_en="Saydnaya")
_NAMES = {"text": "Sednaya", "kind": "spelling", "language": "en"}
_NUMBERS = {"scheme": "wikidata", "value": "Q1"}


def _kind_rows() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for kind in MERGEABLE:
        for link in relinking.links_to(kind):
            label = link.model._meta.label
            if label.endswith("Name"):
                found[label] = _part(link.model, **_NAMES)
            elif label.endswith("Identifier"):
                found[label] = _part(link.model, **_NUMBERS)
            elif link.model._meta.auto_created:
                found[label] = _through(link.model)
    return found


def _through(model: type[models.Model]) -> Callable[..., Any]:
    """A many-to-many link: the other end is made."""

    def make_link(by: User, **given: Any) -> models.Model:
        for end in model._meta.concrete_fields:
            if end.related_model and end.name not in given:
                given[end.name] = _made(by, end.related_model)
        return model.objects.create(**given)

    return make_link


def _made(by: User, model: type[models.Model]) -> models.Model:
    name = model._meta.model_name
    if name == "term":
        return factories.make_term("country", "SY")
    makers = {"estimate": factories.make_estimate, "allegation": factories.make_allegation}
    return makers[name](by) if name in makers else make(model, by)


_ROWS: dict[str, Callable[..., models.Model]] = {
    **_kind_rows(),
    "cases.Accused": _part(Accused, allegation=factories.make_allegation),
    "cases.Affiliation": _record(Affiliation, party=factories.make_party, to_party=factories.make_party),
    "cases.CaseParty": _part(CaseParty, case=_CASE),
    "cases.CaseFacility": _part(CaseFacility, case=_CASE),
    "cases.CaseIncident": _part(CaseIncident, case=_CASE),
    "cases.Concerned": _concerned,
    "cases.Conclusion": _conclusion,
    "cases.Estimate": factories.make_estimate,
    "cases.EstimateRelation": _relation,
    "cases.Facility": factories.make_facility,
    "cases.Harm": factories.make_harm,
    "cases.Incident": factories.make_incident,
    "cases.IncidentFacility": _part(IncidentFacility, incident=factories.make_incident, facility=factories.make_facility),
    "cases.IncidentLink": _part(IncidentLink, incident=factories.make_incident, other=factories.make_incident),
    "cases.IncidentParty": _part(IncidentParty, incident=factories.make_incident, party=factories.make_party),
    "cases.IncidentPlace": _part(IncidentPlace, incident=factories.make_incident, place=factories.make_place),
    "cases.OfficialAct": _record(OfficialAct, title_en="A judgment"),
    "cases.Operation": _operation,
    "cases.Place": factories.make_place,
    "cases.QuotedIn": _part(QuotedIn, statement=factories.make_estimate, source=factories.make_source),
    "cases.Statement": _statement,
    "cases.Victim": _victim,
    "sources.Capture": lambda by, **given: Capture.objects.create(
        **{"sha256": "a" * 64, "media_type": "text/html", "size": 1, "taken_by": by, **given}),
    "sources.PageFetch": lambda by, **given: PageFetch.objects.create(asked_by=by, address="https://example.org/", **given),
    "sources.Relay": _relay,
    "sources.Source": factories.make_source,
    "sources.SourceAuthor": _part(SourceAuthor, source=factories.make_source, literal="Nicolette Waldman"),
    "sources.SourcePublisher": _part(SourcePublisher, source=factories.make_source, party=factories.make_party),
}  # fmt: skip
