"""Records by the hundred thousand, made by the database itself: what each table holds, as a query over its numbers.

Triggers and the check of links are off meanwhile, since they are asked row by row; who may see a row is computed
here by their rule, and `audience_differs` asks the triggers afterwards whether they agree.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, models, transaction
from psycopg import sql

from cases.benching import words
from cases.models import (
    Accused,
    Allegation,
    Estimate,
    Facility,
    FacilityName,
    HandOn,
    Incident,
    IncidentFacility,
    Place,
    Response,
    SeveralOrigins,
    ShownPoint,
    Statement,
)
from hrdocs.models import User
from sources.models import Party, PartyName, Source, SourcePublisher

# When the records were made: the first moment and the last, and any between them as likely as another.
MADE = dt.datetime(2019, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 9, 14, 8, tzinfo=dt.UTC)
# The popular source has the number 1, and a sixth of all statements.
TABLES = (Place, Party, PartyName, Source, SourcePublisher, Facility, FacilityName, Incident, IncidentFacility,
          Incident.violations.through, Statement, Estimate, Estimate.categories.through, Allegation, Accused, Response,
          HandOn)  # fmt: skip


def counts(incidents: int) -> dict[str, int]:
    """How many of each kind there are beside so many incidents."""
    return {
        "incidents": incidents, "places": max(40, incidents // 100), "facilities": max(40, incidents // 50),
        "sources": max(50, incidents // 20), "parties": max(50, incidents // 5), "statements": incidents // 2 * 5,
    }  # fmt: skip


def make(before: int, after: int) -> None:
    """Let `before` incidents, and what belongs to them, become `after`. Both are even."""
    old, new = (counts(before) if before else dict.fromkeys(counts(2), 0)), counts(after)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, links unchecked; for a superuser
        functions()
        for maker in (_places, _parties, _sources, _facilities, _incidents, _statements):
            maker(old, new)
    with connection.cursor() as cursor:
        for table in (Place, Party, Source, Facility, Incident, Statement):
            name = table._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
    swept()
    for worked_out in (ShownPoint, SeveralOrigins):
        worked_out.objects.anew()


def swept() -> None:
    """Let the database know its tables, and which pages of them all may see: what an index tells is read from it alone then."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table._meta.db_table}")


def fill(model: type[models.Model], rows: str, **given: str) -> None:
    """A row of the model for each of `rows`: columns as SQL says, the others as the model begins them."""
    columns = {f.column: given.get(f.name) or _beginning(f) for f in model._meta.local_concrete_fields
               if not f.generated and (f.name in given or not f.auto_created)}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {rows}"
        )


def _beginning(field: models.Field) -> str:
    value = User.objects.values_list("pk")[:1].get()[0] if field.name in ("created_by", "edited_by") else field.get_default()
    return sql.Literal(value).as_string()


