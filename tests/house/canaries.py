"""A world of planted secrets: records of every kind at every state and level, every link with a hidden end, every text a token.

Who may see what is worked out here in plain Python, row by row, apart from the code that is tested. Every text holds
a token of its own, and a record's uid is a token too; whatever leaves is searched for tokens, and each one found must
be one that the reader may know.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pgtrigger
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models

from cases.chains import settle_drift
from cases.models import (
    Accused,
    AdoptedFigure,
    Affiliation,
    Allegation,
    AllegedPerpetrator,
    Case,
    Characterisation,
    Citation,
    Conclusion,
    ConclusionGround,
    Estimate,
    EstimateRelation,
    Facility,
    HandOn,
    Harm,
    Incident,
    OfficialAct,
    Operation,
    Place,
    Response,
    Statement,
    Victim,
)
from hrdocs.access import Role, Sensitivity, State
from hrdocs.dates import EdtfField
from hrdocs.models import Part, Record, User
from hrdocs.wording import our_models
from sources.models import (
    Capture,
    ConsentEvent,
    CustodyEvent,
    Informant,
    PageFetch,
    Party,
    Publisher,
    Relay,
    Source,
    SourceAuthor,
    SourcePublisher,
)
from tests import factories

PUBLIC, REGISTERED, INTERNAL, RESTRICTED, SEALED = Sensitivity
ROLES = ("anonymous", *Role)
STAFF = (Role.ANALYST, Role.REVIEWER, Role.MANAGER)
LEVELS = {
    **dict.fromkeys(ROLES, {PUBLIC}),
    Role.RESEARCHER: {PUBLIC, REGISTERED},
    **dict.fromkeys(STAFF, {PUBLIC, REGISTERED, INTERNAL}),
}
OPEN, HIDDEN_OUTSIDE, HIDDEN = (State.PUBLISHED, PUBLIC), (State.DRAFT, INTERNAL), (State.PUBLISHED, RESTRICTED)
VARIANTS = (
    OPEN, (State.PUBLISHED, REGISTERED), (State.PUBLISHED, INTERNAL), HIDDEN_OUTSIDE, (State.IN_REVIEW, PUBLIC), (State.RETRACTED, PUBLIC),
    (State.APPROVED, REGISTERED), (State.DRAFT, RESTRICTED), HIDDEN, (State.PUBLISHED, SEALED),
)  # fmt: skip
TOKEN = re.compile(r"canary\d{5}x|[A-Z]{3}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{6}")

# What only those who work on the records see of a record that is open to all. Written down here on purpose: whoever
# opens a column changes this list with open eyes.
GUARDED: dict[type[models.Model], set[str]] = {
    Source: {"obtained", "rated_by"},
    Case: {"lead"},
    Incident: {"date_wording", "local_time", "time_earliest", "time_latest", "utc_offset", "place_wording"},
    Victim: {
        "born",
        "age",
        "occupation",
        "community",
        "member_role",
        "health",
        "nationalities",
        "home",
        "also_party",
        "member_of",
    },
    Harm: {
        "date_wording",
        "cause_of_death",
        "extent",
        "last_seen",
        "last_seen_where",
        "fate_date",
        "remains",
        "autopsy",
        "death_certificate",
    },
    **dict.fromkeys((Statement, Estimate, Allegation, Characterisation, Response, Citation), {"rated_by"}),
}
GUARDED_EVERYWHERE = {"version", "team", "created_by", "created_at", "edited_by", "withdrawn_by_source"}

KINDS = (
    Party, Source, Place, Facility, Incident, Victim, Harm, Operation, Affiliation, OfficialAct, Case,
    Estimate, Allegation, Characterisation, Response, Citation, Conclusion, Informant,
)  # fmt: skip
PARTS = [model for model in our_models() if issubclass(model, Part) and not model._meta.proxy]
ABOUT_ONE_OF = {
    Estimate: "incident facility place victim",
    Allegation: "incident facility place victim harm",
    Characterisation: "incident facility place victim harm statement",
    Response: "statement incident facility victim harm operation official_act source",
    Citation: "statement incident facility place victim harm operation official_act source party affiliation incident_link",
}
# Links of which a row has exactly one.
ONE_OF: dict[type[models.Model], tuple[str, ...]] = {
    **{kind: tuple(f"about_{name}" for name in names.split()) for kind, names in ABOUT_ONE_OF.items()},
    Harm: ("victim", "facility", "place"),
    Operation: ("facility", "place"),
    Conclusion: ("facility", "incident", "place", "victim", "harm"),
    Relay: ("draws_on", "party"),
    apps.get_model("cases", "Concerned"): ("party", "victim", "facility"),
}
NOT_TEXT = {"utc_offset", "currency", "sha256"}
EMPTY_BESIDE_A_LINK = {Relay: {"unnamed"}, Harm: {"object"}, Accused: set(), SourceAuthor: set()}


@dataclass
class Numbers:
    """Numbers of five digits without a doubled one: search by sound takes 77 for 7."""

    last: int = 9_999

    def __next__(self) -> int:
        self.last += 1
        while re.search(r"(.)\1", str(self.last)):
            self.last += 1
        return self.last


@dataclass
class Planted:
    """Where a token was put: in which field of which row."""

    row: models.Model
    field: str


@dataclass
class Bond:
    """Two rows that all may see, joined by something that is hidden from some: neither may then tell of the other."""

    what: str
    one: Record
    other: Record
    by: models.Model


@dataclass
class World:
    """All that was planted, and who may see which of it."""

    author: User
    people: dict[str, Any]
    tokens: dict[str, list[Planted]] = field(default_factory=dict)
    rows: list[models.Model] = field(default_factory=list)
    bonds: list[Bond] = field(default_factory=list)
    linked: list[Record] = field(default_factory=list)
    _numbers: Numbers = field(default_factory=Numbers)
    _open: dict[type[models.Model], Any] = field(default_factory=dict)
    _seen: dict[tuple[str, str, int], bool] = field(default_factory=dict)

    @cached_property
    def reviewer(self) -> User:
        """Who opened the kept copies that are open."""
        return self.people.get(Role.REVIEWER) or factories.make_user(Role.REVIEWER)

    # ── planting ──

    def texts(self, model: type[models.Model]) -> dict[str, str]:
        """A token for every text of a model that people fill in."""
        found = {}
        for f in model._meta.concrete_fields:
            text = isinstance(f, models.CharField | models.TextField) and not isinstance(f, EdtfField)
            if text and f.editable and not f.choices and not f.generated and f.name not in NOT_TEXT:
                found[f.name] = f"canary{next(self._numbers)}x"
        return found

    def plant(self, row: models.Model, texts: dict[str, str]) -> Any:
        self.rows.append(row)
        for name, token in texts.items():
            self.tokens.setdefault(token, []).append(Planted(row, name))
        if isinstance(row, Record):
            self.tokens.setdefault(row.uid, []).append(Planted(row, "uid"))
        return row

    def make(self, model: type[models.Model], how: tuple[str, str] = OPEN, **links: Any) -> Any:
        """A record of this kind at this state and level, which hangs on nothing hidden unless a link says so."""
        links = {**self.needed(model, links), **links}
        texts = {name: token for name, token in self.texts(model).items() if name not in links}
        texts = {name: token for name, token in texts.items() if name not in EMPTY_BESIDE_A_LINK.get(model, ())}
        state, level = how
        record = model(**texts, **{"state": state, "sensitivity": level, **links})
        return self.plant(record.save_by(self.author), texts)

    def part(self, model: type[models.Model], level: str = PUBLIC, **ends: Any) -> Any:
        texts = {name: token for name, token in self.texts(model).items() if name not in EMPTY_BESIDE_A_LINK.get(model, ())}
        extra: dict[str, Any] = {}
        if model is Capture:
            extra = {"sha256": hashlib.sha256(str(next(self._numbers)).encode()).hexdigest(), "size": 1, "taken_by": self.author}
            if level in (PUBLIC, REGISTERED):
                extra |= {"personal_data": "no", "opened_by": self.reviewer}
        if model is CustodyEvent:
            extra = {"by": self.author}
        if model is PageFetch:
            extra = {"asked_by": self.author}
        if model is ConsentEvent:
            extra = {"taken_by": self.author}
        return self.plant(model.objects.create(**texts, **extra, **ends, sensitivity=level), texts)

    def needed(self, model: type[models.Model], given: dict[str, Any]) -> dict[str, Any]:
        """What a record can't be without: open ends for its links, a term, a number."""
        found: dict[str, Any] = {}
        if model in ONE_OF and not any(name in given for name in ONE_OF[model]):
            first = "about_facility" if "about_facility" in ONE_OF[model] else ONE_OF[model][0]
            found[first] = self.open(_target(model, first))
        for f in model._meta.concrete_fields:
            linked = f.related_model and issubclass(f.related_model, Record) and not getattr(f.remote_field, "parent_link", False)
            if linked and not f.null and f.name not in given:
                found[f.name] = self.open(f.related_model) if f.name != "to_party" else self.make(Party)
        if model is Harm:
            found["act"] = factories.make_term("act", "canary_act")
        if model in (Estimate, Conclusion):
            found |= {"counted": factories.make_term(), "lower": 1, "measure": "total"}
        return found

    def open(self, model: type[models.Model]) -> Any:
        """The one open row of a kind on which others may hang."""
        if model not in self._open:
            self._open[model] = self.part(model, **self.ends(model)) if issubclass(model, Part) else self.make(_kind(model))
        return self._open[model]

    def fresh(self, model: type[models.Model], how: tuple[str, str] = OPEN) -> Any:
        """A row of a kind to which nothing else is linked."""
        if issubclass(model, Part):
            return self.part(
                model, PUBLIC if how == OPEN else INTERNAL if how == HIDDEN_OUTSIDE else RESTRICTED, **self.ends(model)
            )
        own_source = {"source": self.make(Source)} if model is Statement else {}  # a hand-on joins two sources
        return self.make(_kind(model), how, **own_source)

    def ends(self, part: type[models.Model], only: str = "", how: tuple[str, str] = OPEN) -> dict[str, Any]:
        """New ends for a part, all open but the one named."""
        found = {}
        for path in part.hangs_on:
            alternative = path in ONE_OF.get(part, ())
            if alternative and path != (only if only in ONE_OF[part] else ONE_OF[part][0]):
                continue
            found[path] = self.fresh(_target(part, path), how if path == only else OPEN)
        return found

    # ── who may see what ──

    def may_see(self, row: models.Model, role: str) -> bool:
        table = row._meta.get_field("state").model if isinstance(row, Record) else type(row)
        key = (role, table._meta.label, row.pk)
        if key not in self._seen:
            levels = LEVELS[role]
            allowed = row.sensitivity in levels and (not isinstance(row, Record) or role in STAFF or row.state == State.PUBLISHED)
            ends = (getattr(row, path) for path in row.hangs_on)
            self._seen[key] = allowed and all(self.may_see(end, role) for end in ends if end is not None)
        return self._seen[key]

    def may_know(self, token: str, role: str) -> bool:
        """Whether some row that the role may see shows this token in a field that it may see."""
        return any(self.may_see(at.row, role) and (role in STAFF or not _guarded(at)) for at in self.tokens[token])

    def secrets_in(self, text: str, role: str) -> list[str]:
        """Tokens in a text that the role may not know, with where they come from."""
        found = {token for token in TOKEN.findall(text) if token in self.tokens and not self.may_know(token, role)}
        return [
            f"{token}: {at.row._meta.label}.{at.field} ({_standing(at.row)})"
            for token in sorted(found)
            for at in self.tokens[token]
        ]

    def visible(self, model: type[models.Model], role: str) -> set[str]:
        """The uids that a list of this kind holds for this role, of what was planted."""
        found = {row for row in self.rows if type(row) in kinds_of(model) and self.may_see(row, role)}
        if model is Publisher:
            found &= {link.party for link in self.rows if isinstance(link, SourcePublisher) and self.may_see(link, role)}
        if model is AllegedPerpetrator:
            found &= {link.party for link in self.rows if isinstance(link, Accused) and self.may_see(link, role)}
        if model is AdoptedFigure:
            found = {row for row in found if row.kind == "figure"}
        return {row.uid for row in found}


