"""Points as far as they are shown, worked out for each place when it changes, so that a list is asked for them by an index."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import connection, models

from cases.choices import PlaceShown
from hrdocs.access import Sensitivity
from hrdocs.models import fields
from hrdocs.models.worked_out import WorkedOut, WorkedOutQuerySet

OUTSIDE = Sensitivity.REGISTERED.rank
_LEVELS = ", ".join(f"'{level}'" for level in PlaceShown.values)

# The places that are to be worked out: those given, and all within them, since a place around it may stand for each.
# Two at once wait for one another: each would work out what it does not see that the other changed.
POINTS_ANEW_SQL = """
CREATE OR REPLACE FUNCTION public.cases_points_anew(changed bigint[]) RETURNS void LANGUAGE plpgsql AS $anew$
DECLARE within bigint[];
BEGIN
    IF changed IS NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('cases_shownpoint'));
    WITH RECURSIVE part (id) AS (
        SELECT unnest(changed) UNION SELECT p.id FROM part JOIN public.cases_place p ON p.parent_id = part.id)
    SELECT array_agg(id) INTO within FROM part;
    DELETE FROM public.cases_shownpoint WHERE place = ANY(within);
    INSERT INTO public.cases_shownpoint (place, shown, audience, longitude, latitude)
        SELECT place, shown, audience, longitude, latitude FROM public.cases_points_worked_out(within);
END $anew$;
"""
WORKED_OUT_SQL = f"""
CREATE OR REPLACE FUNCTION public.cases_points_worked_out(places bigint[])
RETURNS TABLE (place bigint, shown text, audience smallint, longitude float8, latitude float8) LANGUAGE sql STABLE AS $worked$
    SELECT p.id, so_far, rank::smallint, (point->>'longitude')::float8, (point->>'latitude')::float8
    FROM public.cases_place p, unnest(ARRAY[{_LEVELS}]) AS so_far, generate_series(p.audience, {OUTSIDE}) AS rank,
        LATERAL (SELECT public.cases_point_shown(p.id, so_far, rank) AS point) AS told
    WHERE p.id = ANY(places) AND point IS NOT NULL
$worked$;
"""
_ALL = "(SELECT coalesce(array_agg(id), '{}') FROM public.cases_place)"
_DIFFERING = f"""
WITH kept AS (SELECT place, shown, audience, longitude, latitude FROM public.cases_shownpoint),
    worked AS (SELECT * FROM public.cases_points_worked_out({_ALL}))
SELECT DISTINCT p.uid, place FROM ((TABLE kept EXCEPT TABLE worked) UNION ALL (TABLE worked EXCEPT TABLE kept)) AS differing
LEFT JOIN public.cases_place p ON p.id = place ORDER BY place
"""


class WorksOutPoints(pgtrigger.Trigger):
    """When a place that readers see opens, closes, moves or comes to lie elsewhere, its points and those within are made anew."""

    def __init__(self, operation: Any) -> None:
        new = None if operation is pgtrigger.Delete else "now"
        old = None if operation is pgtrigger.Insert else "was"
        super().__init__(
            name=f"works_out_points_of_{'more' if old is None else 'less' if new is None else 'change'}",
            level=pgtrigger.Statement, operation=operation, when=pgtrigger.After,
            referencing=pgtrigger.Referencing(old=old, new=new), func=f"""
                PERFORM public.cases_points_anew(array_agg(id)) FROM ({_changed(old, new)}) AS changed;
                RETURN NULL;
            """)  # fmt: skip


def _changed(old: str | None, new: str | None) -> str:
    if old is None or new is None:
        return f"SELECT id FROM {old or new} WHERE audience <= {OUTSIDE}"
    before, after = (f"({', '.join(f'{rows}.{name}' for name in _FOLLOWED)})" for rows in (old, new))
    return (f"SELECT {new}.id FROM {old} JOIN {new} ON {new}.id = {old}.id "
            f"WHERE least({old}.audience, {new}.audience) <= {OUTSIDE} AND {before} IS DISTINCT FROM {after}")  # fmt: skip


_FOLLOWED = ("audience", "level", "parent_id", "longitude", "latitude")


def works_out_points() -> list[pgtrigger.Trigger]:
    """The triggers of places that keep their points in step."""
    return [WorksOutPoints(operation) for operation in (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)]


class ShownPointQuerySet(WorkedOutQuerySet):
    """Points as far as they are shown."""

    def anew(self) -> None:
        """Work all of them out again."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM public.cases_shownpoint; SELECT public.cases_points_anew({_ALL})")
            cursor.execute("ANALYZE public.cases_shownpoint")

    def differing(self) -> list[tuple[str | None, int]]:
        """The uid and key of each place whose points are not what they should be; without uid where it is gone."""
        with connection.cursor() as cursor:
            cursor.execute(_DIFFERING)
            return cursor.fetchall()


class ShownPoint(WorkedOut):
    """Where a place lies for readers of a level, if a record shows it only so far; the triggers of places keep it.

    What it holds follows from the place and those around it (`cases/shown.py`), and filters alone ask it.
    """

    place = models.BigIntegerField(
        help_text="The key of the place. No link: it goes when the place goes, whatever is done with it."
    )
    shown = fields.choice(PlaceShown, "How much of the place the record lets be shown.")
    longitude = models.FloatField(help_text="Degrees east of the point that is shown.")
    latitude = models.FloatField(help_text="Degrees north of the point that is shown.")

    objects = ShownPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="cases_shownpoint_once", fields=["place", "shown", "audience"],
                violation_error_message="A place has one point for each level; run shown_points --mend."),
        ]  # fmt: skip
        indexes = [models.Index(name="cases_shownpoint_lies", fields=["audience", "latitude", "longitude"])]

    def __str__(self) -> str:
        return f"{self.place} {self.shown}"

    @classmethod
    def past(cls, schema: str, rank: int) -> str:
        return f"""
            SELECT p.id, p.id AS place, so_far AS shown, {rank}::smallint AS audience,
                (point->>'longitude')::float8 AS longitude, (point->>'latitude')::float8 AS latitude
            FROM {schema}.cases_place p, unnest(ARRAY[{_LEVELS}]) AS so_far,
                LATERAL (SELECT public.cases_point_shown(p.id, so_far, {rank}) AS point) AS told
            WHERE point IS NOT NULL"""
