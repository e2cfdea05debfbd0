"""Filters that several kinds of record share."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from cases import shown
from cases.choices import HEADINGS, PlaceShown
from cases.models import Facility, Place
from hrdocs import dates
from hrdocs.filtersets import DateFilter, TermFilter, UidFilter
from hrdocs.models import Term, Vocabulary
from hrdocs.ties import Keys, among, tied


class ShownDateFilter(DateFilter):
    """A date filter that asks what the reader is shown: the month, where only the month is."""

    def filter(self, queryset: QuerySet, value: dates.Span | None) -> QuerySet:
        if value is None or self.parent.reader.inside:
            return super().filter(queryset, value)
        clause, coarse = Q(pk__in=()), f"{self.field_name}_shown"
        inside = self.lookup_expr == "within"
        for level, start in shown.STARTS.items():  # a shown month lies in the span where the day lies in the span's months
            span = value.narrowed(**start) if inside else value.widened(**start)
            clause |= Q(**{coarse: level}) & self.rule(span) if span else Q(pk__in=())
        return queryset.filter(clause | ~Q(**{f"{coarse}__in": shown.STARTS}) & self.rule(value))


class NestedFilter(UidFilter):
    """By a record that can have parts, and all of them."""

    def parts(self, uid: str) -> Keys:
        """The keys of the record and of its parts."""
        reader = self.parent.reader
        return reader.once(("parts", self.to, uid), lambda: self.found(uid).parts(reader.user))


class PlaceFilter(NestedFilter):
    """A place and all that lies in it. Outside, only records whose place is shown as it is."""

    def __init__(self, *args: Any, shown_by: str = "", **kwargs: Any) -> None:
        self.shown_by = shown_by
        super().__init__(*args, to=Place, **kwargs)

    def filter(self, queryset: QuerySet, value: str | None) -> QuerySet:
        if not value:
            return queryset
        if self.shown_by and not self.parent.reader.inside:
            queryset = queryset.filter(**{self.shown_by: PlaceShown.EXACT})
        return queryset.filter(among(self.parts(value), here=self.field_name))


class FacilityFilter(NestedFilter):
    """A facility and its parts; `how` says which rows concern these facilities."""

    def __init__(self, *args: Any, how: str, **kwargs: Any) -> None:
        self.how = how
        super().__init__(*args, to=Facility, **kwargs)

    def filter(self, queryset: QuerySet, value: str | None) -> QuerySet:
        return getattr(queryset, self.how)(self.parts(value), self.parent.reader.user) if value else queryset


class FamilyFilter(TermFilter):
    """An act, the widest one above it, and all that are narrower than that: by "hanged" all deaths are found.

    By these families comparison gathers its groups. The plural that people say is understood: "deaths".
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(vocabulary=Vocabulary.ACT, **kwargs)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        acts = Term.objects.filter(vocabulary=self.vocabulary).values_list("code", "parent__code")
        above = {code: "" if parent in HEADINGS else parent for code, parent in acts}
        return super().filter(queryset, ",".join(self._widest(part.strip(), above) for part in value.split(",")))

    def _widest(self, code: str, above: dict[str, str | None]) -> str:
        code = code if code in above else code.removesuffix("s")
        while wider := above.get(code):
            code = wider
        return code


class CountryFilter(TermFilter):
    """The country of a record's place, asked only where the record tells it."""

    def __init__(self) -> None:
        super().__init__(
            field_name="country", vocabulary="country", help_text="Country (ISO 3166-1 alpha-2), or several."
        )  # fmt: skip

    def among(self, terms: set[int]) -> Q:
        reader = self.parent.reader
        return shown.country_is_shown(reader) & tied(
            Place.objects.visible_to(reader.user).filter(country__in=terms), here="place"
        )
