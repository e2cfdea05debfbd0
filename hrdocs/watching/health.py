"""Whether the program lives, and whether it can work. From outside one word; what is wrong stands in the log."""

from __future__ import annotations

import datetime as dt
import logging
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from hrdocs import tallying

log = logging.getLogger(__name__)

A_WORKER_IS_SILENT_AFTER = dt.timedelta(seconds=60)  # it gives a sign every ten


def live(request: HttpRequest) -> HttpResponse:
    """Whether this process answers at all. It asks nobody else: one that is stuck is to be started anew, and no other."""
    return _word("ok", 200)


def ready(request: HttpRequest) -> HttpResponse:
    """Whether all that the program needs is there: the database, its tables as this code wants them, a worker, and the Redis
    that is named, if one is."""
    try:
        missing = _missing()
    except Error as error:
        missing = f"The database does not answer ({type(error).__name__})."
    if missing:
        log.warning(missing)
        return _word("not ready", 503)
    return _word("ok", 200)


def _missing() -> str:
    if behind := len(_wanted() - MigrationRecorder(connection).applied_migrations().keys()):
        return f"{behind} apps have migrations that were not run. Run manage.py migrate."
    if not ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - A_WORKER_IS_SILENT_AFTER).exists():
        return "No worker gave a sign for a minute. Start one: manage.py procrastinate worker."
    if not tallying.answers():
        return "The Redis of CACHE_URL does not answer. Requests are counted in the database; nobody signs in with a code."
    return ""


@cache
def _wanted() -> set[tuple[str, str]]:
    """The last migrations of this code; files do not change while a process runs."""
    return set(MigrationLoader(None).graph.leaf_nodes())


def _word(word: str, status: int) -> HttpResponse:
    return HttpResponse(word, status=status, content_type="text/plain", headers={"Cache-Control": "no-store"})
