"""The parts of a facility, one in another, and on a plan where their places are told apart."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from cases import shapes
from cases.looks.areas import ROUGH
from cases.models import Facility
from cases.plans import Spot, plan
from hrdocs.pages import Row, rows
from hrdocs.templatetags.words import own

MOST = 200  # parts of one facility


def parts_of(record: Facility, user: Any) -> dict[str, Any] | None:
    """The parts as a tree, and as a plan; None where there are none."""
    found = Facility.objects.filter(pk=record.pk).with_parts(user).order_by("name_en", "id")[:MOST]
    told = rows(
        shapes.FACILITIES, Facility.objects.visible_to(user).filter(pk__in=list(found.values_list("pk", flat=True))), user
    )
    if len(told) < 2:
        return None
    below: dict[str, list[Row]] = {}
    for row in told:
        if row["uid"] != record.uid and row["parent"]:
            below.setdefault(row["parent"]["uid"], []).append(row)
    spots = [_spot(row, record.uid) for row in told if row["point"]]
    drawn = plan(spots, title=_("Where its parts lie, as far as that is known"))
    return {"tree": _tree(record.uid, below), "plan": mark_safe(drawn)}  # noqa: S308  escaped in plans.py


def _tree(uid: str, below: dict[str, list[Row]]) -> list[dict[str, Any]]:
    return [
        {"row": row, "parts": _tree(row["uid"], below)} for row in sorted(below.pop(uid, []), key=lambda row: own(row, "name"))
    ]


def _spot(row: Row, whole: str) -> Spot:
    point = row["point"]
    radius = point["radius_m"] or ROUGH.get(point["precision"], 0)
    return Spot(
        own(row, "name"), point["longitude"], point["latitude"], radius, not point["radius_m"],
        reverse("pages:facility", args=[row["uid"]]), row["uid"] == whole,
    )  # fmt: skip
