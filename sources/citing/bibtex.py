"""BibTeX, for LaTeX: an entry a source. Dates stand as biblatex reads them, and the year for older styles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hrdocs.formats.export import Export, pieces
from hrdocs.formats.ndjson import rows
from sources.citing import csl

name, media_type, ending = "bibtex", "application/x-bibtex", "bib"
takes: frozenset[str] = frozenset()

_TYPES = {
    "article-journal": "article", "article-magazine": "article", "article-newspaper": "article", "book": "book",
    "chapter": "incollection", "manuscript": "unpublished", "report": "techreport",
}  # fmt: skip
# A brace is told by its name: BibTeX counts braces even behind a backslash.
_SPECIALS = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{sign: f"\\{sign}" for sign in "%&$#_"},
}  # fmt: skip
_ESCAPED = str.maketrans(_SPECIALS)


def write(export: Export) -> Iterator[bytes]:
    """The entries in pieces."""
    yield from pieces(entry(csl.item(row)).encode() for row in rows(export))


def entry(item: dict[str, Any]) -> str:
    """An item of CSL-JSON as an entry; its key is the uid."""
    kind = _TYPES.get(item["type"], "misc")
    held_by = {"article": "journal", "incollection": "booktitle"}.get(kind, "howpublished")
    issued = item.get("issued", {})
    texts = {
        "title": _escaped(item.get("title", "")) and f"{{{_escaped(item['title'])}}}",  # as it is: no style changes its capitals
        **{role: _people(item.get(role, ())) for role in ("author", "editor", "translator")},
        held_by: _escaped(item.get("container-title", "")),
        "institution" if kind == "techreport" else "publisher": _escaped(item.get("publisher", "")),
        "type": _escaped(item.get("genre", "")),
        "number": _escaped(item.get("number", "")),
        "edition": _escaped(item.get("edition", "")),
        "date": day(issued),
        "year": str(issued["date-parts"][-1][0]) if "date-parts" in issued else _escaped(issued.get("literal", "")),
        "eventdate": day(item.get("event-date", {})),
        "doi": _escaped(item.get("DOI", "")),
        "isbn": _escaped(item.get("ISBN", "")),
        "issn": _escaped(item.get("ISSN", "")),
        "url": item.get("URL", ""),
        "urldate": day(item.get("accessed", {})),
        "langid": _escaped(item.get("language", "")),
        "note": _escaped(item.get("note", "")),
    }
    fields = "".join(f"  {field} = {{{text}}},\n" for field, text in texts.items() if text)
    return f"@{kind}{{{item['id']},\n{fields}}}\n\n"


def day(date: dict[str, Any]) -> str:
    """A date with parts as ISO 8601-2, as biblatex takes it: 2017-02-07, 2011-09/2015-12, 2013~."""
    ends = [[f"{part:0{width}}" for part, width in zip(parts, (4, 2, 2), strict=False)] for parts in date.get("date-parts", ())]
    if "season" in date:
        ends[0].append(str(date["season"] + 20))
    return "/".join("-".join(end) + ("~" if date.get("circa") else "") for end in ends)


def _people(names: Any) -> str:
    """Each name in braces of its own, so that an “and” or a comma in it parts nobody."""
    return " and ".join(f"{{{_escaped(each['literal'])}}}" for each in names)


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)
