"""What may have been entered twice: pairs of records of one kind that share a rare word of a name across scripts and are
alike, or a place and a day, or an address. Nobody is asked again about a pair that was judged."""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models import F, Q

from hrdocs.merging import name_table
from hrdocs.models import Match, MatchVerdict, Record

MOST = 50  # pairs of one kind that are shown at a time
NEWEST = 2_000  # records of a kind of which each is compared with each; of more, those that were changed last
RARE = 50  # records that may share a word before it tells nothing
FEW_NEW = 20  # records of which it is looked up what sounds as each of them does; beside more, all names are read
ALIKE = 0.45  # of 1, by the letters that two names share in a row


@dataclass(frozen=True)
class Near:
    """The fields by which records of a kind stand near one another, where it has them."""

    place: str = ""
    date: str = ""
    same: str = ""


@dataclass(frozen=True)
class Pair:
    """Two records that may be one, and what speaks for it."""

    one: Record
    other: Record
    alike: int  # per cent
    near: bool


_PAIRS = """
WITH spelling (id, search) AS MATERIALIZED ({spellings}), shown AS MATERIALIZED ({shown}),
word AS MATERIALIZED (
    SELECT DISTINCT id, bones FROM spelling CROSS JOIN LATERAL (
        SELECT btrim(split_part(search, '|', 2)) UNION SELECT regexp_split_to_table(btrim(split_part(search, '|', 2)), ' ')
        UNION SELECT regexp_split_to_table(btrim(split_part(search, '|', 1)), ' ')) AS told (bones)
    WHERE length(bones) >= 3),
rare AS (SELECT bones FROM word GROUP BY bones HAVING count(*) BETWEEN 2 AND {rare}),
pair AS (
    SELECT a.id AS one, b.id AS other FROM word a JOIN rare USING (bones) JOIN word b ON b.bones = a.bones AND a.id < b.id
    UNION SELECT a.id, b.id FROM shown a JOIN shown b ON a.id < b.id AND ({near})
    UNION SELECT a.id, b.id FROM shown a JOIN shown b ON a.id < b.id AND ({same})),
named AS (
    SELECT one, other, max(similarity(x.search, y.search)) AS alike,
        bool_or(split_part(x.search, '|', 2) = split_part(y.search, '|', 2)
                AND length(btrim(split_part(x.search, '|', 2))) >= 3) AS sounds
    FROM pair LEFT JOIN spelling x ON x.id = one LEFT JOIN spelling y ON y.id = other GROUP BY one, other)
SELECT one, other, coalesce(alike, 0), ({near}) IS TRUE AS near
FROM named JOIN shown a ON a.id = one JOIN shown b ON b.id = other
WHERE (alike >= {alike} OR sounds OR ({near}) OR ({same}) OR ({here}) AND alike >= {alike} / 3)
  AND NOT EXISTS (SELECT FROM hrdocs_match m WHERE m.content_type_id = %s AND m.verdict <> '{undecided}'
                  AND (m.object_id, m.other_id) IN ((one, other), (other, one)))
  AND (%s::bigint IS NULL OR %s IN (one, other))
ORDER BY sounds DESC NULLS LAST, near DESC, alike DESC NULLS LAST, one, other LIMIT {most}
"""

# The same for any number of new records, each beside those that were here: only what one key joins is compared.
_BESIDE = """
WITH spelling (id, search) AS MATERIALIZED ({spellings}), shown AS NOT MATERIALIZED ({shown}),
new (id) AS MATERIALIZED (SELECT unnest(%s::bigint[])),
sound AS MATERIALIZED (SELECT id, search, btrim(split_part(search, '|', 2)) AS bones FROM spelling),
block AS (
    SELECT bones FROM sound LEFT JOIN new USING (id) WHERE length(bones) >= 3
    GROUP BY bones HAVING bool_or(new.id IS NOT NULL)
        AND count(DISTINCT sound.id) FILTER (WHERE new.id IS NULL) BETWEEN 1 AND {rare}),
pair AS (
    SELECT a.id AS one, b.id AS other, similarity(a.search, b.search) AS alike, false AS near
    FROM block JOIN sound a USING (bones) JOIN new ON new.id = a.id JOIN sound b USING (bones)
    UNION ALL SELECT a.id, b.id, 0, true FROM shown a JOIN new USING (id) JOIN shown b ON ({near})
    UNION ALL SELECT a.id, b.id, 0, true FROM shown a JOIN new USING (id) JOIN shown b ON ({same}))
SELECT one, other, max(alike), bool_or(near) FROM pair
WHERE other NOT IN (SELECT id FROM new)
  AND NOT EXISTS (SELECT FROM hrdocs_match m WHERE m.content_type_id = %s AND m.verdict <> '{undecided}'
                  AND (m.object_id, m.other_id) IN ((one, other), (other, one)))
GROUP BY one, other ORDER BY 4 DESC, 3 DESC, one, other LIMIT {most}
"""


