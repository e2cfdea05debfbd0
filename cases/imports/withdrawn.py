"""Withdrawn: what is told, on its pages and in its files, of a record that a later release of its data set no longer has."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.utils.translation import gettext as _

from cases.models import DataSet, ImportedRow
from hrdocs.access import is_staff_reader
from hrdocs.endpoints import views
from hrdocs.models import Record


def withdrawn_rows(path: str) -> models.QuerySet:
    """The rows that say of a record of this list, within a query for it, that its source withdrew it."""
    kind = views()[path].shape.model._meta.concrete_model
    named = {each._meta.model_name for each in (kind, *kind.__subclasses__()) if not each._meta.proxy}
    kinds = ContentType.objects.filter(app_label=kind._meta.app_label, model__in=sorted(named)).order_by()
    rows = ImportedRow.objects.filter(OneOfKinds(models.F("content_type"), ArraySubquery(kinds.values("pk"))))
    return rows.filter(object_id=models.OuterRef("pk"), withdrawn_in__isnull=False).order_by("pk")


class OneOfKinds(models.Func):
    """Whether a row is of one of these kinds, which are looked up once for the whole list."""

    template, arg_joiner, output_field = "%(expressions)s)", " = ANY (", models.BooleanField()


def withdrawn_of(record: Record, user: Any) -> list[str]:
    """A sentence for each release of a data set in which its source no longer has this record.

    Readers from outside are told of data sets whose terms are noted: those are published, the names of others are ours.
    """
    kinds = ContentType.objects.get_for_models(type(record), *type(record).__subclasses__()).values()
    rows = ImportedRow.objects.filter(content_type__in=kinds, object_id=record.pk).exclude(withdrawn_in=None)
    found = [(row.dataset, row.withdrawn_in.release) for row in rows.select_related("withdrawn_in").order_by("pk")]
    sets = {each.name: each for each in DataSet.objects.filter(name__in={name for name, _release in found})}
    if not is_staff_reader(user):
        found = [(name, release) for name, release in found if name in sets and (sets[name].licence or sets[name].attribution)]
    return [_("Withdrawn by its source: “%(data)s” no longer has it in its release %(release)s. The record stays.")
            % {"data": sets.get(name, name), "release": release} for name, release in dict.fromkeys(found)]  # fmt: skip
