"""What the database objects to, in the reader's language: the sentences of its triggers, with what each names put in.

A trigger raises in English, as history and logs keep it. Its sentences are found in the triggers themselves and translated
in the catalogue like the texts of the models; {} stands for what one names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pgtrigger
from django.utils.translation import gettext

from hrdocs import closing
from hrdocs.models import risks

_RAISED = re.compile(r"RAISE EXCEPTION\s+((?:'(?:[^']|'')*'\s*)+)")
_PIECE = re.compile(r"'((?:[^']|'')*)'")


def sentences() -> Iterator[str]:
    """Every sentence with which a trigger of ours refuses."""
    bodies = (trigger.get_func(model) for model, trigger in pgtrigger.registered())
    for body in (*bodies, closing.functions_sql(), risks.FUNCTION_SQL):
        for raised in _RAISED.findall(str(body)):
            words = "".join(_PIECE.findall(raised)).replace("''", "'")
            if not words.startswith("pgtrigger:"):
                yield words.replace("%", "{}")


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    found = dict.fromkeys(sentences())
    return [(re.compile("(.+)".join(map(re.escape, words.split("{}")))), words) for words in found]


def in_the_readers_language(said: str) -> str:
    """What a trigger said; as it is where it is no sentence of ours, or has no translation."""
    for pattern, words in _patterns():
        if match := pattern.fullmatch(said):
            return gettext(words).format(*map(_named, match.groups()))
    return said


def _named(value: str) -> str:
    """A state or level as readers know it; anything else as it stands."""
    label = value[:1].upper() + value[1:]
    shown = gettext(label)
    return value if shown == label else shown
