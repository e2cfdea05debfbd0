"""Two records for one thing: the judgement, the merge, and what the old uid leads to."""

from __future__ import annotations

import pgtrigger
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrdocs.access import Role, Sensitivity, VisibleQuerySet
from hrdocs.audit import recorded
from hrdocs.models import fields
from hrdocs.models.decisions import OnAnyRecord
from hrdocs.models.triggers import KeepsTheMerge


class MatchVerdict(models.TextChoices):
    SAME = "same", "The same"
    DISTINCT = "distinct", "Two different ones"
    UNDECIDED = "undecided", "Not decided"


@recorded
class Match(OnAnyRecord):
    """A judgement whether two records of one kind speak of the same thing; “the same” asks for a merge."""

    other_id = models.BigIntegerField(help_text="The other record, of the same kind.")
    other = GenericForeignKey("content_type", "other_id")
    verdict = fields.choice(MatchVerdict, "What was judged.", default=MatchVerdict.UNDECIDED)
    reason = models.TextField(help_text="Why.")
    by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="Who judged.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")

    class Meta(OnAnyRecord.Meta):
        verbose_name_plural = "matches"
        constraints = [
            models.CheckConstraint(
                name="hrdocs_match_two", condition=~Q(object_id=F("other_id")),
                violation_error_message="A record can't be matched with itself."),
            models.UniqueConstraint(
                name="hrdocs_match_once", fields=["content_type", "object_id", "other_id"],
                violation_error_message="These two were judged already; change that judgement."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_verdict_display()


class Merge(OnAnyRecord):
    """One record taken into another of its kind: asked for by one person, carried out by a manager who did not ask.

    The record that goes is taken out of its table, so that nothing can lead to it, and is kept here whole, with all that
    was moved. `target` is the one that stays.
    """

    follows_merge = False

    gone_uid = models.CharField(max_length=16, db_index=True, help_text="The uid of the record that was taken in.")
    gone_id = models.BigIntegerField(help_text="Its key, which it gets back when the merge is undone.")
    before = models.JSONField(
        default=dict, help_text="All that was moved, folded and changed, to put it back by; empty once erased.")  # fmt: skip
    reason = models.TextField(help_text="Why the two are one.")
    asked_by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="Who judged them the same.")
    by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="The manager who merged them.")
    by_role = fields.choice(Role, "Role of the merging person at that moment.", editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")
    undone_by = fields.link("hrdocs.User", "The manager who undid it.")
    undone_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it was undone (UTC).")
    undone_reason = fields.prose("Why it was undone.")

    class Meta(OnAnyRecord.Meta):
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="hrdocs_merge_four_eyes", condition=~Q(asked_by=F("by")),
                violation_error_message="Somebody else merges what you judged to be the same."),
            models.CheckConstraint(
                name="hrdocs_merge_by_a_manager", condition=Q(by_role=Role.MANAGER),
                violation_error_message="A manager merges."),
            models.CheckConstraint(
                name="hrdocs_merge_undone_why",
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False)
                & ~Q(undone_reason=""),
                violation_error_message="Say who undid the merge, and why."),
            models.UniqueConstraint(
                name="hrdocs_merge_once", fields=["gone_uid"], condition=Q(undone_at=None),
                violation_error_message="This record was merged already."),
        ]  # fmt: skip
        triggers = [KeepsTheMerge(), pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.gone_uid} merged by {self.by}"


@recorded
class Redirect(OnAnyRecord):
    """An old uid that leads to the record it was merged into; seen by those who might have seen the old record."""

    old_uid = models.CharField(max_length=16, unique=True, help_text="The uid of the record that was merged away.")
    audience = models.PositiveSmallIntegerField(default=Sensitivity.SEALED.rank,
                                                help_text="The audience that the old record had.")  # fmt: skip
    locks = ArrayField(models.CharField(max_length=40), default=list,
                       help_text="The restricted records that stood before the old one.")  # fmt: skip

    objects = VisibleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.old_uid