def functions() -> None:
    """A number drawn from another, the same each time; and a uid with its check letter."""
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE OR REPLACE FUNCTION pg_temp.drawn(n bigint, seed bigint, below bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
            $$ SELECT (hashint8extended(n, seed) & 9223372036854775807) % below $$;
            CREATE OR REPLACE FUNCTION pg_temp.uid(prefix text, n bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
            DECLARE drawn bigint := hashint8extended(n, 77); letters text := ''; total int := 0; letter int;
            BEGIN
                FOR place IN 0..9 LOOP
                    letter := (drawn >> (5 * place)) & 31;
                    letters := letters || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', letter + 1, 1);
                    total := (total # letter) << 1;
                    IF total & 32 > 0 THEN total := total # 37; END IF;
                END LOOP;
                RETURN prefix || '-' || left(letters, 5) || '-' || right(letters, 5)
                    || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', total + 1, 1);
            END $$;
        """)


def _one_of(values: Any, drawn: str) -> str:
    return f"({sql.Literal(list(values)).as_string()}::text[])[1 + {drawn}]"


def _drawn(n: str, seed: int, below: int | str) -> str:
    return f"pg_temp.drawn({n}, {seed}, {below})"


def record(prefix: str, n: str, seed: int, public: int, registered: int, *above: str) -> dict[str, str]:
    """The columns of every record: of a hundred so many are public, so many for researchers, the rest drafts inside."""
    draw = _drawn(n, seed, 100)
    level = f"CASE WHEN {draw} < {public} THEN 0 WHEN {draw} < {public + registered} THEN 1 ELSE 2 END"
    first, last = MADE
    minutes = _drawn(n, seed + 1, (last - first) // dt.timedelta(minutes=1))
    return {
        "id": n, "uid": f"pg_temp.uid('{prefix}', {n})", "audience": f"greatest({', '.join([level, *above])})",
        "sensitivity": f"(ARRAY['public', 'registered', 'internal'])[1 + {level}]",
        "state": f"CASE WHEN {level} < 2 THEN 'published' ELSE 'draft' END",
        "created_at": f"'{first}'::timestamptz + {minutes} * interval '1 minute'",
        "edited_at": f"'{first + dt.timedelta(days=1)}'::timestamptz + {minutes} * interval '1 minute'",
    }  # fmt: skip


def _term(vocabulary: str, draw: str) -> str:
    """The key of one of the terms of a vocabulary."""
    keys = f"(SELECT array_agg(id ORDER BY code) FROM hrdocs_term WHERE vocabulary = '{vocabulary}')"
    return f"({keys})[1 + {draw} % cardinality({keys})]"


def _dated(name: str, draw: str, month_only: str) -> dict[str, str]:
    """An EDTF date of 2011 to 2022 and what is derived from it: a day, or a month alone."""
    day = f"('2011-01-01'::date + ({draw})::integer)"
    first = f"date_trunc('month', {day})"
    return {
        name: f"CASE WHEN {month_only} THEN to_char({day}, 'YYYY-MM') ELSE {day}::text END",
        f"{name}_earliest": f"CASE WHEN {month_only} THEN {first}::date ELSE {day} END",
        f"{name}_latest": f"CASE WHEN {month_only} THEN ({first} + interval '1 month - 1 day')::date ELSE {day} END",
        f"{name}_precision": f"CASE WHEN {month_only} THEN 'month' ELSE 'day' END",
    }


def _series(old: dict[str, int], new: dict[str, int], kind: str) -> str:
    return f"generate_series({old[kind] + 1}, {new[kind]}) n"


def _places(old: dict[str, int], new: dict[str, int]) -> None:
    """Place 1 is the country, 2 to 15 are its regions, all others settlements in one of them."""
    which = _drawn("n", 11, len(words.PLACES))
    code = "CASE WHEN n % 10 = 0 THEN 'LB' ELSE 'SY' END"
    fill(Place, _series(old, new, "places"), **record("PLC", "n", 10, 100, 0),
         name_en=f"{_one_of([en for en, _ in words.PLACES], which)} || ' ' || n",
         name_ar=f"{_one_of([ar for _, ar in words.PLACES], which)} || ' ' || n",
         level="CASE WHEN n = 1 THEN 'country' WHEN n < 16 THEN 'region' ELSE 'settlement' END",
         country=f"(SELECT id FROM hrdocs_term WHERE vocabulary = 'country' AND code = {code})",
         parent=f"CASE WHEN n = 1 THEN NULL WHEN n < 16 THEN 1 ELSE 2 + {_drawn('n', 12, 14)} END",
         longitude=f"35.7 + {_drawn('n', 13, 6000)} / 1000.0", latitude=f"32.4 + {_drawn('n', 14, 4700)} / 1000.0",
         precision="'settlement'")  # fmt: skip


def _parties(old: dict[str, int], new: dict[str, int]) -> None:
    """People and bodies; each with its name in Arabic, or spelt once more."""
    en, ar = ([pair[script] for pair in words.PEOPLE] for script in (0, 1))
    name = {script: " || ' ' || ".join(_one_of(names, _drawn("n", seed, len(names))) for seed in (21, 22, 23))
            for script, names in (("en", en), ("ar", ar))}  # fmt: skip
    fill(Party, _series(old, new, "parties"), **record("PTY", "n", 20, 95, 3), name_en=name["en"],
         name_ar=f"CASE WHEN n % 3 = 0 THEN {name['ar']} ELSE '' END",
         kind=_one_of(("person", "armed_forces", "intelligence", "ngo", "media", "unknown"), _drawn("n", 24, 6)))  # fmt: skip
    named = f"{_series(old, new, 'parties')} JOIN sources_party p ON p.id = n CROSS JOIN (VALUES (1), (2), (3)) spelt (nth)"
    thrice = (name["ar"], f"'al-' || {name['en']}", f"replace(lower({name['en']}), 'a', 'e')")
    fill(PartyName, named, party="n", audience="p.audience", language="CASE nth WHEN 1 THEN 'ar' ELSE 'ar-Latn' END",
         text=f"(ARRAY[{', '.join(thrice)}])[nth]")  # fmt: skip


def _sources(old: dict[str, int], new: dict[str, int]) -> None:
    fill(Source, _series(old, new, "sources"), **record("SRC", "n", 30, 92, 5),
         title=f"'Report ' || n || ' on ' || {_one_of([en for en, _ in words.PLACES], _drawn('n', 31, len(words.PLACES)))}",
         kind=_one_of(("report", "article-newspaper", "speech", "webpage", "dataset"), _drawn("n", 32, 5)),
         url="'https://example.org/' || n", **_dated("published", _drawn("n", 33, 4300), "n % 4 = 0"))  # fmt: skip
    linked = f"{_series(old, new, 'sources')} JOIN sources_source s ON s.id = n " \
             f"JOIN sources_party p ON p.id = 1 + {_drawn('n', 34, new['parties'])}"  # fmt: skip
    fill(SourcePublisher, linked, source="s.id", party="p.id", audience="greatest(s.audience, p.audience)")


def _facilities(old: dict[str, int], new: dict[str, int]) -> None:
    which = _drawn("n", 41, len(words.PLACES))
    en, ar = (_one_of([pair[script] for pair in words.PLACES], which) for script in (0, 1))
    fill(Facility, _series(old, new, "facilities"), **record("FAC", "n", 40, 95, 3), name_en=f"{en} || ' Branch ' || n",
         name_ar=f"CASE WHEN n % 2 = 0 THEN 'فرع ' || {ar} || ' ' || n ELSE '' END",
         kind=_term("facility_kind", _drawn("n", 42, 1000)), place=f"1 + {_drawn('n', 43, new['places'])}",
         place_shown=_one_of(("exact", "exact", "settlement", "region"), _drawn("n", 44, 4)))  # fmt: skip
    fill(FacilityName, f"{_series(old, new, 'facilities')} JOIN cases_facility f ON f.id = n", facility="n",
         audience="f.audience", text=f"'السجن العسكري في ' || {ar}", language="'ar'")  # fmt: skip


def _incidents(old: dict[str, int], new: dict[str, int]) -> None:
    """Narratives of some 300 letters, a tenth of them in Arabic too; one of 1,000 holds a rare word."""
    which = _drawn("n", 51, len(words.PLACES))
    en, ar = (_one_of([pair[script] for pair in words.PLACES], which) for script in (0, 1))
    told, arabic = (f"concat_ws(' ', {', '.join(_one_of(said, _drawn('n', seed, len(said))) for seed in seeds)}"
                    for said, seeds in ((words.SENTENCES_EN, (52, 53, 54)), (words.SENTENCES_AR, (55, 56, 57))))  # fmt: skip
    rare = f"CASE WHEN n % 200 = 0 THEN 'They spoke of ' || {_one_of(words.RARE, _drawn('n', 58, len(words.RARE)))} || '.' END"
    act = _one_of(("Shelling of", "Arrests in", "Hangings near", "Siege of"), _drawn("n", 59, 4))
    fill(Incident, _series(old, new, "incidents"), **record("INC", "n", 50, 70, 15),
         title_en=f"{act} || ' ' || {en} || ' ' || n",
         title_ar=f"CASE WHEN n % 2 = 0 THEN 'حادثة في ' || {ar} ELSE '' END", narrative_en=f"{told}, {rare})",
         narrative_ar=f"CASE WHEN n % 10 = 0 THEN {arabic}) ELSE '' END",
         extent=_one_of(("event", "event", "event", "aggregate", "pattern"), _drawn("n", 60, 5)),
         place=f"1 + {_drawn('n', 61, new['places'])}",
         place_shown=_one_of(("exact", "exact", "exact", "settlement", "district", "region"), _drawn("n", 62, 6)),
         date_shown=_one_of(("day", "day", "day", "month", "year"), _drawn("n", 63, 5)),
         **_dated("date", _drawn("n", 64, 4300), "n % 4 = 0"))  # fmt: skip
    linked = f"{_series(old, new, 'incidents')} JOIN cases_incident i ON i.id = n " \
             f"JOIN cases_facility f ON f.id = 1 + {_drawn('n', 65, new['facilities'])}"  # fmt: skip
    fill(IncidentFacility, linked, incident="i.id", facility="f.id", audience="greatest(i.audience, f.audience)")
    fill(Incident.violations.through, _series(old, new, "incidents"), incident="n", term=_term("act", _drawn("n", 66, 1000)))


def _statements(old: dict[str, int], new: dict[str, int]) -> None:
    """Five statements on two incidents: three estimates (some about a facility), an allegation, an answer to it."""
    fifth = "(n - 1) % 5"
    at_facility = "n % 20 = 1"
    rows = f"""{_series(old, new, "statements")}
        JOIN cases_incident i ON i.id = 1 + (n - 1) / 5 * 2 + n % 2
        JOIN cases_facility f ON f.id = 1 + {_drawn("n", 71, new["facilities"])}
        JOIN sources_source s ON s.id = CASE WHEN n % 6 = 0 THEN 1 ELSE 2 + {_drawn("n", 72, new["sources"] - 1)} END"""
    kind = f"CASE {fifth} WHEN 3 THEN 'allegation' WHEN 4 THEN 'response' ELSE 'estimate' END"
    about = f"CASE WHEN {fifth} = 4 THEN 0 WHEN {at_facility} THEN f.audience ELSE i.audience END"
    columns = record("STM", "n", 70, 90, 5, "s.audience", about)
    columns["uid"] = f"pg_temp.uid(CASE {fifth} WHEN 3 THEN 'ALL' WHEN 4 THEN 'RSP' ELSE 'EST' END, n)"
    fill(Statement, rows, **columns, kind=kind, source="s.id",
         quotation=_one_of(words.SENTENCES_EN, _drawn("n", 73, len(words.SENTENCES_EN))), locator="(n % 90)::text",
         locator_kind="'page'", certainty="''",
         about_incident=f"CASE WHEN {fifth} < 4 AND NOT {at_facility} THEN i.id END",
         about_facility=f"CASE WHEN {fifth} < 4 AND {at_facility} THEN f.id END",
         about_statement=f"CASE WHEN {fifth} = 4 THEN n - 1 END")  # fmt: skip
    with connection.cursor() as cursor:  # an answer hangs on what it answers, which is in the same table
        cursor.execute(f"""UPDATE cases_statement r SET audience = greatest(r.audience, a.audience) FROM cases_statement a
                           WHERE a.id = r.about_statement_id AND r.id > {old["statements"]} AND a.audience > r.audience""")
    _kinds(_series(old, new, "statements"), fifth, new)


_OF_STATEMENT = {"statement_ptr": "n", "statement_uid": "(SELECT uid FROM cases_statement WHERE id = n)"}  # which a trigger keeps


def _kinds(series: str, fifth: str, new: dict[str, int]) -> None:
    """What each kind of statement says beside: numbers, who is accused, answers; and what hands on what."""
    number = f"(10 + {_drawn('n', 81, 500)})"
    numbers = f"{series} WHERE {fifth} < 3"
    fill(Estimate, numbers, **_OF_STATEMENT, value_text=f"'about ' || {number}",
         best=f"CASE WHEN n % 2 = 0 THEN {number} END",
         lower=f"CASE WHEN n % 2 = 1 THEN {number} END", upper=f"CASE WHEN n % 4 = 1 THEN {number} * 2 END",
         counted=_term("counted", _drawn("n", 82, 3)), who_status=_one_of(("", "civilian", "detainee"), _drawn("n", 83, 3)),
         measure=_one_of(("total", "total", "cumulative", "new"), _drawn("n", 84, 4)),
         **_dated("period", _drawn("n", 85, 4300), "n % 4 = 0"))  # fmt: skip
    fill(Estimate.categories.through, numbers, estimate="n", term=_term("act", _drawn("n", 86, 12)))
    fill(Allegation, f"{series} WHERE {fifth} = 3", **_OF_STATEMENT,
         **_dated("period", _drawn("n", 87, 4300), "n % 4 = 0"))  # fmt: skip
    accusing = f"{series} JOIN cases_statement a ON a.id = n JOIN sources_party p ON p.id = 1 + {_drawn('n', 88, new['parties'])}"
    fill(Accused, f"{accusing} WHERE {fifth} = 3", allegation="n", party="p.id", audience="greatest(a.audience, p.audience)",
         modes=f"ARRAY[{_one_of(('carried_out', 'ordered', 'aided'), _drawn('n', 89, 3))}]::varchar[]")  # fmt: skip
    fill(Response, f"{series} WHERE {fifth} = 4", **_OF_STATEMENT, wording="'totally untrue'",
         **_dated("date", _drawn("n", 90, 4300), "false"))  # fmt: skip
    twice = "(VALUES (1), (2)) AS back (steps)"  # of fifty that hand on, one hands on two
    hops = f"{series}, {twice}, cases_statement l, cases_statement e WHERE l.id = n AND e.id = n - steps"
    fill(HandOn, f"{hops} AND {fifth} = 2 AND (steps = 1 OR n % 250 = 3) AND l.source_id <> e.source_id",
         later="n", earlier="n - steps", audience="greatest(l.audience, e.audience)",
         drift="CASE WHEN n % 3 = 0 THEN ARRAY['value'] ELSE '{}' END",
         severity="CASE WHEN n % 3 = 0 THEN 'material' ELSE '' END")  # fmt: skip


def audience_differs(one_of: int = 97) -> dict[str, int]:
    """How many rows of a sample the triggers would show to others than we computed, by table: none, if all is well."""
    differing = {}
    for table in (t._meta.db_table for t in TABLES if any(f.name == "audience" for f in t._meta.local_concrete_fields)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE before ON COMMIT DROP AS SELECT id, audience FROM {table} WHERE id % {one_of} = 0")
            cursor.execute(f"UPDATE {table} SET audience = 4 WHERE id IN (SELECT id FROM before)")
            cursor.execute(f"SELECT count(*) FROM {table} JOIN before USING (id) WHERE {table}.audience <> before.audience")
            differing[table] = cursor.fetchone()[0]
            transaction.set_rollback(True)
    return differing
