"""Figures, speakers, accusations and what the arithmetic finds, as sentences in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext, gettext_lazy, pgettext, pgettext_lazy

from cases.choices import SUPPORT, Mode
from cases.claims import Bound, Claim, Figure, Part, printed
from cases.sentences import Listed, Named, Sentence
from hrdocs.templatetags.words import either, joined, own

Row = dict[str, Any]

# What an accused is accused of, as "accused by … of …" goes on.
OF = {
    Mode.CARRIED_OUT: gettext_lazy("carrying out"),
    Mode.CO_PERPETRATED: gettext_lazy("co-perpetrating"),
    Mode.ORDERED: gettext_lazy("ordering"),
    Mode.PLANNED: gettext_lazy("planning"),
    Mode.INDUCED: gettext_lazy("soliciting or inducing"),
    Mode.AIDED: gettext_lazy("aiding or abetting"),
    Mode.COMMON_PURPOSE: gettext_lazy("contributing to a common purpose"),
    Mode.INCITED: gettext_lazy("inciting"),
    Mode.COMMANDER: gettext_lazy("failing as a commander to prevent or punish"),
    Mode.SUPERIOR: gettext_lazy("failing as a superior to prevent or punish"),
    Mode.FINANCED: gettext_lazy("financing"),
    Mode.ARMED: gettext_lazy("arming or supplying"),
    Mode.BACKED: gettext_lazy("backing"),
    Mode.SHELTERED: gettext_lazy("hosting or sheltering"),
    Mode.COVERED_UP: gettext_lazy("covering up"),
    Mode.ACQUIESCED: gettext_lazy("acquiescing or passively looking away"),
    Mode.UNSPECIFIED: gettext_lazy("a part that is not specified"),
}

_BOUNDS = {
    "at_least": gettext_lazy("at least %(number)s"),
    "more_than": gettext_lazy("more than %(number)s"),
    "up_to": gettext_lazy("up to %(number)s"),
    "as_many_as": gettext_lazy("as many as %(number)s"),
    "fewer_than": gettext_lazy("fewer than %(number)s"),
    "exactly": gettext_lazy("exactly %(number)s"),
    "about": gettext_lazy("about %(number)s"),
    "nearly": gettext_lazy("nearly %(number)s"),
}
_PER = {
    "hour": gettext_lazy("%(figure)s an hour"),
    "day": gettext_lazy("%(figure)s a day"),
    "week": gettext_lazy("%(figure)s a week"),
    "fortnight": gettext_lazy("%(figure)s a fortnight"),
    "month": gettext_lazy("%(figure)s a month"),
    "year": gettext_lazy("%(figure)s a year"),
    "session": gettext_lazy("%(figure)s per session"),
}


ISOLATED = "\u2066{}\u2069"  # a range reads from left to right in an Arabic sentence too
EITHER_WAY = "\u2068{}\u2069"  # a name or quotation goes its own way, and does not carry the sentence with it


def figure_words(claim: Claim) -> str:
    """The figure in the words that make it what it is, in the reader's language; never a bare number."""
    if not isinstance(claim, Figure):
        return claim.text
    if not (get_language() or "").startswith("ar"):
        return claim.text if claim.text else gettext("(no number)")
    return _translated(claim)


def _translated(figure: Figure) -> str:
    parts = {part.bound: part for part in figure.parts}
    best = parts.pop(Bound.BEST, None)
    strict = {part.sense for part in parts.values()} & {"more_than", "fewer_than"}
    if len(parts) == 2 and not strict:
        bounds = ISOLATED.format("–".join(printed(part.number) for part in parts.values()))
    else:
        bounds = joined(_part(part) for part in parts.values())
    value = f"{_part(best)} ({bounds})" if best and bounds else _part(best) if best else bounds
    value = value or figure.value_text
    if figure.per_time in _PER:
        value = str(_PER[figure.per_time]) % {"figure": value}
    if figure.per_persons is not None:
        value = gettext("%(figure)s per %(number)s persons") % {"figure": value, "number": printed(figure.per_persons)}
    return value


