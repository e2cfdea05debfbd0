"""History: who changed what, when and why, written by the database itself.

Triggers (django-pghistory) copy every inserted, changed or deleted row of a recorded model
into its history table, with the acting person and the reason. They see every way of writing: forms, the
importer, bulk updates, raw SQL and deletes. History rows are only ever added.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any, TypeVar

import pghistory
import pghistory.middleware
import pgtrigger
from django.apps import apps
from django.db import models
from pghistory import runtime

from hrdocs import closing, news

Model = TypeVar("Model", bound=type[models.Model])


# Who and why are written beside the first row of an act, and stay; a lawful erasure alone empties them.
CONTEXT_STAYS_SQL = """
CREATE OR REPLACE FUNCTION public.hrdocs_context_stays() RETURNS trigger LANGUAGE plpgsql AS $stays$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.metadata = '{}' AND EXISTS (
        SELECT FROM public.hrdocs_erasure WHERE at = transaction_timestamp()) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.metadata IS DISTINCT FROM OLD.metadata THEN
        RAISE EXCEPTION 'Who changed a record and why is history and stays as it is.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $stays$;
CREATE OR REPLACE TRIGGER hrdocs_context_stays BEFORE UPDATE OR DELETE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION public.hrdocs_context_stays();
"""


@contextlib.contextmanager
def acting_as(user: Any, reason: str = "") -> Iterator[None]:
    """Say once who acts and why; every row written inside carries it. Use as `with acting_as(user, "…"):`.

    An act within another is an act of its own: the library would merge the two, and give the first one's rows the
    second one's name.
    """
    said = {"user": user.pk, "reason": reason}
    outer = getattr(runtime._tracker, "value", None)
    if outer is None:
        with pghistory.context(**said):
            yield
        return
    runtime._tracker.value = runtime.Context(id=uuid.uuid4(), metadata=said)
    try:
        yield
    finally:
        runtime._tracker.value = outer


def act_under_way() -> uuid.UUID | None:
    """The key under which history knows the act that is under way; None where nobody said who acts."""
    act = getattr(runtime._tracker, "value", None)
    return act.id if act else None


def recorded(model: Model) -> Model:
    """Class decorator: keep the history of this model and of its many-to-many links, let what was approved stay, and note
    what is news for readers from outside."""
    guarded, shown = getattr(model, "is_content", False), hasattr(model, "hangs_on")
    _track(model)
    if guarded:
        closing.guard(model)
    if shown:
        news.watch(model)
    for field in model._meta.local_many_to_many:
        through = field.remote_field.through
        if through._meta.auto_created:
            name = model.__name__ + field.name.title().replace("_", "")
            meta = type("Meta", (), {"proxy": True, "app_label": model._meta.app_label})
            links = type(name, (through,), {"Meta": meta, "__module__": model.__module__})
            _track(links)
            if guarded:
                closing.guard(links)
            if shown:
                news.watch(links)
    return model


def _track(model: type[models.Model]) -> None:
    # Inserts and deletes at statement level: row triggers made a bulk insert of 100,000 rows 30 to 90 times slower.
    # Updates row by row, since only a row's own trigger knows at once whether it changed: a statement's joins old and
    # new rows by a plan made for the first, small update of a session, which took minutes for 10,000 rows.
    pghistory.track(
        pghistory.InsertEvent(level=pgtrigger.Statement),
        pghistory.UpdateEvent(level=pgtrigger.Row),
        pghistory.DeleteEvent(level=pgtrigger.Statement),
        obj_field=pghistory.ObjForeignKey(related_name="+"),
        exclude=[
            field.name
            for field in model._meta.concrete_model._meta.local_fields  # a proxy has none of its own
            if field.generated or field.name in getattr(model, "not_in_history", ())
        ],
    )(model)


def history_of(model: type[models.Model], pk: int) -> models.QuerySet:
    """The history rows of one row of a model's own table, oldest first."""
    events = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    return events.objects.filter(pgh_obj_id=pk).select_related("pgh_context").order_by("pgh_id")


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):
    """Whoever is signed in is the acting person of all that a request writes."""

    def get_context(self, request: Any) -> dict[str, Any]:
        return {"user": request.user.pk if request.user.is_authenticated else None}
