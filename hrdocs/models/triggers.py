"""What the database itself refuses of any record, whoever writes and however."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models
from pgtrigger import F, Q

from hrdocs.access import REVIEWERS, Role, Sensitivity, State

_OPEN = (Sensitivity.PUBLIC, Sensitivity.REGISTERED)


class KnowsItsAudience(pgtrigger.Trigger):
    """Each row keeps the strictest level among its own and those of what it hangs on, so that a read asks one column.

    Until it is published a record is for those who work here. `locks` names the restricted records on the way, each as
    uid@author, or uid@author@team: only who entered it, works in its team, or has a grant, goes on. The share lock makes
    a new row wait for whoever is just taking away what it hangs on; a row that hangs there already is told by
    TellsWhatHangsOnIt.
    """

    def __init__(self) -> None:
        super().__init__(name="knows_its_audience", operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.Before)

    def get_func(self, model: type[models.Model]) -> str:
        model = apps.get_model(model._meta.label)  # migrations ask with a bare copy that knows fields alone
        levels = ", ".join(f"'{level}'" for level in Sensitivity)
        inside, restricted = Sensitivity.INTERNAL.rank, Sensitivity.RESTRICTED.rank
        stateful = hasattr(model, "state")
        links = [model._meta.get_field(path) for path in model.hangs_on]
        return "\n".join(
            [
                f"NEW.audience := array_position(ARRAY[{levels}], NEW.sensitivity::text) - 1;",
                "NEW.locks := '{}';",
                f"IF NEW.state <> '{State.PUBLISHED}' THEN NEW.audience := greatest(NEW.audience, {inside}); END IF;"
                if stateful
                else "",
                f"IF NEW.audience >= {restricted} THEN {_own_lock(model)} END IF;",
                *(_inherit(link) for link in links),
                *([model.narrowed] if model.narrowed else []),
                "RETURN NEW;",
            ]
        )


class TellsWhatHangsOnIt(pgtrigger.Trigger):
    """When a row opens or closes, all that hangs on it learns of it in the same transaction.

    A restricted part has its record's lock, also where the record has none itself. So a record tells of its team too,
    and a part that has parts passes on whatever it is told.
    """

    def __init__(self) -> None:
        super().__init__(name="tells_what_hangs_on_it", operation=pgtrigger.Update, when=pgtrigger.After)

    def get_condition(self, model: type[models.Model]) -> Any:
        model = apps.get_model(model._meta.label)
        changed = Q(old__audience__df=F("new__audience")) | Q(old__locks__df=F("new__locks"))
        if hasattr(model, "state"):
            return changed | Q(old__team__df=F("new__team"))
        return None if any(link.name == link.model.hangs_on[0] for link in links_that_hang_on(model)) else changed

    def get_func(self, model: type[models.Model]) -> str:
        model = apps.get_model(model._meta.label)
        told = sorted(
            f"UPDATE {_table(link.model)} SET audience = audience WHERE {link.column} = NEW.id;"
            for link in links_that_hang_on(model)
        )
        return "\n".join([*told, "RETURN NULL;"])


def _table(model: type[models.Model]) -> str:
    """The table that holds the audience of a kind: of an estimate, that of statements."""
    return model._meta.get_field("audience").model._meta.db_table


def links_that_hang_on(model: type[models.Model]) -> list[Any]:
    """The links by which something hangs on the rows of a table, under whichever of its kinds they are declared."""
    kinds = [model, *(kind for kind in model.__subclasses__() if not kind._meta.proxy)]
    return [relation.field for kind in kinds for relation in kind._meta.get_fields(include_hidden=True)
            if relation.auto_created and not relation.concrete and not relation.many_to_many
            and relation.field.remote_field.model._meta.concrete_model is kind
            and relation.field.name in getattr(relation.field.model, "hangs_on", ())]  # fmt: skip


def _own_lock(model: type[models.Model]) -> str:
    """The lock before a restricted row: its own record's, which for a part is the one it belongs to first of all."""
    if hasattr(model, "state"):
        return f"NEW.locks := ARRAY[{_lock('NEW')}];"
    link = model._meta.get_field(model.hangs_on[0])
    key = f"NEW.{link.column}"
    while not hasattr(link.related_model, "state"):  # a part of a part
        inner = link.related_model._meta.get_field(link.related_model.hangs_on[0])
        key, link = f"(SELECT {inner.column} FROM {_table(link.related_model)} WHERE id = {key})", inner
    owner = _table(link.related_model)
    return f"SELECT ARRAY[{_lock('o')}] INTO NEW.locks FROM {owner} o WHERE o.id = {key};"


