"""The few values by which a record shows another one that it is linked to."""

from __future__ import annotations

from django.db.models import Case, F, JSONField, TextField, Value, When

from cases.models import ABOUT, Facility, Incident, Place, Victim
from hrdocs.expressions import JsonObject
from hrdocs.shapes import Link, Nested, Values, value_of
from sources.models import Party
from sources.shapes import PARTY

NAMED: Values = (("uid", "uid"), ("name", "name_en"), ("name_ar", "name_ar"))
TITLED: Values = (("uid", "uid"), ("title", "title_en"), ("title_ar", "title_ar"))
LABELLED: Values = (("uid", "uid"), ("label", "label_en"), ("label_ar", "label_ar"))
PLACE: Values = (*NAMED, ("level", "level"), ("country", "country__code"))

# By what text each thing that a statement can be about is known.
LABEL_OF = {
    "incident": "title_en",
    "facility": "name_en",
    "place": "name_en",
    "victim": "label_en",
    "harm": "act__label_en",
    "statement": "kind",
    "operation": "role",
    "official_act": "title_en",
    "source": "title",
    "party": "name_en",
    "affiliation": "kind",
}


def party(name: str, help: str = "") -> Link:
    return Link(name, to=Party, values=PARTY, help=help)


def facility(name: str) -> Link:
    return Link(name, to=Facility, values=NAMED)


def place(name: str, **options: object) -> Link:
    return Link(name, to=Place, values=PLACE, **options)


def incident(name: str) -> Link:
    return Link(name, to=Incident, values=TITLED)


def victim(name: str) -> Link:
    return Link(name, to=Victim, values=LABELLED)


def name_of(path: str) -> object:
    """The name of a party that a row names in passing."""
    return value_of(Party, path, "name_en")


def about_object(prefix: str = "") -> Case:
    """A JSON object of the one thing that the statement behind `prefix` is about: kind, uid, label.

    No leave is asked for again: a statement is visible only where the thing that it is about is.
    """
    found = []
    for name in (about.removeprefix("about_") for about in ABOUT):
        if name in LABEL_OF:
            path = f"{prefix}about_{name}"
            thing = JsonObject(kind=Value(name, TextField()), uid=F(f"{path}__uid"), label=F(f"{path}__{LABEL_OF[name]}"))
            found.append(When(**{f"{path}__isnull": False}, then=thing))
    return Case(*found, default=None, output_field=JSONField())


def about() -> Nested:
    values = (("kind", ""), ("uid", ""), ("label", ""))
    return Nested("about", about_object(), "The one thing that the statement is about.", values=values)
