"""What the codes and records in a claim are called: in English, and in Arabic beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext

from cases.choices import (
    AgeBand,
    Certainty,
    CivilStatus,
    Measure,
    Mode,
    Polarity,
    RelationKind,
    ResponseKind,
    Sex,
    Stance,
)  # fmt: skip
from cases.sentences import Named
from hrdocs.models import Term, Vocabulary
from sources.models import Party

LISTS = (Measure, Certainty, Mode, Polarity, ResponseKind, Stance, RelationKind)
OF_PEOPLE = {"sex": Sex, "age": AgeBand, "status": CivilStatus}  # their codes mean something each in its list alone


def named(record: models.Model) -> Named:
    """The name, title or label by which we show a record."""
    kept = next((name for name in ("name", "title", "label") if hasattr(record, f"{name}_en")), None)
    if kept is None:
        return Named(str(record))
    return Named(getattr(record, f"{kept}_en") or str(record), getattr(record, f"{kept}_ar", ""))


def labels_with(parties: Iterable[Party]) -> Mapping[str, Named]:
    """What readers call every code that a claim may hold, and these parties by uid."""
    return {**code_labels(), **_term_labels(), **{party.uid: named(party) for party in parties}}


@cache
def code_labels() -> Mapping[str, Named]:
    """Codes of closed lists: in English the words that they are made of, in Arabic their label."""
    with translation.override("ar"):
        plain = {one.value: _code(one) for closed in LISTS for one in closed}
        return {**plain, **{f"{name}:{one.value}": _code(one) for name, closed in OF_PEOPLE.items() for one in closed}}


def _code(one: Any) -> Named:
    return Named(one.value.replace("_", " "), gettext(one.label))


def _term_labels() -> dict[str, Named]:
    terms = Term.objects.filter(vocabulary__in=(Vocabulary.ACT, Vocabulary.COUNTED))
    return {
        term.code: Named(
            term.label_en.lower() if term.vocabulary == Vocabulary.ACT else term.code.replace("_", " "), term.label_ar
        )
        for term in terms
    }
