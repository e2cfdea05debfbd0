"""Writing: all of an import or nothing, in one transaction, with the import as the reason in history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction

from cases.imports.mappings import read_mapped
from cases.imports.outcome import Outcome
from cases.imports.plan import Plan
from cases.imports.sheets import read_folder
from cases.models import Import
from hrdocs.audit import acting_as


def import_records(path: Path, *, by: Any, dataset: str = "", mapping: str = "", dry_run: bool = False) -> Outcome:
    """Bring in a folder of CSV sheets (or one sheet), or a data set by its mapping, as drafts entered by `by`.

    Every row is checked. Where one is refused, or on a dry run, nothing at all is written. Raises Problem where
    a file can't be read as a sheet.
    """
    sheets, sha256 = read_mapped(path, mapping) if mapping else read_folder(path)
    name = dataset or mapping or path.resolve().stem
    with transaction.atomic(), acting_as(by, f"Import of {name} (SHA-256 {sha256[:12]}…)"):
        run = Import.objects.create(dataset=name, file_name=path.name, sha256=sha256, by=by)
        plan = Plan(run)
        for sheet in sheets:
            plan.take(sheet)
        if dry_run or plan.outcome.errors:
            transaction.set_rollback(True)
        else:
            run.counts = {"read": plan.outcome.read, **plan.outcome.counts}
            run.save()
    return plan.outcome
