"""Adopting a figure: proposed without an average, resting on one group, everything decided on with a reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.adopting import Choice, NotAdopted, adopt, propose
from cases.figures import matter_of
from cases.models import Conclusion
from cases.reconciliation import comparable_groups
from hrdocs import review
from hrdocs.access import Role
from hrdocs.models import User
from tests import factories
from tests.api.asking import as_user
from tests.cases.test_findings import figure

pytestmark = pytest.mark.django_db


@pytest.fixture
def prison(analyst: User) -> Any:
    return factories.make_facility(analyst)


def group_on(subject: Any, user: User) -> tuple[Any, Any]:
    matter = matter_of(subject, user)
    [group] = comparable_groups(matter)
    return group, matter


def test_the_origin_is_proposed_where_one_stands_behind_all(prison: Any, analyst: User) -> None:
    origin = figure(analyst, prison, best=None, lower=5000, upper=13000)
    copy = figure(analyst, prison, best=None, lower=5000, upper=11000)
    factories.make_hand_on(copy, origin)
    offered = propose(*group_on(prison, analyst))
    assert offered.bounds == (Decimal(5000), None, Decimal(13000)) and offered.rests_on == (origin.uid,)


def test_two_origins_are_spanned_and_never_averaged(prison: Any, analyst: User) -> None:
    figure(analyst, prison, best=1000)
    figure(analyst, prison, best=None, lower=2000, upper=3000)
    assert propose(*group_on(prison, analyst)).bounds == (Decimal(1000), None, Decimal(3000))


def test_an_open_end_stays_open_in_what_is_proposed(prison: Any, analyst: User) -> None:
    figure(analyst, prison, best=1000)
    figure(analyst, prison, best=None, lower=2000, lower_wording="at_least")
    assert propose(*group_on(prison, analyst)).bounds == (Decimal(1000), None, None)


def test_an_adopted_figure_keeps_what_it_rests_on_and_what_it_sets_aside_with_reasons(prison: Any, analyst: User) -> None:
    one, other = figure(analyst, prison), figure(analyst, prison, best=7000)
    choices = [Choice(one.uid, True, "Counted by name."), Choice(other.uid, False, "Rests on nobody who is named.")]
    made = adopt(prison, choices, (None, Decimal(1000), None), rationale="One list of names.", by=analyst)
    grounds = {ground.statement.uid: (ground.role, ground.reason) for ground in made.grounds.all()}
    assert grounds == {one.uid: ("rests_on", "Counted by name."), other.uid: ("set_aside", "Rests on nobody who is named.")}
    assert (made.state, made.created_by, made.facility, made.best) == ("draft", analyst, prison, 1000)
    again = adopt(prison, choices, (None, Decimal(1100), None), rationale="More names.", by=analyst)
    assert again.follows == made and Conclusion.objects.get(pk=made.pk).best == 1000


def test_somebody_else_reviews_it(prison: Any, analyst: User) -> None:
    one = figure(analyst, prison)
    made = adopt(prison, [Choice(one.uid, True)], (None, Decimal(1000), None), rationale="One list.", by=analyst)
    review.submit(made, by=analyst)
    with pytest.raises(review.Refused):
        review.approve(made, by=analyst)
    review.approve(made, by=factories.make_user(Role.REVIEWER))


@pytest.mark.parametrize(
    ("choices", "bounds", "rationale", "words"),
    [
        ([True, None], (1, None, None), "Why.", "Decide on"), ([True, False], (1, None, None), "Why.", "Say why"),
        ([False, False], (1, None, None), "Why.", "at least one figure"), ([True, True], (None, None, None), "Why.", "Give the figure"),
        ([True, True], (1, None, None), " ", "Give the rationale"), ([], (1, None, None), "Why.", "one comparable group"),
    ],
)  # fmt: skip
def test_what_is_not_decided_is_asked_for_and_nothing_is_written(
    choices: list[bool | None], bounds: Any, rationale: str, words: str, prison: Any, analyst: User
) -> None:
    figures = [figure(analyst, prison), figure(analyst, prison, best=7000)]
    given = [Choice(each.uid, rests) for each, rests in zip(figures, choices, strict=False) if rests is not None]
    with pytest.raises(NotAdopted, match=words):
        adopt(prison, given, bounds, rationale=rationale, by=analyst)
    assert not Conclusion.objects.filter(facility=prison).exists()


def test_figures_that_count_different_things_are_no_ground_of_one_conclusion(prison: Any, analyst: User) -> None:
    total, rate = figure(analyst, prison), figure(analyst, prison, measure="rate", per_time="week")
    with pytest.raises(NotAdopted, match="one comparable group"):
        adopt(prison, [Choice(total.uid, True), Choice(rate.uid, True)], (None, Decimal(1), None), rationale="x", by=analyst)


def test_a_figure_is_adopted_on_the_desk(client: Client, prison: Any, analyst: User) -> None:
    as_user(client, analyst)
    one, other = figure(analyst, prison), figure(analyst, prison, best=7000, value_text="7,000")
    page = client.get(reverse("admin:cases_facility_findings", args=[prison.pk])).content.decode()
    group, _ = group_on(prison, analyst)
    address = reverse("admin:cases_facility_adopt", args=[prison.pk, group.figures[0].uid])
    assert address in page
    entries = {f"role_{one.uid}": "rests_on", f"role_{other.uid}": "set_aside", "best": "1000", "rationale": "One list of names."}
    answer = client.post(address, entries)
    assert answer.status_code == 200 and "is set aside" in answer.content.decode()
    answer = client.post(address, {**entries, f"reason_{other.uid}": "Nobody is named."})
    assert answer.status_code == 302
    assert Conclusion.objects.get(facility=prison).best == 1000
