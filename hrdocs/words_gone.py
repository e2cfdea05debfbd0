"""Finding and taking out the words that are erased, in texts and in JSON around a record. Pure."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any
from unicodedata import normalize

GONE = "[erased"
_ROW = re.compile(r"^([a-z_]+\.[a-z_]+):(\d+|\+\d+)$")  # how a proposal names a row: “cases.victimname:12”, “…:+1”
Rows = Mapping[tuple[str, int], list[str]]


def gone() -> str:
    """What stands in place of an erased text: it tells nothing, and no two are the same, where they must differ."""
    return f"{GONE} {secrets.token_hex(3)}]"


def is_gone(value: Any) -> bool:
    return value in (None, "", {}, [], b"") or isinstance(value, str) and value.startswith(GONE)


class Needles:
    """The words that must be gone: whole texts, and of names each word of four letters or more."""

    def __init__(self, texts: Iterable[str], names: Iterable[str] = ()) -> None:
        names = [_folded(name) for name in names]
        self.whole = {text for text in (*map(_folded, texts), *names) if len(text) >= 3 and not is_gone(text)}
        self.wanted = self.whole | {word for name in names if not is_gone(name) for word in re.findall(r"\w{4,}", name)}

    def found_in(self, value: Any) -> bool:
        """Whether a text, or any text within JSON, holds one of them."""
        if isinstance(value, str):
            text = _folded(value)
            return not is_gone(text) and any(needle in text for needle in self.wanted)
        if isinstance(value, dict):
            return any(self.found_in(key) or self.found_in(each) for key, each in value.items())
        return isinstance(value, list) and any(map(self.found_in, value))

    def taken_out(self, value: Any, rows: Rows) -> Any:
        """The same value without them: a text that holds one is gone whole; of a row that is named, the erased fields too."""
        if isinstance(value, str):
            return gone() if self.found_in(value) else value
        if isinstance(value, list):
            return [self.taken_out(each, rows) for each in value]
        if not isinstance(value, dict):
            return value
        left = {}
        for key, each in value.items():
            kept = self.taken_out(each, rows)
            left[key] = _without(kept, _erased_of(key, rows)) if isinstance(kept, dict) else kept
        return left


def _erased_of(key: str, rows: Rows) -> set[str]:
    """The fields that are erased of the row which a proposal names by this key."""
    named = _ROW.match(key)
    if not named:
        return set()
    label, pk = named.groups()
    return {name for (table, number), names in rows.items() if table == label and pk in (str(number), pk if pk[0] == "+" else "")
            for name in names}  # fmt: skip


def _without(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    erased = {name for name in values if name in names or name.removesuffix("_id") in names}
    return {name: (("" if isinstance(value, str) else None) if name in erased else value) for name, value in values.items()}


def _folded(text: str) -> str:
    return " ".join(normalize("NFC", text).casefold().split())
