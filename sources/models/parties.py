"""Parties: whoever publishes, speaks, counts, answers, decides or is accused."""

from __future__ import annotations

from django.db import models

from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Identifier, Name, Record, fields
from hrdocs.models.record import search_column, search_index, stems_index, words_column
from hrdocs.wording import own_text
from sources.choices import Gender, PartyKind
from sources.querysets import PartyQuerySet, PublisherQuerySet


@recorded
class Party(Record):
    """A state, organ, unit, group, organisation, outlet or person that acts or speaks in the sources.

    Being accused, publishing or answering are roles that statements give it; no party is a perpetrator by itself.
    """

    uid_prefix = "PTY"
    mergeable = True
    identifying = ("name_en", "name_ar", "note_en")

    name_en = models.CharField("name", max_length=300, help_text="Name by which we show it, in English or Latin letters.")
    name_ar = fields.line("Name by which we show it in Arabic.", verbose_name="name in Arabic", max_length=300)
    kind = fields.choice(PartyKind, "What it is.", default=PartyKind.UNKNOWN)
    country = fields.term("country", "The country that it belongs to or sits in.")
    placeholder = models.BooleanField(
        default=False, help_text="It only holds a structure together (“unknown command of division 99”) and can't be accused."
    )
    gender = fields.choice(Gender, "Of a person: as stated by sources.")
    began = EdtfField(help_text="Founded, or born.")
    began_earliest, began_latest, began_precision = derived_from("began")
    ended = EdtfField(help_text="Dissolved, or died.")
    ended_earliest, ended_latest, ended_precision = derived_from("ended")
    only_cited = models.BooleanField(
        default=False, help_text="The dates are only the first and last on which a source speaks of it."
    )
    note_en = fields.prose("What tells it apart from others of the same name.", verbose_name="note")
    search = search_column("name_en", "name_ar")
    words = words_column("name_en", "name_ar", texts=("note_en",))

    objects = PartyQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name_plural = "parties"
        constraints = [*Record.Meta.constraints, *dates_in_order("began", "ended")]
        indexes = [search_index("sources_party"), stems_index("sources_party")]

    def __str__(self) -> str:
        return own_text(self, "name")


class Publisher(Party):
    """A party in its role of publishing, carrying or republishing a source."""

    objects = PublisherQuerySet.as_manager()

    class Meta:
        proxy = True


@recorded
class PartyName(Name):
    """A name or spelling by which a source calls a party."""

    hangs_on = ("party",)
    identifying = ("text",)

    party = fields.owner("sources.Party", "Whose name it is.", "names")
    valid_from = EdtfField(help_text="First day that it bore the name.")
    valid_from_earliest, valid_from_latest, valid_from_precision = derived_from("valid_from")
    valid_to = EdtfField(help_text="Last day that it bore the name.")
    valid_to_earliest, valid_to_latest, valid_to_precision = derived_from("valid_to")

    class Meta(Name.Meta):
        indexes = [search_index("sources_partyname")]
        constraints = [
            models.UniqueConstraint(name="sources_partyname_once", fields=["party", "text", "kind"],
                                    violation_error_message="This party has that name already."),
        ]  # fmt: skip


@recorded
class PartyIdentifier(Identifier):
    """A number or code by which another system knows a party."""

    hangs_on = ("party",)

    party = fields.owner("sources.Party", "Which party it names.", "identifiers")

    class Meta(Identifier.Meta):
        constraints = [
            models.UniqueConstraint(name="sources_partyidentifier_once", fields=["party", "scheme", "value"],
                                    violation_error_message="It has that identifier already."),
        ]  # fmt: skip
