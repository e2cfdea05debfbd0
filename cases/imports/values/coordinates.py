"""Coordinates as people write them: 33.513805, 33°30′49.7″N, 36 17 E, ٣٣°٣٠′ شمالاً, POINT (36.29 33.51)."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs.typed_dates import DIGITS

HOW = gettext_lazy("Write degrees as 33.513805, or 33°30′49.7″N.")
AXES = {"latitude": gettext_lazy("latitude"), "longitude": gettext_lazy("longitude")}
Box = tuple[float, float, float, float]  # south, west, north, east
FARTHEST = {"latitude": 90, "longitude": 180}
_SIDES = {  # axis, sign
    "n": ("latitude", 1), "s": ("latitude", -1), "e": ("longitude", 1), "w": ("longitude", -1),
    "شمال": ("latitude", 1), "ش": ("latitude", 1), "جنوب": ("latitude", -1), "ج": ("latitude", -1),
    "شرق": ("longitude", 1), "ق": ("longitude", 1), "غرب": ("longitude", -1), "غ": ("longitude", -1),
}  # fmt: skip
_SIDE = r"(?:north|south|east|west|[nsew]|شمالا?|جنوبا?|شرقا?|غربا?|[شجقغ])"
_DEGREES = r"[+-]?\d+(?:\.\d+)?(?: ?[°:d]? ?\d+(?:\.\d+)?(?: ?[':m]? ?\d+(?:\.\d+)? ?(?:\"|''|s)?| ?['m])| ?°)?"
_ONE = re.compile(rf"({_SIDE})? ?({_DEGREES}) ?({_SIDE})?")
_TWO = re.compile(rf"((?:{_SIDE} ?)?{_DEGREES}(?: ?{_SIDE})?) ?[,;/ ] ?((?:{_SIDE} ?)?{_DEGREES}(?: ?{_SIDE})?)")
_DOTTED = re.compile(r"([+-]?\d+\.\d+) ?[,;/ ] ?([+-]?\d+\.\d+)")
_POINT = re.compile(r"point ?\( ?([+-]?\d+(?:\.\d+)?) ([+-]?\d+(?:\.\d+)?) ?\)")


def degrees_of(text: str, axis: str) -> Decimal:
    """Degrees north or east, to six decimals. Raises ValueError, in words for people."""
    plain = re.sub(r"(?<=\d),(?=\d)", ".", _plain(text))  # no coordinate has thousands
    match = _ONE.fullmatch(plain)
    if not match or match[1] and match[3]:
        told = _("“%(text)s” is not a %(axis)s that is understood here.") % {"text": text, "axis": AXES[axis]}
        raise ValueError(f"{told} {HOW}")
    side = match[1] or match[3]
    said, sign = _side(side) if side else (axis, 1)
    if said != axis:
        raise ValueError(_("“%(text)s” is a %(said)s, and stands where the %(axis)s belongs. Are the two exchanged?")
                         % {"text": text, "said": AXES[said], "axis": AXES[axis]})  # fmt: skip
    value = _value(text, match[2], sided=bool(side)) * sign
    if abs(value) > FARTHEST[axis]:
        swapped = " " + _("Are latitude and longitude exchanged?") if axis == "latitude" and abs(value) <= 180 else ""
        told = _("“%(text)s”: %(axis)s runs from −%(most)d to %(most)d.") % {
            "text": text, "axis": capfirst(AXES[axis]), "most": FARTHEST[axis]}  # fmt: skip
        raise ValueError(told + swapped)
    return value.quantize(Decimal("0.000001"))


def point_of(text: str) -> tuple[Decimal, Decimal]:
    """Latitude and longitude of a point in one text: latitude first, unless letters or WKT say otherwise."""
    plain = _plain(text)
    if match := _POINT.fullmatch(plain):
        return degrees_of(match[2], "latitude"), degrees_of(match[1], "longitude")
    plain = plain.strip("()[] ")
    match = _DOTTED.fullmatch(plain) or _TWO.fullmatch(plain)
    if not match:
        raise ValueError(_("“%s” is not a point that is understood here. Write 33.513805, 36.276530, latitude first.") % text)
    first, second = match[1], match[2]
    if _axis(first) == "longitude" or _axis(second) == "latitude":
        first, second = second, first
    return degrees_of(first, "latitude"), degrees_of(second, "longitude")


def odd_point(latitude: Decimal, longitude: Decimal, box: Box | None = None) -> str:
    """What is implausible in a point, in a sentence; empty where nothing is."""
    if latitude == longitude == 0:
        return _("The point 0, 0 lies in the sea off Africa: mostly it means that nobody knew.")
    if box is None or _within(latitude, longitude, box):
        return ""
    if exchanged(latitude, longitude, box):
        return (
            _("%s lies outside the area; exchanged, it lies within: are latitude and longitude exchanged?")
            % f"{latitude}, {longitude}"
        )
    return _("%s lies outside the area that the data are about.") % f"{latitude}, {longitude}"


def exchanged(latitude: Decimal, longitude: Decimal, box: Box) -> bool:
    """Whether a point lies outside a box, and within it once latitude and longitude change places."""
    return not _within(latitude, longitude, box) and _within(longitude, latitude, box)


def _within(latitude: Decimal, longitude: Decimal, box: Box) -> bool:
    south, west, north, east = box
    across = west <= longitude <= east if west <= east else longitude >= west or longitude <= east
    return south <= latitude <= north and across


def _plain(text: str) -> str:
    line = unicodedata.normalize("NFKD", text).translate(DIGITS).lower()
    line = "".join(letter for letter in line if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf")
    line = re.sub(r"[–—‑−‒]", "-", line.replace("٫", ".").replace("،", ","))
    line = re.sub(r"[″”“]|''", '"', re.sub(r"[′’‘´`]", "'", line)).replace("º", "°")
    return " ".join(line.split())


def _side(word: str) -> tuple[str, int]:
    return _SIDES.get(word.removesuffix("ا")) or _SIDES[word[0]]


def _axis(part: str) -> str:
    match = _ONE.fullmatch(part)
    side = match and (match[1] or match[3])
    return _side(side)[0] if side else ""


def _value(text: str, degrees: str, *, sided: bool) -> Decimal:
    numbers = [Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", degrees)]
    negative = degrees.startswith("-")
    if negative and sided:
        raise ValueError(_("“%s” has a sign and a side. Write one of them.") % text)
    if any(number >= 60 for number in numbers[1:]) or any(number % 1 for number in numbers[:-1]):
        raise ValueError(
            _("“%s”: minutes and seconds run from 0 to 59, and only the last number has a fraction.") % text + f" {HOW}"
        )
    value = sum((number / 60**place for place, number in enumerate(numbers)), Decimal())
    return -value if negative else value
