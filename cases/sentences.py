"""Sentences of the arithmetic: English text that remembers what it is made of, so that it can be told in another language.

Each of these is a `str`, so that whoever needs no other language uses it as one. `cases/pages/wording.py` tells them in
the reader's; here, where nothing knows of readers, they are only put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self


class Named(str):
    """What readers call something: in English, and in Arabic where it has such a name."""

    __slots__ = ("arabic",)
    arabic: str

    def __new__(cls, english: str, arabic: str = "") -> Self:
        name = super().__new__(cls, english)
        name.arabic = arabic
        return name


class Sentence(str):
    """A sentence with gaps, and what stands in them: `Sentence("The bounds of %(figure)s are out of order.", figure=…)`.

    `catalogue` collects the first argument, which must therefore be written out where it is called.
    """

    __slots__ = ("gaps", "template")
    gaps: Mapping[str, object]
    template: str

    def __new__(cls, template: str, /, **gaps: object) -> Self:
        sentence = super().__new__(cls, template % {name: str(value) for name, value in gaps.items()})
        sentence.template, sentence.gaps = template, gaps
        return sentence


class Listed(str):
    """Several things in a row: "a, b and c", "a or b". Nothing, where there are none."""

    __slots__ = ("joint", "last_joint", "parts")
    joint: str
    last_joint: str
    parts: tuple[object, ...]

    def __new__(cls, parts: Iterable[object], joint: str = ", ", last_joint: str = " and ") -> Self:
        parts = tuple(parts)
        *most, last = map(str, parts or ("",))
        listed = super().__new__(cls, f"{joint.join(most)}{last_joint}{last}" if most else last)
        listed.parts, listed.joint, listed.last_joint = parts, joint, last_joint
        return listed
