"""Deciding: whether a row that looks like a record of ours is that record, said before it comes in, and remembered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.imports import whose
from cases.imports.kinds import model_of
from cases.imports.twins import NEAR
from cases.models import Import, RemarkSort, Step, TwinVerdict, Upload
from hrdocs.models import Match, MatchVerdict
from hrdocs.refusal import Refused

SAME, OTHER, LATER = "same", "other", "later"


@transaction.atomic
def decide(upload: Upload, answers: Mapping[int, str], *, by: Any) -> int:
    """Keep what was answered of possible duplicates, by the keys of their remarks, and let the file be looked at anew.

    Returns how many were decided. Raises Refused where the file waits for no word, its data set is somebody else's, or a row
    would be two records.
    """
    stored = _waiting(upload, by)
    decided = 0
    for remark in stored.remarks.filter(sort=RemarkSort.TWIN, pk__in=answers).exclude(uid=""):
        answer, model = answers[remark.pk], model_of(remark.sheet)
        shown = model._default_manager.visible_to(by).order_by()
        record = shown.filter(uid=remark.uid).first()
        if answer not in (SAME, OTHER) or record is None:
            continue
        of_the_row = TwinVerdict.objects.filter(dataset=stored.dataset, sheet=remark.sheet, key=remark.key)
        if answer == SAME:
            same = of_the_row.filter(same=True)
            if same.filter(object_id__in=shown.values("pk")).exists():
                raise Refused(_("Row %(row)d of %(sheet)s can be one record at most. Choose “the same” once for it.")
                              % {"row": remark.row, "sheet": remark.sheet})  # fmt: skip
            same.delete()  # that it is a record which she does not see looks as if nothing had been decided (decision 0018)
        of_the_row.update_or_create(
            content_type=ContentType.objects.get_for_model(model), object_id=record.pk,
            defaults={"same": answer == SAME, "by": by, "at": timezone.now()},
            create_defaults={
                "dataset": stored.dataset, "sheet": remark.sheet, "key": remark.key, "same": answer == SAME, "by": by},
        )  # fmt: skip
        decided += 1
    if decided:
        _look_anew(stored)
    return decided


@transaction.atomic
def ask_again(upload: Upload, keys: Collection[int], *, by: Any) -> int:
    """Forget these decisions about rows of the file's data set, and let it be looked at anew."""
    stored = _waiting(upload, by)
    forgotten, _tables = decided_of(stored, by).filter(pk__in=keys).delete()
    if forgotten:
        _look_anew(stored)
    return forgotten


def decided_of(upload: Upload, user: Any) -> QuerySet[TwinVerdict]:
    """What was decided of rows of this data set, where it is hers, as far as she sees the records."""
    found = TwinVerdict.objects.none()
    for sheet in () if whose.against(upload.dataset, user) else NEAR:
        model = model_of(sheet)
        shown = model._default_manager.visible_to(user).order_by().values("pk")
        kind = ContentType.objects.get_for_model(model)
        found |= TwinVerdict.objects.filter(dataset=upload.dataset, sheet=sheet, content_type=kind, object_id__in=shown)
    return found


def note_judgements(run: Import) -> None:
    """Of rows that came in although they look like a record of ours, note for both records that they are two: then nobody
    asks again."""
    for verdict in TwinVerdict.objects.filter(dataset=run.dataset, same=False):
        row = run.created.filter(sheet=verdict.sheet, key=verdict.key, content_type=verdict.content_type_id).first()
        if row is not None and row.object_id != verdict.object_id:
            Match.objects.get_or_create(
                content_type=verdict.content_type, object_id=row.object_id, other_id=verdict.object_id,
                defaults={"verdict": MatchVerdict.DISTINCT, "reason": str(_("Decided before the row came in.")),
                          "by": verdict.by, "at": verdict.at})  # fmt: skip


def _waiting(upload: Upload, by: Any) -> Upload:
    stored = Upload.objects.select_for_update().get(pk=upload.pk, by=by)
    if stored.step != Step.PLANNED:
        raise Refused(_("It is not waiting for your word any more. Look at what became of it."))
    if not_hers := whose.against(stored.dataset, by):
        raise Refused(not_hers)
    return stored


def _look_anew(upload: Upload) -> None:
    upload.step, upload.tries = Step.WAITING, 0
    upload.save()
