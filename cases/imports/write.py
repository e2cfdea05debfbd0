"""Writing: all of an import or nothing, in one transaction, with the import as the reason in history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from cases.imports import whose
from cases.imports.behind import behind
from cases.imports.deciding import note_judgements
from cases.imports.kinds import model_of
from cases.imports.mappings import read
from cases.imports.outcome import Outcome, Problem
from cases.imports.plan import Plan
from cases.imports.sheets import Asked
from cases.models import DataSet, Import
from hrdocs.audit import act_under_way, acting_as

MANY = 5_000  # new rows of a kind, from which the planner is told; of fewer it hears by itself, a little later


def import_records(
    path: Path,
    *,
    by: Any,
    dataset: str = "",
    mapping: str = "",
    release: str = "",
    dry_run: bool = False,
    valid_rows: bool = False,
    name: str = "",
    asked: Asked | None = None,
    progress: Callable[[int], None] = lambda rows: None,
    last: Callable[[Import, Outcome], None] = lambda run, outcome: None,
) -> Outcome:
    """Bring in a folder of CSV sheets (or one sheet), or a data set by its mapping, as drafts entered by `by`.

    Every row is checked. Where one is refused, or on a dry run, nothing at all is written; with `valid_rows` the others
    are. `release` names the release of which the file is the whole: what earlier ones had and it has not is noted as
    withdrawn by its source, and stays. `asked` says how to read the file, where what is recognised is wrong; a mapping says
    it itself. `name` is that of the file, where `path` has another. `progress` is told how many rows were looked at. `last`
    is done before all is kept, or taken back. Raises Problem where a file can't be read as a sheet, or the data set is
    somebody else's.
    """
    sheets, sha256 = read(path, mapping, asked)
    known_as = dataset or mapping or path.resolve().stem
    with transaction.atomic(), acting_as(by, f"Import of {known_as} (SHA-256 {sha256[:12]}…)"):
        one_at_a_time(known_as)
        if not_hers := whose.against(known_as, by):
            raise Problem(not_hers)
        DataSet.objects.get_or_create(name=known_as)
        run = Import.objects.create(
            dataset=known_as, release=release, file_name=name or path.name, sha256=sha256, by=by, act=act_under_way()
        )
        with behind() as working:
            plan = Plan(run, working, progress)
            for sheet in sheets:
                plan.take(sheet)
        if release:
            plan.withdraw([sheet.name for sheet in sheets])
        check_what_is_deferred()
        outcome = plan.outcome
        outcome.written = not dry_run and (valid_rows or not outcome.counts["refused"])
        run.counts = {"read": outcome.read, **outcome.counts}
        if release:
            run.counts["withdrawn"] = len(outcome.withdrawn) + outcome.left_out["withdrawn"]
        run.save()
        last(run, outcome)
        if outcome.written:
            note_judgements(run)
            _let_the_planner_know(outcome)
        else:
            transaction.set_rollback(True)
    return outcome


def _let_the_planner_know(outcome: Outcome) -> None:
    """Count anew what tables hold that grew much: until then the database asks them as if they were nearly empty."""
    with connection.cursor() as cursor:
        for sheet, counts in outcome.sheets.items():
            if counts["new"] >= MANY:
                for table in (model_of(sheet), *model_of(sheet)._meta.get_parent_list()):
                    cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")


def one_at_a_time(dataset: str) -> None:
    """A second import of the same data set waits for the first, and sees what it wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases_import'), hashtext(%s))", [dataset])


def check_what_is_deferred() -> None:
    """Links are checked at the end of a transaction: also of one that is taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
