"""Working: what a worker does with a file that was ordered. Once, however often it is asked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import closing
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hrdocs.access import is_staff_reader
from hrdocs.beside import Beside
from hrdocs.formats.export import Export
from hrdocs.making_files import asking, holding, store
from hrdocs.models import MadeFile, Making
from hrdocs.readers import reading_as
from hrdocs.refusal import Refused

TRIES = 2  # work that was broken off is begun once more, and not again
DAYS, DAYS_INSIDE = 7, 1  # that a file stays; of who works on the records, whose view changes from day to day


class Cancelled(Exception):
    """Whoever ordered it, or an administrator, does not want it any more."""


def make(pk: int) -> None:
    """Make the file, and keep it at its place with all that must be known of it."""
    file = _begin(pk)
    if file is None:
        return
    try:
        _written(file)
    except Cancelled:
        _ended(file, Making.CANCELLED)
    except Refused as refused:
        _ended(file, Making.FAILED, trouble=str(refused))


@transaction.atomic
def _begin(pk: int) -> MadeFile | None:
    """Note that the work begins; None where there is nothing to do any more, or it was broken off too often."""
    file = MadeFile.objects.select_for_update(of=("self",)).select_related("by").filter(pk=pk).first()
    if file is None or not file.under_way:
        return None
    file.tries += 1
    file.step, file.bytes = Making.WORKING, 0
    if file.tries > TRIES:
        file.step, file.trouble = Making.FAILED, _("The work on it broke off twice. Ask whoever runs the program.")
    elif file.as_whom != holding.fingerprint(file.by):
        file.step, file.trouble = Making.FAILED, _("What you may see has changed since. Have it made again.")
    file.save(update_fields=["tries", "step", "bytes", "trouble"])
    return file if file.step == Making.WORKING else None


def _written(file: MadeFile) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (file.act,) = cursor.fetchone()
    response = asking.answer(file.address, file.by)
    keys = _keys(file, response.export)
    with closing(response.pieces), Beside(_told(file)) as told:
        file.bytes, file.sha256 = store.write(file.pk, response.pieces, told)
    file.keys = sorted(keys | _keys(file, response.export))
    file.manifest = re.findall(r"/exports/([^/]+)/", response["Link"])[0]
    file.file_name = re.findall(r'filename="(.+)"', response["Content-Disposition"])[0]
    file.media_type = response["Content-Type"]
    file.ready_at = timezone.now()
    file.until = file.ready_at + dt.timedelta(days=DAYS_INSIDE if is_staff_reader(file.by) else DAYS)
    told_of = ("act", "bytes", "sha256", "keys", "manifest", "file_name", "media_type", "ready_at", "until")
    _ended(file, Making.READY, **{name: getattr(file, name) for name in told_of})


def _keys(file: MadeFile, export: Export) -> set[int]:
    """The rows that it tells of, of whoever works on the records; before and after, since either may miss one."""
    if not is_staff_reader(file.by):
        return set()
    with reading_as(export.reader.user, export.reader.as_of):
        return set(export.rows.order_by().values_list("pk", flat=True))


def _ended(file: MadeFile, step: Making, **told: Any) -> None:
    """Keep how it ended. Where it was cancelled, forgotten or taken away meanwhile, that stays, and the file goes."""
    still = MadeFile.objects.filter(pk=file.pk, step=Making.WORKING).update(step=step, **told)
    if not still or step != Making.READY:
        store.forget(file.pk)


# How far it is; and whether she, or an administrator, asked to end it.
_TOLD = """
UPDATE hrdocs_madefile f SET bytes = %s WHERE id = %s AND step = 'working' AND NOT EXISTS (
    SELECT FROM procrastinate_jobs WHERE status = 'doing' AND abort_requested AND (args ->> 'file')::bigint = f.id)
"""


def _told(file: MadeFile) -> Callable[[Any, int], None]:
    def say(cursor: Any, size: int) -> None:
        cursor.execute(_TOLD, [size, file.pk])
        if not cursor.rowcount:
            raise Cancelled

    return say
