"""The first page of the admin: her work on any record, what is to be looked at in the cases touched last, and for a
manager how the work flows."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.models import Case
from cases.tallies import Lasting, Tally, columns, lastings
from hrdocs.access import Role, is_staff_reader
from hrdocs.admin.desk import Desk, address_of
from hrdocs.admin.flow import COUNTED, Age, Week, ageing, throughput
from hrdocs.admin.matches import merges_asked_for
from hrdocs.notices import unseen
from sources.consent import running_out

CASES = 5
SIZES = {"wide": 860, "narrow": 360}
DRAWN = 12  # rows of the chart of ages; the table has all
CONSENTS = 10


def desk(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows above the list of kinds, or in its place."""
    user: Any = request.user
    if not is_staff_reader(user):
        return context
    found = Desk(user)
    cases = Case.objects.visible_to(user).order_by("-edited_at")[:CASES]
    return {
        **context,
        "title": _("Your desk"), "works_on_records": True,
        "queues": found.queues(), "assigned": found.assigned(), "changes": found.changes(), "recent": found.recent(),
        "unseen": unseen(user), "consents": [(each, address_of(each.informant)) for each in running_out(user)[:CONSENTS]],
        "cases": [(case, address_of(case), reverse("admin:cases_case_in_short", args=[case.pk])) for case in cases],
        **(_for_a_manager(user, found) if user.role == Role.MANAGER else {}),
    }  # fmt: skip


def _for_a_manager(user: Any, found: Desk) -> dict[str, Any]:
    return {"merges": merges_asked_for(user), **_flow(throughput(), ageing(found.kinds, user))}


def _flow(weeks: list[Week], ages: list[Age]) -> dict[str, Any]:
    """The manager's numbers, drawn and as tables."""
    labels = {"submit": _("Submitted"), "return": _("Returned"), "approve": _("Approved"), "publish": _("Published")}
    tallies = [Tally(labels[verb], tuple(week.numbers[verb] for week in weeks)) for verb in COUNTED]
    days = [f"{week.monday:%m-%d}" for week in weeks]
    oldest = sorted(ages, key=lambda age: -age.oldest)[:DRAWN]
    rows = [Lasting(f"{capfirst(age.kind_name)}: {_(age.state.label)}", age.median, age.oldest) for age in oldest]
    key = _("The middle one and the oldest, in days.")
    return {
        "weeks": [(week.monday, [(verb, week.numbers[verb]) for verb in COUNTED]) for week in weeks],
        "weeks_drawn": {
            size: _safe(columns(tallies, days, title=_("Decisions per week"), name=f"weeks-{size}", width=width))
            for size, width in SIZES.items()
        },
        "ages": [(_(state.label), list(rows)) for state, rows in groupby(ages, key=lambda age: age.state)],
        "ages_drawn": {
            size: _safe(lastings(rows, title=_("How long records have lain, in days"), name=f"ages-{size}", width=width,
                                 days=_("days"), key=key))
            for size, width in SIZES.items()
        } if rows else {},
    }  # fmt: skip


def _safe(drawn: str) -> SafeString:
    return mark_safe(drawn)  # noqa: S308  escaped in tallies.py
