"""Informants: people who spoke to us. Their names are not kept in the open, and not here yet at all."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Part, Record, fields
from hrdocs.models.triggers import append_only
from sources.choices import ConsentKind, ConsentScope


@recorded
class Informant(Record):
    """A person who told us something, known here by a pseudonym and a role alone."""

    uid_prefix = "INF"
    is_somebody = True
    identifying = ("pseudonym", "role")

    pseudonym = models.CharField(max_length=120, unique=True, help_text="A name that is not theirs, and gives no hint.")
    role = fields.line("What makes them able to tell, without identifying them: “former guard”, “relative”.")

    class Meta(Record.Meta):
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.pseudonym


@recorded
class ConsentEvent(Part):
    """What an informant allowed, changed or withdrew, for everything or for one item. Only ever added."""

    hangs_on = ("informant",)
    is_content = False  # who takes consent back waits for no review
    identifying = ("how",)

    informant = fields.owner("sources.Informant", "Whose consent it is.", "consents")
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+",
                                     help_text="Kind of item; empty where the consent covers everything.")  # fmt: skip
    object_id = models.BigIntegerField(null=True, blank=True, help_text="The item.")
    item = GenericForeignKey()
    kind = fields.choice(ConsentKind, "What happened.", default=ConsentKind.GIVEN)
    scope = fields.choice(ConsentScope, "How far it may go.", default=ConsentScope.NONE)
    how = fields.prose("How consent was asked and given, in which language.")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who took it.")
    at = models.DateTimeField(default=timezone.now, help_text="When (UTC).")
    until = EdtfField(help_text="Until when it holds; empty: until withdrawn.")
    until_earliest, until_latest, until_precision = derived_from("until")

    class Meta(Part.Meta):
        ordering = ["at", "id"]
        constraints = dates_in_order("until")
        triggers = [*Part.Meta.triggers, *append_only()]

    def __str__(self) -> str:
        return self.get_kind_display()
