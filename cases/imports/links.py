"""Links: what a cell points to, by a ref of its data set or by a uid, looked up for many rows at once."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from cases.imports.storing import one_of
from cases.imports.values.named import named
from cases.models import Import, ImportedRow, Statement
from hrdocs.redirects import called
from hrdocs.uids import understood

REMEMBERED = 10_000  # records that were linked to lately
Target = type[models.Model]


class Links:
    """What the cells of one import lead to, as far as the one who imports may see it."""

    def __init__(self, run: Import) -> None:
        self.run = run
        self.refused: set[str] = set()  # refs of rows that did not come in
        self._found: dict[tuple[Target, str], models.Model | None] = {}

    def look_up_all(self, targets: dict[Target, set[str]]) -> None:
        """Find all records that the cells of a batch point to, and remember them for `find`."""
        if len(self._found) > REMEMBERED:
            self._found.clear()
        for target, cells in targets.items():
            self._look_up(target, cells)

    def _look_up(self, target: Target, cells: Collection[str]) -> None:
        unknown = {cell for cell in cells if self._found.get((target, cell)) is None}
        found = self._by_ref(target, unknown) if unknown else {}
        found |= self.by_uid(target, unknown - found.keys())
        self._found |= {(target, cell): found.get(cell) for cell in unknown}

    def find(self, target: Target, cell: str) -> models.Model:
        """The record that a cell points to. Raises ValueError, in words for people."""
        if (target, cell) not in self._found:
            self._look_up(target, [cell])
        found = self._found[target, cell] = self._found[target, cell] or named(target, cell, by=self.run.by)
        if found is None:
            why = " " + _("It was refused above.") if cell in self.refused else ""
            told = _("“%(cell)s” is no %(kind)s of this import, nor a uid.") % {"cell": cell, "kind": _kind(target)}
            raise ValueError(told + why)
        if not isinstance(found, target):
            raise ValueError(_("“%(uid)s” is a %(found)s, not a %(kind)s.")
                             % {"uid": found.uid, "found": _kind(type(found)), "kind": _kind(target)})  # fmt: skip
        return found

    def forget(self, cells: Collection[str]) -> None:
        """Something came in under these refs: whoever looked before found nothing."""
        for target, cell in [key for key, found in self._found.items() if found is None and key[1] in cells]:
            del self._found[target, cell]

    def _by_ref(self, target: Target, cells: set[str]) -> dict[str, models.Model]:
        kinds = {kind.pk: model for model, kind in ContentType.objects.get_for_models(*_sharing_refs(target)).items()}
        rows = ImportedRow.objects.filter(one_of("key", cells), dataset=self.run.dataset, content_type__in=kinds).order_by("-pk")
        keys: dict[Target, dict[str, int]] = {}
        for key, kind, object_id in rows.values_list("key", "content_type", "object_id"):
            model = target if issubclass(kinds[kind], target) else kinds[kind]
            keys.setdefault(model, {})[key] = object_id
        found = {}
        for model, asked in keys.items():
            rows = model._default_manager.visible_to(self.run.by).filter(one_of("pk", set(asked.values()))).order_by()
            shown = {record.pk: record for record in rows.only(*_asked_of(model))}
            found |= {cell: shown[key] for cell, key in asked.items() if key in shown}
        return found

    def by_uid(self, target: Target, cells: set[str]) -> dict[str, models.Model]:
        """The records that are called by a uid in these cells."""
        uids = {cell: uid for cell in cells if (uid := understood(cell))}
        shown = target._default_manager.visible_to(self.run.by)
        here = {record.uid: record for record in shown.filter(one_of("uid", set(uids.values())))} if uids else {}
        found = {cell: here.get(uid) or shown.filter(called([uid], target, self.run.by)).first() for cell, uid in uids.items()}
        return {cell: record for cell, record in found.items() if record is not None}


@cache
def _asked_of(model: Target) -> list[str]:
    """What is asked of a record that is linked to: which it is, where it stands, what it belongs to, and what is yes or no."""
    told = ("uid", "state", *getattr(model, "hangs_on", ())[:1])
    return [field.name for field in model._meta.concrete_fields
            if field.primary_key or field.name in told or isinstance(field, models.BooleanField)]  # fmt: skip


def _kind(target: Target) -> str:
    return _(str(target._meta.verbose_name))


def _sharing_refs(target: Target) -> list[Target]:
    """Statements of every kind share one space of refs; each other kind has one of its own."""
    return [Statement, *Statement.__subclasses__()] if issubclass(target, Statement) else [target]
