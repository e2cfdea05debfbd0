"""Filters of the things that statements are about: by who tells of them, how well, and what is said."""

from __future__ import annotations

from hrdocs.filtersets import RecordFilterSet
from hrdocs.linked import LinkedFilter, Via

# By one statement about it, whose filter of the same name this is.
_BY_A_STATEMENT = {
    "source": "A statement of this source tells of it.",
    "publisher": "A source of this publisher tells of it.",
    "publisher_kind": "A source of such a publisher tells of it: ngo, court, news_agency …",
    "reliability": "A source that we grade so tells of it (A to F).",
    "credibility": "A statement that we grade so tells of it (1 to 6).",
    "bases": "A statement that rests on this tells of it.",
    "standard_of_proof": "A statement tells of it that claims this standard of proof.",
    "drift": "A statement about it changed so on the way from what it hands on.",
    "origins": "A statement about it has so many origins.",
}
_BY_AN_ALLEGATION = {
    "perpetrator": "This party is accused of a part in it.",
    "perpetrator_with_subordinates": "This party is accused of a part in it, or one then under its command.",
    "mode": "Somebody is accused of a part in it of this mode of responsibility.",
}
_LISTS = ("statements", "estimates", "allegations", "characterisations", "responses", "citations")


def told_of(about: str, *, lists: tuple[str, ...] = _LISTS) -> type[RecordFilterSet]:
    """The filters of things that statements name in the column `about`; `lists` are the kinds that can be about them."""
    given = {name: LinkedFilter(Via("statements", there=about, only=name), help_text=words)
             for name, words in _BY_A_STATEMENT.items()}  # fmt: skip
    if "allegations" in lists:
        given |= {name: LinkedFilter(Via("allegations", there=about, only=name), help_text=words)
                  for name, words in _BY_AN_ALLEGATION.items()}  # fmt: skip
    given |= {name: LinkedFilter(Via(name, there=about), help_text=f"Filters of {name}: one about it is found by all of them.")
              for name in lists}  # fmt: skip
    return type("ToldOf", (RecordFilterSet,), {**given, "__doc__": told_of.__doc__})