def kinds_of(model: type[models.Model]) -> tuple[type[models.Model], ...]:
    """The kinds of record that a list of a model holds: the list of statements holds those of every kind."""
    return tuple(model.__subclasses__()) if model is Statement else (model._meta.concrete_model,)


def _kind(model: type[models.Model]) -> type[models.Model]:
    return Estimate if model is Statement else model


def _target(model: type[models.Model], path: str) -> type[models.Model]:
    return model._meta.get_field(path).related_model


def _guarded(at: Planted) -> bool:
    return at.field in GUARDED.get(type(at.row), set()) | GUARDED_EVERYWHERE


def _standing(row: models.Model) -> str:
    return f"{row.state} {row.sensitivity}" if isinstance(row, Record) else row.sensitivity


def build() -> World:
    """Plant everything. Call inside a transaction that is taken back."""
    rules = ("begins_closed", "moves_by_decision", "stays_as_approved", "nothing_is_added")
    held = [f"{model._meta.label}:{trigger.name}" for model, trigger in pgtrigger.registered() if trigger.name in rules]
    with pgtrigger.ignore(*held):
        world = World(factories.make_user(username="canary-author"), {})
        world.people = {
            "anonymous": AnonymousUser(),
            **{role: factories.make_user(role, username=f"canary-{role}") for role in Role},
        }
        _records(world)
        _hanging(world)
        _linked(world)
        _parts(world)
        _bonds(world)
    settle_drift()
    return world


