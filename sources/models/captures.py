"""Captures: the copies that we keep, and what happened to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from hrdocs.access import REVIEWERS, Sensitivity
from hrdocs.audit import recorded
from hrdocs.models import Part, fields
from hrdocs.models.triggers import append_only
from sources.choices import Assessed, CustodyKind
from sources.evidence import store

BY_ITSELF = (CustodyKind.VERIFIED, CustodyKind.DAMAGED, CustodyKind.STAMPED)  # what the program does where nobody asks it to
OPEN = (Sensitivity.PUBLIC, Sensitivity.REGISTERED)


class KeptAsItCameIn(pgtrigger.Trigger):
    """What a copy is and where it came from stays as it was written; a lawful erasure alone empties it."""

    def __init__(self) -> None:
        stays = ("sha256", "size", "media_type", "file_name", "taken_at", "taken_by", "tool", "redacted")
        super().__init__(
            name="kept_as_it_came_in", operation=pgtrigger.Update, when=pgtrigger.Before,
            condition=pgtrigger.AnyChange(*stays),
            func="""
                IF EXISTS (SELECT FROM public.hrdocs_erasure WHERE at = transaction_timestamp()) THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'A kept copy stays as it came in. Keep another one beside it.' USING ERRCODE = 'check_violation';
            """)  # fmt: skip


class OpenedByASecondPerson(pgtrigger.Trigger):
    """A copy leaves the house only when somebody who reviews has looked through it, whatever was published of its source."""

    def __init__(self) -> None:
        roles = ", ".join(f"'{role}'" for role in REVIEWERS)
        super().__init__(
            name="opened_by_a_second_person", operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.Before,
            condition=pgtrigger.Q(new__opened_by__isnull=False),
            func=f"""
                IF TG_OP = 'UPDATE' AND NEW.opened_by_id IS NOT DISTINCT FROM OLD.opened_by_id
                    AND NEW.sensitivity = OLD.sensitivity THEN
                    RETURN NEW;
                END IF;
                IF NOT EXISTS (
                    SELECT FROM public.hrdocs_user WHERE id = NEW.opened_by_id AND is_active AND role IN ({roles})) THEN
                    RAISE EXCEPTION 'A reviewer or manager opens a kept copy to readers from outside.'
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """)  # fmt: skip


@recorded
class Capture(Part):
    """A copy of a source that we keep as it came in, addressed by the SHA-256 of its bytes."""

    hangs_on = ("source",)
    is_content = False  # what we keep of it comes and goes beside what was approved
    identifying = ("sha256", "file_name", "taken_from", "redacted", "text")
    erased_along = {"sha256": ("timestamp_token", "text")}  # fields that tell of the file, and go with it

    source = fields.owner("sources.Source", "What was captured.", "captures")
    sensitivity = fields.choice(
        Sensitivity, "Who may see it. A copy begins inside; a second person opens it to readers from outside.",
        default=Sensitivity.INTERNAL)  # fmt: skip
    sha256 = models.CharField(  # noqa: DJ001 - nothing, not an empty text, is there once for each source
        "SHA-256", max_length=64, null=True,
        help_text="SHA-256 of the bytes, 64 hexadecimal digits; nothing once the file was erased.")  # fmt: skip
    media_type = models.CharField(max_length=120, help_text="Media type, read off the bytes: application/pdf, text/html.")
    size = models.BigIntegerField(help_text="Size in bytes.")
    file_name = fields.line("The name under which it came; it proves nothing.")
    taken_at = models.DateTimeField(default=timezone.now, help_text="When it was captured (UTC).")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who captured it.")
    tool = fields.line("Tool and version.", max_length=120)
    taken_from = fields.prose("Address, person or place from which it was taken.")
    redacted = fields.prose("Of a redacted copy: what was taken out, and why. Readers see it; empty: it is as it came in.")
    opened_by = fields.link("hrdocs.User", "Who looked through it and opened it to readers from outside.")
    timestamp_token = models.BinaryField(null=True, blank=True, help_text="RFC 3161 answer of a time-stamping authority.")
    stamped_at = models.DateTimeField(null=True, blank=True,
                                      help_text="By when it was there, as that authority vouches (UTC).")  # fmt: skip
    graphic_content = fields.choice(Assessed, "Whether it shows violence or the dead.", default=Assessed.NOT_ASSESSED)
    personal_data = fields.choice(Assessed, "Whether people can be recognised in it.", default=Assessed.NOT_ASSESSED)
    text = fields.prose("Its text for search, extracted or transcribed.")
    text_language = fields.language("Language of that text.")
    text_tool = fields.line("What extracted or transcribed it.", max_length=120)

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(name="sources_capture_sha256", condition=Q(sha256=None) | Q(sha256__regex="^[0-9a-f]{64}$"),
                                   violation_error_message="A SHA-256 is 64 hexadecimal digits in lower case."),
            models.CheckConstraint(name="sources_capture_size", condition=Q(size__gt=0),
                                   violation_error_message="An empty file is no copy of a source."),
            models.UniqueConstraint(name="sources_capture_once", fields=["source", "sha256"],
                                    violation_error_message="These bytes are kept for this source already."),
            models.CheckConstraint(
                name="sources_capture_opened",
                condition=~Q(sensitivity__in=OPEN)
                | Q(personal_data=Assessed.NO, opened_by__isnull=False) & ~Q(opened_by=F("taken_by")),
                violation_error_message="A copy is opened to readers from outside by a second person, once somebody found that "
                "nobody can be recognised in it. Otherwise keep a redacted copy, and open that."),
        ]  # fmt: skip
        triggers = [*Part.Meta.triggers, KeptAsItCameIn(), OpenedByASecondPerson()]

    def __str__(self) -> str:
        return f"{self.media_type} {self.taken_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether readers from outside may see it, as far as they see its source."""
        return self.sensitivity in OPEN

    @classmethod
    def was_erased(cls, field: str, held: Iterable[Any]) -> None:
        """The file goes with the checksum by which it lies in the store, unless another source has it too."""
        if field == "sha256":
            transaction.on_commit(lambda: forget_unnamed(filter(None, held)))


