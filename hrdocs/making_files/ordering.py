"""The verbs of who wants a file: order it, cancel it, have it, forget it."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hrdocs import tasks
from hrdocs.limits import exceeded
from hrdocs.making_files import asking, holding, store
from hrdocs.models import MadeFile, Making, User
from hrdocs.models.made_files import LONGEST, UNDER_WAY
from hrdocs.refusal import Refused

MOST = 5  # files of one person that wait or are made at the same time


def order(address: str, *, by: User) -> MadeFile:
    """Have what stands at an address of the API made as a file."""
    if len(address) > LONGEST:
        raise Refused(_("What was asked is too long. Ask with fewer values."))
    if MadeFile.objects.of(by).filter(step__in=UNDER_WAY).count() >= MOST:
        raise Refused(_("So many files of yours are being made already. Wait for one, or cancel one."))
    asked = asking.as_one_may_order(address)
    if exceeded("account_files", str(by.pk)):
        raise Refused(_("You took so many files within this hour. Wait, then order it again."))
    with transaction.atomic():
        file = MadeFile.objects.create(by=by, address=asked, as_whom=holding.fingerprint(by))
        tasks.make_file.defer(file=file.pk)
    return file


def cancel(file: MadeFile) -> None:
    """Not wanted any more. A worker that is at it ends within seconds."""
    MadeFile.objects.filter(pk=file.pk, step__in=UNDER_WAY).update(step=Making.CANCELLED)


def forget(file: MadeFile) -> None:
    """Delete the file, and that it was ordered."""
    MadeFile.objects.filter(pk=file.pk).delete()
    store.forget(file.pk)


def had(file: MadeFile) -> Path:
    """The file itself, if it is ready, whole, and she may still see all that is in it."""
    if file.step == Making.READY and file.until and file.until > timezone.now() and holding.is_held(file):
        if path := store.whole(file.pk, file.sha256):
            return path
        holding.take_away(MadeFile.objects.filter(pk=file.pk), _("The file is missing or damaged. Have it made again."))
    file.refresh_from_db()
    raise Refused(file.trouble or _("It is not ready, or its day is past."))
