"""Makers of test records: readable defaults, entered by an analyst, published through the verbs of review."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import pgtrigger

from cases.models import (
    Allegation,
    Characterisation,
    Citation,
    Estimate,
    Facility,
    HandOn,
    Harm,
    Incident,
    Place,
    Response,
    Victim,
)
from hrdocs import review
from hrdocs.access import Role, Sensitivity
from hrdocs.models import Record, Team, Term, User
from sources.models import Party, Source

_numbers = itertools.count(1)


_GUARDS = {"stays_as_approved", "nothing_is_added", "nothing_is_taken", "never_removed"}


@contextlib.contextmanager
def past_the_guard() -> Iterator[None]:
    """Change what is closed, as nobody can while the database guards it."""
    guards = [f"{model._meta.label}:{each.name}" for model, each in pgtrigger.registered() if each.name in _GUARDS]
    with pgtrigger.ignore(*guards):
        yield


def make_user(role: str = Role.ANALYST, **given: Any) -> User:
    return User.objects.create_user(**{"username": f"{role}-{next(_numbers)}", "role": role, **given})


def make_team(*members: User) -> Team:
    team = Team.objects.create(name=f"Team {next(_numbers)}")
    team.members.set(members)
    return team


def make_term(vocabulary: str = "counted", code: str = "persons", **given: Any) -> Term:
    return Term.objects.get_or_create(vocabulary=vocabulary, code=code, defaults={"label_en": code, **given})[0]


def make_party(by: User, **given: Any) -> Party:
    return Party(**{"name_en": "Ministry of Justice", "kind": "state_organ", **given}).save_by(by)


def make_source(by: User, **given: Any) -> Source:
    return Source(**{"title": "Human slaughterhouse", "kind": "report", **given}).save_by(by)


def make_place(by: User, **given: Any) -> Place:
    return Place(**{"name_en": "Saydnaya", **given}).save_by(by)


def make_facility(by: User, **given: Any) -> Facility:
    return Facility(**{"name_en": "Saydnaya Military Prison", "name_ar": "سجن صيدنايا العسكري", **given}).save_by(by)


def make_incident(by: User, **given: Any) -> Incident:
    return Incident(**{"title_en": "Hangings at Saydnaya", **given}).save_by(by)


def make_victim(by: User, **given: Any) -> Victim:
    return Victim(**{"label_en": "a teacher from Homs", **given}).save_by(by)


def _statement(kind: type[Any], by: User, defaults: dict[str, Any], given: dict[str, Any]) -> Any:
    given = {**defaults, **given}
    given.setdefault("source", None)
    if given["source"] is None:
        given["source"] = make_source(by)
    if not any(name.startswith("about_") and value is not None for name, value in given.items()):
        given["about_facility"] = make_facility(by)
    return kind(**given).save_by(by)


def make_estimate(by: User, **given: Any) -> Estimate:
    defaults = {"value_text": "5,000–13,000", "lower": 5000, "upper": 13000, "counted": make_term()}
    return _statement(Estimate, by, defaults, given)


def make_allegation(by: User, **given: Any) -> Allegation:
    return _statement(Allegation, by, {"acts_wording": "mass hangings"}, given)


def make_response(by: User, **given: Any) -> Response:
    return _statement(Response, by, {"wording": "totally untrue"}, given)


def make_characterisation(by: User, **given: Any) -> Characterisation:
    return _statement(Characterisation, by, {"wording": "extermination"}, given)


def make_citation(by: User, **given: Any) -> Citation:
    return _statement(Citation, by, {"value": "a building modified from 2013"}, given)


def make_hand_on(later: Any, earlier: Any, **given: Any) -> HandOn:
    return HandOn.objects.create(later_id=later.pk, earlier_id=earlier.pk, **given)


def make_harm(by: User, **given: Any) -> Harm:
    given.setdefault("act", make_term("act", "killed"))
    if not any(given.get(name) for name in ("victim", "facility", "place", "object")):
        given["victim"] = make_victim(by)
    return Harm(**given).save_by(by)


def publish(*records: Record, by: User, level: Sensitivity = Sensitivity.PUBLIC, author: User | None = None) -> None:
    """Take records through review to publication, decided by `by`."""
    for record in records:
        review.submit(record, by=author or record.created_by)
        review.approve(record, by=by)
        review.publish(record, by=by, level=level)
