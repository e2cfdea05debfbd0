"""What was handed in, approved or published stays as it is: the database refuses changes of its content, whoever writes.

A row's content is all of it but its state and level, which review moves, and what the database itself keeps. Content
changes by a lawful act alone, which stands in the database before the change and in the same transaction. The acts are
named once, in LAWFUL_ACTS.
"""

from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.db import models
from pgtrigger import AnyChange, Condition

from hrdocs.access import Sensitivity
from hrdocs.transitions import OPEN

_OPEN_STATES = ", ".join(f"'{state}'" for state in OPEN)
_LEVELS = "ARRAY[" + ", ".join(f"'{level}'" for level in Sensitivity) + "]"
_WIDER = f"array_position({_LEVELS}, NEW.sensitivity::text) < array_position({_LEVELS}, OLD.sensitivity::text)"

# By which acts the content of a closed record may change: each a query for a row of this transaction about the record
# that the table `kind` holds under the key `record`. A further kind of act is a further query, and a migration that
# runs functions_sql() again.
LAWFUL_ACTS = (
    """SELECT FROM public.hrdocs_proposedchange c JOIN public.django_content_type t ON t.id = c.content_type_id
        WHERE t.app_label || '_' || t.model = kind AND c.object_id = record
          AND c.status = 'applied' AND c.decided_at = transaction_timestamp()""",
    # A merge moves whatever hung on the record that goes, so it opens all of it; what it moved stands in it.
    """SELECT FROM public.hrdocs_merge m WHERE transaction_timestamp() IN (m.at, m.undone_at)""",
    """SELECT FROM public.hrdocs_erasure e JOIN public.django_content_type t ON t.id = e.content_type_id
        WHERE t.app_label || '_' || t.model = kind AND e.object_id = record AND e.at = transaction_timestamp()""",
    # what is only tried is taken back: no transaction with a trial in it is ever kept
    """SELECT FROM public.hrdocs_trial c JOIN public.django_content_type t ON t.id = c.content_type_id
        WHERE t.app_label || '_' || t.model = kind AND c.object_id = record""",
)
# By which acts a record that was once handed in may be removed.
REMOVING_ACTS = (
    """SELECT FROM public.hrdocs_merge m JOIN public.django_content_type t ON t.id = m.content_type_id
        WHERE t.app_label || '_' || t.model = kind AND m.gone_id = record AND m.at = transaction_timestamp()""",
)


def functions_sql() -> str:
    """The functions that the triggers ask."""
    return f"""
CREATE OR REPLACE FUNCTION public.hrdocs_may_change(kind text, record bigint) RETURNS boolean LANGUAGE sql STABLE AS
$may$ SELECT {_any(LAWFUL_ACTS)} $may$;

CREATE OR REPLACE FUNCTION public.hrdocs_may_remove(kind text, record bigint) RETURNS boolean LANGUAGE sql STABLE AS
$may$ SELECT {_any(REMOVING_ACTS)} $may$;

CREATE OR REPLACE FUNCTION public.hrdocs_stays_as_it_is(kind text, records bigint[]) RETURNS void LANGUAGE plpgsql AS $stays$
DECLARE closed record;
BEGIN
    -- The lock waits for whoever is just moving one of them, and lets nobody move it until this change is whole.
    FOR closed IN EXECUTE format('SELECT id, uid, state FROM public.%I WHERE id = ANY ($1) ORDER BY id FOR SHARE', kind)
        USING records LOOP
        IF closed.state NOT IN ({_OPEN_STATES}) AND NOT public.hrdocs_may_change(kind, closed.id) THEN
            RAISE EXCEPTION 'Record % is %, so what it says stays as it is. Propose a change to it, or return or reopen it '
                'first.', closed.uid, replace(closed.state, '_', ' ') USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
END $stays$;

CREATE OR REPLACE FUNCTION public.hrdocs_never_removed(kind text, record bigint, uid text, state text) RETURNS void
LANGUAGE plpgsql AS $never$
BEGIN
    IF (state <> 'draft' OR EXISTS (
        SELECT FROM public.hrdocs_reviewdecision d JOIN public.django_content_type t ON t.id = d.content_type_id
        WHERE t.app_label || '_' || t.model = kind AND d.object_id = record
    )) AND NOT public.hrdocs_may_remove(kind, record) THEN
        RAISE EXCEPTION 'Record % was handed in to review and is never deleted. Retract it if it must not be seen.', uid
            USING ERRCODE = 'check_violation';
    END IF;
END $never$;
"""


def _any(acts: tuple[str, ...]) -> str:
    return " OR ".join(f"EXISTS ({act})" for act in acts) or "false"


