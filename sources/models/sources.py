"""Sources: documents and communications, who published them, and what they draw on."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.text import Truncator

from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Identifier, Part, Record, fields
from hrdocs.models.record import search_column, search_index, stems_index, words_column
from sources.choices import Access, AuthorRole, DrawsHow, Obtained, PublisherRole, ReadAs, Reliability, SourceKind


@recorded
class Source(Record):
    """One document or communication in which something is said: a report, a briefing, a news page, a testimony."""

    uid_prefix = "SRC"
    mergeable = True

    title = models.CharField(max_length=1000, help_text="Title in the original language, as printed.")
    title_en = fields.line("Title in English, where the original is in another language.",
                           verbose_name="title in English", max_length=1000)  # fmt: skip
    kind = fields.choice(SourceKind, "What kind of document it is.", default=SourceKind.DOCUMENT)
    languages = fields.line("Languages it is written in (BCP 47), separated by spaces: en, ar, sl.", max_length=60)
    number = fields.line("Number in the publisher's own series: MDE 24/5415/2017.", max_length=120)
    published = EdtfField(help_text="When it was published.")
    published_earliest, published_latest, published_precision = derived_from("published")
    event = EdtfField("date of the event", help_text="When the speech, hearing or interview took place, if it is one.")
    event_earliest, event_latest, event_precision = derived_from("event")
    accessed = EdtfField(help_text="When we read it.")
    accessed_earliest, accessed_latest, accessed_precision = derived_from("accessed")
    url = fields.prose("Address on the web, of any length.", verbose_name="URL")
    archived_url = fields.prose("Address of an archived copy.", verbose_name="archived URL")
    access = fields.choice(Access, "Whether others can read it.", default=Access.PUBLIC)
    obtained = fields.choice(Obtained, "How we came by it.", default=Obtained.PUBLISHED)
    read_as = fields.choice(ReadAs, "How far we read it ourselves.", default=ReadAs.NOT_READ)
    method = fields.prose("How it came to its findings, with counts: “84 interviews, 31 of them with former prisoners”.")
    own_note = fields.prose("What it says about itself that a reader should know: “no journalist was involved”.",
                            verbose_name="note on the source")  # fmt: skip
    licence = fields.line("Licence of the text or data, where it matters.", max_length=200)
    edition_of = fields.link("self", "The source of which this is an edition, version or release.", related_name="editions")
    edition = fields.line("Which edition, version or release.", max_length=120)
    reliability = fields.choice(Reliability, "Our grading of the source (optional, Admiralty system).")
    reliability_reason = fields.prose("Why we grade it so.")
    rated_by = fields.link("hrdocs.User", "Who graded it.")
    search = search_column("title", "title_en", "number")
    words = words_column("title", "title_en", texts=("method", "own_note"))

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            *dates_in_order("published", "event", "accessed"),
            models.CheckConstraint(
                name="sources_source_rating_signed", condition=Q(reliability="") | Q(rated_by__isnull=False),
                violation_error_message="Say who graded the source."),
            models.CheckConstraint(
                name="sources_source_not_its_own_edition", condition=~Q(edition_of=F("id")),
                violation_error_message="A source can't be an edition of itself."),
        ]  # fmt: skip
        indexes = [search_index("sources_source"), stems_index("sources_source")]

    def __str__(self) -> str:
        return Truncator(self.title_en or self.title).chars(80)


@recorded
class SourcePublisher(Part):
    """A party that publishes, carries or republishes a source."""

    hangs_on = ("source", "party")

    source = fields.owner("sources.Source", "The document.", "publishers")
    party = fields.owner("sources.Party", "Who publishes it.", "publishes")
    role = fields.choice(PublisherRole, "In which role.", default=PublisherRole.PUBLISHES)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(name="sources_sourcepublisher_once", fields=["source", "party", "role"],
                                    violation_error_message="This publisher is entered already."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_role_display()}"


@recorded
class SourceAuthor(Part):
    """A person or body named as author or speaker of a source."""

    hangs_on = ("source", "party")
    identifying = ("literal",)

    source = fields.owner("sources.Source", "The document.", "authors")
    party = fields.link("sources.Party", "The author or speaker, where entered as a party.", related_name="authored")
    literal = fields.line("The name and office as printed.", verbose_name="as printed")
    role = fields.choice(AuthorRole, "In which role.", default=AuthorRole.AUTHOR)

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(
                name="sources_sourceauthor_somebody", condition=Q(party__isnull=False) | ~Q(literal=""),
                violation_error_message="Name the author: choose a party or write the name as printed."),
            models.UniqueConstraint(name="sources_sourceauthor_once", fields=["source", "party", "literal", "role"],
                                    nulls_distinct=False, violation_error_message="This author is entered already."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.literal


@recorded
class SourceIdentifier(Identifier):
    """A number by which another system knows a source: DOI, ISBN, document number."""

    hangs_on = ("source",)

    source = fields.owner("sources.Source", "Which source it names.", "identifiers")

    class Meta(Identifier.Meta):
        constraints = [
            models.UniqueConstraint(name="sources_sourceidentifier_once", fields=["source", "scheme", "value"],
                                    violation_error_message="It has that identifier already."),
        ]  # fmt: skip


@recorded
class Relay(Part):
    """One source draws on another source, on a party whose document is not known, or on an unnamed kind."""

    hangs_on = ("source", "draws_on", "party")

    source = fields.owner("sources.Source", "The source that draws on something.", "draws")
    draws_on = fields.link("sources.Source", "The source drawn on.", related_name="drawn_on_by")
    party = fields.link("sources.Party", "The party drawn on, where its document is not known (AFP, SANA).",
                        related_name="drawn_on_by")  # fmt: skip
    unnamed = fields.line("Or the unnamed kind, as worded: “numerous NGOs”, “intelligence assessments”.")
    how = fields.choice(DrawsHow, "How it uses what it draws on.", default=DrawsHow.CITES)
    stated = models.BooleanField(default=True, help_text="The text says so itself; unticked: we infer it.")
    note = fields.prose("How we know, and what is uncertain about it.")

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(
                name="sources_relay_one_thing",
                condition=Q(draws_on__isnull=False, party=None, unnamed="")
                | Q(draws_on=None, party__isnull=False, unnamed="")
                | Q(draws_on=None, party=None) & ~Q(unnamed=""),
                violation_error_message="Say one thing that it draws on: a source, a party, or an unnamed kind in its words."),
            models.CheckConstraint(
                name="sources_relay_not_itself", condition=~Q(source=F("draws_on")),
                violation_error_message="A source can't draw on itself."),
            models.UniqueConstraint(name="sources_relay_once", fields=["source", "draws_on", "party", "unnamed"],
                                    nulls_distinct=False,
                                    violation_error_message="This relay is entered already."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.unnamed or self.get_how_display()
