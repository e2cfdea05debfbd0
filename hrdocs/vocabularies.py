"""The vocabularies as the API gives them: terms with labels, broader terms and codes of other systems."""

from __future__ import annotations

import django_filters as filters
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat

from hrdocs.api import RecordViewSet
from hrdocs.columns import plain
from hrdocs.filtersets import ChoicesFilter, RecordFilterSet
from hrdocs.models import Term, Vocabulary
from hrdocs.searching import SearchFilter
from hrdocs.shapes import Column, Shape


def _key() -> Concat:
    return Concat("vocabulary", Value(":"), "code")


TERMS = Shape(
    Term,
    "vocabularies",
    (
        Column("uid", _key(), "Vocabulary and code: act:killed.", type="text"),
        Column(
            "url",
            lambda reader: Concat(Value(f"{reader.base_url}/api/v1/vocabularies/"), _key(), Value("/")),
            "Where this term stands in the API.",
            type="text",
        ),
        *plain("vocabulary", "code"),
        Column("parent", "parent__code", "Code of the broader term.", type="text"),
        *plain("label_en", "label_ar", "definition_en", "codes"),
    ),
    identity=_key(),
    lead=("label_en", "label_ar", "vocabulary", "code", "parent"),
)


class TermFilterSet(RecordFilterSet):
    shape = TERMS
    updated_since = None  # terms keep no time
    q = SearchFilter(names=["search"], help_text="Labels and codes, in any script and spelling.")
    vocabulary = ChoicesFilter(choices=Vocabulary.choices, help_text="The vocabulary, or several.")
    parent = filters.CharFilter(field_name="parent__code", help_text="Code of the broader term.")
    code = filters.CharFilter(help_text="The term's code.")

    class Meta:
        model = Term
        fields: list[str] = []


class TermViewSet(RecordViewSet):
    """Terms of the vocabularies, open to everybody."""

    shape, filterset_class = TERMS, TermFilterSet
    orderings, unique = ("vocabulary",), "code"
    knows_the_past = frozenset()  # terms keep no history

    def get_queryset(self) -> QuerySet:
        return Term.objects.all()

    def found(self, uid: str) -> QuerySet:
        vocabulary, _, code = uid.partition(":")
        return Term.objects.none() if "\0" in uid else Term.objects.filter(vocabulary=vocabulary, code=code)
