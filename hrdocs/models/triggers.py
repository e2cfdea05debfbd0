"""What the database itself refuses of any record, whoever writes and however."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from pgtrigger import F, Q

from hrdocs.access import Sensitivity, State

_OPEN = (Sensitivity.PUBLIC, Sensitivity.REGISTERED)


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