def _lock(record: str) -> str:
    """Who may pass a restricted record, as hrdocs_opens reads it. Where there is no team, the text ends before it."""
    return f"concat_ws('@', {record}.uid, {record}.created_by_id, {record}.team_id)"


def _inherit(link: models.ForeignKey) -> str:
    """Take over what stands before the row that a link leads to. Where there is none yet, nobody sees this one."""
    table = _table(link.related_model)
    return f"""
        IF NEW.{link.column} IS NOT NULL THEN
            IF NEW.{link.column} IS DISTINCT FROM OLD.{link.column} THEN
                PERFORM FROM {table} WHERE id = NEW.{link.column} FOR SHARE;
            END IF;
            SELECT greatest(NEW.audience, o.audience), NEW.locks || o.locks INTO NEW.audience, NEW.locks
                FROM {table} o WHERE o.id = NEW.{link.column};
        END IF;"""


def append_only() -> list[pgtrigger.Trigger]:
    """Rows that are only ever added; who may see them follows what they hang on."""
    content = pgtrigger.AnyChange(exclude=["audience", "locks"])
    return [
        pgtrigger.Protect(name="stays_as_it_is", operation=pgtrigger.Update, condition=content),
        pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete),
    ]


class BeginsClosed(pgtrigger.Trigger):
    """A record begins as a draft that nobody outside can see; only review opens it."""

    def __init__(self) -> None:
        super().__init__(
            name="begins_closed",
            operation=pgtrigger.Insert,
            when=pgtrigger.Before,
            condition=~Q(new__state=State.DRAFT) | Q(new__sensitivity__in=_OPEN),
            func="""
                RAISE EXCEPTION 'A new record begins as a draft at level internal or stricter. Submit it, and publish '
                    'it at a wider level after review.' USING ERRCODE = 'check_violation';
            """,
        )


class MovesByDecision(pgtrigger.Trigger):
    """State moves, and the level widens, only with a review decision of the same transaction."""

    def __init__(self) -> None:
        super().__init__(
            name="moves_by_decision",
            operation=pgtrigger.Update,
            when=pgtrigger.Before,
            condition=Q(old__state__df=F("new__state")) | Q(old__sensitivity__df=F("new__sensitivity")),
        )

    def get_func(self, model: type[models.Model]) -> Any:
        levels = ", ".join(f"'{level}'" for level in Sensitivity)
        return f"""
            IF NEW.state = OLD.state AND array_position(ARRAY[{levels}], NEW.sensitivity::text)
                > array_position(ARRAY[{levels}], OLD.sensitivity::text) THEN
                RETURN NEW;  -- a stricter level is always allowed, at once
            END IF;
            IF NOT EXISTS (
                SELECT FROM hrdocs_reviewdecision d JOIN django_content_type t ON t.id = d.content_type_id
                WHERE t.app_label = '{model._meta.app_label}' AND t.model = '{model._meta.model_name}'
                  AND d.object_id = NEW.id AND d.version = NEW.version AND d.decided_at = transaction_timestamp()
                  AND d.from_state = OLD.state AND d.to_state = NEW.state
                  AND (NEW.sensitivity = OLD.sensitivity OR d.level = NEW.sensitivity)
            ) THEN
                RAISE EXCEPTION 'Record % can not go from % (%) to % (%) without a review decision.',
                    OLD.uid, OLD.state, OLD.sensitivity, NEW.state, NEW.sensitivity USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """


