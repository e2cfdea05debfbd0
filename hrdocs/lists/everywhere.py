"""What each list is asked where all of them are asked one question."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from hrdocs.facets import asks_for
from hrdocs.filtersets import GROUPS
from hrdocs.shapes import Shape

YEAR = "year"  # is no filter of a list: each is counted by the years of a date of its own, and is asked by that


def of_list(view: Any, given: QueryDict) -> QueryDict | None:
    """The question as a list takes it; None where it does not know one of the filters."""
    asked, known = given.copy(), {*view.filterset_class.base_filters, *GROUPS}
    if YEAR in asked and (by := dated_by(view.shape)) and by not in asked:
        asked.setlist(by, asked.pop(YEAR))
    return asked if asked.keys() <= known else None


def dated_by(shape: Shape) -> str:
    """The filter of the date by which a list is counted by year; empty where it is not."""
    return next((asks_for(facet)[0] for facet in shape.facets if facet.name == YEAR), "")
