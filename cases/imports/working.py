"""Working: what a worker does with a file that was brought. It looks at it, and brings it in when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cases.imports.mappings import what_it_says
from cases.imports.outcome import Outcome, Problem
from cases.imports.reading.limited import read_within_limits
from cases.imports.twins import twins_of
from cases.imports.uploading import as_file, reading_of
from cases.imports.write import import_records
from cases.models import Import, RemarkSort, Step, Upload, UploadRemark
from hrdocs.access import STAFF
from hrdocs.beside import Beside

TRIES = 2  # a step that was broken off is begun once more, and not again


def look_at(pk: int) -> None:
    """Plan a file: write nothing, and keep all that was found."""
    upload = _begin(pk, (Step.WAITING, Step.LOOKING), Step.LOOKING)
    if upload is None:
        return
    twins: list[UploadRemark] = []

    def before_it_is_taken_back(run: Import, outcome: Outcome) -> None:
        twins.extend(UploadRemark(upload=upload, sort=RemarkSort.TWIN, **told) for told in twins_of(run))

    outcome = _import(upload, dry_run=True, last=before_it_is_taken_back)
    if outcome is not None:
        _keep(upload, outcome, Step.PLANNED, twins)


def bring_in(pk: int) -> None:
    """Bring in a file that was looked at: once, however often it is asked."""
    upload = _begin(pk, (Step.ORDERED, Step.COMING), Step.COMING)
    if upload is None:
        return

    def in_the_same_act(run: Import, outcome: Outcome) -> None:
        if outcome.written:
            Upload.objects.filter(pk=upload.pk).update(run=run, step=Step.DONE)
            upload.run = run

    outcome = _import(upload, valid_rows=upload.valid_rows, last=in_the_same_act)
    if outcome is not None:
        _keep(upload, outcome, Step.DONE if outcome.written else Step.PLANNED)
        if outcome.written and not outcome.errors:
            upload.pieces.all().delete()


@transaction.atomic
def _begin(pk: int, steps: Iterable[Step], step: Step) -> Upload | None:
    """Note that a step begins; None where there is nothing to do any more, or it was broken off too often."""
    upload = Upload.objects.select_for_update().select_related("by").filter(pk=pk, step__in=steps).first()
    if upload is None:
        return None
    upload.tries += 1
    upload.step, upload.rows_done, upload.trouble = step, 0, ""
    if upload.tries > TRIES:
        upload.step, upload.trouble = (
            Step.FAILED,
            _("The work on it broke off twice. Nothing was written. Ask whoever runs the program."),
        )
    elif not upload.by.is_active or upload.by.role not in STAFF:
        upload.step, upload.trouble = Step.FAILED, _("Whoever brought it may not enter records any more.")
    upload.save()
    return None if upload.step == Step.FAILED else upload


def _import(upload: Upload, **given: Any) -> Outcome | None:
    """Import the file; what is wrong with it as a whole is kept as its trouble."""
    try:
        with translation.override(upload.language), as_file(upload) as path, Beside(_told(upload)) as told:
            read_within_limits(path, reading_of(upload), what_it_says(upload.mapping) if upload.mapping else "")
            asked = {name: getattr(upload, name) for name in ("dataset", "mapping", "release")} | {"name": upload.file_name}
            return import_records(path, by=upload.by, asked=reading_of(upload), progress=told, **asked, **given)
    except Problem as problem:
        upload.step, upload.trouble = Step.FAILED, str(problem)
        upload.save()
        return None


@transaction.atomic
def _keep(upload: Upload, outcome: Outcome, step: Step, twins: Iterable[UploadRemark] = ()) -> None:
    upload.step, upload.rows_done, upload.tries = step, outcome.read, 0
    upload.counts = {"all": {"read": outcome.read, **outcome.counts}, "sheets": outcome.sheets, "read_as": outcome.read_as}
    upload.left_out = dict(outcome.left_out)
    upload.save()
    upload.remarks.all().delete()
    UploadRemark.objects.bulk_create([*_remarks(upload, outcome), *twins], batch_size=1000)


def _remarks(upload: Upload, outcome: Outcome) -> Iterable[UploadRemark]:
    for sort, found in ((RemarkSort.ERROR, outcome.errors), (RemarkSort.FLAG, outcome.flags)):
        for each in found:
            yield UploadRemark(upload=upload, sort=sort, sheet=each.sheet, row=each.row, column=each.column, words=each.words,
                               value=each.value.replace("\0", ""))  # fmt: skip
    for each in outcome.withdrawn:
        yield UploadRemark(upload=upload, sort=RemarkSort.WITHDRAWN, sheet=each.sheet, row=each.row, words=each.key, uid=each.uid)
    for each in outcome.differences:
        yield UploadRemark(upload=upload, sort=RemarkSort.DIFFERENCE, sheet=each.sheet, row=each.row, column=each.column,
                           uid=each.uid, old=each.old, value=each.new)  # fmt: skip


# Whether an administrator asked to end the job that works on a file.
_CANCELLED = "SELECT 1 FROM procrastinate_jobs WHERE status = 'doing' AND abort_requested AND (args ->> 'upload')::bigint = %s"


def _told(upload: Upload) -> Callable[[Any, int], None]:
    def say(cursor: Any, rows: int) -> None:
        cursor.execute("UPDATE cases_upload SET rows_done = %s WHERE id = %s", [rows, upload.pk])
        cursor.execute(_CANCELLED, [upload.pk])
        if cursor.fetchone():
            raise Problem(_("The work on it was cancelled. Nothing was written."))

    return say
