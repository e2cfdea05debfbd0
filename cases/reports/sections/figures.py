"""Figures side by side with their picture, what stands out, by which hands they came, and what we concluded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext

from cases.charts import Step
from cases.difference import Difference, Severity
from cases.pages.comparison import Compared, Found
from cases.pages.wording import either, figure_words, spoken, who_says
from cases.reports.gathering import Gathered
from cases.reports.notes import Notes
from cases.reports.parts import (
    Block,
    Chain,
    Change,
    Chart,
    Heading,
    Hop,
    Listed,
    Paragraph,
    Runs,
    between,
    quoted,
    run,
    runs,
    table,
)
from cases.templatetags.said import severity_word, sign
from hrdocs.pages import Row
from hrdocs.templatetags.words import choice, own, when


def figures(gathered: Gathered, notes: Notes) -> Iterator[Block]:
    """Comparable groups, each with chart, table, origins and sum; then what stands alone."""
    if "groups" not in gathered.said:
        return
    yield Heading(runs(gettext("What sources say: the figures")))
    told = gettext("Figures stand side by side only where they count the same thing. None is merged, averaged or corrected.")
    yield Paragraph(runs(told), "soft")
    groups: tuple[Compared, ...] = gathered.said["groups"]
    if not groups:
        yield Paragraph(runs(gettext("No figures are entered.")), "soft")
    for group in groups:
        if not group.stands_alone:
            yield from _group(group, gathered, notes)
    if gathered.said["alone"]:
        yield Heading(runs(gettext("Figures that stand alone")), 2)
        yield Paragraph(runs(gettext("Nothing else here counts the same thing, of the same people, in the same unit.")), "soft")
        alone = [told for group in gathered.said["alone"] for told in group.told]
        yield table(_head(), (_row(each.row, each.comes_from, gathered, notes, alone=True) for each in alone), _WIDTHS)


def _group(group: Compared, gathered: Gathered, notes: Notes) -> Iterator[Block]:
    terms, first = gathered.terms, group.first
    counted = either(terms.label("act", code) for code in sorted(group.group.family)) or terms.label("counted", first["counted"])
    yield Heading(runs(counted, " – ", run(_scope(first, gathered), "soft")), 2)
    if group.wide:
        described = gettext("%(counted)s: figures side by side, each with who gives it") % {"counted": counted}
        yield Chart(str(group.wide), described, str(group.narrow))
    yield table(_head(), _rows(group, gathered, notes), _WIDTHS)
    if group.not_shown:
        reach = gettext("The figures that reach furthest are shown; %(number)s more of this group are in the data.")
        yield Paragraph(runs(reach % {"number": group.not_shown}), "soft")
    yield Paragraph(runs(run(gettext("Independent origins"), "strong"), " ", spoken(group.origins)), "remark")
    if group.sum:
        yield Paragraph(runs(run(gettext("Sum"), "strong"), " ", spoken(group.sum)), "remark")
    elif group.refusals:
        yield Paragraph(runs(run(gettext("No sum"), "strong"), " ", gettext("These figures cannot be added.")), "remark")
        yield Listed(tuple(_first_of([runs(spoken(reason)) for reason in group.refusals], REASONS_SHOWN)))


def _scope(row: Row, gathered: Gathered) -> str:
    """What a figure counts, of whom, in which unit, and where, if that is not the subject itself."""
    people = [choice(row[name], f"cases.Estimate.{name}") for name in ("who_status", "who_sex", "who_age") if row[name]]
    people += [row[name] for name in ("who_role", "who_community", "who_circumstance") if row[name]]
    per = f" {choice(row['per_time'], 'cases.Estimate.per_time')}" if row["per_time"] else ""
    elsewhere = [row["about"]["label"]] if row["about"] and row["about"]["uid"] != gathered.uid else []
    measured = choice(row["measure"], "cases.Estimate.measure") + per
    return " · ".join([measured, gathered.terms.label("counted", row["counted"]), *people, *elsewhere])


_WIDTHS = (4, 5, 5, 4)
REASONS_SHOWN = 3  # why figures can't be added; there is one for each pair of them


def _head() -> list[str]:
    return [gettext("Figure"), gettext("Who says so"), gettext("What happened"), gettext("Period")]


def _rows(group: Compared, gathered: Gathered, notes: Notes) -> Iterator[list[Any]]:
    """Each figure of a group, and under it those of the group that tell it on."""
    rows = gathered.said["said"].figures
    here = {figure.uid for figure in group.group.figures}
    seen: set[str] = set()
    for told in group.told:
        yield _row(told.row, told.comes_from, gathered, notes)
        for step in told.chain:
            uid = step.claim.uid
            if step.passing and uid in here and uid in rows and uid not in seen:
                seen.add(uid)
                yield _row(rows[uid], rows.get(step.passing.earlier.uid), gathered, notes)


def _row(row: Row, behind: Row | None, gathered: Gathered, notes: Notes, *, alone: bool = False) -> list[Any]:
    """One figure: its number, who gives it and from whom, what it counts, and of which time."""
    figure = next(each for each in gathered.said["said"].matter.figures if each.uid == row["uid"])
    acts = either(gathered.terms.label("act", code) for code in row["categories"]) if row["categories"] else ""
    scope = run(_scope(row, gathered), "soft") if alone else ()
    as_of = gettext("as of %(day)s") % {"day": when(row["as_of"])} if row["as_of"] else ""
    day = run(when((row["source"] or {}).get("published")), "soft")
    said = between(" · ", [who_says(row), day if day.text else ()])
    onward = runs(" – ", gettext("tells on"), " ", who_says(behind)) if behind else ()
    period = when(row["period"]) or as_of or run(gettext("not stated"), "soft")
    return [runs(run(figure_words(figure), "strong"), notes.on(row)), runs(said, onward), between(" · ", [acts, scope]), period]


def found(gathered: Gathered) -> Iterator[Block]:
    """What the program finds when the figures are read side by side."""
    sorted_out: dict[str, list[Found]] = gathered.said.get("findings", {})
    if not any(sorted_out.values()):
        return
    yield Heading(runs(gettext("What stands out when these are read side by side")), 2)
    yield Paragraph(
        runs(gettext("Worked out by the program from what sources say. None of it is a statement of a source.")), "soft"
    )
    titles = {
        "against": gettext("What does not go together"),
        "care": gettext("To be read with care"),
        "computed": gettext("Rates beside totals, computed by us"),
        "asked": gettext("Questions, not findings"),
    }
    for how, title in titles.items():
        if sorted_out[how]:
            yield Heading(runs(title), 3)
            yield Listed(tuple(each for found in sorted_out[how] for each in _findings(found)))


def _findings(found: Found) -> Iterator[Runs]:
    """The first of a kind, and how many others say the same of other figures."""
    yield _finding(found.first)
    if found.more:
        yield _more(len(found.more))


def _first_of(told: list[Runs], number: int) -> list[Runs]:
    return told if len(told) <= number else [*told[:number], _more(len(told) - number)]


def _more(number: int) -> Runs:
    told = ngettext("%(number)s more of this kind is in the data.", "%(number)s more of this kind are in the data.", number)
    return runs(run(told % {"number": number}, "soft"))


def _finding(finding: Any) -> Runs:
    return runs(spoken(finding.words), *([" ", run(spoken(finding.arithmetic), "soft")] if finding.arithmetic else []))


def chains(gathered: Gathered, notes: Notes) -> Iterator[Block]:
    """The hands through which each figure came, and what changed at each."""
    told = [each for group in gathered.said.get("groups", ()) for each in group.told if each.chain]
    if not told:
        return
    yield Heading(runs(gettext("By which hands the figures came, and what changed on the way")))
    signs = (f"{sign(each)} {severity_word(each)}" for each in reversed(Severity))
    yield Paragraph(runs(gettext("How grave a change is:"), " ", between(" · ", signs)), "soft")
    for each in told:
        times = gettext("told on, in all: %(times)s") % {"times": each.times}
        yield Heading(runs(figure_words(each.figure), " – ", who_says(each.row), " · ", run(times, "soft")), 2)
        yield Chain(tuple(_hop(step, gathered, notes) for step in each.chain))


def _hop(step: Step, gathered: Gathered, notes: Notes) -> Hop:
    row = gathered.said["said"].figures.get(step.claim.uid)
    passing = step.passing
    how = choice(passing.how, "cases.HandOn.how") if passing else pgettext("of a chain", "Origin")
    inferred = gettext("inferred by us") if passing and not passing.stated else ""
    acts = either(gathered.terms.label("act", code) for code in row["categories"]) if row and row["categories"] else ""
    by = [who_says(row), when((row["source"] or {}).get("published"))] if row else []
    head = runs(
        run(figure_words(step.claim), "strong"),
        notes.on(row),
        " ",
        between(" · ", [acts, *by, run(how, "soft"), run(inferred, "soft")]),
    )
    if step.again:
        return Hop(step.depth, runs(head, " – ", run(gettext("Shown above."), "soft")))
    changes = tuple(_change(each) for each in passing.differences) if passing else ()
    if passing and not changes:
        changes = (Change(run(sign(Severity.NONE), "none"), runs(gettext("Nothing changed."))),)
    return Hop(step.depth, head, (quoted(row["quotation"]),) if row and row["quotation"] else (), changes,
               runs(passing.note) if passing else ())  # fmt: skip


def _change(difference: Difference) -> Change:
    return Change(run(f"{sign(difference.severity)} {severity_word(difference.severity)}", difference.severity.name.lower()),
                  runs(spoken(difference.words)))  # fmt: skip


def adopted(gathered: Gathered, notes: Notes) -> Iterator[Block]:
    """The figures that we adopted, each with its reasons, and what it set aside."""
    if "adopted" not in gathered.said:
        return
    yield Heading(runs(gettext("What we concluded")))
    if not gathered.said["adopted"]:
        yield Paragraph(runs(gettext("No figure is adopted. All stand as their sources give them.")))
    for each in gathered.said["adopted"]:
        row = each["row"]
        title = gettext("Earlier figure, since replaced") if each["earlier"] else gettext("Adopted figure")
        yield Heading(runs(title, ": ", each["words"]), 2)
        acts = either(gathered.terms.label("act", code) for code in row["categories"])
        proof = choice(row["standard_of_proof"], "cases.Conclusion.standard_of_proof")
        standard = (gettext("Standard of proof"), ": ", proof) if proof else ""
        counted = gathered.terms.label("counted", row["counted"])
        yield Paragraph(
            between(" · ", [acts, counted, choice(row["measure"], "cases.Conclusion.measure"), when(row["period"]), standard]),
            "soft",
        )
        yield Paragraph(runs(own(row, "rationale")))
        for title, grounds in ((gettext("Rests on"), each["rests_on"]), (gettext("Set aside"), each["set_aside"])):
            if grounds:
                yield Heading(runs(title), 3)
                yield Listed(tuple(_ground(ground, statement, notes) for ground, statement in grounds))


def _ground(ground: Row, statement: Row | None, notes: Notes) -> Runs:
    told = (
        runs(run(statement["value_text"], "strong"), " – ", who_says(statement), notes.on(statement))
        if statement
        else runs(ground["uid"])
    )
    return runs(told, (": ", ground["reason"]) if ground["reason"] else "")
