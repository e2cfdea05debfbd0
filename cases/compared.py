"""Chains and comparisons as the API answers them: plain data, every difference and finding with its words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from cases.chains import HOPS_AT_ONCE, Hop, hops_among, walk
from cases.claims import Accusation, Figure, Remark
from cases.difference import Difference
from cases.figures import accusations_on, matter_of
from cases.findings import Found, findings_on, set_aside_among
from cases.models import HandOn, Statement
from cases.pages.wording import spoken
from cases.reconciliation import Matter, add_up, comparable_groups, findings, independence
from cases.sentences import Listed, Named, Sentence
from cases.sums import Refusal
from hrdocs.models import Record, SetAside

NOTICE = Sentence("Worked out by the program from what sources say. None of it is a statement of a source.")


def chain_of(statement: Statement, user: Any, *, start: int = 0) -> dict[str, Any]:
    """The chain of one statement: each hop with both ends, how it came over, and how it drifted."""
    keys = walk(statement, user)
    ends = HandOn.objects.filter(pk__in=keys).values_list("earlier__uid", "later__uid")
    later = {end for _, end in ends}
    hops = hops_among(keys, user, start=start)
    return {
        "uid": statement.uid,
        "notice": NOTICE,
        "origins": sorted({end for end, _ in ends} - later) or [statement.uid],
        "hops_in_all": len(keys),
        "next_start": start + HOPS_AT_ONCE if start + HOPS_AT_ONCE < len(keys) else None,
        "hops": [_hop(hop) for hop in hops],
    }


def comparison_of(subject: Record, user: Any) -> dict[str, Any]:
    """All figures on a subject in comparable groups, with what contradicts what, and what can't be added."""
    matter = matter_of(subject, user)
    accusations, links = accusations_on(subject, user)
    behind = independence(accusations, links)
    return {
        "uid": subject.uid,
        "notice": NOTICE,
        "groups": [_group(group, matter) for group in comparable_groups(matter)],
        "allegations": {"number": len(accusations), "independent_origins": _independence(behind)},
        "findings": [
            {"kind": found.kind, "question": found.is_question, "words": found.words, "arithmetic": found.arithmetic,
             "figures": found.figures} for found in findings(matter)
        ],
    }  # fmt: skip


def findings_of(subject: Record, user: Any) -> dict[str, Any]:
    """What is to be looked at on a subject, and of what was set aside by whom and why, for those who work here."""
    found = findings_on(subject, user)
    aside = set_aside_among(found, user)
    return {"uid": subject.uid, "notice": NOTICE, "findings": [_found(each, aside.get(each.key)) for each in found]}


def in_words(answer: Any, language: str) -> Any:
    """An answer with its sentences and names in a language; as it is, where none is asked for."""
    if not language:
        return answer
    with override(language):
        return _spoken(answer)


def _spoken(answer: Any) -> Any:
    match answer:
        case Sentence() | Listed() | Named():
            return spoken(answer)
        case dict():
            return {name: _spoken(each) for name, each in answer.items()}
        case list() | tuple():
            return [_spoken(each) for each in answer]
    return answer


def _found(each: Found, aside: SetAside | None) -> dict[str, Any]:
    told = {"kind": each.kind, "record": each.record.uid, "words": each.words, "arithmetic": each.arithmetic,
            "question": each.is_question, "others": each.others}  # fmt: skip
    return told if aside is None else {**told, "set_aside": {"reason": aside.reason, "by": str(aside.by), "at": aside.at}}


def _group(group: Any, matter: Matter) -> dict[str, Any]:
    total = add_up(matter.of(group.figures)) if len(group.figures) > 1 else None
    return {
        "categories": sorted(group.family), "counted": group.counted, "measure": group.measure, "per": group.per,
        "who": dict(sorted(group.who)),
        "figures": [_figure(figure, matter) for figure in group.figures],
        "independent_origins": _independence(independence(group.figures, matter.links)),
        "sum": None if total is None else {"refused": isinstance(total, Refusal), "words": total.words},
    }  # fmt: skip


def _independence(behind: Any) -> dict[str, Any]:
    return {"certain": behind.certain, "at_most": behind.at_most, "origins": behind.origins, "words": behind.words}


def _figure(figure: Figure, matter: Matter) -> dict[str, Any]:
    return {"uid": figure.uid, "text": figure.text, "value_text": figure.value_text, "source": figure.source,
            "publisher": matter.labels.get(figure.publisher, ""), "published": figure.published,
            "categories": sorted(figure.categories), "period": figure.period, "about": figure.about_label}  # fmt: skip


def _hop(hop: Hop) -> dict[str, Any]:
    return {
        "earlier": _end(hop.earlier, hop.link.earlier), "later": _end(hop.later, hop.link.later), "how": hop.link.how,
        "stated": hop.link.stated, "note": hop.link.note, "differences": [_difference(found) for found in hop.differences],
    }  # fmt: skip


def _end(claim: Figure | Accusation | Remark, statement: Statement) -> dict[str, Any]:
    source = statement.source
    return {
        "uid": claim.uid, "text": claim.text, "source": claim.source, "title": source.title, "published": source.published,
        "publisher": claim.publisher, "quotation": statement.quotation, "locator_kind": statement.locator_kind,
        "locator": statement.locator,
    }  # fmt: skip


def _difference(found: Difference) -> dict[str, Any]:
    return {"kind": found.kind, "sub_kind": found.sub_kind, "severity": found.severity, "direction": found.direction,
            "words": found.words, "not_carried_over": found.not_carried_over}  # fmt: skip
