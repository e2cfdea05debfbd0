"""Filters: one set per kind of record, the same for the API, the exports, the pages and the admin's lists.

A filter asks only what its reader is shown: a column that she may not see can't be filtered by, an unknown name
is refused by name, and a link to a record that she may not see fails exactly like one that does not exist.
"""

from __future__ import annotations

import functools
from typing import Any

import django_filters as filters
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.http import QueryDict

from hrdocs import dates
from hrdocs.models import Team, Term
from hrdocs.models.record import texts_in_words
from hrdocs.problems import meant
from hrdocs.redirects import called
from hrdocs.shapes import Reader, Shape
from hrdocs.ties import tied
from hrdocs.uids import UidField, understood

MOST_UIDS = 200  # that may be asked for at once
_GUESSED = 3  # unknown parameters of one request for which it is guessed what was meant, which takes time for each


class EdtfFormField(forms.CharField):
    """A date to filter by, as a span of days."""

    def clean(self, value: str | None) -> dates.Span | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return dates.parse(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class DateFilter(filters.Filter):
    """`date=2013` finds every record whose date can share a day with 2013; `date__within=2013` those wholly in it."""

    field_class = EdtfFormField

    def filter(self, queryset: QuerySet, value: dates.Span | None) -> QuerySet:
        return queryset.filter(self.rule(value)) if value else queryset

    def rule(self, span: dates.Span) -> Q:
        return (dates.within if self.lookup_expr == "within" else dates.overlapping)(self.field_name, span)


class WholeNumberFilter(filters.NumberFilter):
    field_class = forms.IntegerField


class MomentFormField(forms.DateTimeField):
    default_error_messages = {"invalid": "Write a day or a moment: 2026-01-31, or 2026-01-31T12:00:00Z."}


class MomentFilter(filters.DateTimeFilter):
    field_class = MomentFormField


class _EachOnce(filters.fields.BaseCSVField):
    """Values separated by commas. What is said a thousand times over is looked at once."""

    def clean(self, value: list[str] | None) -> list[Any] | None:
        return super().clean(value and list(dict.fromkeys(value)))


class ChoicesFilter(filters.BaseInFilter, filters.ChoiceFilter):
    """One value of a closed list, or several separated by commas. A refusal names what may be written."""

    base_field_class = _EachOnce

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        codes = ", ".join(str(code) for code, _ in choices if code).replace("%", "%%")
        told = {"invalid_choice": f"“%(value)s” is none of these. Write {codes}."}
        super().__init__(*args, choices=choices, error_messages=told, **kwargs)


class AnyOfFilter(ChoicesFilter):
    """Rows whose list holds at least one of these values."""

    def filter(self, queryset: QuerySet, value: list[str] | None) -> QuerySet:
        return queryset.filter(**{f"{self.field_name}__overlap": value}) if value else queryset


class YesNoFilter(filters.TypedChoiceFilter):
    """`true` or `false`; anything else is refused, where Django's own would answer with everything."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=(("true", "true"), ("false", "false")), coerce=lambda text: text == "true",
                         error_messages={"invalid_choice": "Write true or false."}, **kwargs)  # fmt: skip


def linked_by(field: models.ManyToManyField, clause: Q) -> Q:
    """Which rows have a link of this field that the clause finds. A join would find a row once for each of its links."""
    return tied(field.remote_field.through._base_manager.filter(clause), field.m2m_field_name())


class TermFilter(filters.CharFilter):
    """A term by its code, with all narrower terms; several separated by commas."""

    def __init__(self, *args: Any, vocabulary: str = "", **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(*args, **kwargs)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(self.among(self.chosen(value))) if value else queryset

    def among(self, terms: set[int]) -> Q:
        """Which rows have one of these terms."""
        field = self.model._meta.get_field(self.field_name)
        if not field.many_to_many:
            return Q(**{f"{self.field_name}__in": terms})
        return linked_by(field, Q(**{f"{field.m2m_reverse_field_name()}__in": terms}))

    def chosen(self, value: str) -> set[int]:
        """The keys of the terms that were typed, and of all narrower ones."""
        terms = Term.objects.filter(vocabulary=self.vocabulary).values_list("pk", "code", "parent")
        wanted = {part.strip() for part in value.split(",")}
        unknown = wanted - {code for _, code, _ in terms}
        if unknown:
            raise ValidationError(
                {
                    self.extra.get("label")
                    or self.field_name: f"“{sorted(unknown)[0][:40]}” is no term of the vocabulary “{self.vocabulary}”."
                    f"{meant(sorted(unknown)[0], {code for _, code, _ in terms})}"
                    f" Its codes stand in /api/v1/vocabularies/?vocabulary={self.vocabulary}."
                }
            )
        chosen = {pk for pk, code, _ in terms if code in wanted}
        while narrower := {pk for pk, _, parent in terms if parent in chosen} - chosen:
            chosen |= narrower
        return chosen


class UidFormField(forms.CharField):
    def clean(self, value: str | None) -> str | None:
        text = super().clean(value)
        if text and (uid := understood(text)) is None:
            if "," in text:
                raise ValidationError("One uid is asked for here. Several are joined by “any”.")
            raise ValidationError(f"“{text[:40]}” is no uid. A uid looks like INC-7K3M9-QXD4TH.")
        return uid if text else None


class UidsFormField(UidFormField):
    """Some uids, separated by commas."""

    def clean(self, value: str | None) -> list[str]:
        parts = [part for part in (value or "").split(",") if part.strip()]
        if len(parts) > MOST_UIDS:
            raise ValidationError(f"{len(parts)} uids are too many at once. Ask for up to {MOST_UIDS}.")
        return [uid for part in parts if (uid := super(UidsFormField, self).clean(part))]


class OwnUidFilter(filters.Filter):
    """The records with these uids, or with those that they were merged into."""

    field_class = UidsFormField

    def filter(self, queryset: QuerySet, value: list[str]) -> QuerySet:
        return queryset.filter(called(value, self.model, self.parent.reader.user)) if value else queryset


class UidFilter(filters.Filter):
    """Records linked to the one with this uid, or to what it was merged into, if the reader may see that; otherwise none."""

    field_class = UidFormField

    def __init__(self, *args: Any, to: type[models.Model] | None = None, **kwargs: Any) -> None:
        self.to = to
        super().__init__(*args, **kwargs)

    def found(self, uid: str) -> QuerySet:
        user = self.parent.reader.user
        return self.to._default_manager.visible_to(user).filter(called([uid], self.to, user))

    def filter(self, queryset: QuerySet, value: str | None) -> QuerySet:
        if not value:
            return queryset
        field = self.model._meta.get_field(self.field_name)
        if field.many_to_many:
            return queryset.filter(linked_by(field, tied(self.found(value), here=field.m2m_reverse_field_name())))
        return queryset.filter(tied(self.found(value), here=self.field_name))


class TeamFilter(filters.CharFilter):
    """The team that works on a record, by its name in full."""

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        if not value:
            return queryset
        return queryset.filter(**{f"{self.field_name}__in": list(Team.objects.filter(name=value).values_list("pk", flat=True))})


# Parameters that every list takes besides its filters. Groups of filters may be given more than once.
GROUPS = frozenset({"any", "not"})
SHAPING = frozenset({"fields", "expand", "lang", "hxl", "raw"})  # what of the columns is given, and how; for one record too
PAST = frozenset({"as_of"})  # the moment for which a list or record is asked
COMMON = GROUPS | SHAPING | {"page_size", "cursor", "ordering", "format", "count", "facets", "manifest"}

# Fields of any record that are no filter, and why.
EXEMPT = {
    "audience": "kept by the database for who may see a row",
    "locks": "kept by the database for who may see a row",
    "created_by": "people who work here are not a subject of search",
    "edited_by": "people who work here are not a subject of search",
    "rated_by": "people who work here are not a subject of search",
    "version": "a counter says nothing about the world",
}


class RecordFilterSet(filters.FilterSet):
    """The filters of one kind of record. `Meta.fields` names the model's fields; the rest is declared."""

    shape: Shape
    exempt: dict[str, str] = EXEMPT
    updated_since = MomentFilter(
        field_name="edited_at", lookup_expr="gte", help_text="Records whose content changed then or later: 2026-01-31."
    )

    def __init__(self, data: Any = None, queryset: QuerySet | None = None, *, reader: Reader, depth: int = 0) -> None:
        self.reader, self.depth = reader, depth
        if isinstance(data, QueryDict):  # each is copied, and has a field of a form: of a hundred only those that are asked
            self.base_filters = {name: given for name, given in self.base_filters.items() if name in data}
        super().__init__(data, queryset)
        seen = {column.name for column in self.shape.seen_by(reader)}
        for name, given in list(self.filters.items()):
            column = self.shape.column(given.field_name.split("__")[0]) or self.shape.column(name)
            if column is not None and column.name not in seen:
                del self.filters[name]

    @classmethod
    def filter_for_field(cls, field: models.Field, field_name: str, lookup_expr: str = "exact") -> filters.Filter:
        common = {"field_name": field_name, "label": field_name, "help_text": str(field.help_text)}
        if isinstance(field, dates.EdtfField):
            return DateFilter(**common, lookup_expr=lookup_expr)
        if isinstance(field, models.ForeignKey | models.ManyToManyField):
            if field.related_model is Term:
                return TermFilter(**common, vocabulary=field.get_limit_choices_to().get("vocabulary", ""))
            if field.related_model is Team:
                return TeamFilter(**common)
            return UidFilter(**common, to=field.related_model)
        if isinstance(field, ArrayField):
            return AnyOfFilter(**common, choices=field.base_field.choices)
        if isinstance(field, models.BooleanField):
            return YesNoFilter(**common)
        if field.choices:
            return ChoicesFilter(**common, choices=field.choices)
        if isinstance(field, UidField):
            return OwnUidFilter(**common)
        if isinstance(field, models.CharField | models.TextField):
            return filters.CharFilter(**common, lookup_expr="icontains")
        if isinstance(field, models.IntegerField):
            return WholeNumberFilter(**common, lookup_expr=lookup_expr)
        if isinstance(field, models.DateTimeField):
            return MomentFilter(**common, lookup_expr=lookup_expr)
        made = super().filter_for_field(field, field_name, lookup_expr)
        made.extra["help_text"] = str(field.help_text)
        return made

    def refuse_unknown(self) -> None:
        """Raise a ValidationError that names each parameter which this list does not take."""
        problems = {}
        for name in self.data:
            if name not in self.filters and name not in COMMON and not (name in PAST and self.reader.as_of):
                near = meant(name, self._known) if len(problems) < _GUESSED else ""
                problems[name] = f"This list takes no such parameter.{near} See /api/v1/schema/ for those that it takes."
            elif len(self.data.getlist(name)) > 1 and name not in GROUPS:
                problems[name] = "Given more than once. Separate several values by commas."
        if problems:
            raise ValidationError(problems)

    @functools.cached_property
    def _known(self) -> set[str]:
        """All parameters that this reader may write here."""
        return {*type(self)(reader=self.reader).filters, *COMMON, *PAST} - {"manifest"}

    def rows(self) -> QuerySet:
        """The filtered rows. Raises ValidationError where a parameter is unknown or its value makes no sense."""
        self.refuse_unknown()
        if not self.is_valid():
            raise ValidationError(self.form.errors.as_data())
        found = self.qs
        for group in self.data.getlist("any"):
            found = found.filter(self._any_of("any", group.split("|")))
        for group in self.data.getlist("not"):
            found = found.exclude(self._any_of("not", [group]))
        return found

    def _any_of(self, name: str, groups: list[str]) -> Q:
        """Rows that one of these groups of filters finds, each written as in an address: `measure=rate&per_time=day`."""
        clause = Q()
        for group in groups:
            clause |= tied(self.found_by(type(self), QueryDict(group), name, depth=self.depth))
        return clause

    def found_by(self, filterset: type[RecordFilterSet], asked: QueryDict, name: str, *, depth: int) -> QuerySet:
        """The rows that filters within the parameter `name` find, of this list or another, among those that the reader sees."""
        if not asked:
            raise ValidationError({name: "Write filters as in an address: measure=rate&lower__gte=50"})
        if others := sorted(asked.keys() & (COMMON | PAST)):
            raise ValidationError({name: f"“{others[0]}” is no filter and can't stand in here: write it beside “{name}”."})
        here = filterset is type(self)
        everything = self.queryset if here else filterset._meta.model._default_manager.visible_to(self.reader.user)
        try:
            return filterset(asked, everything, reader=self.reader, depth=depth).rows().order_by()
        except ValidationError as error:
            raise ValidationError(
                {name: [said if key == name else f"{key}: {said}" for key, words in error.message_dict.items() for said in words]}
            ) from None


def lookups(model: type[models.Model], *names: str) -> dict[str, list[str]]:
    """`Meta.fields` for all fields of a model that people fill in, with the comparisons that make sense for each,
    but for those with these names.

    Long texts are asked by `q`, which finds their words. To find any letters in them would take an index that is a fifth of
    what an import costs the database.
    """
    chosen: dict[str, list[str]] = {}
    left_out = {*EXEMPT, *names, *texts_in_words(model)}
    for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
        if field.name in left_out or field.primary_key or field.generated or field.name.startswith("search"):
            continue
        derived = field.name.endswith(("_earliest", "_latest", "_precision")) and not field.editable
        if derived or getattr(field.remote_field, "parent_link", False):
            continue
        if isinstance(field, dates.EdtfField):
            chosen[field.name] = ["exact", "within"]
        elif isinstance(field, models.DecimalField | models.IntegerField | models.DateTimeField):
            chosen[field.name] = ["exact", "gte", "lte"]
        else:
            chosen[field.name] = ["exact"]
    return chosen
