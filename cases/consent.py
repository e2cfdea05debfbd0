"""What consent does to statements: it caps how far they may be seen, and closes them when it is withdrawn or runs out.

A statement keeps its state; its audience is the database's to work out, and consent is part of that. Statements of
published sources stand on another basis and need none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Func, IntegerField, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cases.models import Statement
from hrdocs import notices
from hrdocs.access import Sensitivity, State
from hrdocs.models import User
from sources import consent
from sources.models import ConsentEvent, Informant


class Reach(Func):
    """The rank of the widest level that the consent of whoever speaks allows."""

    function = "public.cases_consent_reaches"
    output_field = IntegerField()


OF_A_STATEMENT = Reach(F("pk"), F("source"), F("speaker_informant"), F("attributed_informant"))
_ON_CONSENT = ~Q(speaker_informant=None) | ~Q(attributed_informant=None)
_SOON = "A new day has begun, and it is being looked at what may still be shown. Ask again in a minute."
_OPEN = Q(audience__lt=Sensitivity.INTERNAL.rank)


def standing_on(informant: Informant) -> Any:
    """The statements that an informant speaks, or that are attributed to her."""
    return Statement._base_manager.filter(Q(speaker_informant=informant) | Q(attributed_informant=informant))


def note(informant: Informant, *, by: Any, **given: Any) -> tuple[ConsentEvent, list[Statement]]:
    """Note consent; returns it with the statements that it closed. Those who entered them are told."""
    with transaction.atomic():
        opened = list(standing_on(informant).filter(_OPEN).select_for_update())
        event = consent.note(informant, by=by, **given)
        closed = list(Statement._base_manager.filter(~_OPEN, pk__in=[each.pk for each in opened]))
        _tell(closed, by=by)
    return event, closed


def close_what_ran_out() -> list[Statement]:
    """Close the statements whose consent has run out since they were last looked at; those who entered them are told."""
    with transaction.atomic():
        stale = Statement._base_manager.filter(_ON_CONSENT, _OPEN).alias(reach=OF_A_STATEMENT).filter(audience__lt=F("reach"))
        closed = list(stale.select_for_update(of=("self",)))
        Statement._base_manager.filter(pk__in=[each.pk for each in closed]).update(audience=F("audience"))  # works it out anew
        for each in closed:
            ended = ConsentEvent.objects.filter(informant__in={each.speaker_informant_id, each.attributed_informant_id} - {None})
            by = ended.order_by("-at").first()
            _tell([each], by=by.taken_by if by else each.created_by, herself=True)
    return closed


def closed_by_consent(statements: Iterable[Statement]) -> list[Statement]:
    """Those that were published for readers, hang on nothing closed, and are closed to them all the same.

    Nothing else does that but consent. Who spoke may be hidden from the asker, so this is told from who may see the
    statement, which anybody can find out from outside, and never by reading whose consent it is.
    """
    wide = Q(state=State.PUBLISHED, sensitivity__in=(Sensitivity.PUBLIC, Sensitivity.REGISTERED))
    otherwise = (Q((f"{path}__audience__gte", Sensitivity.INTERNAL.rank)) for path in Statement.hangs_on)
    found = Statement._base_manager.filter(wide, ~_OPEN, pk__in=[each.pk for each in statements])
    return list(found.exclude(reduce(or_, otherwise)))


class HonoursMidnight:
    """Closes, with the first request of each day, what ran out at midnight (UTC), before anybody is answered. A public site,
    which changes no record, answers nobody until it was closed."""

    day = dt.date.min  # of this process, when it was last done

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        today = timezone.now().date()
        if today != HonoursMidnight.day:
            if not settings.PUBLIC_SITE:
                close_what_ran_out()
            elif _is_due():
                return HttpResponse(_SOON, status=503, content_type="text/plain", headers={"Retry-After": "60"})
            HonoursMidnight.day = today
        return self.get_response(request)


def _is_due() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.cases_consent_ran_out()")
        return bool(cursor.fetchone()[0])


def _tell(closed: Iterable[Statement], *, by: User, herself: bool = False) -> None:
    for each in closed:
        notices.tell(each, notices.Kind.CONSENT_CLOSED, by=by, to=[each.created_by, each.edited_by], herself=herself)
