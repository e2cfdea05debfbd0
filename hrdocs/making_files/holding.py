"""Whether a file that was made may still be given to whoever ordered it, and taking it away where not."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from hrdocs.access import clearance, is_staff_reader
from hrdocs.making_files import asking, store
from hrdocs.models import MadeFile, Making, News, User
from hrdocs.models.made_files import UNDER_WAY, MadeFileQuerySet

FORGOTTEN_AFTER = dt.timedelta(days=7)  # of what was not made, that it was ordered


def fingerprint(user: User) -> str:
    """What a person may see, as a hash: her level, and of who works on the records her teams and grants of today."""
    opens: list[str] = [clearance(user), str(user.pk)]
    if is_staff_reader(user):
        opens += [f"team {pk}" for pk in user.teams.order_by("pk").values_list("pk", flat=True)]
        holding = user.grants.filter(until__gte=timezone.now().date())
        opens += [f"grant {pk}" for pk in holding.order_by("pk").values_list("pk", flat=True)]
    return salted_hmac("hrdocs.made_files", " ".join(opens), algorithm="sha256").hexdigest()


def is_held(file: MadeFile) -> bool:
    """Whether she may still see all that the file told her; else it is taken away for good.

    For a reader from outside the database notes whatever closes (`hrdocs/news.py`). Inside, each row that the file tells of must
    still be open to her. What was only corrected since makes a file older, not wrong to have.
    """
    if file.as_whom == fingerprint(file.by) and not (_rows_closed(file) if is_staff_reader(file.by) else _closed(file)):
        return True
    why = _("Something that it may have held, or your own access, was closed since. Have it made again.")
    take_away(MadeFile.objects.filter(pk=file.pk), why)
    return False


def _closed(file: MadeFile) -> bool:
    """Whether anything that readers of her level saw has closed since it was begun; of any record, as a row tells of others."""
    rank = clearance(file.by).rank
    return News.objects.filter(Q(now=None) | Q(now__gt=rank), act__gte=file.act, was__lte=rank).exists()


def _rows_closed(file: MadeFile) -> bool:
    model = asking.model_of(file.address)
    return bool(model._default_manager.visible_to(file.by).filter(pk__in=file.keys).count() < len(file.keys))


def take_away(files: MadeFileQuerySet, why: str) -> None:
    """Delete the files, and keep that they were there and why they went. Of what was asked the list alone stays: its filters
    may be the words that closed."""
    with transaction.atomic():
        for file in files.select_for_update():
            file.step, file.trouble, file.keys, file.address = Making.GONE, why, [], file.address.partition("?")[0]
            file.save(update_fields=["step", "trouble", "keys", "address"])
            transaction.on_commit(partial(store.forget, file.pk))


def take_all_away() -> None:
    """Something is erased: any file that was made or is being made might hold it, and what was asked might name it."""
    take_away(MadeFile.objects.all(), _("Something in the database was erased. Have it made again."))


def forget() -> None:
    """Delete what is past its end, and files of which nothing is known any more."""
    now = timezone.now()
    old = Q(until__lt=now) | Q(asked_at__lt=now - FORGOTTEN_AFTER, until=None) & ~Q(step__in=UNDER_WAY)
    MadeFile.objects.filter(old).delete()
    given_out = MadeFile.objects.exclude(step__in=(Making.GONE, Making.CANCELLED, Making.FAILED))
    for pk in store.numbers() - set(given_out.values_list("pk", flat=True)):
        store.forget(pk)
