"""Chains and comparisons as the API answers them: plain data, every difference and finding with its words."""

from __future__ import annotations

from typing import Any

from cases.claims import Figure
from cases.difference import Difference
from cases.figures import Hop, about_facility, chain
from cases.models import Estimate, Facility
from cases.reconciliation import Matter, add_up, comparable_groups, findings, independence
from cases.sums import Refusal

NOTICE = "Computed by the program from what sources say. Nothing here is a statement of any source."


def chain_of(estimate: Estimate, user: Any) -> dict[str, Any]:
    """The chain of one figure: each hop with both ends, how it came over, and how it drifted."""
    hops = chain(estimate, user)
    later = {hop.later.uid for hop in hops}
    origins = sorted({hop.earlier.uid for hop in hops} - later) or [estimate.uid]
    return {"uid": estimate.uid, "notice": NOTICE, "origins": origins, "hops": [_hop(hop) for hop in hops]}


def comparison_of(facility: Facility, user: Any) -> dict[str, Any]:
    """All figures about a facility in comparable groups, with what contradicts what, and what can't be added."""
    matter = about_facility(facility, user)
    return {
        "uid": facility.uid,
        "notice": NOTICE,
        "groups": [_group(group, matter) for group in comparable_groups(matter)],
        "findings": [
            {"kind": found.kind, "question": found.is_question, "words": found.words, "arithmetic": found.arithmetic,
             "figures": found.figures} for found in findings(matter)
        ],
    }  # fmt: skip


def _group(group: Any, matter: Matter) -> dict[str, Any]:
    inside = Matter(group.figures, matter.links, matter.relations, matter.tree, matter.labels)
    total = add_up(inside) if len(group.figures) > 1 else None
    behind = independence(group.figures, matter.links)
    return {
        "categories": sorted(group.family), "counted": group.counted, "measure": group.measure, "per": group.per,
        "who": dict(sorted(group.who)),
        "figures": [_figure(figure, matter) for figure in group.figures],
        "independent_origins": {"certain": behind.certain, "at_most": behind.at_most, "words": behind.words},
        "sum": None if total is None else {"refused": isinstance(total, Refusal), "words": total.words},
    }  # fmt: skip


def _figure(figure: Figure, matter: Matter) -> dict[str, Any]:
    return {"uid": figure.uid, "text": figure.text, "value_text": figure.value_text, "source": figure.source,
            "publisher": matter.labels.get(figure.publisher, ""), "published": figure.published,
            "categories": sorted(figure.categories), "period": figure.period, "about": figure.about_label}  # fmt: skip


def _hop(hop: Hop) -> dict[str, Any]:
    return {
        "earlier": _end(hop.earlier), "later": _end(hop.later), "how": hop.link.how, "stated": hop.link.stated,
        "note": hop.link.note, "differences": [_difference(found) for found in hop.differences],
    }  # fmt: skip


def _end(figure: Figure) -> dict[str, Any]:
    return {"uid": figure.uid, "text": figure.text, "source": figure.source, "published": figure.published}


def _difference(found: Difference) -> dict[str, Any]:
    return {"kind": found.kind, "sub_kind": found.sub_kind, "severity": found.severity, "direction": found.direction,
            "words": found.words, "not_carried_over": found.not_carried_over}  # fmt: skip