class TeamByWhoMay(pgtrigger.Trigger):
    """A team opens what is restricted, so who could set it on any record would open that to herself.

    The same rule as `teams.offered`, which a form asks. A new record may name any team: it opens nothing but itself.
    """

    def __init__(self) -> None:
        super().__init__(
            name="team_by_who_may", operation=pgtrigger.Update, when=pgtrigger.Before,
            condition=Q(old__team__df=F("new__team")),
            func=f"""
                IF EXISTS (SELECT FROM hrdocs_user WHERE id = NEW.edited_by_id AND is_active AND role = '{Role.MANAGER}') THEN
                    RETURN NEW;
                END IF;
                IF NEW.edited_by_id <> OLD.created_by_id THEN
                    RAISE EXCEPTION 'The team of % is chosen by who entered it, or by a manager. Ask one of them.', OLD.uid
                        USING ERRCODE = 'check_violation';
                ELSIF NEW.team_id IS NOT NULL AND NOT EXISTS (
                    SELECT FROM hrdocs_user_teams WHERE user_id = NEW.edited_by_id AND team_id = NEW.team_id) THEN
                    RAISE EXCEPTION 'Choose a team that you work in for %; a manager can choose any.', OLD.uid
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """)  # fmt: skip


class DecidedOnce(pgtrigger.Trigger):
    """A proposed change begins waiting and is decided once, by somebody who may; the database notes when."""

    def __init__(self) -> None:
        super().__init__(
            name="decided_once", operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete, when=pgtrigger.Before
        )

    def get_func(self, model: type[models.Model]) -> str:
        roles = ", ".join(f"'{role}'" for role in REVIEWERS)
        return f"""
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'Proposed changes are never deleted; decline or withdraw this one.'
                    USING ERRCODE = 'check_violation';
            ELSIF TG_OP = 'INSERT' THEN
                IF NEW.status <> 'waiting' THEN
                    RAISE EXCEPTION 'A proposed change begins waiting for somebody else.' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            ELSIF ROW(NEW.content_type_id, NEW.object_id, NEW.proposed_by_id, NEW.version)
                IS DISTINCT FROM ROW(OLD.content_type_id, OLD.object_id, OLD.proposed_by_id, OLD.version)
                OR (OLD.status <> 'waiting' AND ROW(NEW.status, NEW.decided_by_id, NEW.decided_at)
                    IS DISTINCT FROM ROW(OLD.status, OLD.decided_by_id, OLD.decided_at)) THEN
                RAISE EXCEPTION 'Who asked for a change, of what, and how it was decided stays as it is. Propose a new one.'
                    USING ERRCODE = 'check_violation';
            ELSIF OLD.status = 'waiting' AND NEW.status <> 'waiting' THEN
                IF NEW.status <> 'withdrawn' AND NOT EXISTS (
                    SELECT FROM hrdocs_user WHERE id = NEW.decided_by_id AND is_active AND role IN ({roles})) THEN
                    RAISE EXCEPTION 'A reviewer or manager other than the one who asks decides on a change.'
                        USING ERRCODE = 'check_violation';
                END IF;
                NEW.decided_at := transaction_timestamp();
            END IF;
            RETURN NEW;
        """


class NeverKept(pgtrigger.Trigger):
    """A transaction with such a row in it fails when it is committed, even if the row is gone by then."""

    def __init__(self) -> None:
        super().__init__(
            name="never_kept", operation=pgtrigger.Insert, when=pgtrigger.After, timing=pgtrigger.Deferred,
            func="""
                RAISE EXCEPTION 'What is only tried is taken back. Propose the change.' USING ERRCODE = 'check_violation';
            """)  # fmt: skip


