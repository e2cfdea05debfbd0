"""Links by what people write instead of a key: an identifier of another system, or a name. Of several, none is chosen."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from hrdocs.folding import fold

SHOWN_NAMES = ("name_en", "name_ar", "title", "title_en", "title_ar")
MOST = 5  # candidates that are told


def named(target: type[models.Model], cell: str, *, by: Any) -> models.Model | None:
    """The one record, of those that `by` may see, that has this identifier (`scheme:value`) or this name.

    Raises ValueError with the candidates where there are several; nothing is found where there is none.
    """
    shown = target._default_manager.visible_to(by)
    found = list(_identified(target, shown, cell, by)[: MOST + 1]) or _called(target, shown, cell, by)
    if len(found) > 1:
        told = ", ".join(f"{record.uid} ({record})" for record in found[:MOST])
        more = " …" if len(found) > MOST else ""
        raise ValueError(
            _("“%(cell)s” can be %(told)s. Write the uid of the one that is meant.") % {"cell": cell, "told": told + more}
        )
    return found[0] if found else None


def _identified(target: type[models.Model], shown: models.QuerySet, cell: str, by: Any) -> models.QuerySet:
    scheme, colon, value = (part.strip() for part in cell.partition(":"))
    part = _part(target, "identifiers")
    if part is None or not colon or not value:
        return shown.none()
    owners = part.objects.visible_to(by).filter(scheme__iexact=scheme, value=value).values(part.hangs_on[0])
    return shown.filter(pk__in=owners)


def _called(target: type[models.Model], shown: models.QuerySet, cell: str, by: Any) -> list[models.Model]:
    """Those that bear the name, as it is folded: without case, accents, vowel signs and variants of Arabic letters."""
    wanted = fold(cell)
    if not wanted:
        return []
    found: dict[int, models.Model] = {}
    fields = [name for name in SHOWN_NAMES if _has(target, name)]
    if fields:
        narrowed = (
            Q(search__contains=f" {wanted} ")
            if _has(target, "search")
            else Q(*[Q(**{f"{name}__iexact": cell}) for name in fields], _connector=Q.OR)
        )
        for record in shown.filter(narrowed)[:1000]:
            if wanted in (fold(getattr(record, name)) for name in fields):
                found[record.pk] = record
    part = _part(target, "names")
    if part is not None:
        spelled = part.objects.visible_to(by).filter(search__contains=f" {wanted} ")[:1000]
        owners = {getattr(name, f"{part.hangs_on[0]}_id") for name in spelled if fold(name.text) == wanted}
        found |= {record.pk: record for record in shown.filter(pk__in=owners - found.keys())}
    return list(found.values())


def _part(target: type[models.Model], related_name: str) -> type[models.Model] | None:
    relation = next((each for each in target._meta.related_objects if each.get_accessor_name() == related_name), None)
    return relation.related_model if relation else None


def _has(target: type[models.Model], name: str) -> bool:
    try:
        target._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
