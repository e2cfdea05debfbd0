"""The first page of the admin: her work on any record, and what is to be looked at in the cases touched last."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest

from cases.findings import findings_on, set_aside_among
from cases.models import Case
from hrdocs.access import Role, is_staff_reader
from hrdocs.admin.desk import (
    address_of,
    ageing,
    assigned_to,
    changed_last,
    changes_for,
    own_work,
    throughput,
    waiting_for,
)
from hrdocs.notices import unseen

CASES = 5


def desk(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows above the list of kinds."""
    user: Any = request.user
    if not is_staff_reader(user):
        return context
    returned, drafts = own_work(user)
    cases = Case.objects.visible_to(user).order_by("-edited_at")[:CASES]
    return {
        **context,
        "returned": returned, "drafts": drafts, "waiting": waiting_for(user), "assigned": assigned_to(user),
        "changes": changes_for(user), "recent": changed_last(user), "unseen": unseen(user),
        **({"weeks": throughput(), "ages": ageing(user)} if user.role == Role.MANAGER else {}),
        "cases": [(case, address_of(case), kinds) for case in cases if (kinds := _to_look_at(case, user))],
    }  # fmt: skip


def _to_look_at(case: Case, user: Any) -> list[tuple[str, int]]:
    """What each kind of open finding in a case is called, and how many there are, the gravest first."""
    found = findings_on(case, user)
    aside = set_aside_among(found, user)
    return list(Counter(each.label for each in found if each.key not in aside).items())
