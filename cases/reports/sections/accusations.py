"""What is alleged by whom, with the answers in the same view; words of judgement; and whatever else sources say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext, ngettext

from cases.pages.wording import accused_of, is_support, may_be_support, voice, who_says
from cases.reports.gathering import Gathered
from cases.reports.notes import Notes
from cases.reports.parts import Block, Heading, Listed, Paragraph, Runs, between, one_by_one, quoted, run, runs
from hrdocs.pages import Row
from hrdocs.templatetags.words import choice, either, own, when


def accusations(gathered: Gathered, notes: Notes) -> Iterator[Block]:
    """Each accusation with its answers under it, and then those who tell it on."""
    said = gathered.said
    only = gathered.uid if "accusations" in said else ""
    items = said.get("accusations", said.get("allegations"))
    if items is None and not said.get("other_answers"):  # a list without any
        return
    yield Heading(runs(gettext("Who is accused of what, and what was answered")))
    if items:
        yield Paragraph(runs(gettext("Each line is what a source says. No accusation makes anybody a perpetrator.")), "soft")
    elif items is not None:
        yield Paragraph(runs(gettext("No accusations are entered.")), "soft")
    for item in items or ():
        yield from _accusation(item, only, gathered, notes)
    for each in said.get("answers_to_sources", ()):
        whole = gettext("Answered to a source as a whole:")
        yield Heading(runs(whole, " ", run(each["source"]["title"], "title")), 2)
        yield Listed(tuple(_answer(answer, notes) for answer in each["answers"]))
    if said.get("other_answers"):
        yield Heading(runs(gettext("Other answers")), 2)
        yield Listed(tuple(_answer(answer, notes) for answer in said["other_answers"]))
    if said.get("own_answers"):
        yield Heading(runs(gettext("What it answered")), 2)
        yield Listed(tuple(_answer(answer, notes) for answer in said["own_answers"]))


def _accusation(item: dict[str, Any], only: str, gathered: Gathered, notes: Notes) -> Iterator[Block]:
    row = item["row"]
    for accused in _those(row, only):
        yield Paragraph(runs(_claim(row, accused, gathered), notes.on(row)), "claim")
        if cautions := _caution(accused):
            yield Paragraph(runs(cautions), "caution")
    if row["joined"] == "alternatives" and len(row["accused"]) > 1:
        yield Paragraph(runs(gettext("One or another of the accused is meant, not all of them.")), "soft")
    if row["quotation"] and row["quotation"] != row["acts_wording"]:
        yield Paragraph((quoted(row["quotation"]),), "quote")
    if item["answers"]:
        yield Paragraph((run(gettext("Answered"), "strong"),), "soft")
        yield Listed(tuple(_answer(answer, notes) for answer in item["answers"]))
    else:
        yield Paragraph(runs(gettext("No answer to it is entered.")), "soft")
    if item["copies"]:
        times = len(item["copies"])
        yield Paragraph(runs(ngettext("Told on %(times)s time", "Told on %(times)s times", times) % {"times": times}), "soft")
        yield Listed(tuple(_copy(copy, answers, only, gathered, notes) for copy, answers in item["copies"]))


def _those(row: Row, only: str) -> list[Row]:
    return [accused for accused in row["accused"] if not only or accused["uid"] == only]


def _claim(row: Row, accused: Row, gathered: Gathered) -> Runs:
    """Who is accused by whom of which part in what, in the words of the source."""
    name = run(own(accused, "name"), "strong") if accused["uid"] else quoted(accused["wording"])
    by = gettext("Accused by %(who)s of %(part)s") % {"who": voice(row), "part": accused_of(accused)}
    acts = (
        quoted(row["acts_wording"])
        if row["acts_wording"]
        else run(either(gathered.terms.label("act", act) for act in row["acts"]))
    )
    words = runs(" (", quoted(accused["wording"]), ")") if accused["wording"] and accused["uid"] else ()
    return runs(name, " – ", by, ": ", acts, words)


def _caution(accused: Row) -> str:
    if is_support(accused):
        return gettext("Support or acquiescence is alleged, not perpetration")
    if may_be_support(accused) and accused["modes_joined"] == "alternatives":
        return gettext("One or the other is alleged; looking away is not perpetration")
    return ""


def _copy(copy: Row, answers: list[Row], only: str, gathered: Gathered, notes: Notes) -> Runs:
    told = one_by_one(
        [
            runs(_claim(copy, each, gathered), *([" – ", words] if (words := _caution(each)) else []))
            for each in _those(copy, only)
        ],
    )
    answered = one_by_one([_answer(answer, notes) for answer in answers])
    return runs(told, notes.on(copy), (" – ", gettext("Answered"), ": ", answered) if answered else "")


def _answer(answer: Row, notes: Notes) -> Runs:
    kind = run(choice(answer["answer"], "cases.Response.answer"), "strong")
    by = own(answer["spoken_for"], "name") or own(answer["speaker"], "name")
    day = when(answer["date"]) or (gettext("asked %(day)s") % {"day": when(answer["asked"])} if answer["asked"] else "")
    words = answer["wording"] or answer["quotation"]
    told = gettext("as told by %(who)s") % {"who": who_says(answer)}
    return runs(
        between(" · ", [runs(kind, " ", by), day]),
        (": ", quoted(words)) if words else "",
        " – ",
        run(told, "soft"),
        notes.on(answer),
    )


def judgements(gathered: Gathered, notes: Notes) -> Iterator[Block]:
    """What sources call it by law or standard, and what else they say."""
    said = gathered.said
    if said.get("characterisations"):
        yield Heading(runs(gettext("Words of judgement")))
        yield Paragraph(
            runs(gettext("What a source calls it by law or standard. It is that source's opinion, at that stage.")), "soft"
        )
        yield Listed(tuple(_judgement(item, gathered, notes) for item in said["characterisations"]))
    citations = said["said"].citations if "said" in said else []
    if citations:
        yield Heading(runs(gettext("What else sources say")))
        yield Listed(tuple(_citation(row, notes) for row in citations))


def _judgement(item: dict[str, Any], gathered: Gathered, notes: Notes) -> Runs:
    row = item["row"]
    polarity = choice(row["polarity"], "cases.Characterisation.polarity")
    norm = (" (", gathered.terms.label("norm", row["norm"]), ")") if row["norm"] else ""
    stage = choice(row["stage"], "cases.Characterisation.stage")
    answers = one_by_one([_answer(answer, notes) for answer in item["answers"]])
    mark = notes.on(row)
    return runs(voice(row), ": ", polarity, " ", quoted(row["wording"]), norm, (" · ", stage) if stage else "", mark,
                (" – ", gettext("Answered"), ": ", answers) if answers else "")  # fmt: skip


def _citation(row: Row, notes: Notes) -> Runs:
    stance = run(choice(row["stance"], "cases.Citation.stance"), "strong")
    field = (run(row["field"], "soft"), ": ") if row["field"] else ""
    words = row["value"] or row["quotation"]
    return runs(stance, " ", field, quoted(words) if words else "", " – ", voice(row), notes.on(row))
