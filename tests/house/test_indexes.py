"""Indexes: each link is found by one, none is kept that another answers for, and what is mostly empty costs nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from hrdocs.operations import FewerIndexes

pytestmark = pytest.mark.django_db

# Nobody looks for what somebody edited last, or for the rows an import saw last but within its data set; and no person who
# works here, and no import, is ever deleted, which is when the database would have to look.
NOT_ASKED = {"edited_by_id", "last_import_id"}
OURS = r"^(hrdocs|sources|cases)_"
ALONE = """
    SELECT c.relname, NOT a.attnotnull AND EXISTS (
        SELECT FROM pg_constraint f WHERE f.conrelid = t.oid AND f.contype = 'f' AND f.conkey[1] = a.attnum), EXISTS (
        SELECT FROM pg_index o WHERE o.indrelid = i.indrelid AND o.indexrelid <> i.indexrelid AND o.indkey[0] = i.indkey[0]
        AND o.indpred IS NULL AND o.indexprs IS NULL AND o.indnatts > 1)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_am m ON m.oid = c.relam JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
    WHERE t.relname ~ %s AND m.amname = 'btree' AND i.indnatts = 1 AND NOT i.indisunique AND i.indpred IS NULL"""


def asked(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_every_link_is_found_by_an_index() -> None:
    links = asked(
        """
        SELECT t.relname, a.attname, EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indkey[0] = a.attnum
            AND (i.indpred IS NULL OR pg_get_expr(i.indpred, t.oid) = format('(%%I IS NOT NULL)', a.attname)))
        FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = f.conkey[1] WHERE f.contype = 'f' AND t.relname ~ %s""", OURS)  # fmt: skip
    assert len(links) > 250
    assert {(table, column) for table, column, found in links if not found and column not in NOT_ASKED} == set()


def test_no_index_is_kept_that_another_answers_for_or_that_holds_links_that_are_empty() -> None:
    alone = asked(ALONE, OURS)
    assert len(alone) > 50
    assert [name for name, _, answered in alone if answered] == []
    assert [name for name, may_be_empty, _ in alone if may_be_empty] == []
    assert asked("SELECT relname FROM pg_class WHERE relkind = 'i' AND relname ~ %s AND relname ~ '_like$'", OURS) == []


def test_lists_of_values_that_links_between_records_are_found_by_have_an_index() -> None:
    """The columns of records themselves are in the index of their filters (`quick_filters.py`)."""
    lists = {("cases_handon", "drift"), ("cases_accused", "modes")}
    found = asked("""
        SELECT t.relname, a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_am m ON m.oid = c.relam JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
        WHERE m.amname = 'gin'""")  # fmt: skip
    assert lists <= set(found)


def test_the_indexes_of_an_older_database_become_those_of_a_new_one() -> None:
    definitions = r"""SELECT indexname, regexp_replace(indexdef, '^CREATE INDEX \S+ ', '') FROM pg_indexes
        WHERE tablename IN ('cases_incident', 'cases_estimate_categories') ORDER BY 1"""
    new = asked(definitions)
    with connection.cursor() as cursor:
        cursor.execute("""
            DROP INDEX cases_incident_team_id_7b49283b;
            CREATE INDEX cases_incident_team_id_7b49283b ON cases_incident (team_id);
            CREATE INDEX cases_incident_state_1 ON cases_incident (state);
            CREATE INDEX cases_incident_edited_by_id_1 ON cases_incident (edited_by_id);
            CREATE INDEX cases_incident_date_latest_1 ON cases_incident (date_latest);
            CREATE INDEX cases_incident_uid_1_like ON cases_incident (uid varchar_pattern_ops);
            CREATE INDEX cases_estimate_categories_estimate_id_1 ON cases_estimate_categories (estimate_id);
        """)
    state = MigrationLoader(connection).project_state()
    with connection.schema_editor() as editor:
        FewerIndexes(("state", "edited_by")).database_forwards("cases", editor, state, state)
    assert asked(definitions) == new
