"""A second world that differs from the first in nothing but what is hidden from one role.

Hidden rows get other words, numbers, dates, links and levels, some go and some come; of rows that may be seen, the
columns that may not are rewritten, and links to what is hidden lead elsewhere or nowhere. What is hidden from whom
is taken from canaries.py, apart from the code that is tested.
"""

from __future__ import annotations

import functools
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import Error, connection, models, transaction

from cases.chains import settle_drift
from cases.choices import PlaceShown
from cases.models import Affiliation, Facility, HandOn, Harm, Incident, Place
from hrdocs import dates
from hrdocs.access import Role, State
from hrdocs.models import Assignment, Comment, Grant, Part, ProposedChange, Record, RiskNote, SetAside, Team, User, on
from sources.models import Party
from tests.house.canaries import (
    GUARDED,
    GUARDED_EVERYWHERE,
    HIDDEN,
    HIDDEN_OUTSIDE,
    INTERNAL,
    KINDS,
    LEVELS,
    PARTS,
    RESTRICTED,
    STAFF,
    World,
)

# What says where a row stands or hangs, which changes by other steps than by being overwritten.
STANDING = {"uid", "state", "sensitivity", "audience", "locks", "drift", "severity", "kind", "sha256", "size"}
A_FEW = 60  # rows of each sort that are added or taken away


def enliven(world: World, dice: random.Random) -> None:
    """Give the rows of the first world dates, numbers and choices, which the canaries leave empty."""
    _keys.cache_clear()
    for model, rows in by_table(world.rows):
        names = [f.name for f in own_fields(model) if not _is_words(f) and not f.is_relation]
        overwrite(model, rows, names, dice)
    _place_and_date(world, dice)
    _settle_again()


def _place_and_date(world: World, dice: random.Random) -> None:
    """Incidents and facilities stand in places, and some show less of the place or of the day than is known."""
    places = [row for row in world.rows if type(row) is Place and world.may_see(row, "anonymous")]
    for model in (Facility, Incident):
        for row in world.rows:
            if type(row) is model and row.place_id is None:
                row.place = dice.choice(places)
                _written(model, [model._meta.get_field(name) for name in ("place", "place_shown")],
                         [(row.pk, (str(row.place_id), dice.choice(PlaceShown.values)))])  # fmt: skip
    for model in (Incident, Harm):
        columns = [model._meta.get_field(f"date{part}") for part in ("", "_earliest", "_latest", "_precision", "_shown")]
        rows = [row for row in world.rows if type(row) is model]
        days = [(row.pk, ("2014-03-17",) * 3 + ("day", dice.choice(["day", "month", "year"]))) for row in rows[::2]]
        _written(model, columns, days)


def change_all_that_is_hidden(world: World, role: str, dice: random.Random) -> Counter[str]:
    """Turn the first world into its twin, for one role. Returns how many values, rows and links were changed."""
    told: Counter[str] = Counter()
    seen = {id(row): world.may_see(row, role) for row in world.rows}
    for model, rows in by_table(world.rows):
        hidden = [row for row in rows if not seen[id(row)]]
        shown = [row for row in rows if seen[id(row)]]
        told["hidden values"] += overwrite(model, hidden, [f.name for f in own_fields(model) if not _hangs(model, f)], dice)
        if role not in STAFF:
            told["guarded values"] += overwrite(model, shown, guarded_of(model), dice)
        told["links to what is hidden"] += _links_elsewhere(model, shown, world, role, dice)
        told["lists of links"] += _lists_elsewhere(model, shown, world, role, dice)
        told["what is shown coarsely"] += _less_shown(model, shown, world, role, dice)
    told["other levels"] = _other_levels([row for row in world.rows if not seen[id(row)]], role, dice)
    told["rows gone"] = _take_away([row for row in world.rows if not seen[id(row)] and isinstance(row, Part)], dice)
    told["rows added"] = _add(world, role, dice)
    told["work on records"] = _work(world, role)
    _people(world, role)
    _settle_again()
    return told


# ── values ──


def by_table(rows: Iterable[models.Model]) -> list[tuple[type[models.Model], list[models.Model]]]:
    """Rows under each table that holds a part of them: an estimate stands in two."""
    found: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for row in rows:
        for model in (type(row), *row._meta.get_parent_list()):
            found[model].append(row)
    return list(found.items())


