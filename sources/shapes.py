"""What leaves of sources and parties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat

from hrdocs.access import Sensitivity
from hrdocs.columns import coded, dated, plain, record
from hrdocs.expressions import Listed
from hrdocs.facets import Facet, Years, values_of
from hrdocs.shapes import Column, Link, Many, Reader, Shape, Values
from sources.models import (
    Capture,
    Party,
    PartyIdentifier,
    PartyName,
    Publisher,
    Redaction,
    Relay,
    Source,
    SourceAuthor,
    SourceIdentifier,
    SourcePublisher,
)

PARTY: Values = (("uid", "uid"), ("name", "name_en"), ("name_ar", "name_ar"), ("kind", "kind"))
NAME: Values = (("text", "text"), ("language", "language"), ("kind", "kind"))
IDENTIFIER: Values = (("scheme", "scheme"), ("value", "value"), ("release", "release"))


def rows_of(model: type, owner: str, *, order: str = "id") -> Callable[[Reader], QuerySet]:
    """The rows of a part that belong to the outer record and that the reader may see."""

    def rows(reader: Reader) -> QuerySet:
        return model.objects.visible_to(reader.user).filter(**{owner: OuterRef("pk")}).order_by(order)

    return rows


def publishers_of(source: str) -> Values:
    """The publishers of the source that a path of the outer row leads to."""
    values = (("uid", "party__uid"), ("name", "party__name_en"), ("role", "role"))

    def rows(reader: Reader) -> QuerySet:
        return SourcePublisher.objects.visible_to(reader.user).filter(source=OuterRef(source)).order_by("id")

    return (("publishers", Listed(SourcePublisher, rows, values)),)


SOURCE: Values = (
    ("uid", "uid"), ("title", "title"), ("title_en", "title_en"), ("kind", "kind"), ("published", "published"),
    *publishers_of("pk"), ("source_url", "url"), ("read_as", "read_as"), ("reliability", "reliability"),
)  # fmt: skip


def names(model: type, owner: str) -> Many:
    told = "Spellings met in sources, with language and kind."
    return Many("names", values=NAME, text="{text}", help=told, rows=rows_of(model, owner))


def identifiers(model: type, owner: str) -> Many:
    told = "Codes by which other systems know it."
    return Many("identifiers", values=IDENTIFIER, text="{scheme}:{value}", help=told, rows=rows_of(model, owner))


def publishers_counted(rows: Callable[[Reader], QuerySet]) -> tuple[Facet, ...]:
    """Who publishes, and what kind of party that is, by the rows that link sources to their publishers."""
    return (
        Facet("publisher", values_of(rows, "party__uid"), asked=("publisher",), to=Party),
        Facet("publisher_kind", values_of(rows, "party__kind"), asked=("publisher_kind",), of=(Party, "kind")),
    )


PARTY_COLUMNS = (
    *plain("name_en", "name_ar", "kind"),
    *coded("country"),
    *plain("placeholder", "gender"),
    *dated("began", "ended"),
    *plain("only_cited", "note_en"),
    names(PartyName, "party"),
    identifiers(PartyIdentifier, "party"),
)

PARTIES = Shape(Party, "parties", (*record("parties"), *PARTY_COLUMNS), lead=("name_en", "kind", "country"))

PUBLISHERS = Shape(
    Publisher,
    "publishers",
    (
        *record("publishers"),
        *PARTY_COLUMNS,
        Many("sources", values=(("uid", "source__uid"), ("title", "source__title"), ("role", "role")), text="{uid}",
             help="What it publishes, carries or republishes.",
             rows=rows_of(SourcePublisher, "party")),
    ),
    lead=("name_en", "kind", "country"),
)  # fmt: skip

_DRAWN_ON: Values = (
    ("source", "draws_on__uid"), ("title", "draws_on__title"), ("party", "party__uid"), ("name", "party__name_en"),
    ("unnamed", "unnamed"), ("how", "how"), ("stated", "stated"), ("note", "note"),
)  # fmt: skip


def _file_of(reader: Reader) -> Any:
    """Where a copy is given out to who may see it, absolute where the reader's base is known."""
    parts = (Value(f"{reader.base_url}/sources/"), F("source__uid"), Value("/copies/"), F("sha256"), Value("/"))
    return Concat(*parts, output_field=TextField())


def _original_of(reader: Reader) -> Any:
    """The SHA-256 of the copy from which something was taken out, where the reader may see that one too."""
    made_of = Redaction.objects.visible_to(reader.user).filter(copy=OuterRef("pk"))
    return Subquery(made_of.values("original__sha256")[:1])


_COPY: Values = (
    ("sha256", "sha256"), ("media_type", "media_type"), ("size", "size"), ("taken_at", "taken_at"),
    ("stamped_at", "stamped_at"),
    ("redacted", "redacted"), ("redacted_from", _original_of), ("graphic_content", "graphic_content"), ("file", _file_of),
)  # fmt: skip


def _kept(reader: Reader) -> QuerySet:
    """The copies of the outer source that are kept still: the file of an erased one is gone."""
    return rows_of(Capture, "source", order="taken_at")(reader).exclude(sha256=None)


SOURCES = Shape(
    Source,
    "sources",
    (
        *record("sources"),
        *plain("title", "title_en", "kind", "languages", "number"),
        *dated("published", "event", "accessed"),
        *plain("archived_url", "access", "read_as", "method", "own_note", "licence", "edition"),
        Column("source_url", "url", "Address of the document itself.", type="text"),
        Link("edition_of", to=Source, values=(("uid", "uid"), ("title", "title"))),
        Column("obtained", guard=Sensitivity.INTERNAL),
        *plain("reliability", "reliability_reason"),
        Column("rated_by", "rated_by__username", guard=Sensitivity.INTERNAL, type="text"),
        Many("publishers", values=(("uid", "party__uid"), ("name", "party__name_en"), ("role", "role")), text="{name}",
             help="Who publishes, carries or republishes it.",
             rows=rows_of(SourcePublisher, "source")),
        Many("authors", values=(("uid", "party__uid"), ("name", "party__name_en"), ("literal", "literal"), ("role", "role")),
             text="{literal}", help="Named authors and speakers.",
             rows=rows_of(SourceAuthor, "source")),
        Many("draws_on", values=_DRAWN_ON, text="{source}{name}{unnamed}", help="What it draws on.",
             rows=rows_of(Relay, "source")),
        Many("drawn_on_by", values=(("uid", "source__uid"), ("title", "source__title"), ("how", "how"), ("stated", "stated")),
             help="Sources that draw on it.",
             rows=rows_of(Relay, "draws_on")),
        identifiers(SourceIdentifier, "source"),
        Many("copies", values=_COPY, text="{sha256}", rows=_kept,
             help="Copies that we keep of it, with their SHA-256, and where each is given out to who may see it."),
    ),
    facets=(
        Facet("year", Years(F("published_earliest"), F("published_latest")), asked=("published",)),
        *publishers_counted(rows_of(SourcePublisher, "source")),
    ),
    licence="licence",
    lead=("title", "kind", "published", "publishers", "reliability"),
)  # fmt: skip
