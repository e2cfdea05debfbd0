"""Parties and sources as FollowTheMoney entities. Pure: a row as the API shows it in, entities out."""

from __future__ import annotations

from collections.abc import Iterator

from hrdocs.formats.ftm import Entity, Row, day, entity, record, when

# What a kind of party is there. What is only described, a crowd or somebody unknown, is no more than a legal entity.
PARTY_SCHEMAS = {
    "person": "Person",
    **dict.fromkeys(("company", "private_security", "news_agency", "media"), "Company"),
    **dict.fromkeys(("state", "state_organ", "armed_forces", "police", "intelligence", "foreign_force", "court"), "PublicBody"),
    **dict.fromkeys(("paramilitary", "armed_group", "intergovernmental", "ngo", "academic", "political_party"), "Organization"),
}
_ARTICLES = {"article-newspaper", "article-magazine", "article-journal", "webpage", "post"}


def wikidata(row: Row) -> list[str]:
    """Its numbers in Wikidata."""
    return [each["value"] for each in row["identifiers"] if each["scheme"].lower() == "wikidata"]


def party(row: Row) -> Iterator[Entity]:
    """A party as what its kind is."""
    schema = PARTY_SCHEMAS.get(row["kind"], "LegalEntity")
    began, ended = ("birthDate", "deathDate") if schema == "Person" else ("incorporationDate", "dissolutionDate")
    lived = {} if row["only_cited"] else {began: day(row["began"]), ended: day(row["ended"])}
    if schema == "Person":
        lived["gender"] = row["gender"] if row["gender"] in ("female", "male", "other") else ""
    yield entity(
        schema, row["uid"], name=[row["name_en"], row["name_ar"]], alias=[each["text"] for each in row["names"]],
        country=(row["country"] or "").lower(), wikidataId=wikidata(row), **lived, **record(row),
        notes=[row["note_en"], "Only a place in a structure, not a known body." if row["placeholder"] else "",
               when("Began", row["began"]), when("Ended", row["ended"])],
    )  # fmt: skip


def source(row: Row) -> Iterator[Entity]:
    """A source as a document, or as an article where it stands in a medium."""
    yield entity(
        "Article" if row["kind"] in _ARTICLES else "Document", row["uid"], title=row["title"],
        name=[row["title"], row["title_en"]], fileName=row["title"],
        author=[each["name"] or each["literal"] for each in row["authors"]],
        publisher=[each["name"] for each in row["publishers"]], publishedAt=day(row["published"]),
        language=row["languages"].split(), keywords=row["kind"], modifiedAt=row["edited_at"],
        sourceUrl=row["source_url"] or row["archived_url"],
        notes=[f"Record: {row['url']}", when("Published", row["published"]), f"Read by those who entered it: {row['read_as']}"],
    )  # fmt: skip
