"""Imports: which file came in, by whom, and which row of it became which record."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from hrdocs.models import Told, fields

WITH_TERMS = "licence <> '' OR attribution <> ''"  # data sets that are published: the names of others are ours


class DataSet(Told):
    """What somebody publishes and we bring in, release by release: whose it is, and on which terms."""

    told, told_where = ("name", "title", "licence", "attribution"), WITH_TERMS

    name = models.CharField(max_length=120, unique=True, help_text="Name under which its rows are known when they come again.")
    title = fields.line("Its full title, as whoever publishes it writes it.")
    address = fields.line("Where it is published.", max_length=2000)
    licence = fields.line("The licence of its rows, where they have one: CC-BY-4.0.", max_length=200)
    attribution = fields.prose("How it wants to be named wherever its rows are shown.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title or self.name


class Import(Told):
    """One run of the importer that wrote something: what was read, by whom, and what came of it."""

    told, told_where = ("release",), f"dataset IN (SELECT name FROM public.cases_dataset WHERE {WITH_TERMS})"

    dataset = models.CharField(max_length=120, help_text="Name under which the rows are known when they come again.")
    release = fields.line("The release of the data set, by its name or date, where the file is the whole of one.", max_length=120)
    file_name = fields.line("File or folder that was read.", max_length=300)
    sha256 = fields.line("SHA-256 over the bytes of all files read.", max_length=64, verbose_name="SHA-256")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports", help_text="Who imported.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")
    counts = models.JSONField(default=dict, help_text="Rows read, new, changed, unchanged, flagged and refused.")
    act = models.UUIDField(null=True, editable=False, help_text="The key under which history knows what it wrote.")
    undone_at = models.DateTimeField(null=True, editable=False, help_text="When it was undone (UTC); empty where it stands.")
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False,
                                  help_text="Who undid it.")  # fmt: skip
    undoing_act = models.UUIDField(null=True, editable=False, help_text="The key under which history knows its undoing.")
    undone_reason = fields.prose("Why it was undone.", editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.dataset}, {self.at:%Y-%m-%d %H:%M}"


class ImportedRow(Told):
    """The row of a sheet, as it came, beside the record that it became; so a second import finds it again."""

    told, told_where = ("dataset", "content_type", "object_id", "withdrawn_in"), Import.told_where

    first_import = models.ForeignKey(Import, models.PROTECT, related_name="created", null=True,
                                     help_text="The import that made the record; empty where it is not known.")  # fmt: skip
    last_import = models.ForeignKey(Import, models.PROTECT, related_name="rows", db_index=False,  # asked within its data set
                                    help_text="The import that last saw it.")  # fmt: skip
    dataset = models.CharField(max_length=120, help_text="Name of the data set.")
    sheet = models.CharField(max_length=60, help_text="Sheet in which it stands.")
    key = models.CharField(max_length=500, help_text="What tells the row apart in its data set.")
    withdrawn_in = models.ForeignKey(Import, models.PROTECT, related_name="withdrawn", null=True, editable=False,
                                     help_text="The import of the release in which its source no longer has it.")  # fmt: skip
    row_number = models.PositiveIntegerField(help_text="Number of the row in its sheet.")
    raw = models.JSONField(help_text="The cells as they came.")
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", help_text="Kind of record.")
    object_id = models.BigIntegerField(help_text="The record.")
    target = GenericForeignKey()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cases_importedrow_once", fields=["dataset", "sheet", "key"],
                                    violation_error_message="This row was imported already."),
        ]  # fmt: skip
        indexes = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.sheet} {self.key}"


class TwinVerdict(models.Model):
    """Whether a row of a data set is a record that was here before it, as somebody decided before it came in.

    The row of the same thing makes no record and changes none: what leads to it leads to that record.
    """

    follows_merge: ClassVar[bool] = False  # the row itself does

    dataset = models.CharField(max_length=120, help_text="Name of the data set.")
    sheet = models.CharField(max_length=60, help_text="Sheet in which the row stands.")
    key = models.CharField(max_length=500, help_text="What tells the row apart in its data set.")
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", help_text="Kind of record.")
    object_id = models.BigIntegerField(help_text="The record.")
    target = GenericForeignKey()
    same = models.BooleanField(help_text="Whether the row and the record are the same thing.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who decided.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="cases_twinverdict_once", fields=["dataset", "sheet", "key", "content_type", "object_id"],
                violation_error_message="That was decided already; change the decision."),
            models.UniqueConstraint(
                name="cases_twinverdict_one", fields=["dataset", "sheet", "key"], condition=models.Q(same=True),
                violation_error_message="A row is one record at most."),
        ]  # fmt: skip
        indexes = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.sheet} {self.key}"


class ImportedChange(models.Model):
    """What one import changed in a record that was here already: what the row said before, and what the record held."""

    follows_merge: ClassVar[bool] = False  # it was changed in that record

    run = models.ForeignKey(Import, models.PROTECT, related_name="changes", help_text="The import that changed it.")
    sheet = models.CharField(max_length=60, help_text="Sheet in which the row stands.")
    key = models.CharField(max_length=500, help_text="What tells the row apart in its data set.")
    raw = models.JSONField(help_text="The cells as the import before had them.")
    said_in = models.ForeignKey(Import, models.PROTECT, related_name="+", null=True, help_text="The import that had them so.")
    withdrawn_in = models.ForeignKey(Import, models.PROTECT, related_name="+", null=True,
                                     help_text="The import in which its source withdrew it, before it came again.")  # fmt: skip
    before = models.JSONField(encoder=DjangoJSONEncoder, help_text="What the changed fields held before, by field.")
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", help_text="Kind of record.")
    object_id = models.BigIntegerField(help_text="The record.")
    target = GenericForeignKey()

    class Meta:
        indexes = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.sheet} {self.key}"
