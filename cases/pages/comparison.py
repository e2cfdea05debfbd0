"""Figures side by side as pages show them: in comparable groups, each with its picture, its origins and its sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from cases.charts import Passing, Row, Step, changes, chart, tree
from cases.claims import Figure
from cases.difference import Severity
from cases.independence import behind
from cases.pages.reading import Said, latest, passings_in
from cases.pages.wording import figure_words, in_short
from cases.reconciliation import Finding, FindingKind, Group, Refusal, add_up, findings, independence
from hrdocs.labels import Terms
from hrdocs.pages import Row as Shown
from hrdocs.templatetags.words import either, when

FINDINGS_SHOWN = 5


@dataclass(frozen=True)
class Told:
    """One figure of a group as a row of its table, and, collapsed under it, all who tell it on."""

    figure: Figure
    row: Shown
    chain: tuple[Step, ...] = ()
    others: tuple[str, ...] = ()  # the other forms in which the chain tells it
    changes: tuple[tuple[Severity, int], ...] = ()
    comes_from: Shown | None = None  # where its origin stands in another group

    @property
    def times(self) -> int:
        return sum(bool(step.passing) and not step.again for step in self.chain)


@dataclass(frozen=True)
class Compared:
    """A comparable group as a page shows it."""

    group: Group
    first: Shown
    told: tuple[Told, ...]
    wide: SafeString
    narrow: SafeString
    origins: str
    sum: str
    refusals: tuple[str, ...]
    not_shown: int  # how many figures of the group are not on the page

    @property
    def stands_alone(self) -> bool:
        return len(self.group.figures) == 1


def compared(said: Said, terms: Terms) -> tuple[Compared, ...]:
    """The comparable groups of what is said, as a page shows them."""
    passings = passings_in(said.matter, said.figures)
    return tuple(_compared(group, said, passings, f"c{place}", terms) for place, group in enumerate(said.groups))


def _compared(group: Group, said: Said, passings: Sequence[Passing], name: str, terms: Terms) -> Compared:
    shown = sorted(latest(group), key=lambda figure: (str(figure.published or "9"), figure.last_day, figure.uid))
    here = {figure.uid for figure in shown}
    earlier: dict[str, frozenset[str]] = {}
    for each in passings:
        earlier[each.later.uid] = earlier.get(each.later.uid, frozenset()) | {each.earlier.uid}
    origin_in_group = {figure.uid for figure in shown if behind(figure.uid, earlier) & here == {figure.uid}}
    ordered = _ordered(shown, origin_in_group, passings)
    told = tuple(_told(figure, said, passings) for figure in ordered if figure.uid in origin_in_group)
    lines = [
        Row(
            figure,
            in_short(row := said.figures[figure.uid]),
            when((row["source"] or {}).get("published") or row["as_of"] or row["period"]),
            figure_words(figure),
            figure.uid not in origin_in_group,
        )
        for figure in ordered
    ]
    counted = [terms.label("act", code) for code in sorted(group.family)] or [terms.label("counted", shown[0].counted)]
    title = gettext("%(counted)s: figures side by side, each with who gives it") % {"counted": either(counted)}
    total = add_up(said.matter.of(group.figures)) if len(group.figures) > 1 else None
    drawn = len(shown) > 1 and any(figure.numbers for figure in shown)
    return Compared(
        group=group, first=said.figures[ordered[0].uid], told=told,
        wide=mark_safe(chart(lines, title=title, name=f"{name}w")) if drawn else SafeString(),  # noqa: S308  escaped in charts.py
        narrow=mark_safe(chart(lines, title=title, name=f"{name}n", width=360)) if drawn else SafeString(),  # noqa: S308
        origins=independence(group.figures, said.matter.links).words,
        sum=total.words if total and not isinstance(total, Refusal) else "",
        refusals=total.reasons if isinstance(total, Refusal) else (),
        not_shown=len(group.figures) - len(shown),
    )  # fmt: skip


def _ordered(shown: list[Figure], origins: set[str], passings: Sequence[Passing]) -> list[Figure]:
    """Each origin followed by those that tell it on, as the chain goes."""
    by_uid = {figure.uid: figure for figure in shown}
    found: dict[str, Figure] = {}
    for figure in shown:
        if figure.uid in origins:
            found[figure.uid] = figure
            found |= {step.claim.uid: by_uid[step.claim.uid] for step in tree(passings, figure.uid) if step.claim.uid in by_uid}
    return list({**found, **by_uid}.values())


def _told(figure: Figure, said: Said, passings: Sequence[Passing]) -> Told:
    chain = tree(passings, figure.uid)
    own = figure_words(figure)
    others = dict.fromkeys(figure_words(step.claim) for step in chain if step.passing)
    others.pop(own, None)
    behind = next((each.earlier.uid for each in passings if each.later.uid == figure.uid), "")
    return Told(
        figure, said.figures[figure.uid], chain if len(chain) > 1 else (), tuple(others),
        tuple(changes(chain).items()), said.figures.get(behind),
    )  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One kind of finding: the first of it, and all others like it."""

    first: Finding
    more: tuple[Finding, ...]


def found_in(said: Said) -> dict[str, list[Found]]:
    """What the program finds in the figures, by how it is to be read: against one another, with care, computed, asked.

    Of each kind the one that speaks of origins comes first; those that only repeat it for copies stand behind it.
    """
    copies = {link.later for link in said.matter.links}
    by_kind: dict[str, list[Finding]] = {}
    for finding in findings(said.matter):
        by_kind.setdefault(finding.kind.value, []).append(finding)
    sorted_out: dict[str, list[Found]] = {"against": [], "care": [], "computed": [], "asked": []}
    for alike in by_kind.values():
        alike.sort(key=lambda finding: sum(uid in copies for uid in finding.figures))
        how = _how_to_read(alike[0])
        shown = 1 if how == "computed" else FINDINGS_SHOWN
        firsts = [Found(finding, ()) for finding in alike[:shown]]
        firsts[-1] = Found(firsts[-1].first, tuple(alike[shown:]))
        sorted_out[how] += firsts
    return sorted_out


def _how_to_read(finding: Finding) -> str:
    if finding.is_question:
        return "asked"
    if finding.kind.value.startswith("rate_"):
        return "computed"
    return "care" if finding.kind in (FindingKind.SCOPE, FindingKind.PERIOD_LENGTH) else "against"


def figure_of_row(row: Shown) -> Figure:
    """An adopted figure as the plain value that has words for itself."""

    def number(name: str) -> Decimal | None:
        return None if row[name] is None else Decimal(str(row[name]))

    return Figure(
        uid=row["uid"], lower=number("lower"), best=number("best"), upper=number("upper"),
        measure=row["measure"], per_time=row["per_time"],
    )  # fmt: skip


def adopted(rows: list[Shown], told: dict[str, Any]) -> list[dict[str, Any]]:
    """Adopted figures with what they rest on and what was set aside; replaced ones last."""
    replaced = {row["follows"]["uid"] for row in rows if row["follows"]}
    found = [
        {
            "row": row, "words": figure_words(figure_of_row(row)), "earlier": row["uid"] in replaced,
            "rests_on": [(ground, told.get(ground["uid"])) for ground in row["grounds"] if ground["role"] == "rests_on"],
            "set_aside": [(ground, told.get(ground["uid"])) for ground in row["grounds"] if ground["role"] == "set_aside"],
        }
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda each: each["earlier"])