def _part(part: Part) -> str:
    wording = part.sense if part.wording in ("", "between") else part.wording
    number = printed(part.number)
    return str(_BOUNDS[wording]) % {"number": number} if wording in _BOUNDS else number


# What stands between the things of a list.
_JOINTS = {
    ", ": pgettext_lazy("in a list", ", "),
    "; ": pgettext_lazy("in a list of sentences", "; "),
    " ": " ",
    " and ": pgettext_lazy("before the last", " and "),
    " or ": pgettext_lazy("between alternatives", " or "),
}


def spoken(words: object) -> str:
    """What the arithmetic says, with all that stands in its gaps, in the reader's language."""
    if not (get_language() or "").startswith("ar"):
        return str(words)
    match words:
        case Sentence():
            return gettext(words.template) % {name: spoken(gap) for name, gap in words.gaps.items()}
        case Listed(parts=parts):
            *most, last = map(spoken, parts or ("",))
            joint, last_joint = str(_JOINTS[words.joint]), str(_JOINTS[words.last_joint])
            return f"{joint.join(most)}{last_joint}{last}" if most else last
        case Named():
            return words.arabic or EITHER_WAY.format(words)
        case Figure():
            return figure_words(words)
        case Part():
            return _part(words)
    return EITHER_WAY.format(words)


def publishers(source: Row | None) -> str:
    """Who publishes a source, and who carries it: "The Associated Press, carried by Federal News Radio"."""
    named = [each for each in (source or {}).get("publishers") or [] if each["name"]]
    first = joined(own(each, "name") for each in named if each["role"] == "publishes")
    carriers = joined(own(each, "name") for each in named if each["role"] != "publishes")
    if first and carriers:
        return gettext("%(publisher)s, carried by %(carrier)s") % {"publisher": first, "carrier": carriers}
    return first or carriers


def who_says(row: Row) -> str:
    """In whose name a statement is: its publisher, or where nobody visible publishes it, its title."""
    source = row["source"] or {}
    return publishers(source) or source.get("title", "")


def in_short(row: Row) -> str:
    """The same without who carries it, where room is scarce."""
    source = row["source"] or {}
    named = (own(each, "name") for each in source.get("publishers") or [] if each["name"] and each["role"] == "publishes")
    return next(named, "") or who_says(row)


def voice(row: Row) -> str:
    """Who speaks: who answers, the one whom a source names for it, the body spoken for, or the publisher itself."""
    publisher = who_says(row)
    answers = row["kind"] == "response" and bool(row["spoken_for"] or row["speaker"])
    if not answers and (row["attributed_to"] or row["attributed_wording"]):
        named = own(row["attributed_to"], "name") or row["attributed_wording"]
        return gettext("%(named)s, as told by %(publisher)s") % {"named": named, "publisher": publisher}
    speaker = own(row["speaker"], "name") or row["speaker_wording"]
    body = own(row["spoken_for"], "name") or (speaker if answers else publisher)
    said = gettext("%(body)s (%(speaker)s)") % {"body": body, "speaker": speaker} if speaker and speaker != body else body
    if answers and said != publisher:
        return gettext("%(named)s, as told by %(publisher)s") % {"named": said, "publisher": publisher}
    return said


def accused_of(accused: Row) -> str:
    """The parts that one is said to have had: "aiding or abetting, or acquiescing"."""
    parts = [str(OF.get(mode, mode)) for mode in accused["modes"] or [Mode.UNSPECIFIED]]
    if accused["modes_joined"] == "alternatives":
        return pgettext("between alleged parts", ", or ").join(parts)
    return joined(parts)


def is_support(accused: Row) -> bool:
    """Whether all that is alleged is support or acquiescence, which is not perpetration."""
    return bool(accused["modes"]) and all(mode in SUPPORT for mode in accused["modes"])


def may_be_support(accused: Row) -> bool:
    return any(mode in SUPPORT for mode in accused["modes"] or [])


__all__ = [
    "accused_of", "either", "figure_words", "in_short", "is_support", "may_be_support", "publishers",
    "spoken", "voice", "who_says",
]  # fmt: skip
