"""What each trigger asks first, asked quickly: whether it is to be passed over now, and who acts.

The library reads both settings inside a block that catches what goes wrong, which is a sub-transaction for each row. A
sub-transaction that fails looks through all links of the transaction that are still to be checked, so that a bulk insert took the
square of its rows. Read by `current_setting(…, true)` nothing goes wrong. What is answered is the same.
"""

from __future__ import annotations

from django.db import connection

PASSED_OVER_SQL = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql STABLE AS $ignore$
    SELECT coalesce(trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false)
$ignore$;
"""
WHO_ACTS_SQL = """
CREATE OR REPLACE FUNCTION public._pgh_attach_context() RETURNS uuid LANGUAGE plpgsql AS $context$
DECLARE
    act uuid := nullif(current_setting('pghistory.context_id', true), '');
    told jsonb := nullif(current_setting('pghistory.context_metadata', true), '');
BEGIN
    IF act IS NULL OR told IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO public.pghistory_context AS c (id, metadata, created_at, updated_at) VALUES (act, told, now(), now())
    ON CONFLICT (id) DO UPDATE SET metadata = excluded.metadata, updated_at = excluded.updated_at
        WHERE c.metadata <> excluded.metadata;
    RETURN act;
END $context$;
"""


def build() -> None:
    """Put ours in place of the library's functions, which each migration of a trigger brings again."""
    with connection.cursor() as cursor:
        cursor.execute(PASSED_OVER_SQL + WHO_ACTS_SQL)
