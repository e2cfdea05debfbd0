"""Whose a data set is: whoever began it brings what comes next, or somebody of a team of hers, or a manager.

Else anybody could say of another one's rows that their source withdrew them, or which records they are.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Import, TwinVerdict
from hrdocs.access import Role
from hrdocs.models import Team, User


def against(dataset: str, user: User) -> str:
    """Why this person may not bring rows of a data set or decide on them; empty where she may."""
    first = _first(dataset)
    if first is None or first.by_id == user.pk or user.role == Role.MANAGER:
        return ""
    if Team.objects.filter(members=user).filter(members=first.by).exists():
        return ""
    told = _("The data set “%(name)s” was begun by %(who)s. Give yours another name, or ask a manager or somebody of that team.")
    return told % {"name": dataset, "who": first.by}


def _first(dataset: str) -> Import | TwinVerdict | None:
    """The first import of it that stands; before there is one, the first that was decided of its rows."""
    imports = Import.objects.filter(dataset=dataset, undone_at=None).order_by("pk").select_related("by")
    return imports.first() or TwinVerdict.objects.filter(dataset=dataset).order_by("pk").select_related("by").first()
