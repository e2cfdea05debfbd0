"""What one row of a file gives one row of a sheet: texts with columns in them, codes, conditions, flags. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext

from cases.imports.tables import Flag
from cases.imports.values.coordinates import degrees_of, odd_point, point_of
from cases.imports.values.figures import Figure, figure_of

Cells = dict[str, str]
_COLUMN = re.compile(r"\{([^{}]+?)(?::0(\d))?\}")  # {month:02} is the month in two digits
FIGURE, POINT, DAYS, HOURS = "figure", "point", "days", "hours"
_FILLED_IN = {FIGURE: ("value_text", *Figure().cells()), POINT: ("latitude", "longitude", "coordinates_text")}


def said(cell: Any, row: Cells) -> str:
    """What a cell of the mapping says of a row. A text is empty where each column that it names is empty."""
    if isinstance(cell, str):
        return _filled(cell, row)
    text = _filled(cell["text"], row)
    return cell["codes"].get(text, cell.get("otherwise", text))


def _filled(text: str, row: Cells) -> str:
    columns = [match[1] for match in _COLUMN.finditer(text)]
    if columns and not any(row.get(column) for column in columns):
        return ""

    def value(match: re.Match[str]) -> str:
        found = row.get(match[1], "")
        return found.zfill(int(match[2])) if match[2] and found else found

    return _COLUMN.sub(value, text).strip()


def _figure(text: str) -> Cells:
    try:
        return {"value_text": text, **figure_of(text).cells()}
    except ValueError:
        return {"value_text": text, "best": text}  # refused at its column, with the words for it


def _point(text: str) -> Cells:
    try:
        latitude, longitude = point_of(text)
    except ValueError:
        return {"latitude": text, "coordinates_text": text}
    return {"latitude": str(latitude), "longitude": str(longitude), "coordinates_text": text}


def _days(text: str) -> Cells:
    """A first and a last day, which may be one."""
    first, _, last = text.partition(" ")
    return {"period": first if last in ("", first) else f"{first}/{last}"}


def _hours(text: str) -> Cells:
    """The days that a report covers: its own, and those of the hours before; of less than a day its own alone."""
    day, _, hours = text.partition(" ")
    try:
        last = date.fromisoformat(day)
        first = last - timedelta(days=max(round(float(hours or 24) / 24), 1) - 1)
    except (ValueError, OverflowError):
        return {"period": text}  # refused at its column
    return _days(f"{first} {last}")


SPREAD = {FIGURE: _figure, POINT: _point, DAYS: _days, HOURS: _hours}


def spread(each: dict[str, str], row: Cells) -> Cells:
    """Several cells of one text: a figure with its bounds, a point; or one of two: the days of a period."""
    text = _filled(each["text"], row)
    made = SPREAD[each["as"]](text) if text else {}
    return {each.get("into", name) if name == "period" else name: value for name, value in made.items()}


def spread_into(each: dict[str, str]) -> tuple[str, ...]:
    """The columns that it fills."""
    return _FILLED_IN.get(each["as"], (each.get("into", "period"),))


def holds(condition: Any, row: Cells) -> bool:
    """Whether a row is one of those that a rule is about."""
    if isinstance(condition, list):
        return all(holds(each, row) for each in condition)
    value = row.get(condition["column"], "")
    if "is" in condition:
        return value in condition["is"]
    return value not in condition["not"] if "not" in condition else bool(value)


def flagged(flags: list[dict[str, Any]], row: Cells) -> tuple[Flag, ...]:
    """What is odd in a row, by the rules of the mapping."""
    return tuple(found for flag in flags if (found := _flag(flag, row)))


def _flag(flag: dict[str, Any], row: Cells) -> Flag | None:
    if "point" in flag:
        return _odd_point(flag, row)
    if "rise" in flag:
        numbers = [number for column in flag["rise"] if (number := _number(row.get(column, ""))) is not None]
        if numbers == sorted(numbers):
            return None
        told = "/".join(row.get(column, "") for column in flag["rise"])
        return Flag(flag["rise"][0], f"{told}: {gettext(flag['words'])}")
    value = row.get(flag["column"], "")
    number = _number(value)
    odd = value in flag["is"] if "is" in flag else bool(value) and (number is None or not _within(number, flag["within"]))
    return Flag(flag["column"], f"“{value}”: {gettext(flag['words'])}") if odd else None


def _odd_point(flag: dict[str, Any], row: Cells) -> Flag | None:
    column, other = flag["point"]
    try:
        point = degrees_of(row.get(column, ""), "latitude"), degrees_of(row.get(other, ""), "longitude")
    except ValueError:
        return None  # not a point at all: its own column says so
    words = odd_point(*point, flag.get("box"))
    return Flag(column, words) if words else None


def _within(number: Decimal, bounds: list[float]) -> bool:
    return Decimal(str(bounds[0])) <= number <= Decimal(str(bounds[1]))


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def named_in(part: Any, *, braces: bool = False) -> Iterator[str]:
    """The columns that any part of a mapping names in its texts; with `braces` the texts themselves."""
    if isinstance(part, str):
        yield from [part] if braces else (match[1] for match in _COLUMN.finditer(part))
    elif isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from named_in(each, braces=braces)


def variants(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A rule once for each entry of `over`, with [name] in its texts replaced by what the entry says."""
    if "over" not in rule:
        yield rule
        return
    text = json.dumps({name: part for name, part in rule.items() if name != "over"}, ensure_ascii=False)
    yield from (json.loads(_named(text, entry)) for entry in rule["over"])


def _named(text: str, entry: Cells) -> str:
    return re.sub(r"\[(\w+)\]", lambda match: json.dumps(entry.get(match[1], match[0]), ensure_ascii=False)[1:-1], text)
