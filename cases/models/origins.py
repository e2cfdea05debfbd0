"""How many statements stand at the far end of a chain, counted when a hand-on changes, so that lists are asked for a number."""

from __future__ import annotations

import pgtrigger
from django.db import models

from hrdocs.access import Sensitivity
from hrdocs.models.worked_out import WorkedOut, works_out

MOST = Sensitivity.INTERNAL.rank

# Of several origins are those alone that have a fork behind them: one that hands on two or more. From the forks it is walked on
# to what was asked for, by what was passed on the way back. How many there are then says the one function that knows.
COUNTED_SQL = f"""
CREATE OR REPLACE FUNCTION public.cases_origins_counted(statements bigint[])
RETURNS TABLE (statement bigint, audience smallint, origins integer) LANGUAGE sql STABLE AS $counted$
    WITH RECURSIVE hop AS NOT MATERIALIZED (
        SELECT later_id AS later, earlier_id AS earlier FROM public.cases_handon
        WHERE stated AND how <> 'claims_to_confirm' AND audience <= {MOST}),
    behind (id) AS (SELECT unnest(statements) UNION SELECT h.earlier FROM behind b JOIN hop h ON h.later = b.id),
    ahead (id) AS (
        SELECT b.id FROM behind b WHERE (SELECT count(*) FROM hop h WHERE h.later = b.id) > 1
        UNION SELECT h.later FROM ahead a JOIN hop h ON h.earlier = a.id JOIN behind b ON b.id = h.later)
    SELECT id, rank::smallint, number FROM ahead, generate_series(0, {MOST}) AS rank,
        LATERAL (SELECT public.cases_origins(id, rank) AS number) AS told
    WHERE id IN (SELECT unnest(statements)) AND number > 1
$counted$;
"""

# The statements that are to be counted: those whose own hand-ons changed, and all that pass them on, through however many hands.
# Two at once wait for one another, by the lock that hand-ons are entered under (triggers.NoLoops).
ORIGINS_ANEW_SQL = """
CREATE OR REPLACE FUNCTION public.cases_origins_anew(changed bigint[]) RETURNS void LANGUAGE plpgsql AS $anew$
DECLARE affected bigint[];
BEGIN
    IF changed IS NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('cases_handon'));
    WITH RECURSIVE ahead (id) AS (
        SELECT unnest(changed) UNION SELECT h.later_id FROM ahead a JOIN public.cases_handon h ON h.earlier_id = a.id)
    SELECT array_agg(id) INTO affected FROM ahead;
    DELETE FROM public.cases_severalorigins WHERE statement = ANY(affected);
    INSERT INTO public.cases_severalorigins (statement, audience, origins)
        SELECT statement, audience, origins FROM public.cases_origins_counted(affected);
END $anew$;
"""


def counts_origins() -> list[pgtrigger.Trigger]:
    """The triggers of hand-ons that keep the numbers in step."""
    columns = ("audience", "stated", "how")
    return works_out("counts_origins", key="later_id", anew="cases_origins_anew", columns=columns, most=MOST)


class SeveralOrigins(WorkedOut):
    """How many origins a statement has for readers of a level, if it has more than one; the triggers of hand-ons keep it.

    It follows from the hand-ons that all these readers see (`querysets.ORIGINS_SQL`).
    """

    of, followed = "cases_statement", "cases_handon"
    key, changed = "statement", "later_id"
    rule, anew = "cases_origins_counted", "cases_origins_anew"

    statement = models.BigIntegerField(
        help_text="The key of the statement. No link: it goes when its hand-ons go, whatever is done with it."
    )
    origins = models.PositiveIntegerField(help_text="How many statements stand at the far end of its chain: two or more.")

    class Meta:
        verbose_name = "number of origins"
        verbose_name_plural = "numbers of origins"
        constraints = [
            models.UniqueConstraint(
                name="cases_severalorigins_once", fields=["statement", "audience"],
                violation_error_message="A statement has one number for each level; run worked_out --mend."),
        ]  # fmt: skip
        indexes = [models.Index(name="cases_severalorigins_number", fields=["audience", "origins", "statement"])]

    def __str__(self) -> str:
        return f"{self.statement} {self.origins}"

    @classmethod
    def past(cls, schema: str, rank: int) -> str:
        return f"""
            SELECT later AS id, later AS statement, {rank}::smallint AS audience, number AS origins
            FROM (SELECT DISTINCT later_id AS later FROM {schema}.cases_handon) AS hop,
                LATERAL (SELECT public.cases_origins(later, {rank}) AS number) AS told
            WHERE number > 1"""
