"""Uploads: files that people bring to the desk, looked at before anything comes in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.choices import Language
from cases.models.imports import Import
from hrdocs.models import fields


class Step(models.TextChoices):
    """How far a file has come."""

    WAITING = "waiting", "Waiting to be looked at"
    LOOKING = "looking", "Being looked at"
    PLANNED = "planned", "Looked at: nothing is written yet"
    ORDERED = "ordered", "Waiting to come in"
    COMING = "coming", "Coming in"
    DONE = "done", "Came in"
    FAILED = "failed", "Can't come in as it is"


UNDER_WAY = (Step.WAITING, Step.LOOKING, Step.ORDERED, Step.COMING)


class Upload(models.Model):
    """A file that somebody brought, what was found in it, and what became of it."""

    file_name = models.CharField("file", max_length=300, help_text="Name of the file as it was brought.")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField("SHA-256", max_length=64, help_text="SHA-256 of its bytes.")
    sheet = fields.line("What its rows are; empty where the file or its mapping says so.", max_length=60)
    mapping = fields.line("How a published data set is read; empty for sheets of our own.", max_length=120)
    encoding = fields.line("Encoding of a text, where what is recognised is wrong.", max_length=40)
    separator = fields.line("What parts the columns of a text, where what is recognised is wrong.", max_length=10)
    language = fields.choice(Language, "In which language it is told what was found in it.", default=Language.EN, editable=False)
    dataset = models.CharField("data set", max_length=120, help_text="Name under which the rows are known when they come again.")
    release = fields.line("The release of the data set, where the file is the whole of one.", max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads", editable=False,
                           help_text="Who brought it.")  # fmt: skip
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When it was brought (UTC).")
    step = fields.choice(Step, "How far it has come.", default=Step.WAITING, editable=False)
    valid_rows = models.BooleanField(default=False, editable=False,
                                     help_text="Whether the rows that are right come in although others are not.")  # fmt: skip
    rows_done = models.PositiveIntegerField(default=0, editable=False, help_text="Rows looked at so far.")
    tries = models.PositiveSmallIntegerField(default=0, editable=False, help_text="How often this step was begun.")
    counts = models.JSONField(default=dict, editable=False, help_text="What its rows come to, by sheet.")
    left_out = models.JSONField(default=dict, editable=False, help_text="How many remarks more there were, by sort.")
    trouble = fields.prose("Why it can't come in.", editable=False)
    run = models.ForeignKey(Import, models.PROTECT, null=True, related_name="uploads", editable=False,
                            help_text="The import that it became.")  # fmt: skip

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name}, {self.at:%Y-%m-%d %H:%M}"

    @property
    def under_way(self) -> bool:
        """Whether work on it waits or goes on."""
        return self.step in UNDER_WAY


class UploadPiece(models.Model):
    """Some bytes of a file that was brought; gone when it came in or was discarded."""

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="pieces", help_text="Whose bytes they are.")
    number = models.PositiveIntegerField(help_text="Where they stand in it.")
    content = models.BinaryField(help_text="The bytes.")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cases_uploadpiece_once", fields=["upload", "number"],
                                    violation_error_message="These bytes are here already."),
        ]  # fmt: skip


class RemarkSort(models.TextChoices):
    """What a remark is about."""

    ERROR = "error", "Error"
    FLAG = "flag", "Odd, or not overwritten"
    DIFFERENCE = "difference", "Change"
    TWIN = "twin", "Possible duplicate"
    WITHDRAWN = "withdrawn", "Withdrawn by its source"


class UploadRemark(models.Model):
    """What was found at one row of a file: what is wrong with it, what it would change, what it looks like."""

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="remarks", help_text="The file.")
    sort = fields.choice(RemarkSort, "What kind of remark it is.", blank=False)
    sheet = models.CharField(max_length=300, help_text="Sheet in which the row stands.")
    row = models.PositiveIntegerField(help_text="Number of the row in its sheet.")
    key = fields.line("What tells the row apart, where something is to be decided of it.", max_length=500)
    column = fields.line("The column, where it is about one.", max_length=120)
    value = fields.prose("What the cell says.")
    words = fields.prose("What is wrong, and what to do.")
    uid = fields.line("The record that it is about.", max_length=16)
    old = fields.prose("What the record holds now.")

    class Meta:
        ordering = ["id"]
