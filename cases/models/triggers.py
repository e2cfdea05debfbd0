"""What the database itself refuses of statements and accusations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pgtrigger


class NoLoops(pgtrigger.Trigger):
    """No statement stands behind itself, through however many hands.

    Once per INSERT statement, since a chain of 1,000 took 16 s row by row. Two sessions could each add half of
    a loop that neither sees; the advisory lock makes the second wait, and the read after it sees the first's
    rows, in READ COMMITTED only: at stricter levels the snapshot is older than the lock, so they are refused.
    """

    def __init__(self) -> None:
        super().__init__(
            name="no_loops",
            level=pgtrigger.Statement,
            operation=pgtrigger.Insert,
            when=pgtrigger.After,
            referencing=pgtrigger.Referencing(new="added"),
            declare=[("looping", "bigint")],
            func="""
                IF current_setting('transaction_isolation') <> 'read committed' THEN
                    RAISE EXCEPTION 'Hand-ons are entered in READ COMMITTED transactions only.'
                        USING ERRCODE = 'check_violation';
                END IF;
                PERFORM pg_advisory_xact_lock(hashtext('cases_handon'));
                WITH RECURSIVE behind (start, statement) AS (
                    SELECT later_id, earlier_id FROM added
                    UNION
                    SELECT b.start, h.earlier_id FROM behind b JOIN cases_handon h ON h.later_id = b.statement
                )
                SELECT start INTO looping FROM behind WHERE start = statement LIMIT 1;
                IF looping IS NOT NULL THEN
                    RAISE EXCEPTION 'Statement % would stand behind itself: a chain of hand-ons can not be a loop.',
                        (SELECT uid FROM cases_statement WHERE id = looping) USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
            """,
        )


class SameKindElsewhere(pgtrigger.Trigger):
    """A hand-on joins two statements of one kind, in two sources or in two parts of one text."""

    def __init__(self) -> None:
        super().__init__(
            name="same_kind_elsewhere",
            operation=pgtrigger.Insert,
            when=pgtrigger.Before,
            declare=[("one", "cases_statement"), ("other", "cases_statement")],
            func="""
                SELECT * INTO one FROM cases_statement WHERE id = NEW.later_id;
                SELECT * INTO other FROM cases_statement WHERE id = NEW.earlier_id;
                IF one.kind <> other.kind THEN
                    RAISE EXCEPTION 'Statement % (%) can not hand on % (%): both must be of one kind.',
                        one.uid, one.kind, other.uid, other.kind USING ERRCODE = 'check_violation';
                END IF;
                IF one.source_id = other.source_id AND one.text_part = other.text_part THEN
                    RAISE EXCEPTION 'Statements % and % stand in the same part of one source; say which part '
                        '(headline, body) each stands in, or enter one statement.', one.uid, other.uid
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """,
        )


class ForgetsDrift(pgtrigger.Trigger):
    """When the content of a statement or of its source changes, what was worked out of its hand-ons no longer holds."""

    def __init__(self, statements: str) -> None:
        super().__init__(
            name="forgets_drift",
            operation=pgtrigger.Update,
            when=pgtrigger.After,
            condition=pgtrigger.Q(old__version__df=pgtrigger.F("new__version")),
            func=f"""
                UPDATE cases_handon SET drift = NULL
                WHERE drift IS NOT NULL AND (later_id IN ({statements}) OR earlier_id IN ({statements}));
                RETURN NULL;
            """,
        )


# Which statements name records of a kind in what a hop compares (`cases/figures.py`): each a query by their keys, {r}.
_NAMING = {
    "source": """SELECT id FROM cases_statement WHERE source_id IN (
        SELECT unnest({r}) UNION SELECT source_id FROM sources_relay WHERE draws_on_id = ANY ({r}))""",
    "party": """SELECT id FROM cases_statement WHERE speaker_id = ANY ({r}) OR attributed_to_id = ANY ({r}) OR source_id IN (
            SELECT source_id FROM sources_sourcepublisher WHERE party_id = ANY ({r})
            UNION SELECT source_id FROM sources_relay WHERE party_id = ANY ({r}))
        UNION SELECT estimate_id FROM cases_estimate_done_by WHERE party_id = ANY ({r})
        UNION SELECT allegation_id FROM cases_accused WHERE party_id = ANY ({r})""",
    "facility": """SELECT id FROM cases_statement WHERE about_facility_id IN (
        SELECT id FROM cases_facility WHERE parent_id = ANY ({r}))""",
    "place": "SELECT id FROM cases_statement WHERE about_place_id IN (SELECT id FROM cases_place WHERE parent_id = ANY ({r}))",
}


class ForgetsDriftOfBoth(pgtrigger.Trigger):
    """When two records become one, or two again, what hops of statements that name either change may be no change any more."""

    def __init__(self, about: Iterable[str]) -> None:
        named = [*_NAMING.items()]
        named += [(link.removeprefix("about_").replace("_", ""), f"SELECT id FROM cases_statement WHERE {link}_id = ANY ({{r}})")
                  for link in about]  # fmt: skip
        queries = (f"SELECT id FROM ({query.format(r='pair')}) q WHERE merged = '{kind}'" for kind, query in named)
        naming = "\nUNION ALL ".join(queries)
        super().__init__(
            name="forgets_drift_of_both",
            operation=pgtrigger.Update,
            when=pgtrigger.After,
            declare=[("merged", "text"), ("pair", "bigint[]")],
            func=f"""
                merged := (SELECT model FROM django_content_type WHERE id = NEW.content_type_id);
                pair := ARRAY[NEW.object_id, NEW.gone_id];
                WITH naming AS MATERIALIZED ({naming})
                UPDATE cases_handon SET drift = NULL WHERE drift IS NOT NULL AND id IN (
                    SELECT h.id FROM naming n JOIN cases_handon h ON h.later_id = n.id
                    UNION SELECT h.id FROM naming n JOIN cases_handon h ON h.earlier_id = n.id);
                RETURN NULL;
            """,
        )


class NotAPlaceholder(pgtrigger.Trigger):
    """A placeholder holds a structure together; nobody can accuse it."""

    def __init__(self) -> None:
        super().__init__(
            name="not_a_placeholder",
            operation=pgtrigger.Insert | pgtrigger.Update,
            when=pgtrigger.Before,
            func="""
                IF EXISTS (SELECT FROM sources_party WHERE id = NEW.party_id AND placeholder) THEN
                    RAISE EXCEPTION 'A placeholder can not be accused. Enter the party that the source names, or '
                        'leave the party empty and write its words.' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """,
        )


class StaysAccusable(pgtrigger.Trigger):
    """A party that stands accused is somebody, and can't be made a placeholder afterwards."""

    def __init__(self) -> None:
        super().__init__(
            name="stays_accusable",
            operation=pgtrigger.Update,
            when=pgtrigger.Before,
            condition=pgtrigger.Q(old__placeholder=False, new__placeholder=True),
            func="""
                IF EXISTS (SELECT FROM cases_accused WHERE party_id = NEW.id) THEN
                    RAISE EXCEPTION 'Party % stands accused and can not be a placeholder.', NEW.uid
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """,
        )