def _records(world: World) -> None:
    """Every kind at every state and level, hanging on open things alone."""
    for model in KINDS:
        for how in VARIANTS:
            world.make(model, how)


def _hanging(world: World) -> None:
    """Every kind, itself open to all, hanging by each of its links on something hidden."""
    for model in KINDS:
        for path in model.hangs_on:
            target = _target(model, path)
            if issubclass(model, Statement) and path.startswith("about_") and path not in ONE_OF[model]:
                continue
            for how in (HIDDEN_OUTSIDE, HIDDEN):
                world.make(model, **{path: world.fresh(target, how)})


def _linked(world: World) -> None:
    """Every kind, itself open to all, with every other link leading to something hidden."""
    for model in KINDS:
        for how in (HIDDEN_OUTSIDE, HIDDEN):
            links: dict[str, Any] = {}
            for f in model._meta.concrete_fields:
                ours = (
                    f.related_model
                    and issubclass(f.related_model, Record | Part)
                    and not getattr(f.remote_field, "parent_link", False)
                )
                if ours and f.null and f.name not in model.hangs_on and f.name not in ("speaker_informant", "speaker_victim"):
                    links[f.name] = world.fresh(f.related_model, how)
            if "organisation" in links:
                links["kind"] = "organisation"
            if model in (Facility, Incident):
                links["place_shown"] = "exact"
            record = world.make(model, **links)
            for f in model._meta.many_to_many:
                if issubclass(f.related_model, Record):
                    getattr(record, f.name).add(world.fresh(f.related_model, how))
            world.linked.append(record)


