"""The columns that the shapes of records share."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from hrdocs.access import Sensitivity
from hrdocs.shapes import Column, Many, address


def plain(*names: str, guard: Sensitivity = Sensitivity.PUBLIC) -> tuple[Column, ...]:
    """Columns that are fields of the model, under their own names."""
    return tuple(Column(name, guard=guard) for name in names)


def dated(*names: str) -> tuple[Column, ...]:
    """EDTF fields, each with its derived bounds and precision."""
    return tuple(Column(name + part) for name in names for part in ("", "_earliest", "_latest", "_precision"))


def coded(*names: str) -> tuple[Column, ...]:
    """Links to one term each, as the term's code."""
    return tuple(Column(name, f"{name}__code", type="text") for name in names)


def record(path: str) -> tuple[Column, ...]:
    """The columns that every record begins with; who works on it is for those who work here."""
    inside = Sensitivity.INTERNAL
    return (
        Column("uid"),
        Column("url", address(path), "Where this record stands in the API.", type="text"),
        Column("state"),
        Column("sensitivity"),
        Column("edited_at"),
        Column("version", guard=inside),
        Column("team", "team__name", guard=inside, type="text"),
        Column("created_by", "created_by__username", guard=inside, type="text"),
        Column("created_at", guard=inside),
        Column("edited_by", "edited_by__username", guard=inside, type="text"),
        Many("withdrawn_by_source", values=(("data_set", "dataset"), ("release", "withdrawn_in__release")), guard=inside,
             text="{data_set} {release}", rows=lambda reader: import_string(settings.WITHDRAWN_IN)(path), kept=False,
             help="The releases of data sets of others in which its source no longer has it; the record stays."),
    )  # fmt: skip
