"""How a value stands in JSON and in a cell, as functions of the database: files leave as the database writes them."""

# A value in JSON: a number without the zeros that its column pads it with, a moment in UTC.
# Words: what a person reads of a JSON value; lists are joined, linked records go by their name.
# A scalar: a JSON value that has room in one cell; what is a list becomes its words.
# A cell: text for a spreadsheet. What it would take for a formula gets an apostrophe in front (OWASP); a number stays one.
# The kinds that are printed as they are; each is named, or the database would take a day for a moment.
_AS_IT_IS = ("text", "text[]", "boolean", "smallint", "integer", "bigint", "double precision", "date", "time", "json", "jsonb")
_SAME_SQL = "\n".join(
    f"CREATE OR REPLACE FUNCTION public.hrdocs_value(value {kind}) RETURNS {kind} "
    "LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;"
    for kind in _AS_IT_IS
)
FUNCTIONS_SQL = (
    _SAME_SQL
    + r"""
CREATE OR REPLACE FUNCTION public.hrdocs_value(value numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT trim_scale(value) $$;
CREATE OR REPLACE FUNCTION public.hrdocs_value(value timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT replace(to_char(value AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '') || '+00:00'
$$;

CREATE OR REPLACE FUNCTION public.hrdocs_words(value json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE json_typeof(value)
        WHEN 'array' THEN (SELECT string_agg(coalesce(part ->> 'name', part ->> 'uid', part #>> '{}'), '; ' ORDER BY place)
                           FROM json_array_elements(value) WITH ORDINALITY AS parts (part, place))
        WHEN 'number' THEN trim_scale((value #>> '{}')::numeric)::text
        WHEN 'boolean' THEN CASE value #>> '{}' WHEN 'true' THEN 'yes' ELSE 'no' END
        ELSE value #>> '{}' END
$$;
CREATE OR REPLACE FUNCTION public.hrdocs_scalar(value json) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE json_typeof(value)
        WHEN 'array' THEN to_json(public.hrdocs_words(value))
        WHEN 'number' THEN to_json(trim_scale((value #>> '{}')::numeric))
        WHEN 'null' THEN NULL
        ELSE value END
$$;

CREATE OR REPLACE FUNCTION public.hrdocs_cell(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN value ~ '^[=+@\t\r-]' THEN '''' || value ELSE nullif(value, '') END
$$;
CREATE OR REPLACE FUNCTION public.hrdocs_cell(value text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT public.hrdocs_cell(array_to_string(value, '; '))
$$;
CREATE OR REPLACE FUNCTION public.hrdocs_cell(value json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE json_typeof(value) WHEN 'string' THEN public.hrdocs_cell(value #>> '{}') ELSE public.hrdocs_words(value) END
$$;
CREATE OR REPLACE FUNCTION public.hrdocs_cell(value boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN value THEN 'yes' WHEN NOT value THEN 'no' END
$$;
CREATE OR REPLACE FUNCTION public.hrdocs_cell(value numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT trim_scale(value)::text
$$;
CREATE OR REPLACE FUNCTION public.hrdocs_cell(value date) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_char(value, 'YYYY-MM-DD')
$$;
CREATE OR REPLACE FUNCTION public.hrdocs_cell(value time) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT value::text
$$;
CREATE OR REPLACE FUNCTION public.hrdocs_cell(value timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT public.hrdocs_value(value)
$$;
"""
)
