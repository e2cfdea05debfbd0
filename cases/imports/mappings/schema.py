"""What a mapping may say, declared as a JSON Schema, and checked against the kinds of record that it fills."""

from __future__ import annotations

import difflib
from typing import Any

from jsonschema import Draft202012Validator

from cases.imports.columns import names_of
from cases.imports.kinds import SHEETS, model_of
from cases.imports.mappings.cells import SPREAD, named_in, spread_into
from cases.imports.mappings.splitters import SPLITTERS
from cases.imports.outcome import Problem

_TEXT = {"type": "string", "maxLength": 2000}
_TEXTS = {"type": "array", "items": _TEXT, "maxItems": 2000}
_BY_TEXT = {"type": "object", "additionalProperties": _TEXT}
_CONDITION = {
    "description": "Which rows of the file: where a column is filled, is one of these texts, or is none of them.",
    "type": "object",
    "properties": {"column": _TEXT, "is": _TEXTS, "not": _TEXTS},
    "required": ["column"],
    "additionalProperties": False,
}
_CELL = {
    "description": "A text in which {column} stands for what the column holds; or that text, its codes, and what is "
    "written where no code fits (without it: the text itself).",
    "anyOf": [
        _TEXT,
        {
            "type": "object",
            "properties": {"text": _TEXT, "codes": _BY_TEXT, "otherwise": _TEXT},
            "required": ["text", "codes"],
            "additionalProperties": False,
        },
    ],
}
_FLAG = {
    "description": "What is odd and kept: numbers that do not rise, a text, a number beyond its bounds, a point outside "
    "its area (south, west, north, east).",
    "type": "object",
    "properties": {
        "rise": _TEXTS,
        "column": _TEXT,
        "is": _TEXTS,
        "within": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "point": {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2},
        "box": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
        "words": _TEXT,
    },
    "anyOf": [{"required": ["rise", "words"]}, {"required": ["column", "is", "words"]},
              {"required": ["column", "within", "words"]}, {"required": ["point"]}],
    "additionalProperties": False,
}  # fmt: skip
_RULE = {
    "description": "One row of a sheet for each row of the file (of `each` part of a cell; `over` several columns alike).",
    "type": "object",
    "properties": {
        "sheet": {"enum": list(SHEETS)},
        "when": {"anyOf": [_CONDITION, {"type": "array", "items": _CONDITION}]},
        "each": {
            "type": "object",
            "properties": {
                "column": _TEXT,
                "by": {"type": "string", "minLength": 1, "maxLength": 5},
                "splitter": {"enum": list(SPLITTERS)},
            },
            "required": ["column"],
            "additionalProperties": False,
        },
        "over": {"type": "array", "items": _BY_TEXT, "maxItems": 200},
        "once": {"type": "boolean"},
        "cells": {"type": "object", "additionalProperties": _CELL},
        "spread": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": _TEXT, "as": {"enum": list(SPREAD)}, "into": _TEXT},
                "required": ["text", "as"],
                "additionalProperties": False,
            },
        },
        "flags": {"type": "array", "items": _FLAG},
    },
    "required": ["sheet", "cells"],
    "additionalProperties": False,
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Mapping",
    "description": "How the columns of one kind of file become sheets.",
    "type": "object",
    "properties": {
        "title": _TEXT,
        "licence": _TEXT,
        "attribution": _TEXT,
        "reading": {
            "type": "object",
            "properties": {
                "encoding": _TEXT,
                "separator": _TEXT,
                "sheet": _TEXT,
                "header_row": {"type": "integer", "minimum": 1},
            },
            "additionalProperties": False,
        },
        "empty": {**_TEXTS, "description": "Texts that mean that nothing is stated: NA."},
        "needs": {**_TEXTS, "description": "Columns by which the file is known; without them it is another file."},
        "personal": {**_TEXTS, "description": "Columns that hold data about persons."},
        "left_out": {**_BY_TEXT, "description": "Columns that do not come in, each with the reason."},
        "fixed": {"type": "object", "additionalProperties": {"type": "array", "items": _BY_TEXT},
                  "description": "Rows that come in whatever the file holds: its makers, its source."},
        "rows": {"type": "array", "items": _RULE, "minItems": 1, "maxItems": 200},
    },
    "required": ["title", "rows"],
    "additionalProperties": False,
}  # fmt: skip


def checked(spec: Any) -> dict[str, Any]:
    """The mapping, where it says what can be done. Raises Problem with the place and what is wrong there."""
    for error in sorted(Draft202012Validator(SCHEMA).iter_errors(spec), key=lambda error: list(map(str, error.path))):
        where = " → ".join(str(part) for part in error.absolute_path) or "mapping"
        raise Problem(f"{where}: {error.message[:300]}")
    for sheet, rows in spec.get("fixed", {}).items():
        for row in rows:
            _check_columns(f"fixed → {sheet}", sheet, row)
    for number, rule in enumerate(spec["rows"]):
        added = [name for each in rule.get("spread", []) for name in spread_into(each)]
        _check_columns(f"rows → {number} ({rule['sheet']})", rule["sheet"], [*rule["cells"], *added])
        for text in named_in(rule["cells"], braces=True):
            if text.count("{") != text.count("}"):
                raise Problem(f"rows → {number} ({rule['sheet']}): a brace is not closed in “{text}”. Write {{column}}.")
    return spec


def _check_columns(where: str, sheet: str, names: Any) -> None:
    if sheet not in SHEETS:
        raise Problem(f"{where}: no kind of record has this name. Sheets are named {', '.join(SHEETS)}.")
    model = model_of(sheet)
    allowed = names_of(model)
    for name in names:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, 1)
            hint = f" Did you mean {near[0]}?" if near else f" Columns are {', '.join(sorted(allowed))}."
            raise Problem(f"{where}: there is no column “{name}” for {model._meta.verbose_name_plural}.{hint}")
