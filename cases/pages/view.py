"""What the pages of a facility, an incident and a case have in common: all that is said on them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from cases.pages.bounds import lists_of
from cases.pages.comparison import adopted, compared, found_in
from cases.pages.reading import Said, said_on
from hrdocs.labels import Terms
from hrdocs.models import Record
from hrdocs.pages import Row


def what_is_said(subject: Record, user: Any, *, whole: bool = True) -> dict[str, Any]:
    """Figures side by side, accusations with their answers, judgements, other words, and what we concluded; where that is not
    the whole, also where all of it is listed."""
    said = said_on(subject, user, whole=whole)
    return {**set_out(said), "more": lists_of(subject, said.more)}


def set_out(said: Said) -> dict[str, Any]:
    """What is said, by how pages show it."""
    terms = Terms()
    groups = compared(said, terms)
    return {
        "terms": terms,
        "said": said,
        "groups": groups,
        "alone": [each for each in groups if each.stands_alone],
        "findings": found_in(said),
        "allegations": with_answers(said.allegations, said.answers),
        "characterisations": with_answers(said.characterisations, said.answers),
        "answers_to_sources": answers_to_sources(said.answers, said.allegations),
        "other_answers": [row for row in said.answers if row["about"]["kind"] not in ("source", "statement")],
        "adopted": adopted(said.adopted, said.figures),
    }


def with_answers(statements: list[Row], answers: list[Row]) -> list[dict[str, Any]]:
    """Statements with what was answered to each, and to those that it tells on; a copy stands under what it copies."""
    to = defaultdict(list)
    for answer in answers:
        if answer["about"] and answer["about"]["kind"] == "statement":
            to[answer["about"]["uid"]].append(answer)
    here = {row["uid"]: row for row in statements}
    copies: dict[str, list[Row]] = defaultdict(list)
    first: list[Row] = []
    for row in statements:
        behind = [hop["uid"] for hop in row["passes_on"] if hop["uid"] in here]
        for uid in behind:
            copies[uid].append(row)
        if not behind:
            first.append(row)
    return [
        {"row": row, "answers": to[row["uid"]], "copies": [(copy, to[copy["uid"]]) for copy in _all_copies(row["uid"], copies)]}
        for row in first
    ]


def _all_copies(uid: str, copies: dict[str, list[Row]]) -> list[Row]:
    found: dict[str, Row] = {}
    waiting = [uid]
    while waiting:
        for copy in copies.get(waiting.pop(), []):
            if copy["uid"] not in found:
                found[copy["uid"]] = copy
                waiting.append(copy["uid"])
    return list(found.values())


def answers_to_sources(answers: list[Row], accusing: list[Row]) -> list[dict[str, Any]]:
    """Answers to a source as a whole, under that source."""
    sources = {row["source"]["uid"]: row["source"] for row in accusing if row["source"]}
    found: dict[str, list[Row]] = defaultdict(list)
    for answer in answers:
        if answer["about"] and answer["about"]["kind"] == "source":
            found[answer["about"]["uid"]].append(answer)
    return [{"source": sources[uid], "answers": given} for uid, given in found.items() if uid in sources]
