"""Adopting a figure: which number we stand behind for one thing, on which statements it rests, and why not on the others.

Nothing is averaged. What is proposed is the figure of the origin where one stands behind the group, and otherwise the
span of all origins; a person decides, and somebody else reviews it like any record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from cases.choices import ConclusionKind, GroundRole
from cases.figures import matter_of
from cases.models import Conclusion, ConclusionGround, Estimate
from cases.reconciliation import Figure, Group, Matter, comparable_groups, independence
from hrdocs.audit import acting_as
from hrdocs.models import Record, Term

Bounds = tuple[Decimal | None, Decimal | None, Decimal | None]


class NotAdopted(ValueError):
    """The figure can't be adopted so. `problems` says why, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Choice:
    """What is decided of one figure of the group: that the adopted one rests on it, or that it is set aside, and why."""

    uid: str
    rests_on: bool
    reason: str = ""


@dataclass(frozen=True)
class Proposal:
    """What could be adopted from a group: the bounds, and the figures that they are taken from."""

    bounds: Bounds
    rests_on: tuple[str, ...]
    words: str


def propose(group: Group, matter: Matter) -> Proposal:
    """The origin's own figure where there is one origin; else the span of the origins. Never an average."""
    behind = independence(group.figures, matter.links)
    origins = [figure for figure in group.figures if figure.uid in behind.origins] or list(group.figures)
    uids = tuple(figure.uid for figure in origins)
    if len(origins) == 1:
        [origin] = origins
        return Proposal((origin.lower, origin.best, origin.upper), uids, "One origin stands behind the group: its own figure.")
    lows, highs = [figure.span[0] for figure in origins], [figure.span[1] for figure in origins]
    lower = min(low for low in lows if low is not None) if None not in lows else None
    upper = max(high for high in highs if high is not None) if None not in highs else None
    best = lower if lower == upper else None
    bounds = (None, best, None) if best is not None else (lower, None, upper)
    return Proposal(bounds, uids, f"The span of {len(origins)} origins; open where one of them is.")


def adopt(
    subject: Record, choices: Sequence[Choice], bounds: Bounds, *, rationale: str, standard_of_proof: str = "", by: Any
) -> Conclusion:
    """Enter a conclusion as a draft: a figure for `subject`, resting on some figures of one comparable group.

    Every figure of the group is decided on: it rests on it, or sets it aside with a reason. The conclusion follows the
    last one of its kind on the same subject, which is kept. Raises NotAdopted with all that is wrong.
    """
    matter = matter_of(subject, by)
    group = _group_of(choices, matter)
    chosen = [figure for choice in choices for figure in group.figures if choice.rests_on and figure.uid == choice.uid]
    problems = _problems(choices, group, bounds, rationale)
    if problems:
        raise NotAdopted(problems)
    statements = Estimate.objects.in_bulk([choice.uid for choice in choices], field_name="uid")
    first = statements[chosen[0].uid]
    conclusion = Conclusion(
        kind=ConclusionKind.FIGURE, lower=bounds[0], best=bounds[1], upper=bounds[2], counted=first.counted,
        measure=first.measure, per_time=first.per_time, period=first.period, rationale_en=rationale,
        standard_of_proof=standard_of_proof, follows=_followed(subject, first), **{subject._meta.model_name: subject},
    )  # fmt: skip
    with transaction.atomic(), acting_as(by, rationale):
        conclusion.full_clean(exclude=["created_by", "edited_by"])
        conclusion.save_by(by)
        conclusion.categories.set(Term.objects.filter(vocabulary="act", code__in={c for f in chosen for c in f.categories}))
        for choice in choices:
            role = GroundRole.RESTS_ON if choice.rests_on else GroundRole.SET_ASIDE
            ConclusionGround.objects.create(
                conclusion=conclusion, statement_id=statements[choice.uid].pk, role=role, reason=choice.reason
            )  # fmt: skip
    return conclusion


def _group_of(choices: Sequence[Choice], matter: Matter) -> Group:
    wanted = {choice.uid for choice in choices}
    for group in comparable_groups(matter):
        if wanted and wanted <= {figure.uid for figure in group.figures}:
            return group
    raise NotAdopted(["Choose figures of one comparable group: the same thing counted of the same people, in the same unit."])


def _problems(choices: Sequence[Choice], group: Group, bounds: Bounds, rationale: str) -> list[str]:
    left = {figure.uid for figure in group.figures} - {choice.uid for choice in choices}
    found = [f"Decide on {uid} too: rest on it, or set it aside with a reason." for uid in sorted(left)]
    found += [f"Say why {choice.uid} is set aside." for choice in choices if not choice.rests_on and not choice.reason.strip()]
    if not any(choice.rests_on for choice in choices):
        found.append("Choose at least one figure that it rests on.")
    if bounds == (None, None, None):
        found.append("Give the figure: a lower bound, a best value, or an upper bound.")
    if not rationale.strip():
        found.append("Give the rationale.")
    return found


def _followed(subject: Record, like: Estimate) -> Conclusion | None:
    """The conclusion of the same kind that stands now, if there is one."""
    same = Conclusion.objects.filter(
        **{subject._meta.model_name: subject}, kind=ConclusionKind.FIGURE, counted=like.counted, measure=like.measure,
        per_time=like.per_time, followed_by=None,
    )  # fmt: skip
    return same.order_by("-pk").first()


def span_of(figures: Sequence[Figure]) -> str:
    """The figures of a group in their own words, for a heading."""
    return ", ".join(dict.fromkeys(figure.text for figure in figures))
