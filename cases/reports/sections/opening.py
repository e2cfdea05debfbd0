"""What stands first: the report in a few sentences, and what it is a report on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext, ngettext

from cases.pages.wording import figure_words, who_says
from cases.reports.gathering import Gathered, statements_in
from cases.reports.parts import Block, Heading, Listed, Paragraph, Runs, between, listed, run, runs, table
from hrdocs.templatetags.words import choice, either, own, when


def summary(gathered: Gathered) -> Iterator[Block]:
    """What the whole report says, in a few lines that add nothing to it."""
    row, said = gathered.row, gathered.said
    lead = own(row, "question") or own(row, "description") or own(row, "narrative") or own(row, "note")
    if lead:
        yield Paragraph(runs(lead), "lead")
    lines = [_drawn_on(gathered), *_adopted(said), *_figures(said, gathered), *_accused(said)]
    yield Listed(tuple(runs(line) for line in lines))


def _drawn_on(gathered: Gathered) -> str:
    statements = len({row["uid"] for row in statements_in(gathered.said)})
    sources = len(gathered.sources)
    of = ngettext("%(number)s source", "%(number)s sources", sources) % {"number": sources}
    what = ngettext("%(number)s statement", "%(number)s statements", statements) % {"number": statements}
    return gettext("The report rests on %(sources)s, and quotes %(statements)s of them.") % {"sources": of, "statements": what}


def _adopted(said: dict[str, Any]) -> Iterator[Any]:
    standing = [each for each in said.get("adopted", ()) if not each["earlier"]]
    for each in standing:
        yield gettext("We adopt a figure: %(figure)s. Its reasons stand under “What we concluded”.") % {"figure": each["words"]}
    if "adopted" in said and not standing:
        yield gettext("No figure is adopted. All stand as their sources give them.")


def _figures(said: dict[str, Any], gathered: Gathered) -> Iterator[Any]:
    """Of the groups in which figures stand beside one another, what the first of them says."""
    for group in [each for each in said.get("groups", ()) if not each.stands_alone][:3]:
        first = group.told[0]
        counted = either(gathered.terms.label("act", code) for code in sorted(group.group.family))
        counted = counted or gathered.terms.label("counted", group.first["counted"])
        told = gettext("%(counted)s: %(number)s figures stand side by side; %(who)s says %(figure)s.")
        number = len(group.group.figures)
        yield told % {"counted": counted, "number": number, "who": who_says(first.row), "figure": figure_words(first.figure)}


def _accused(said: dict[str, Any]) -> Iterator[Any]:
    items = said.get("accusations", said.get("allegations", []))
    if items:
        answered = sum(bool(item["answers"]) for item in items)
        number = ngettext("%(number)s accusation is entered", "%(number)s accusations are entered", len(items)) % {
            "number": len(items)
        }
        told = gettext(
            "%(accusations)s; to %(answered)s of them an answer is entered. No accusation makes anybody a perpetrator."
        )
        yield told % {"accusations": number, "answered": answered}


def subject(gathered: Gathered) -> Iterator[Block]:
    """What the record itself holds: names, kind, place, time, who runs it, and what it is tied to."""
    facts = [(label, told) for label, told in _facts(gathered) if told]
    if facts:
        yield Heading(runs(gettext("What the report is on")))
        yield table((), ([run(label, "soft"), told] for label, told in facts), (2, 7))
    yield from _gathered(gathered)


def _facts(gathered: Gathered) -> Iterator[tuple[str, Runs]]:
    row, terms, said = gathered.row, gathered.terms, gathered.said
    yield gettext("Names in sources"), between(" · ", [each["text"] for each in row.get("names", ())])
    if gathered.kind == "facility":
        yield gettext("Kind"), runs(terms.label("facility_kind", row["kind"]) if row["kind"] else "")
        yield gettext("Standing"), runs(choice(row["standing"], "cases.Facility.standing"))
        yield gettext("Part of"), runs(own(row["parent"], "name"))
        yield gettext("Parts"), between(" · ", [own(each, "name") for each in row["parts"]])
        yield gettext("In use"), runs(" – ".join(filter(None, [when(row["opened"]), when(row["closed"])])))
        yield (
            gettext("Operators"),
            between(" · ", [_tie(each, each["party"], "cases.Operation.role", "role") for each in said["operators"]]),
        )
    if gathered.kind == "incident":
        yield gettext("When, as said"), runs(when(row["date"]))
        yield gettext("Said to consist of"), runs(either(terms.label("act", code) for code in row["violations"]))
        yield gettext("Facilities"), between(" · ", [own(each, "name") for each in row["facilities"]])
        yield gettext("There, without accusation"), between(" · ", [own(each, "name") for each in row["parties_present"]])
    if gathered.kind == "party":
        yield gettext("Kind"), runs(choice(row["kind"], "sources.Party.kind"))
        runs_it = [_tie(each, each["facility"] or each["place"], "cases.Operation.role", "role") for each in said["operations"]]
        yield gettext("Runs or guards"), between(" · ", runs_it)
        yield gettext("Ties"), between(" · ", [_affiliation(each, gathered.uid) for each in said["affiliations"]])
    country = terms.label("country", row["country"]) if row.get("country") else ""
    yield gettext("Place"), between(" · ", [own(row.get("place"), "name"), country])
    yield gettext("Point"), _point(row)


def _point(row: dict[str, Any]) -> Runs:
    """Where it lies, as precisely as is shown; never without how far off it may be."""
    point = row.get("point")
    if not point:
        return ()
    radius = gettext("within %(metres)s m") % {"metres": point["radius_m"]} if point.get("radius_m") else ""
    return between(
        " · ", [f"{point['latitude']}, {point['longitude']}", choice(point["precision"], "cases.Place.precision"), radius]
    )


def _tie(tie: dict[str, Any], other: Any, field: str, name: str) -> Runs:
    start = gettext("from %(day)s") if tie["start_known"] != "cited" else gettext("first cited %(day)s")
    end = gettext("until %(day)s") if tie["end_known"] != "cited" else gettext("last cited %(day)s")
    times = [start % {"day": when(tie["start"])} if tie["start"] else "", end % {"day": when(tie["end"])} if tie["end"] else ""]
    return runs(own(other, "name"), " (", listed([choice(tie[name], field), *times]), ")")


def _affiliation(tie: dict[str, Any], uid: str) -> Runs:
    other = tie["to_party"] if tie["party"]["uid"] == uid else tie["party"]
    towards = () if tie["party"]["uid"] == uid else runs(" ", gettext("(to this party)"))
    return runs(_tie(tie, other, "cases.Affiliation.kind", "kind"), towards)


def _gathered(gathered: Gathered) -> Iterator[Block]:
    """Of a case, what it gathers, each with the note why."""
    said = gathered.said
    if gathered.kind != "case":
        return
    kinds = (
        (gettext("Facilities"), said["facilities"], "name"),
        (gettext("Parties; none is accused by being listed"), said["parties"], "name"),
    )
    yield Heading(runs(gettext("What the case gathers")))
    for title, rows, name in kinds:
        if rows:
            yield Heading(runs(title), 2)
            yield Listed(tuple(between(" – ", [own(row, name), said["notes"].get(row["uid"])]) for row in rows))
