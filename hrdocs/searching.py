"""`q=`: names across scripts and spellings (صيدنايا finds Sednaya), words of texts, and how well each row answers."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

import django_filters as filters
from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramSimilarity
from django.core.exceptions import ValidationError
from django.db.models import F, FloatField, Max, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, StrIndex
from django.db.models.lookups import GreaterThan

from hrdocs import words
from hrdocs.folding import search_key, skeletons, spellings
from hrdocs.ties import tied

MOST = 12  # alternatives and words left out of one search: each is a question of its own


def name_matches(column: str, typed: str) -> Q:
    """Rows whose search column holds what was typed: its letters, or its consonants as whole words."""
    sought = sorted(spellings(typed)) + [f" {bones} " for bones in sorted(skeletons(typed)) if len(bones) >= 3]
    return functools.reduce(operator.or_, (_holds(column, text) for text in sought))


def _holds(column: str, text: str) -> Q:
    """Rows that hold a text. Of several words each is looked up by itself, and that they stand together is asked of the rows
    that have all: the index compares three letters at a time, and takes twice as long for all of them at once."""
    parts, before = text.split(), " " if text.startswith(" ") else ""
    if len(parts) < 2:
        return Q(**{f"{column}__contains": text})
    each = (Q(**{f"{column}__contains": before + part}) for part in parts)
    return functools.reduce(operator.and_, each, Q(GreaterThan(StrIndex(F(column), Value(text)), 0)))


def bears(model: type[Model], column: str, name: str, user: Any) -> Q:
    """Rows with this name, or linked to a record with it: its names are looked up first, in an index of their own."""
    link, _, column = column.rpartition("__")
    if not link:
        return name_matches(column, name)
    return tied(with_names(model._meta.get_field(link).related_model, column, user, name), here=link, anywhere=True)


def with_names(model: type[Model], column: str, user: Any, *names: str) -> QuerySet:
    """The rows of a kind that bear all these names in a column, as far as the person may see them."""
    return model._default_manager.visible_to(user).filter(*(name_matches(column, name) for name in names))


class SearchFilter(filters.CharFilter):
    """Rows with this name, or with these words in their texts.

    `names` are columns of folded names, `texts` one of kept words; `parts` pairs the path of a record ("pk" for the row
    itself) with the model of its further names.
    """

    def __init__(self, *args: Any, names: Sequence[str] = (), texts: str = "", parts: Any = (), **kwargs: Any) -> None:
        self.names, self.texts, self.parts = names, texts, parts
        super().__init__(*args, **kwargs)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        if not value:
            return queryset
        typed = words.understood(value)
        if not typed:
            return queryset.none()  # nothing but signs: no name holds them
        if len(typed) > MOST:
            raise ValidationError({"q": f"That is too much at once. Join {MOST} by “or” at most, and leave out few words."})
        clause = Q()
        for parts in typed.alternatives:
            clause |= self._answers(parts)
        for part in typed.without:
            clause &= ~Q(pk__in=queryset.filter(self._answers((part,))).order_by().values("pk"))
        return queryset.filter(clause)

    def _answers(self, parts: tuple[words.Part, ...]) -> Q:
        """Rows that bear these words as a name, or have all of them in their texts."""
        name, clause = words.as_name(parts), Q()
        for column in self.names:
            clause |= bears(self.model, column, name, self.parent.reader.user)
        if self.texts:
            clause |= Q(**{self.texts: _query(parts)})
        for path, model in self.parts:  # rows with a level of their own: only those that the reader may see
            found = with_names(model, "search", self.parent.reader.user, name)
            clause |= tied(found, model.hangs_on[0], here=path, anywhere=True)
        return clause

    def relevance(self, value: str, user: Any) -> Any:
        """How well a row answers: how often and how near the words stand, in titles before texts, and how alike a name is."""
        score: Any = Value(0.0)
        for parts in words.understood(value).alternatives:
            key = search_key(min(spellings(words.as_name(parts))))  # the Latin one, where there are several
            if self.texts:
                score += Coalesce(Cast(SearchRank(F(self.texts), _query(parts)), FloatField()), 0.0)
            for column in self.names:
                score += Coalesce(_alike(column, key), 0.0)
            for path, model in self.parts:
                score += Coalesce(_nearest(path, model, key, user), 0.0)
        return score


def _query(parts: tuple[words.Part, ...]) -> SearchQuery:
    return SearchQuery(words.as_query(parts), config=words.CONFIGURATION, search_type="websearch")


def _alike(column: str, key: str) -> Cast:
    return Cast(TrigramSimilarity(column, key), FloatField())


def _nearest(path: str, model: type[Model], key: str, user: Any) -> Subquery:
    """How alike the nearest further name is."""
    owner = model.hangs_on[0]
    names = model.objects.visible_to(user).filter(**{owner: OuterRef(path)}).order_by().values(owner)
    return Subquery(names.annotate(nearest=Max(_alike("search", key))).values("nearest"))
