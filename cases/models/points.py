"""Points as far as they are shown, worked out for each place when it changes, so that a list is asked for them by an index."""

from __future__ import annotations

import pgtrigger
from django.db import models

from cases.choices import PlacePrecision, PlaceShown
from hrdocs.access import Sensitivity
from hrdocs.models import fields
from hrdocs.models.worked_out import WorkedOut, works_out

OUTSIDE = Sensitivity.REGISTERED.rank
_LEVELS = ", ".join(f"'{level}'" for level in PlaceShown.values)
_TOLD = """(point->>'longitude')::float8 AS longitude, (point->>'latitude')::float8 AS latitude,
        coalesce(point->>'precision', '') AS precision, (point->>'radius_m')::integer AS radius_m"""

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
    INSERT INTO public.cases_shownpoint (place, shown, audience, longitude, latitude, precision, radius_m)
        SELECT place, shown, audience, longitude, latitude, precision, radius_m FROM public.cases_points_worked_out(within);
END $anew$;
"""
WORKED_OUT_SQL = f"""
CREATE OR REPLACE FUNCTION public.cases_points_worked_out(places bigint[])
RETURNS TABLE (place bigint, shown text, audience smallint, longitude float8, latitude float8, "precision" text, radius_m integer)
LANGUAGE sql STABLE AS $worked$
    SELECT p.id, so_far, rank::smallint, {_TOLD}
    FROM public.cases_place p, unnest(ARRAY[{_LEVELS}]) AS so_far, generate_series(p.audience, {OUTSIDE}) AS rank,
        LATERAL (SELECT public.cases_point_shown(p.id, so_far, rank) AS point) AS told
    WHERE p.id = ANY(places) AND point IS NOT NULL
$worked$;
"""


def works_out_points() -> list[pgtrigger.Trigger]:
    """The triggers of places that keep their points in step."""
    columns = ("audience", "level", "parent_id", "longitude", "latitude", "precision", "radius_m")
    return works_out("works_out_points", key="id", anew="cases_points_anew", columns=columns, most=OUTSIDE)


class ShownPoint(WorkedOut):
    """Where a place lies for readers of a level, if a record shows it only so far; the triggers of places keep it.

    What it holds follows from the place and those around it (`cases/shown.py`).
    """

    of = followed = "cases_place"
    key, changed = "place", "id"
    rule, anew = "cases_points_worked_out", "cases_points_anew"

    place = models.BigIntegerField(
        help_text="The key of the place. No link: it goes when the place goes, whatever is done with it."
    )
    shown = fields.choice(PlaceShown, "How much of the place the record lets be shown.")
    longitude = models.FloatField(help_text="Degrees east of the point that is shown.")
    latitude = models.FloatField(help_text="Degrees north of the point that is shown.")
    precision = fields.choice(PlacePrecision, "How precise the point is that is shown.")
    radius_m = models.PositiveIntegerField(null=True, help_text="How many metres off the point may be, as far as that is told.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="cases_shownpoint_once", fields=["place", "shown", "audience"],
                violation_error_message="A place has one point for each level; run worked_out --mend."),
        ]  # fmt: skip
        indexes = [models.Index(name="cases_shownpoint_lies", fields=["audience", "latitude", "longitude"])]

    def __str__(self) -> str:
        return f"{self.place} {self.shown}"

    @classmethod
    def past(cls, schema: str, rank: int) -> str:
        return f"""
            SELECT p.id, p.id AS place, so_far AS shown, {rank}::smallint AS audience,
                {_TOLD}
            FROM {schema}.cases_place p, unnest(ARRAY[{_LEVELS}]) AS so_far,
                LATERAL (SELECT public.cases_point_shown(p.id, so_far, {rank}) AS point) AS told
            WHERE point IS NOT NULL"""
