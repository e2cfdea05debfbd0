"""A party's chain of command as its page draws it: who is said to be over it and under it, and when."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from cases import shapes
from cases.choices import AffiliationKind
from cases.command import ties_around
from cases.hierarchies import Post, Tie, hierarchy
from cases.models import Affiliation
from cases.pages.reading import NAMED
from hrdocs.pages import Row, in_own_language, rows
from hrdocs.templatetags.words import own, when
from sources.models import Party


def command_of(record: Party, user: Any) -> dict[str, Any] | None:
    """The picture, and the same as sentences; None where nobody is over or under the party."""
    keys = ties_around(record.pk, user)
    told = rows(
        shapes.AFFILIATIONS, Affiliation.objects.visible_to(user).filter(pk__in=keys).order_by("start_earliest", "id"), user
    )
    in_own_language(user, NAMED, told)
    told = [row for row in told if row["party"] and row["to_party"]]
    if not told:
        return None
    named = {end["uid"]: end for row in told for end in (row["party"], row["to_party"])}
    posts = [Post(uid, own(end, "name"), reverse("pages:party", args=[uid])) for uid, end in named.items()]
    ties = [Tie(*_ends(row), when=when_of(row)) for row in told]
    drawn = hierarchy(posts, ties, record.uid, title=_("Chain of command"))
    said = [(named[tie.upper], named[tie.lower], row, " · ".join(tie.when)) for tie, row in zip(ties, told, strict=True)]
    return {"drawn": mark_safe(drawn), "said": said}  # noqa: S308  escaped in hierarchies.py


def _ends(row: Row) -> tuple[str, str]:
    """Who is over whom."""
    one, other = row["party"]["uid"], row["to_party"]["uid"]
    return (one, other) if row["kind"] == AffiliationKind.COMMANDS else (other, one)


def when_of(row: Row) -> tuple[str, ...]:
    """From when to when a tie lasted; an end that is only the first or last day on which a source speaks of it is said so."""
    parts = []
    if row["start"]:
        said = _("first cited %(day)s") if row["start_known"] == "cited" else _("from %(day)s")
        parts.append(said % {"day": when(row["start"])})
    if row["end"]:
        said = _("last cited %(day)s") if row["end_known"] == "cited" else _("until %(day)s")
        parts.append(said % {"day": when(row["end"])})
    return tuple(parts) or (_("no date told"),)