def beside(kind: type[models.Model], user: Any, near: Near, new: Collection[int], most: int) -> list[Pair]:
    """These new records, each beside one that was here and that this person may see: of the same sound or place and day."""
    rows = kind._default_manager.visible_to(user)
    spellings, held = _sounding_as(kind, user, rows, new).query.sql_with_params()
    shown, asked = rows.values_list("id", *_columns(kind, near)).order_by().query.sql_with_params()
    then = f"a.{near.place}_id = b.{near.place}_id AND a.{near.date}_earliest = b.{near.date}_earliest"
    sql = _BESIDE.format(
        spellings=spellings, shown=shown, rare=RARE, most=most, undecided=MatchVerdict.UNDECIDED,
        near=then if near.place and near.date else "false",
        same=f"a.{near.same} = b.{near.same} AND a.{near.same} <> ''" if near.same else "false")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, [*held, *asked, list(new), ContentType.objects.get_for_model(kind).pk])
        found = cursor.fetchall()
    records = rows.in_bulk({pk for one, other, *_ in found for pk in (one, other)})
    return [Pair(records[one], records[other], round(100 * alike), near) for one, other, alike, near in found]


def pairs(kind: type[models.Model], user: Any, near: Near, of: Record | None = None) -> list[Pair]:
    """The pairs of this kind that this person may see, by names that she may see, the likest first. Of a kind with very many
    records it is those among the newest, or what stands beside the one that is asked about."""
    rows = kind._default_manager.visible_to(user)
    if are_many(kind, user):
        if of is not None:
            return beside(kind, user, near, [of.pk], MOST)
        rows = rows.filter(pk__in=rows.order_by("-edited_at").values("pk")[:NEWEST])
    spellings, held = _spellings(kind, user, rows).query.sql_with_params()
    kept = ["id", *_columns(kind, near)]
    shown, asked = rows.values_list(*kept).order_by().query.sql_with_params()
    here = f"a.{near.place}_id = b.{near.place}_id" if near.place else "false"
    then = (f"a.{near.date}_earliest <= b.{near.date}_latest AND b.{near.date}_earliest <= a.{near.date}_latest"
            if near.date else "false")  # fmt: skip
    sql = _PAIRS.format(
        spellings=spellings, shown=shown, near=f"{here} AND {then}", here=here, rare=RARE, alike=ALIKE, most=MOST,
        same=f"a.{near.same} = b.{near.same} AND a.{near.same} <> ''" if near.same else "false",
        undecided=MatchVerdict.UNDECIDED)  # fmt: skip
    key = of.pk if of else None
    with connection.cursor() as cursor:
        cursor.execute(sql, [*held, *asked, ContentType.objects.get_for_model(kind).pk, key, key])
        found = cursor.fetchall()
    records = rows.in_bulk({pk for one, other, *_ in found for pk in (one, other)})
    return [Pair(records[one], records[other], round(100 * alike), near) for one, other, alike, near in found]


def are_many(kind: type[models.Model], user: Any) -> bool:
    """Whether there are more of a kind than are all compared with one another."""
    return kind._default_manager.visible_to(user)[NEWEST : NEWEST + 1].exists()


def _sounding_as(kind: type[models.Model], user: Any, rows: models.QuerySet, new: Collection[int]) -> models.QuerySet:
    """The names among which those lie that sound as one of the new records does: of few new ones these alone, by the index."""
    if len(new) > FEW_NEW:
        return _spellings(kind, user, rows)
    theirs = _spellings(kind, user, rows.filter(pk__in=new))
    sounds = {search.rpartition("|")[2] for _, search in theirs if search}
    same = [Q(search__endswith=f"|{sound}") for sound in sounds if len(sound.strip()) >= 3]
    return _spellings(kind, user, rows, functools.reduce(operator.or_, same)) if same else theirs


def _spellings(kind: type[models.Model], user: Any, rows: models.QuerySet, clause: Q = Q()) -> models.QuerySet:  # noqa: B008
    """Each name by which one of these records is known to the person, as its index holds it, as far as a clause asks for it."""
    own, link = rows.order_by(), name_table(kind)
    found = []
    if any(field.name == "search" for field in kind._meta.concrete_fields):
        found.append(own.filter(clause).values_list("id", "search"))
    if link is not None:
        names = link.model.objects.visible_to(user).order_by().filter(clause, **{f"{link.name}__in": own.values("pk")})
        found.append(names.values_list(link.attname, "search"))
    return found[0].union(*found[1:], all=True) if len(found) > 1 else found[0]


def _columns(kind: type[models.Model], near: Near) -> list[str]:
    names = [f"{near.place}_id" if near.place else "", near.same]
    return [name for name in names if name] + ([f"{near.date}_earliest", f"{near.date}_latest"] if near.date else [])


def asked_for(kind: type[models.Model], user: Any) -> list[tuple[Match, Record, Record]]:
    """The pairs that somebody judged to be the same and nobody merged yet, as far as this person sees both."""
    rows = kind._default_manager.visible_to(user)
    waiting = Match.objects.filter(
        Q(object_id__in=rows.values("pk")) & Q(other_id__in=rows.values("pk")),
        content_type=ContentType.objects.get_for_model(kind), verdict=MatchVerdict.SAME).select_related("by")  # fmt: skip
    found = list(waiting.order_by(F("at").asc())[:MOST])
    records = rows.in_bulk({pk for match in found for pk in (match.object_id, match.other_id)})
    return [(match, records[match.object_id], records[match.other_id]) for match in found]
