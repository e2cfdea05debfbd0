"""The indexes follow the filters: each closed list and each text that a list can be filtered by stands in one."""

from __future__ import annotations

import pytest
from django.db import connection

from cases.models import Incident
from hrdocs import quick_filters
from tests import factories

pytestmark = pytest.mark.django_db


def indexes() -> dict[str, tuple[int, str]]:
    """Name → (oid, definition) of the indexes of filters."""
    with connection.cursor() as cursor:
        cursor.execute(
            r"SELECT relname, oid, pg_get_indexdef(oid) FROM pg_class WHERE relname ~ '_filters\d*$' AND relkind = 'i'"
        )
        return {name: (oid, text) for name, oid, text in cursor.fetchall()}


def test_every_closed_list_and_text_that_can_be_asked_stands_in_an_index_of_its_table() -> None:
    told = indexes()
    asked = set(quick_filters._asked())
    assert len(asked) > 150
    for table, part in asked:
        column = part.removeprefix("upper(").partition("::")[0]
        assert any(name.startswith(f"{table}_filters") and column in text for name, (_, text) in told.items()), (table, part)


def test_what_is_in_step_is_left_as_it_is_and_what_is_not_is_made_anew() -> None:
    before = indexes()
    quick_filters.build()
    assert indexes() == before
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON INDEX cases_incident_filters IS 'of other filters'; DROP INDEX cases_place_filters")
    quick_filters.build()
    after = indexes()
    assert {name for name in before if after[name][0] != before[name][0]} == {"cases_incident_filters", "cases_place_filters"}
    assert {name: text for name, (_, text) in after.items()} == {name: text for name, (_, text) in before.items()}


@pytest.mark.parametrize("asked", [{"date_shown": "year"}, {"title_en__icontains": "nowhere"}, {"date_meaning": "every_day"}])
def test_what_nothing_has_is_found_out_by_the_index(asked, analyst) -> None:
    factories.make_incident(analyst)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")  # of so few rows it would read all
    assert "cases_incident_filters" in Incident.objects.filter(**asked).explain()


def test_the_tables_of_lists_are_swept_when_a_fiftieth_has_changed() -> None:
    options = "SELECT reloptions FROM pg_class WHERE oid = %s::regclass"
    with connection.cursor() as cursor:
        for table in ("cases_incident", "cases_statement", "cases_estimate", "sources_party"):
            cursor.execute(options, [f"public.{table}"])
            assert "autovacuum_vacuum_scale_factor=0.02" in cursor.fetchone()[0], table
        cursor.execute("ALTER TABLE public.cases_statement RESET (autovacuum_vacuum_scale_factor)")
        quick_filters.build()
        cursor.execute(options, ["public.cases_statement"])
        assert "autovacuum_vacuum_scale_factor=0.02" in cursor.fetchone()[0]