class StaysElsewhere(pgtrigger.Trigger):
    """A statement does not move into the very part of a text that it hands on, or that hands it on."""

    def __init__(self) -> None:
        super().__init__(
            name="stays_elsewhere",
            operation=pgtrigger.Update,
            when=pgtrigger.Before,
            condition=pgtrigger.Q(old__source__df=pgtrigger.F("new__source"))
            | pgtrigger.Q(old__text_part__df=pgtrigger.F("new__text_part")),
            func="""
                IF EXISTS (
                    SELECT FROM cases_handon h
                    JOIN cases_statement o ON o.id = CASE h.later_id WHEN NEW.id THEN h.earlier_id ELSE h.later_id END
                    WHERE NEW.id IN (h.later_id, h.earlier_id) AND o.source_id = NEW.source_id AND o.text_part = NEW.text_part
                ) THEN
                    RAISE EXCEPTION 'Statement % would stand in the same part of the same text as one that it is handed on '
                        'with. Say which part (headline, body) each stands in.', NEW.uid USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """,
        )


# A text that anybody can read is a basis of its own; what was said to us stands on consent.
CONSENT_REACHES_SQL = """
CREATE OR REPLACE FUNCTION public.cases_consent_reaches(statement bigint, source bigint, speaker bigint, attributed bigint)
RETURNS integer LANGUAGE sql STABLE AS $reaches$
    SELECT CASE WHEN speaker IS NULL AND attributed IS NULL THEN 0
                WHEN EXISTS (
                    SELECT FROM public.sources_source s WHERE s.id = source AND s.obtained = 'published'
                    AND s.kind NOT IN ('interview', 'testimony', 'personal_communication')
                    AND (s.url <> '' OR s.archived_url <> '')) THEN 0
                ELSE greatest(
                    public.sources_consent_reaches(speaker, 'cases.statement:' || statement, 'sources.source:' || source),
                    public.sources_consent_reaches(attributed, 'cases.statement:' || statement, 'sources.source:' || source)) END
$reaches$;
"""
# Who may not read whose consent it is can be told that some of it ran out, and that closing is due.
CONSENT_RAN_OUT_SQL = """
CREATE OR REPLACE FUNCTION public.cases_consent_ran_out() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $due$
    SELECT EXISTS (
        SELECT FROM public.cases_statement s
        WHERE (s.speaker_informant_id IS NOT NULL OR s.attributed_informant_id IS NOT NULL) AND s.audience < 2
        AND s.audience < public.cases_consent_reaches(s.id, s.source_id, s.speaker_informant_id, s.attributed_informant_id))
$due$;
"""
CONSENT_NARROWS = """
        IF NEW.speaker_informant_id IS NOT NULL OR NEW.attributed_informant_id IS NOT NULL THEN
            NEW.audience := greatest(NEW.audience, public.cases_consent_reaches(
                NEW.id, NEW.source_id, NEW.speaker_informant_id, NEW.attributed_informant_id));
        END IF;"""


class AsksConsentAnew(pgtrigger.Trigger):
    """When consent is noted, or the basis of a source changes, the statements that stand on it open or close at once."""

    def __init__(self, statements: str, **given: Any) -> None:
        super().__init__(
            name="asks_consent_anew",
            when=pgtrigger.After,
            func=f"""
                UPDATE cases_statement SET audience = audience
                WHERE (speaker_informant_id IS NOT NULL OR attributed_informant_id IS NOT NULL) AND {statements};
                RETURN NULL;
            """,
            **given,
        )
