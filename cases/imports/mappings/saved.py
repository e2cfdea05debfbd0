"""Mappings that people saved: a new version each time, shared by all who work here."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cases.imports.mappings.ready import READY
from cases.imports.mappings.schema import checked
from cases.imports.outcome import Problem
from cases.models import Mapping


def save_mapping(name: str, spec: dict[str, Any], *, by: Any, note: str = "") -> Mapping:
    """Keep a mapping as the next version under its name; the same again is the version that is there.

    Raises Problem where it is no mapping or the name is taken, and ValidationError where it can't be a name.
    """
    if name in READY:
        raise Problem(f"“{name}” comes with the program. Save yours under another name.")
    checked(spec)
    with transaction.atomic():
        last = Mapping.objects.select_for_update().filter(name=name).order_by("-version").first()
        if last and last.spec == spec:
            return last
        mapping = Mapping(name=name, version=last.version + 1 if last else 1, spec=spec, by=by, note=note)
        mapping.full_clean()
        mapping.save()
    return mapping


def saved_names() -> list[str]:
    """The names under which mappings were saved."""
    return list(Mapping.objects.order_by("name").values_list("name", flat=True).distinct())


def saved_spec(name: str) -> dict[str, Any] | None:
    """The mapping of a name, `name@2` for a version of it, otherwise the latest; None where there is none."""
    plain, _, version = name.partition("@")
    found = Mapping.objects.filter(name=plain).order_by("-version")
    if version and not version.isdigit():
        raise Problem(f"“{name}”: after @ stands the number of a version: {plain}@1.")
    mapping = (found.filter(version=int(version)) if version else found).first()
    return mapping.spec if mapping else None
