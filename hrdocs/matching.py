"""Whether two records are one thing: who judged so, and what stands against merging them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hrdocs import relinking, risks
from hrdocs.access import STAFF, Role, State
from hrdocs.audit import acting_as
from hrdocs.models import Match, MatchVerdict, ProposedChange, ProposedChangeStatus, Record, on
from hrdocs.review import Refused
from hrdocs.transitions import OPEN

FARTHEST = (*OPEN, State.APPROVED, State.PUBLISHED)  # the states in which records are merged, as far as review went


def judged(one: Record, other: Record) -> Match | None:
    """What was said of the two, in whichever order."""
    keys = Q(object_id=one.pk, other_id=other.pk) | Q(object_id=other.pk, other_id=one.pk)
    return Match.objects.filter(keys, content_type=on(one)["content_type"]).order_by("-at").select_related("by").first()


def judge(one: Record, other: Record, verdict: str, *, by: Any, reason: str) -> Match:
    """Say whether two records are one thing. “The same” asks a manager for the merge."""
    refused = _not_a_pair(one, other, by)
    if by.role not in STAFF or not by.is_active:
        refused = [_("Analysts, reviewers and managers judge whether two records are the same.")]
    if not reason.strip():
        refused = [*refused, _("Say why.")]
    if refused:
        raise Refused(one, refused)
    with transaction.atomic(), acting_as(by, reason):
        match = judged(one, other) or Match(**on(one), other_id=other.pk)
        match.verdict, match.reason, match.by, match.at = verdict, reason, by, timezone.now()
        match.save()
    return match


def against(kept: Record, gone: Record, user: Any) -> list[str]:
    """Why this person can't merge the two now, one sentence each."""
    if refused := _not_a_pair(kept, gone, user):
        return refused
    if user.role != Role.MANAGER or not user.is_active:
        return [_("A manager merges. Say that they are the same, and one will look at it.")]
    return [*_not_asked(kept, gone, user), *_not_by_state(kept, gone, user), *_not_ready(kept, gone, user)]


def far(state: str) -> int:
    """How far review has taken a record in this state; not far where it was taken back, or is looked at."""
    return max(FARTHEST.index(State(state)) - 1, 0) if state in FARTHEST else 0


def _not_a_pair(one: Record, other: Record, user: Any) -> list[str]:
    if type(one) is not type(other) or not one.mergeable or one.pk == other.pk:
        return [_("Two different records of one kind are merged: parties, facilities, places, victims, sources or incidents.")]
    shown = type(one)._default_manager.visible_to(user).filter(pk__in=(one.pk, other.pk)).count()
    return [] if shown == 2 else [_("There are no such two records.")]


def _not_asked(kept: Record, gone: Record, user: Any) -> list[str]:
    match = judged(kept, gone)
    if match is None or match.verdict != MatchVerdict.SAME:
        return [_("Nobody has judged that they are the same. Say so first; another manager then merges them.")]
    return [_("You judged that they are the same; another manager has to merge them.")] if match.by_id == user.pk else []


def _not_by_state(kept: Record, gone: Record, user: Any) -> list[str]:
    for record in (kept, gone):
        if record.state not in FARTHEST:
            return [
                _("%(uid)s: %(state)s. Decide on it, or reopen it, first.")
                % {"uid": record.uid, "state": record.get_state_display()}
            ]
    if far(gone.state) > far(kept.state):
        return [_("Review took %(gone)s farther than %(kept)s: merge the other way.") % {"gone": gone.uid, "kept": kept.uid}]
    if kept.state not in OPEN and user.pk in (gone.created_by_id, gone.edited_by_id):
        return [_("You entered or last edited %(gone)s, and %(kept)s was approved: somebody else has to merge them.")
                % {"gone": gone.uid, "kept": kept.uid}]  # fmt: skip
    return []


def _not_ready(kept: Record, gone: Record, user: Any) -> list[str]:
    found = [_("A proposed change to %s waits. Decide on it first.") % record.uid for record in (kept, gone)
             if ProposedChange.objects.filter(**on(record), status=ProposedChangeStatus.WAITING).exists()]  # fmt: skip
    if kept.state == State.PUBLISHED and risks.holding([gone]):
        found.append(_("A note of a risk holds %(gone)s back, and %(kept)s is published. Settle it first.")
                     % {"gone": gone.uid, "kept": kept.uid})  # fmt: skip
    if relinking.hidden(type(gone), gone.pk, user):
        found.append(_("Something that you may not see belongs to %s. Have it opened to you, or ask a manager to whom it is "
                       "open.") % gone.uid)  # fmt: skip
    return found
