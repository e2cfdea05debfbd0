"""Old uids: the record that one leads to, for who might have seen the old record and may see the new one.

Anybody else is answered as if there had never been one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse

from hrdocs.models import Record, Redirect


def now_called(uid: str | None, rows: models.QuerySet, user: Any) -> Record | None:
    """The record among `rows` to which an old uid leads, for who might have seen the old one and sees this one."""
    return rows.filter(pk__in=_leading([uid], rows.model, user)).first() if uid else None


def called(uids: Collection[str], model: type[models.Model], user: Any) -> Q:
    """The records with these uids, or with ones that were merged into them. Old uids are looked up first: asked together with
    the new ones, the database would go through all records."""
    return Q(uid__in=uids) | Q(pk__in=list(_leading(uids, model, user)))


def new_address(request: Any, record: Record) -> str:
    """The address that was asked for, with the uid that the record has now."""
    asked, query = request.resolver_match, request.META.get("QUERY_STRING", "")
    address = reverse(asked.view_name, kwargs={**asked.kwargs, "uid": record.uid})
    return f"{address}?{query}" if query else address


def _leading(uids: Collection[str], model: type[models.Model], user: Any) -> models.QuerySet:
    kind = ContentType.objects.get_for_model(model)
    return Redirect.objects.visible_to(user).filter(content_type=kind, old_uid__in=uids).values_list("object_id", flat=True)
