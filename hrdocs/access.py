"""Who may see what: the one place that knows.

A record is shown to a person when its state and its level allow it, and those of everything it hangs on. The database
works that out whenever one of them changes, and keeps it in each row (`audience`, `locks`; models/triggers.py).
Every read starts from `visible_to(user)`; what is not visible does not exist for the asker.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q


class State(models.TextChoices):
    """Where a record stands in review."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    RETRACTED = "retracted", "Retracted"


class Sensitivity(models.TextChoices):
    """How far a record may travel, from the world to two custodians. New records begin at internal."""

    PUBLIC = "public", "Public: anybody"
    REGISTERED = "registered", "Registered researchers"
    INTERNAL = "internal", "Internal: analysts, reviewers, managers"
    RESTRICTED = "restricted", "Restricted: author, team, grants"
    SEALED = "sealed", "Sealed: two custodians together"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Sensitivity)}


class Role(models.TextChoices):
    """What an account is for. Nobody is above the rules: there are no superusers."""

    RESEARCHER = "researcher", "Researcher"
    ANALYST = "analyst", "Analyst"
    REVIEWER = "reviewer", "Reviewer"
    MANAGER = "manager", "Manager"
    ADMINISTRATOR = "administrator", "Administrator (accounts and settings, no content)"
    CUSTODIAN = "custodian", "Custodian of sealed identities"


STAFF = (Role.ANALYST, Role.REVIEWER, Role.MANAGER)
ONLY_READS = (Role.RESEARCHER,)  # every other role needs a second factor, also one that is yet to come
REVIEWERS = (Role.REVIEWER, Role.MANAGER)  # who decide on what others entered


@dataclass(frozen=True)
class Everybody:
    """All who are cleared for a level, and what each of them may see: for what is worked out once for many readers, and
    for programs that read with a token, which are nobody in particular. With a key it is one of them: what is restricted
    is open to some alone."""

    clearance: Sensitivity
    pk: int | None = None
    is_authenticated: bool = False


def clearance(user: Any) -> Sensitivity:
    """The strictest level that `user` reads without a grant."""
    if isinstance(user, Everybody):
        return user.clearance
    role = user.role if user.is_authenticated and user.is_active else None
    if role in STAFF:
        return Sensitivity.INTERNAL
    return Sensitivity.REGISTERED if role == Role.RESEARCHER else Sensitivity.PUBLIC


def is_staff_reader(user: Any) -> bool:
    """Whether `user` works on records (analyst, reviewer, manager) rather than reading what is published."""
    return clearance(user) == Sensitivity.INTERNAL


class Opens(models.Func):
    """Whether all restricted records before a row are open to a person: entered by herself, of a team that she works in
    now, or granted to her today."""

    function = "public.hrdocs_opens"
    output_field = models.BooleanField()


OPENS_SQL = """
CREATE OR REPLACE FUNCTION public.hrdocs_opens(locks text[], reader bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $opens$
    SELECT NOT EXISTS (
        SELECT FROM unnest(locks) AS lock
        WHERE split_part(lock, '@', 2) IS DISTINCT FROM reader::text AND NOT EXISTS (
            SELECT FROM public.hrdocs_user_teams m
            WHERE m.user_id = reader AND m.team_id::text = split_part(lock, '@', 3)) AND NOT EXISTS (
            SELECT FROM public.hrdocs_grant g
            WHERE g.user_id = reader AND g.uid = split_part(lock, '@', 1) AND g.until >= CURRENT_DATE))
$opens$;
"""


FEW = 2_000  # keys of rows that others are asked by
_WRITTEN_OUT = 20  # of them, each as a value of its own


class VisibleQuerySet(models.QuerySet):
    """Rows of a record or a part. `visible_to(user)` is the door that every read goes through."""

    def visible_to(self, user: Any) -> VisibleQuerySet:
        """The rows that `user` may know of: their own state and level, and all that they hang on."""
        clause = Q(audience__lte=clearance(user).rank)
        if is_staff_reader(user):
            clause |= Q(Opens("locks", models.Value(user.pk)), audience=Sensitivity.RESTRICTED.rank)
        return self.filter(clause)


def tied(
    rows: models.QuerySet, column: str = "pk", *, here: str = "pk", one_by_one: models.QuerySet | None = None, few: int = 0
) -> Q:
    """Which rows of another list hold, in their column `here`, what one of these holds in `column`.

    Where that is little, the values themselves are asked for: the database knows how many rows hold a value, and reads
    accordingly. Where it is much, each row is asked whether there is one, so that a page need not work out all; where that
    is quicker in other words, `one_by_one` are the same rows in those. `few` is how much is little, where the values are
    quickly read.
    """
    rows, few = rows.order_by(), few or FEW
    found = list(rows.filter(**{f"{column}__isnull": False}).values_list(column, flat=True)[: few + 1])
    if len(found) <= few:
        return one_of(set(found), here=here)
    is_there = Q(Exists((rows if one_by_one is None else one_by_one).order_by().filter(**{column: OuterRef(here)})))
    return is_there if here == "pk" else Q(**{f"{here}__isnull": False}) & is_there  # an index tells where nothing is held


@models.Field.register_lookup
@models.ForeignObject.register_lookup
class OfList(models.Lookup):
    """`= ANY ('{1,2,3}')`: keys that are handed over as one list. Thousands of values take longer to put into a question than
    the database takes to answer it."""

    lookup_name, prepare_rhs = "of_list", False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        (column, params), (keys, given) = self.process_lhs(compiler, connection), self.process_rhs(compiler, connection)
        return f"{column} = ANY ({keys}::bigint[])", (*params, *given)


def one_of(keys: Collection[int], *, here: str) -> Q:
    """Which rows hold one of these keys, of which the database weighs each against what it knows of the column."""
    if len(keys) <= _WRITTEN_OUT:
        return Q(**{f"{here}__in": keys})
    return Q(**{f"{here}__of_list": _listed(keys)})


def _listed(keys: Collection[int]) -> models.Value:
    return models.Value(f"{{{','.join(map(str, keys))}}}")


class _LookedUp(models.Func):
    """Whether a column is one of very many keys, handed over as one list that is looked up in. It is made once; seeing how long
    it is, the database would count that for each row, and care no more for how it comes to the rows."""

    arg_joiner = " IN (SELECT unnest((SELECT "
    template = "(%(expressions)s::bigint[])))) IS TRUE"
    output_field = models.BooleanField()


def among(keys: Collection[int], *, here: str) -> Q:
    """Which rows hold one of these keys. Where they are very many the database would take longer to weigh each of them
    against what it knows of the column than to find the rows."""
    if len(keys) <= FEW:
        return one_of(keys, here=here)
    return Q(_LookedUp(models.F(here), _listed(keys)))


def shown_rows(model: type[models.Model], user: Any) -> models.QuerySet:
    """The rows of a kind that `user` may see; of terms and people, all."""
    manager = model._default_manager
    return manager.visible_to(user) if hasattr(manager, "visible_to") else manager.all()