def _parts(world: World) -> None:
    """Every kind of part: open; and open itself with one end hidden."""
    for model in PARTS:
        world.part(model, **world.ends(model))
        for path, how in itertools.product(model.hangs_on, (HIDDEN_OUTSIDE, HIDDEN)):
            world.part(model, **world.ends(model, path, how))


def _bonds(world: World) -> None:
    """Two open ends, joined by a part of a stricter level of its own, or by a record that is a link and hidden."""
    for model, level in itertools.product(PARTS, (REGISTERED, INTERNAL, RESTRICTED)):
        alternatives = ONE_OF.get(model) or ("",)
        for only in alternatives:
            ends = world.ends(model, only)
            link = world.part(model, level, **ends)
            records = [end for end in ends.values() if isinstance(end, Record)]
            world.bonds += [Bond(model.__name__, *pair, link) for pair in itertools.combinations(records, 2)]
    for how in (HIDDEN_OUTSIDE, HIDDEN):
        party, facility, other = world.make(Party), world.make(Facility), world.make(Party)
        world.bonds.append(Bond("Operation", party, facility, world.make(Operation, how, party=party, facility=facility)))
        world.bonds.append(Bond("Affiliation", party, other, world.make(Affiliation, how, party=party, to_party=other)))
        # A building in a hidden block of an open prison: the prison does not tell of the building, nor of what is said of it.
        prison = world.make(Facility)
        block = world.make(Facility, how, parent=prison)
        building = world.make(Facility, parent=block)
        world.bonds.append(Bond("Facility in a hidden one", prison, building, block))
        region = world.make(Place)
        district = world.make(Place, how, parent=region)
        world.bonds.append(Bond("Place in a hidden one", region, world.make(Place, parent=district), district))
    _chains(world)


def _chains(world: World) -> None:
    """A figure told on: the chain shows publishers, speakers and whom they name, and breaks where a hop is hidden."""
    for how in (HIDDEN_OUTSIDE, HIDDEN):
        facility = world.make(Facility)
        figures = []
        for _ in range(3):
            speaker, named, publisher = (world.make(Party, how) for _ in range(3))
            source = world.make(Source)
            world.part(SourcePublisher, source=source, party=publisher)
            figures.append(world.make(Estimate, source=source, about_facility=facility, speaker=speaker, attributed_to=named))
        hidden = world.make(Estimate, how, source=world.make(Source), about_facility=facility)
        for later, earlier in [(figures[1], figures[0]), (figures[2], figures[1]), (hidden, figures[2])]:
            world.part(HandOn, later=later, earlier=earlier)
        world.part(EstimateRelation, PUBLIC, estimate=figures[0], other=hidden, source=world.make(Source))
        told_on = world.make(Conclusion, facility=facility)
        world.part(ConclusionGround, conclusion=told_on, statement=hidden)
