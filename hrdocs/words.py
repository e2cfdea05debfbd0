"""Search for words: what a reader typed, the words that the database keeps of texts, and how well a row answers.

English words meet in their stems (hanging, hanged), Arabic ones in theirs, by one configuration of PostgreSQL that tells them
apart by their letters. Before that both are folded as names are, so that vowel signs and careless letters do not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hrdocs.folding import fold

CONFIGURATION = "public.hrdocs"
# Folding writes ة as ه, as many do by hand. Of the two the stemmer takes only the first off a noun with its article.
_FINAL_HA, _TA_MARBUTA = "ه(?= |$)", "ة"
_LONGEST = 300_000  # letters of a text that are kept for search: the database refuses the words of a whole library

WORDS_SQL = f"""
CREATE TEXT SEARCH CONFIGURATION {CONFIGURATION} (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} ALTER MAPPING FOR word, hword, hword_part WITH pg_catalog.arabic_stem;
CREATE FUNCTION public.hrdocs_stems(value text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $stems$
  SELECT to_tsvector('{CONFIGURATION}'::regconfig,
    regexp_replace(public.hrdocs_fold(left(value, {_LONGEST})), '{_FINAL_HA}', '{_TA_MARBUTA}', 'g'))
$stems$;
CREATE FUNCTION public.hrdocs_words(title text, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $words$
  SELECT setweight(public.hrdocs_stems(title), 'A') || setweight(public.hrdocs_stems(body), 'B')
$words$;
"""

_TYPED = re.compile(r'(?P<without>(?<!\S)[-−–])?(?:["“”„«](?P<phrase>[^"“”«»]*)["“”»]?|(?P<word>[^\s"“”„«»]+))')


@dataclass(frozen=True)
class Part:
    """Words that stand together: a phrase in quotation marks, or one word as it was typed."""

    text: str  # folded

    @property
    def query(self) -> str:
        return f'"{re.sub(_FINAL_HA, _TA_MARBUTA, self.text)}"'  # al-Khatib is two words, and still one name


@dataclass(frozen=True)
class Typed:
    """What somebody looks for: any of these alternatives, each all of its parts; and none of what she left out."""

    alternatives: tuple[tuple[Part, ...], ...]
    without: tuple[Part, ...]

    def __len__(self) -> int:
        """How many times the database is asked: once for each alternative, and for each word left out."""
        return len(self.alternatives) + len(self.without)


def understood(typed: str) -> Typed:
    """Words as people type them for a search: "a phrase", -without, one or another."""
    alternatives: list[list[Part]] = [[]]
    without = []
    for found in _TYPED.finditer(typed):
        part = Part(fold(found["phrase"] if found["word"] is None else found["word"]))
        if found["word"] and found["word"].lower() == "or" and alternatives[-1]:
            alternatives.append([])
        elif part.text:
            (without if found["without"] else alternatives[-1]).append(part)
    return Typed(tuple(tuple(parts) for parts in alternatives if parts), tuple(without))


def as_name(parts: tuple[Part, ...]) -> str:
    """What was typed as one name, in which the words stand side by side."""
    return " ".join(part.text for part in parts)


def as_query(parts: tuple[Part, ...]) -> str:
    """What was typed as a question to the kept words, in which they may stand anywhere."""
    return " ".join(part.query for part in parts)