def forget_unnamed(checksums: Iterable[str]) -> list[str]:
    """Delete those of these files that no copy names any more; which they were."""
    return [sha256 for sha256 in set(checksums) if store.forget(sha256, Capture.objects.filter(sha256=sha256).exists)]


@recorded
class CustodyEvent(Part):
    """One thing that happened to a kept copy: collected, verified, handed over, redacted. Only ever added."""

    hangs_on = ("capture",)
    is_content = False
    identifying = ("reason",)

    capture = fields.owner("sources.Capture", "The copy.", "custody")
    kind = fields.choice(CustodyKind, "What happened.", default=CustodyKind.COLLECTED)
    at = models.DateTimeField(default=timezone.now, help_text="When (UTC).")
    by = fields.link("hrdocs.User", "Who did it; nobody, where the program did it by itself.")
    reason = fields.prose("Why, or what was found.")
    sha256 = fields.line(
        "SHA-256 found at that moment, where it is another one than that of the copy.", max_length=64, verbose_name="SHA-256"
    )

    class Meta(Part.Meta):
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="sources_custodyevent_whose", condition=Q(by__isnull=False) | Q(kind__in=BY_ITSELF),
                                   violation_error_message="Say who did it."),
        ]  # fmt: skip
        triggers = [*Part.Meta.triggers, *append_only()]

    def __str__(self) -> str:
        return self.get_kind_display()


@recorded
class Redaction(Part):
    """One kept copy was made of another, with something taken out of it: both stay."""

    hangs_on = ("copy", "original")
    is_content = False

    copy = fields.owner("sources.Capture", "The copy from which something was taken out.", "redacted_from")
    original = fields.owner("sources.Capture", "The copy as it was before.", "redactions")

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(name="sources_redaction_once", fields=["copy"],
                                    violation_error_message="It is said already of what this copy was made."),
            models.CheckConstraint(name="sources_redaction_not_itself", condition=~Q(copy=F("original")),
                                   violation_error_message="A copy can't be a redacted one of itself."),
        ]  # fmt: skip
        triggers = [*Part.Meta.triggers, *append_only()]

    def __str__(self) -> str:
        return str(self.copy)


@recorded
class PageFetch(Part):
    """Somebody wants a page of the web to be kept: a worker fetches it, or says why there is none."""

    hangs_on = ("source",)
    is_content = False
    identifying = ("address",)

    source = fields.owner("sources.Source", "What the page is a copy of.", "fetches")
    address = fields.prose("The address of the page.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who wants it.")
    asked_at = models.DateTimeField(default=timezone.now, help_text="When (UTC).")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When a worker was done with it (UTC).")
    trouble = fields.prose("Why there is no page, where there is none.")

    class Meta(Part.Meta):
        verbose_name, verbose_name_plural = "page to be fetched", "pages to be fetched"
        ordering = ["asked_at", "id"]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
