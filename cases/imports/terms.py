"""Terms: under which licences the rows of other people's data sets stand, and how those want to be named."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, QuerySet

from cases.models import DataSet, ImportedRow
from hrdocs.models import Record


def terms_of(rows: QuerySet) -> list[str]:
    """One line for each data set from which some of these rows came, where anything is noted of its terms."""
    if not issubclass(rows.model, Record):  # what the program tells about records, no sheet brings
        return []
    kinds = ContentType.objects.get_for_models(rows.model, *rows.model.__subclasses__()).values()
    came = ImportedRow.objects.filter(
        dataset=OuterRef("name"), content_type__in=kinds, object_id__in=rows.order_by().values("pk")
    )
    found = DataSet.objects.exclude(licence="", attribution="").filter(Exists(came))
    return [": ".join(filter(None, (each.title or each.name, each.licence, each.attribution))) for each in found]
