"""Texts in pictures: each in its own direction, cut where room ends."""

from __future__ import annotations

import unicodedata
from html import escape

LETTER, ARABIC_LETTER = 7.6, 6.4  # rough widths of a letter, by which long texts are cut


def text(words: str, x: float, y: float, room: float, kind: str, *, at_end: bool = False) -> str:
    """A text in its own direction, on the same side of the picture whatever its script, cut where room ends."""
    if not words:
        return ""
    leftwards = reads_leftwards(words)
    shown = cut(words, int(room / letter(words)))
    anchor = "end" if at_end != leftwards else "start"
    way = "rtl" if leftwards else "ltr"
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" direction="{way}">{escape(shown)}</text>'


def letter(words: str) -> float:
    """How wide a letter of a text is, roughly."""
    return ARABIC_LETTER if reads_leftwards(words) else LETTER


def cut(text: str, letters: int) -> str:
    """A text of so many letters at most."""
    return text if len(text) <= letters else text[: max(letters - 1, 1)].rstrip() + "…"


def reads_leftwards(text: str) -> bool:
    """Whether the first letter of a text that has a direction is read from right to left."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((way in ("R", "AL") for way in strong if way in ("L", "R", "AL")), False)
