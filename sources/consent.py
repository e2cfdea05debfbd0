"""How far an informant's consent reaches. The rule stands once, in SQL, and everything asks there.

What was last said of the item itself holds; what was said later of everything can narrow it, and never widens it. What
was withdrawn, has run out or was never asked reaches nobody outside.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from hrdocs.access import STAFF
from hrdocs.audit import acting_as
from hrdocs.models import Record
from hrdocs.refusal import Refused
from sources.choices import ConsentKind, ConsentScope
from sources.models import ConsentEvent, Informant

SOON = dt.timedelta(days=30)
PUBLIC_SCOPES = (ConsentScope.PUBLIC_ANONYMOUS, ConsentScope.PUBLIC_NAMED)

# The rank of the widest level that consent allows: 0 public, 2 internal. Items are named as “cases.statement:12”.
REACHES_SQL = """
CREATE OR REPLACE FUNCTION public.sources_consent_reaches(informant bigint, VARIADIC items text[]) RETURNS integer
LANGUAGE sql STABLE AS $reaches$
    WITH told AS (
        SELECT e.id, e.at, t.id IS NULL AS of_everything,
               CASE WHEN e.kind <> 'withdrawn' AND e.scope IN ('public_anonymous', 'public_named')
                    AND (e.until_latest IS NULL OR e.until_latest >= CURRENT_DATE) THEN 0 ELSE 2 END AS reach
        FROM public.sources_consentevent e LEFT JOIN public.django_content_type t ON t.id = e.content_type_id
        WHERE e.informant_id = informant
          AND (t.id IS NULL OR t.app_label || '.' || t.model || ':' || e.object_id = ANY (items))),
    item AS (SELECT * FROM told WHERE NOT of_everything ORDER BY at DESC, id DESC LIMIT 1),
    everything AS (SELECT * FROM told WHERE of_everything ORDER BY at DESC, id DESC LIMIT 1)
    SELECT CASE WHEN informant IS NULL THEN 0
                WHEN item.id IS NULL THEN coalesce(everything.reach, 2)
                WHEN (everything.at, everything.id) > (item.at, item.id) THEN greatest(item.reach, everything.reach)
                ELSE item.reach END
    FROM (SELECT 1) AS one LEFT JOIN item ON true LEFT JOIN everything ON true
$reaches$;
"""


def note(informant: Informant, *, by: Any, kind: str, scope: str, how: str, item: Record | None = None, until: str = "",
         at: dt.datetime | None = None) -> ConsentEvent:  # fmt: skip
    """Note what an informant allowed, changed or withdrew, of everything or of one item. It acts at once."""
    if by.role not in STAFF or not by.is_active:
        raise Refused("Consent is noted by analysts, reviewers and managers.")
    if not how.strip():
        raise Refused("Say how consent was asked and given, and in which language.")
    at = at or timezone.now()
    if at > timezone.now():
        raise Refused("Consent is noted once it was given, not before.")
    of = {"content_type": ContentType.objects.get_for_model(type(item)), "object_id": item.pk} if item else {}
    scope = ConsentScope.NONE if kind == ConsentKind.WITHDRAWN else scope
    with transaction.atomic(), acting_as(by, f"Consent: {ConsentKind(kind).label}"):
        event = ConsentEvent(informant=informant, kind=kind, scope=scope, how=how, until=until, taken_by=by, at=at, **of)
        event.full_clean()
        event.save()
    return event


def running_out(user: Any) -> models.QuerySet:
    """Consents to publish that end within thirty days, the next first, as far as nothing later was said of the same."""
    today = timezone.now().date()
    later = ConsentEvent.objects.filter(
        models.Q(content_type=models.OuterRef("content_type"), object_id=models.OuterRef("object_id"))
        | models.Q(content_type=None),
        informant=models.OuterRef("informant"), at__gt=models.OuterRef("at"))  # fmt: skip
    reaching = {"scope__in": PUBLIC_SCOPES, "kind__in": (ConsentKind.GIVEN, ConsentKind.CHANGED)}
    ending = ConsentEvent.objects.visible_to(user).filter(until_latest__range=(today, today + SOON), **reaching)
    return ending.exclude(models.Exists(later)).select_related("informant").order_by("until_latest")