def own_fields(model: type[models.Model]) -> list[models.Field]:
    """The columns of a model's own table that hold content."""
    derived = {f"{f.name}_{part}" for f in model._meta.local_concrete_fields if isinstance(f, dates.EdtfField)
               for part in ("earliest", "latest", "precision")}  # fmt: skip
    return [
        f for f in model._meta.local_concrete_fields
        if f.name not in STANDING | derived and not f.primary_key and not f.generated
        and not isinstance(f, models.BinaryField)
    ]  # fmt: skip


def guarded_of(model: type[models.Model]) -> list[str]:
    named = GUARDED.get(model, set()) | GUARDED_EVERYWHERE
    return [f.name for f in own_fields(model) if f.name in named]


def _is_words(field: models.Field) -> bool:
    text = isinstance(field, models.CharField | models.TextField)
    return text and not field.choices and not isinstance(field, dates.EdtfField)


def _hangs(model: type[models.Model], field: models.Field) -> bool:
    return field.name in getattr(model, "hangs_on", ()) or field.name in ("created_by", "edited_by")


def overwrite(model: type[models.Model], rows: list[models.Model], names: list[str], dice: random.Random) -> int:
    """Write other values into these columns, as far as the constraints of the table let it. Returns how many were."""
    changed = 0
    for name in names:
        field = model._meta.get_field(name)
        columns = [field, *(model._meta.get_field(f"{name}_{part}") for part in ("earliest", "latest", "precision"))] \
            if isinstance(field, dates.EdtfField) else [field]  # fmt: skip
        values = [(row.pk, made) for row in rows if (made := _other(field, dice)) is not None]
        changed += _as_many_as_may_be(model, columns, values)
    return changed


def _as_many_as_may_be(model: type[models.Model], columns: list[models.Field], values: list[Any]) -> int:
    """All at once; where a constraint refuses one of them, in smaller lots."""
    written = _written(model, columns, values)
    return written or sum(_written(model, columns, few) for few in _few(values, 25) if len(values) > 25)


def _few(values: list[Any], size: int) -> Iterable[list[Any]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _written(model: type[models.Model], columns: list[models.Field], values: list[tuple[int, tuple[Any, ...]]]) -> int:
    """Past the triggers, which would write history and audience row by row; the constraints of the table hold."""
    if not values:
        return 0
    names = [f"v{number}" for number in range(len(columns))]
    sets = ", ".join(f'"{f.column}" = given.{name}::{f.db_type(connection)}' for f, name in zip(columns, names, strict=True))
    lists = ", ".join(["%s::bigint[]", *["%s::text[]"] * len(columns)])
    sql = (f'UPDATE "{model._meta.db_table}" SET {sets} FROM unnest({lists}) AS given (pk, {", ".join(names)}) '
           f'WHERE "{model._meta.pk.column}" = given.pk')  # fmt: skip
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql, [[pk for pk, _ in values], *([made[n] for _, made in values] for n in range(len(columns)))])
            written = cursor.rowcount
            cursor.execute("SET LOCAL session_replication_role = origin")
            return written
    except Error:
        return 0


def _other(field: models.Field, dice: random.Random) -> tuple[Any, ...] | None:
    """Another value of this kind, as text that PostgreSQL reads; None where there is none to give."""
    if isinstance(field, dates.EdtfField):
        text = edtf(dice)
        span = _span(text)
        return (text, *(day and day.isoformat() for day in (span.earliest, span.latest)), span.precision)
    if isinstance(field, ArrayField):
        codes = [str(code) for code, _ in getattr(field.base_field, "choices", None) or ()]
        return ("{" + ",".join(dice.sample(codes, dice.randint(0, min(3, len(codes))))) + "}",) if codes else None
    if field.choices:
        return (dice.choice([str(value) for value, _ in field.flatchoices if value]),)
    if isinstance(field, models.CharField | models.TextField):
        return (words(dice)[: field.max_length or 200],)
    if isinstance(field, models.BooleanField):
        return (dice.choice(["true", "false"]),)
    if isinstance(field, models.IntegerField | models.DecimalField) and not field.is_relation:
        return (str(dice.choice([1, 2, 7, 17, 33, 36, 60])),)
    if isinstance(field, models.DateTimeField):
        return (f"20{dice.randint(10, 25)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T0{dice.randint(0, 9)}:00:00Z",)
    if isinstance(field, models.ForeignKey) and (field.null or field.related_model is User):
        keys = _keys(field.related_model)
        return (str(dice.choice(keys)),) if keys else None
    return None


