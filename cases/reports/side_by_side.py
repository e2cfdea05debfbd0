"""One report in two languages: what both say stands side by side, and what is the same in both, as quotations are, stands once.

Both were told by the same code from the same rows, so that their blocks pair off. Where only one language has a text, its
block stands alone. What is said in the first language is followed by a turn (`parts.TURN`) and the same in the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from cases.reports.parts import (
    TURN,
    Block,
    Chain,
    Change,
    Chart,
    Heading,
    Hop,
    Listed,
    Paragraph,
    Report,
    Run,
    Runs,
    Table,
)


def side_by_side(first: Report, second: Report) -> Report:
    """Both reports as one. Its footnotes are numbered as in the first."""
    second = _numbered_alike(first, second)
    return replace(
        first,
        language=f"{first.language},{second.language}",
        also=None if first.title.text == second.title.text else second.title,
        of=_both(first.of, second.of),
        cover=tuple(map(_both, first.cover, second.cover)),
        blocks=tuple(_paired(first.blocks, second.blocks)),
        notes=tuple(_both(one, other) for one, other in zip_longest(first.notes, second.notes, fillvalue=())),
        words={name: f"{words} · {second.words[name]}" for name, words in first.words.items()},
    )  # fmt: skip


def _numbered_alike(first: Report, second: Report) -> Report:
    """The second report with the notes of the first where both have them: each note ends with the uid of its statement."""
    here = {note[-1].text: number for number, note in enumerate(first.notes, 1)}
    known = set(here)
    numbers = {number: here.setdefault(note[-1].text, len(here) + 1) for number, note in enumerate(second.notes, 1)}
    told = {note[-1].text: note for note in second.notes}
    marked = {here[uid] for uid in known}
    return replace(second, blocks=_renumbered(second.blocks, numbers, marked), notes=tuple(told.get(uid, ()) for uid in here))


def _renumbered(part: Any, numbers: dict[int, int], marked: set[int]) -> Any:
    if isinstance(part, Run):
        if not part.note:
            return part
        number = numbers[part.note]
        again = number in marked
        marked.add(number)
        return replace(part, note=number, again=again)
    if isinstance(part, tuple):
        return tuple(_renumbered(each, numbers, marked) for each in part)
    if is_dataclass(part) and not isinstance(part, type):
        told = {each.name: _renumbered(getattr(part, each.name), numbers, marked) for each in fields(part) if each.init}
        return replace(part, **told)
    return part


def _paired(first: tuple[Block, ...], second: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks of both in order, each with the one that says the same."""
    alike = SequenceMatcher(None, [*map(_build, first)], [*map(_build, second)], autojunk=False)
    for tag, here, until, there, and_until in alike.get_opcodes():
        if tag == "equal":
            yield from map(_pair, first[here:until], second[there:and_until])
        else:
            yield from (*first[here:until], *second[there:and_until])


def _build(block: Block) -> tuple[Any, ...]:
    """What must be the same of two blocks for them to say the same: their kind, and how they are built."""
    match block:
        case Heading():
            return block.kind, block.level
        case Paragraph():
            return block.kind, block.style
        case Listed():
            return block.kind, len(block.items)
        case Table():
            return block.kind, len(block.rows), block.widths
        case Chain():
            return block.kind, *((hop.depth, len(hop.changes)) for hop in block.hops)
        case Chart(narrow=""):
            return block.kind, id(block)  # too large for half a line: each stands alone
    return (block.kind,)


def _pair(one: Any, other: Any) -> Block:
    match one:
        case Heading() | Paragraph():
            return replace(one, runs=_both(one.runs, other.runs))
        case Listed():
            return replace(one, items=tuple(map(_both, one.items, other.items)))
        case Table():
            rows = (tuple(map(_both, *pair)) for pair in zip(one.rows, other.rows, strict=True))
            return Table(tuple(map(_both, one.head, other.head)), tuple(rows), one.widths)
        case Chart():
            return Chart(one.narrow, one.described, beside=other.narrow, also=other.described)
        case Chain():
            return Chain(tuple(map(_hop, one.hops, other.hops)))
    raise TypeError(one)


def _hop(one: Hop, other: Hop) -> Hop:
    return Hop(one.depth, _both(one.runs, other.runs), _both(one.quote, other.quote),
               tuple(map(_change, one.changes, other.changes)), _both(one.note, other.note))  # fmt: skip


def _change(one: Change, other: Change) -> Change:
    return Change(one.sign, (*one.words, TURN, other.sign, Run(" "), *other.words))


def _both(one: Runs, other: Runs) -> Runs:
    """The runs of both with a turn between them; those of the first alone where the second says the same."""
    same = [*map(_said, one)] == [*map(_said, other)]
    return one if same or not other else (*one, TURN, *other) if one else other


def _said(run: Run) -> tuple[str, int]:
    """What a run says, whichever way it is held and by whichever commas it is parted."""
    return run.text.strip("\u2066\u2067\u2068\u2069").replace("؛", ";").replace("،", ","), run.note