class CopiesTheRecord(pgtrigger.Trigger):
    """A decision notes, from the rows themselves, what it decides on and whose work that is."""

    def __init__(self) -> None:
        super().__init__(
            name="copies_the_record",
            operation=pgtrigger.Insert,
            when=pgtrigger.Before,
            declare=[("target", "text")],
            func="""
                SELECT app_label || '_' || model INTO target FROM django_content_type WHERE id = NEW.content_type_id;
                EXECUTE format('SELECT state, version, created_by_id, edited_by_id FROM %I WHERE id = $1 FOR UPDATE', target)
                    INTO NEW.from_state, NEW.version, NEW.author_id, NEW.last_editor_id USING NEW.object_id;
                EXECUTE format('SELECT coalesce(array_agg(DISTINCT edited_by_id), ''{}'') FROM %I WHERE pgh_obj_id = $1',
                    target || 'event') INTO NEW.contributors USING NEW.object_id;
                SELECT role INTO NEW.by_role FROM hrdocs_user WHERE id = NEW.by_id AND is_active;
                NEW.decided_at := transaction_timestamp();
                RETURN NEW;
            """,
        )


class KeepsTheMerge(pgtrigger.Trigger):
    """A merge is asked for, carried out by a manager and undone by one, at the time of the transaction that does it."""

    def __init__(self) -> None:
        super().__init__(
            name="keeps_the_merge",
            operation=pgtrigger.Insert | pgtrigger.Update,
            when=pgtrigger.Before,
            func=f"""
                IF TG_OP = 'INSERT' THEN
                    IF NOT EXISTS (
                        SELECT FROM hrdocs_match m
                        WHERE m.content_type_id = NEW.content_type_id AND m.verdict = 'same' AND m.by_id = NEW.asked_by_id
                          AND (m.object_id, m.other_id) IN ((NEW.object_id, NEW.gone_id), (NEW.gone_id, NEW.object_id))
                    ) THEN
                        RAISE EXCEPTION 'Nobody by that name asked for this merge. Judge first that the two are the same.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    SELECT role INTO NEW.by_role FROM hrdocs_user WHERE id = NEW.by_id AND is_active;
                    NEW.at := transaction_timestamp();
                    RETURN NEW;
                END IF;
                IF (NEW.content_type_id, NEW.object_id, NEW.gone_id, NEW.gone_uid, NEW.reason, NEW.asked_by_id, NEW.by_id,
                    NEW.by_role, NEW.at) IS DISTINCT FROM (OLD.content_type_id, OLD.object_id, OLD.gone_id, OLD.gone_uid,
                    OLD.reason, OLD.asked_by_id, OLD.by_id, OLD.by_role, OLD.at)
                    OR OLD.undone_at IS NOT NULL AND (NEW.undone_at, NEW.undone_by_id, NEW.undone_reason)
                        IS DISTINCT FROM (OLD.undone_at, OLD.undone_by_id, OLD.undone_reason)
                    OR NEW.before IS DISTINCT FROM OLD.before AND NEW.before <> '{{}}' AND OLD.at <> transaction_timestamp() THEN
                    RAISE EXCEPTION 'A merge stays as it was written. It can be undone once, and what it keeps can be erased.'
                        USING ERRCODE = 'check_violation';
                END IF;
                IF OLD.undone_by_id IS NULL AND NEW.undone_by_id IS NOT NULL THEN
                    IF NOT EXISTS (SELECT FROM hrdocs_user WHERE id = NEW.undone_by_id AND is_active
                                   AND role = '{Role.MANAGER}') THEN
                        RAISE EXCEPTION 'A manager undoes a merge.' USING ERRCODE = 'check_violation';
                    END IF;
                    NEW.undone_at := transaction_timestamp();
                END IF;
                RETURN NEW;
            """,
        )
