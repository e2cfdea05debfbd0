"""Incidents in order, what happened when, and those to whom it was done, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from cases.pages.wording import publishers, who_says
from cases.reports.gathering import Gathered, statements_in
from cases.reports.notes import Notes
from cases.reports.parts import Block, Heading, Paragraph, Runs, between, quoted, run, runs, table
from hrdocs.dates import parse
from hrdocs.pages import Row
from hrdocs.templatetags.words import choice, either, own, when


def incidents(gathered: Gathered) -> Iterator[Block]:
    """What is said to have happened, the oldest first; of a report on one incident only its text."""
    if gathered.kind == "party" or not gathered.incidents:
        return
    yield Heading(runs(gettext("Incidents, in the order of their days")))
    notes = gathered.said.get("notes", {})
    for row in sorted(gathered.incidents, key=lambda row: row["date_earliest"] or "9"):
        acts = either(gathered.terms.label("act", code) for code in row["violations"]) if row["violations"] else ""
        yield Heading(runs(own(row, "title")), 2)
        yield Paragraph(between(" · ", [when(row["date"]), choice(row["extent"], "cases.Incident.extent"), acts]), "soft")
        for text in (own(row, "narrative"), notes.get(row["uid"])):
            if text:
                yield Paragraph(runs(text))


def timeline(gathered: Gathered, notes: Notes, drawn: tuple[Block, ...]) -> Iterator[Block]:
    """All that has a day, in order: what happened, what was published, what was answered; first as a picture."""
    entries = sorted(_dated(gathered, notes), key=lambda each: each[0])
    if not entries:
        return
    yield Heading(runs(gettext("Timeline")))
    yield from drawn
    yield Paragraph(runs(gettext("A span stands where it begins. What was published is not what happened.")), "soft")
    head = [gettext("When"), gettext("Kind"), gettext("What")]
    yield table(head, ([when(day), run(kind, "soft"), told] for _, day, kind, told in entries), (3, 2, 8))


def _dated(gathered: Gathered, notes: Notes) -> Iterator[tuple[str, str, str, Any]]:
    for row in gathered.incidents if gathered.kind != "party" else ():
        if row["date"]:
            yield _begins(row["date"]), row["date"], gettext("Incident"), runs(own(row, "title"))
    for row in gathered.sources_in_order:
        if row["published"]:
            told = between(": ", [publishers(row), run(row["title"], "title")])
            yield _begins(row["published"]), row["published"], gettext("Published"), told
    seen = set()
    for row in statements_in(gathered.said):
        if row["kind"] == "response" and row["date"] and row["uid"] not in seen:
            seen.add(row["uid"])
            kind = choice(row["answer"], "cases.Response.answer")
            by = own(row["spoken_for"], "name") or own(row["speaker"], "name") or who_says(row)
            words = row["wording"] or row["quotation"]
            yield (
                _begins(row["date"]),
                row["date"],
                gettext("Answer"),
                runs(by, ": ", kind, *([" ", quoted(words)] if words else []), notes.on(row)),
            )


def _begins(date: str) -> str:
    """The first day that a date can mean, as text that sorts; what has an open start stands first."""
    return str(parse(date).earliest or "")


def victims(gathered: Gathered) -> Iterator[Block]:
    """To whom harm is said to have been done, under the labels that the reader is shown."""
    yield Heading(runs(gettext("Victims")))
    told = gettext(
        "Persons stand here under the label that is shown to readers of this level, and only where their record is open to them."
    )
    yield Paragraph(runs(told), "soft")
    if not gathered.harms:
        yield Paragraph(runs(gettext("No victims are entered that this report may name.")))
        return
    head = [gettext("Who"), gettext("What is said to have been done"), gettext("When"), gettext("Standing")]
    yield table(head, (_harm(row, gathered) for row in gathered.harms), (4, 5, 3, 3))


def _harm(row: Row, gathered: Gathered) -> list[Any]:
    victim = gathered.victims.get((row["victim"] or {}).get("uid", ""))
    who: Runs = runs(
        own(victim, "label") if victim else row["object"] or own(row["facility"], "name") or own(row["place"], "name")
    )
    if victim:
        people = [choice(victim[name], f"cases.Victim.{name}") for name in ("sex", "age_band", "status") if victim[name]]
        names = [each["text"] for each in victim["names"]]
        who = between(" · ", [who, *(run(each, "soft") for each in people), *names])
    held = (" – ", gettext("Held at"), " ", own(row["held_at"], "name")) if row["held_at"] else ()
    return [
        who,
        runs(gathered.terms.label("act", row["act"]), held),
        when(row["date"]),
        choice(row["standing"], "cases.Harm.standing"),
    ]