@functools.cache
def _keys(model: type[models.Model]) -> list[int]:
    """Some rows that a link may lead to: they stay, whatever else changes."""
    return list(model._base_manager.order_by("pk").values_list("pk", flat=True)[:200])


_span = functools.cache(dates.parse)


def words(dice: random.Random) -> str:
    return f"hidden{dice.randrange(10**9)}y and more"


def edtf(dice: random.Random) -> str:
    year, month, day = dice.randint(2011, 2014), dice.choice([1, 3, 12]), dice.choice([1, 17])
    return dice.choice(
        [f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{day:02}", f"{year}/{year + 2}", f"{year}/..", f"{year}~"]
    )


# ── links ──


def _ours(field: models.Field) -> bool:
    return bool(field.related_model) and issubclass(field.related_model, Record | Part)


def _hidden_keys(world: World, role: str, model: type[models.Model]) -> list[int]:
    kinds = tuple(k for k in (model, *model.__subclasses__()))
    return [row.pk for row in world.rows if isinstance(row, kinds) and not world.may_see(row, role)]


def _links_elsewhere(model: type[models.Model], rows: list[models.Model], world: World, role: str, dice: random.Random) -> int:
    """A link of a row that may be seen, which leads to something hidden or nowhere, leads to something else that is hidden."""
    changed = 0
    for field in model._meta.local_concrete_fields:
        parent = getattr(field.remote_field, "parent_link", False)
        if not _ours(field) or parent or not field.null or _hangs(model, field):
            continue
        hidden = _hidden_keys(world, role, field.related_model)
        standing = {row.pk: getattr(row, field.attname) for row in rows}
        loose = [pk for pk, held in standing.items() if held is None or held in hidden]
        values = [(pk, (dice.choice([None, *map(str, dice.sample(hidden, min(3, len(hidden))))]),)) for pk in loose]
        changed += _as_many_as_may_be(model, [field], values)
    return changed


def _lists_elsewhere(model: type[models.Model], rows: list[models.Model], world: World, role: str, dice: random.Random) -> int:
    """The same of many-to-many links."""
    changed = 0
    for field in model._meta.local_many_to_many:
        if not _ours(field):
            continue
        through, here, there = field.remote_field.through, field.m2m_column_name(), field.m2m_reverse_name()
        hidden = _hidden_keys(world, role, field.related_model)
        keys = [row.pk for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(
                f'DELETE FROM "{through._meta.db_table}" WHERE "{here}" = ANY(%s) AND "{there}" = ANY(%s)', [keys, hidden]
            )
            changed += cursor.rowcount
        for pk in dice.sample(keys, min(A_FEW, len(keys))):
            getattr(model._base_manager.get(pk=pk), field.name).add(dice.choice(hidden))
            changed += 1
    return changed


# ── rows ──


def _closed_by_itself(row: models.Model, role: str) -> bool:
    """Whether a row is hidden by its own level or state, whatever it hangs on."""
    return row.sensitivity not in LEVELS[role] or (isinstance(row, Record) and role not in STAFF and row.state != State.PUBLISHED)


def _other_levels(hidden: list[models.Model], role: str, dice: random.Random) -> int:
    """Hidden rows move to other states and levels that hide them too."""
    changed = 0
    levels = [level for level in (INTERNAL, RESTRICTED) if level not in LEVELS[role]]
    tables = {row._meta.get_field("state").model._meta.label for row in hidden if isinstance(row, Record)}
    with pgtrigger.ignore(*(f"{table}:moves_by_decision" for table in tables)):
        for row in dice.sample([row for row in hidden if _closed_by_itself(row, role)], 2 * A_FEW):
            model = row._meta.get_field("audience").model
            given: dict[str, Any] = {"sensitivity": dice.choice(levels)}
            if isinstance(row, Record) and row.state != State.RETRACTED:
                given["state"] = dice.choice([State.DRAFT, State.PUBLISHED, State.APPROVED, State.RETURNED])
            changed += _tried(lambda model=model, row=row, given=given: model._base_manager.filter(pk=row.pk).update(**given))
    return changed


def _take_away(hidden: list[models.Model], dice: random.Random) -> int:
    gone = 0
    for row in dice.sample(hidden, min(2 * A_FEW, len(hidden))):
        gone += _tried(lambda row=row: type(row)._base_manager.filter(pk=row.pk)._raw_delete("default"))
    return gone


def _tried(act: Any) -> int:
    """Do it where the database lets it, and say how many rows it was."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            done = act()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return int(done or 0)
    except Error:
        return 0


def _add(world: World, role: str, dice: random.Random) -> int:
    """New hidden records, and new hidden parts and links between what may be seen."""
    rows, bonds, added = list(world.rows), list(world.bonds), 0
    tables = {model._meta.get_field("state").model._meta.label for model in KINDS}
    hows = [HIDDEN] if role in STAFF else [HIDDEN, HIDDEN_OUTSIDE]
    with pgtrigger.ignore(*(f"{table}:{rule}" for table in tables for rule in ("begins_closed", "moves_by_decision"))):
        parties = [row for row in rows if type(row) is Party and world.may_see(row, role) and row != world.open(Party)]
        for model in KINDS:  # an affiliation would make a party to belong to, and that one could be seen
            world.make(model, dice.choice(hows), **({"to_party": dice.choice(parties)} if model is Affiliation else {}))
            added += 1
        for model in PARTS:
            seen = [row for row in rows if type(row) is model and world.may_see(row, role)]
            for like in dice.sample(seen, min(4, len(seen))):
                ends = {path: getattr(like, path) for path in model.hangs_on if getattr(like, path) is not None}
                added += _tried(lambda model=model, ends=ends: bool(world.part(model, RESTRICTED, **ends)))
    assert not any(world.may_see(row, role) for row in world.rows[len(rows) :]), "only what is hidden is added"
    world.rows, world.bonds = rows, bonds  # the world stays the one that was built
    return added


# ── work and people ──


def _work(world: World, role: str) -> int:
    """Remarks, tasks, proposals and findings set aside on records: those that may be seen too, where she works on none."""
    author, done = world.author, 0
    records = [row for row in world.rows if isinstance(row, Record) and (role not in STAFF or not world.may_see(row, role))]
    for row in records[:: max(1, len(records) // A_FEW)]:
        Comment.objects.create(**on(row), text="hidden remark", by=author)
        Assignment.objects.create(**on(row), to=author, task="hidden task", by=author)
        SetAside.objects.create(**on(row), finding="hidden", reason="hidden", by=author)
        ProposedChange.objects.create(**on(row), before={}, after={}, reason="hidden", version=1, proposed_by=author)
        Grant.objects.create(user=author, uid=row.uid, reason="hidden", until="2099-01-01", granted_by=author)
        RiskNote.objects.create(**on(row), who=["told"], how="hidden risk", next_review="2020-01-01", by=author)
        done += 6
    return done


def _less_shown(model: type[models.Model], rows: list[models.Model], world: World, role: str, dice: random.Random) -> int:
    """Outside, a record that shows its country alone may stand anywhere else in it; a day may be another of its month."""
    changed = 0
    if role in STAFF:
        return changed
    kept = {row.pk: row for row in model._base_manager.filter(pk__in=[row.pk for row in rows])}
    if model in (Facility, Incident):
        places = [row for row in world.rows if type(row) is Place and world.may_see(row, role)]
        for record in kept.values():
            others = [place for place in places if record.place in places and place.country_id == record.place.country_id]
            if record.place_shown != PlaceShown.EXACT and others:
                changed += _written(model, [model._meta.get_field("place")], [(record.pk, (str(dice.choice(others).pk),))])
    if model in (Incident, Harm):
        columns = [model._meta.get_field(f"date{part}") for part in ("", "_earliest", "_latest")]
        for record in kept.values():
            if record.date_precision == "day" and record.date_shown in ("month", "year"):
                day = f"{record.date[:7]}-{dice.randint(1, 28):02}"
                changed += _written(model, columns, [(record.pk, (day, day, day))])
    return changed


def _people(world: World, role: str) -> None:
    """Who works here is known inside alone."""
    if role in STAFF:
        return
    asker = getattr(world.people[role], "pk", None)
    User.objects.exclude(pk=asker).update(full_name="Somebody else", email="hidden@example.org")
    Team.objects.create(name="hidden team")
    User.objects.create_user("hidden-colleague", role=Role.ANALYST)


def _settle_again() -> None:
    HandOn.objects.update(drift=None)
    settle_drift()
