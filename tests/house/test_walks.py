"""Whatever a list computes, filters or sorts by: it walks to no row without asking whether the reader may see that row."""

from __future__ import annotations

from typing import Any

import django_filters as filters
import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import QueryDict
from django.utils.module_loading import import_string

from cases.models import Facility, Incident
from hrdocs.admin.records import RecordAdmin
from hrdocs.filtersets import OwnUidFilter, TermFilter, UidFilter
from hrdocs.linked import LinkedFilter
from hrdocs.models.record import Guarded
from hrdocs.shapes import Reader
from hrdocs.urls import ENDPOINTS
from hrdocs.walks import Walk, asked_of, joins, walk
from tests import factories

pytestmark = pytest.mark.django_db
VIEWS = {name: import_string(view) for name, view in ENDPOINTS.items()}
GUARDED = {model._meta.db_table: model for model in apps.get_models() if issubclass(model, Guarded) and not model._meta.proxy}
ANYBODY = Reader(AnonymousUser())
SPECIAL = {"drift": "any", "category_family": "killed", "bbox": "35,32,42,37", "near": "36.3,33.6,10"}


def visible(view: Any) -> models.QuerySet:
    model = view.shape.model
    return model._default_manager.visible_to(ANYBODY.user) if issubclass(model, Guarded) else model.objects.all()


def unasked(found: Walk) -> list[str]:
    """The tables that a query, or one within it, reads of without asking who may see the row."""
    return [complaint for each in found.every() for complaint in _unasked(each)]


def _unasked(found: Walk) -> list[str]:
    query, asked = found.query, asked_of(found.query)
    read = {col.alias for col in found.read} | {join.parent_alias for join in joins(query)}
    safe = {alias for alias, table in query.alias_map.items() if table.table_name not in GUARDED or alias in asked}
    steps = list(joins(query))
    for _ in steps:  # a row shows what it hangs on, and a statement its own kind
        for join in steps:
            if join.parent_alias in safe and _leads_along(join) or join.table_alias in safe and _is_the_same_row(join):
                safe |= {join.table_alias, join.parent_alias}
    return [f"{query.alias_map[alias].table_name} ({alias})" for alias in sorted(read - safe) if alias in query.alias_map]


def _leads_along(join: Any) -> bool:
    link = join.join_field
    forward = isinstance(link, models.ForeignKey)
    return _is_the_same_row(join) or (forward and link.name in getattr(link.model, "hangs_on", ()))


def _is_the_same_row(join: Any) -> bool:
    link = getattr(join.join_field, "field", join.join_field)
    return bool(getattr(link.remote_field, "parent_link", False))


def sample(name: str, given: Any) -> str:
    """A value that a filter takes."""
    if name in SPECIAL:
        return SPECIAL[name]
    if isinstance(given, LinkedFilter):
        [(only, inner), *_] = [*[(tie.only, inner) for tie, inner in zip(given.ties, given.asked(), strict=False)], ("", None)]
        return sample(only, inner) if only else "state=published"
    if isinstance(given, TermFilter):
        return factories.make_term(given.vocabulary, "killed" if given.vocabulary == "act" else f"walk_{given.vocabulary}").code
    if isinstance(given, OwnUidFilter):
        return "INC-7K3M9-QXD4TH"
    if isinstance(given, UidFilter):
        return f"{getattr(given.to, 'uid_prefix', 'STM')}-7K3M9-QXD4TH"
    if isinstance(given, filters.IsoDateTimeFilter | filters.DateTimeFilter):
        return "2013-01-01"
    if choices := given.extra.get("choices"):
        return str(list(choices)[0][0])
    return "2013"


@pytest.mark.parametrize("name", VIEWS)
def test_no_column_walks_past_who_may_see(name):
    shape = VIEWS[name].shape
    for column in shape.seen_by(ANYBODY):
        rows = visible(VIEWS[name]).values_list(column.compute(shape.model, ANYBODY))
        assert unasked(walk(rows)) == [], column.name
    assert unasked(walk(visible(VIEWS[name]).values_list(*shape.located(ANYBODY)))) == []


@pytest.mark.parametrize("name", VIEWS)
def test_no_facet_walks_past_who_may_see(name):
    shape = VIEWS[name].shape
    for facet in shape.facets:
        assert unasked(walk(visible(VIEWS[name]).values_list(facet.compute(shape.model, ANYBODY)))) == [], facet.name


@pytest.mark.parametrize("name", VIEWS)
def test_no_order_walks_past_who_may_see(name):
    for order in VIEWS[name].orderings:
        assert unasked(walk(visible(VIEWS[name]).order_by(order))) == [], order


@pytest.mark.parametrize("name", VIEWS)
def test_no_filter_walks_past_who_may_see(name):
    view = VIEWS[name]
    for key in view.filterset_class({}, visible(view), reader=ANYBODY).filters:
        data = QueryDict(mutable=True)
        data[key] = sample(key, view.filterset_class.base_filters[key])
        rows = view.filterset_class(data, visible(view), reader=ANYBODY).rows()
        assert rows.query.where.children, key
        assert unasked(walk(rows.values_list("pk"))) == [], key


@pytest.mark.parametrize("path", ["place__country__code", "place__name_en", "parent__place__name_en", "facilities__role"])
def test_a_walk_past_who_may_see_is_found(path):
    model = Incident if path == "facilities__role" else Facility
    assert unasked(walk(model.objects.visible_to(ANYBODY.user).values_list(path)))
    assert unasked(walk(model.objects.visible_to(ANYBODY.user).order_by(path)))
    assert unasked(walk(model.objects.visible_to(ANYBODY.user).filter(**{path: "x"}).values_list("pk")))
    assert unasked(walk(model.objects.values_list("pk")))


@pytest.mark.parametrize("its", [its for its in admin.site._registry.values() if isinstance(its, RecordAdmin)])
def test_no_list_of_the_desk_walks_along_a_link(its):
    given = [*its.list_filter, *its.search_fields, *its.ordering, *its.list_display]
    assert [name for name in given if isinstance(name, str) and "__" in name.strip("_")] == []