class StaysAsApproved(pgtrigger.Trigger):
    """What a closed record says does not change. Asked only where content differs, of the record itself only when closed."""

    def __init__(self) -> None:
        super().__init__(name="stays_as_approved", operation=pgtrigger.Update, when=pgtrigger.Before)

    def get_condition(self, model: type[models.Model]) -> Condition:
        model = apps.get_model(model._meta.label)
        content = f"({AnyChange(*_content(model)).resolve(model)})"
        if hasattr(model, "state") and model._meta.get_field("state").model is model:
            return Condition(f"(OLD.state NOT IN ({_OPEN_STATES}) AND {content})")
        return Condition(f"({content} OR {_WIDER})" if _has_level(model) else content)

    def get_func(self, model: type[models.Model]) -> str:
        kind, old = owner_of(model, "OLD")
        both = f"ARRAY[{old}, {owner_of(model, 'NEW')[1]}]"
        return f"PERFORM public.hrdocs_stays_as_it_is('{kind}', {both}); RETURN NEW;"


class NothingIsAdded(pgtrigger.Trigger):
    """A closed record gets no further names, links or rows. Once per statement, which a bulk insert does not feel."""

    def __init__(self) -> None:
        super().__init__(
            name="nothing_is_added", level=pgtrigger.Statement, operation=pgtrigger.Insert, when=pgtrigger.After,
            referencing=pgtrigger.Referencing(new="rows"))  # fmt: skip

    def get_func(self, model: type[models.Model]) -> str:
        return _of_the_closed(model)


class NothingIsTaken(pgtrigger.Trigger):
    """A closed record loses none of its names, links or rows."""

    def __init__(self) -> None:
        super().__init__(
            name="nothing_is_taken", level=pgtrigger.Statement, operation=pgtrigger.Delete, when=pgtrigger.After,
            referencing=pgtrigger.Referencing(old="rows"))  # fmt: skip

    def get_func(self, model: type[models.Model]) -> str:
        return _of_the_closed(model)


class NeverRemoved(pgtrigger.Trigger):
    """A record that was once handed in is never deleted; a draft that nobody else has seen may be."""

    def __init__(self) -> None:
        super().__init__(name="never_removed", operation=pgtrigger.Delete, when=pgtrigger.Before)

    def get_func(self, model: type[models.Model]) -> str:
        kind = model._meta.db_table
        return f"PERFORM public.hrdocs_never_removed('{kind}', OLD.id, OLD.uid, OLD.state); RETURN OLD;"


def guard(model: type[models.Model]) -> None:
    """Let the rows of this table stay as they were approved: a record's own, or those that belong to one."""
    own = hasattr(model, "state") and model._meta.get_field("state").model is model
    pgtrigger.register(StaysAsApproved(), *([NeverRemoved()] if own else [NothingIsAdded(), NothingIsTaken()]))(model)


def owner_of(model: type[models.Model], row: str) -> tuple[str, str]:
    """The table of the record that a row belongs to, and SQL for its key: of a part, a link, or one kind of statement."""
    model = apps.get_model(model._meta.label)
    if hasattr(model, "state"):
        return model._meta.get_field("state").model._meta.db_table, f"{row}.{model._meta.pk.column}"
    link = belongs_by(model)
    kind, key = owner_of(link.related_model, "o")
    if key == f"o.{link.target_field.column}":
        return kind, f"{row}.{link.column}"
    return kind, f"(SELECT {key} FROM {link.related_model._meta.db_table} o WHERE o.id = {row}.{link.column})"


def belongs_by(model: type[models.Model]) -> models.ForeignKey:
    """The link by which a row belongs: what a part hangs on first of all; of a many-to-many link, the side that declares it."""
    if hangs_on := getattr(model, "hangs_on", ()):
        return model._meta.get_field(hangs_on[0])
    through = model._meta.concrete_model
    return next(field for field in through._meta.concrete_fields
                if field.related_model and _declares(field.related_model, through, field.name))  # fmt: skip


def _declares(model: type[models.Model], through: type[models.Model], end: str) -> bool:
    links = model._meta.local_many_to_many
    return any(link.remote_field.through is through and link.m2m_field_name() == end for link in links)


def _of_the_closed(model: type[models.Model]) -> str:
    """Ask of the closed owners of the rows that came or went; the open ones are not read one by one."""
    kind, key = owner_of(model, "r")
    return f"PERFORM public.hrdocs_stays_as_it_is('{kind}', ARRAY(SELECT DISTINCT {key} FROM rows r)); RETURN NULL;"


def _content(model: type[models.Model]) -> list[str]:
    """The fields of a row's own table that say something: not the level, nor what review or the database keeps."""
    kept = {"id", "state", "sensitivity", *getattr(model, "not_in_history", ())}
    return [f.name for f in model._meta.local_concrete_fields if not f.generated and f.name not in kept]


def _has_level(model: type[models.Model]) -> bool:
    return any(field.name == "sensitivity" for field in model._meta.local_concrete_fields)
