"""Conclusions: what we adopt is in order, is about one thing, rests on something, and says why anything was set aside."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from cases.models import AdoptedFigure, Conclusion, ConclusionGround
from hrdocs import review
from hrdocs.models import User
from tests import factories
from tests.cases.refusals import kept, refused, refused_in_words_and_by_the_database, run_sql, words_against

pytestmark = pytest.mark.django_db
ABOUT = ("incident", "facility", "place", "victim", "harm")


def figure(by: User, **given: Any) -> Conclusion:
    """An unsaved adopted figure about a facility."""
    given = {"kind": "figure", "counted": factories.make_term(), "measure": "total", "lower": 5000, "upper": 13000, **given}
    if not any(given.get(name) for name in ABOUT):
        given["facility"] = factories.make_facility(by)
    return Conclusion(**given)


@pytest.mark.parametrize(("lower", "best", "upper"), [
    (5000, None, 13000), (5000, 9000, 13000), (None, 50, None), (0, 0, 0), (5, None, None), (None, None, 5), (1, 1, None),
    (None, 3, 3),
])  # fmt: skip
def test_an_adopted_figure_in_order_is_kept(lower: Any, best: Any, upper: Any, analyst: User) -> None:
    found = kept(figure(analyst, lower=lower, best=best, upper=upper), analyst)
    assert (found.lower, found.best, found.upper) == (lower, best, upper)


@pytest.mark.parametrize(("lower", "best", "upper"), [
    (13000, None, 5000), (3, 2, None), (None, 3, 2), (1, 5, 3), (4, 2, 3), (5, 5, 4), (1, 0, 3),
])  # fmt: skip
def test_an_adopted_figure_out_of_order_is_refused(lower: Any, best: Any, upper: Any, analyst: User) -> None:
    """A source may break the order and is kept as it is; what we stand behind ourselves may not."""
    refused_in_words_and_by_the_database(
        figure(analyst, lower=lower, best=best, upper=upper), analyst, "cases_conclusion_order", "An adopted figure is in order"
    )


@pytest.mark.parametrize("bound", ["lower", "best", "upper"])
def test_a_negative_adopted_figure_is_refused(bound: str, analyst: User) -> None:
    values = {"lower": None, "upper": None, bound: -1}
    record = figure(analyst, **values)
    assert words_against(record)
    with refused():
        record.save_by(analyst)


def test_an_adopted_rate_without_its_unit_is_refused(analyst: User) -> None:
    record = figure(analyst, measure="rate", lower=20, upper=50)
    assert words_against(record)
    with refused():
        record.save_by(analyst)
    assert kept(figure(analyst, measure="rate", per_time="week", lower=20, upper=50), analyst).per_time == "week"


@pytest.mark.parametrize("missing", [{"counted": None}, {"measure": ""}, {"lower": None, "upper": None}])
def test_an_adopted_figure_needs_a_number_what_is_counted_and_its_measure(missing: dict[str, Any], analyst: User) -> None:
    refused_in_words_and_by_the_database(
        figure(analyst, **missing), analyst, "cases_conclusion_says_something", "An adopted figure needs a number"
    )


@pytest.mark.parametrize(
    ("kind", "says"), [("proof", {"standard_of_proof": "reasonable_grounds"}), ("standing", {"standing": "disputed"})]
)
def test_the_other_kinds_say_their_standard_or_their_standing(kind: str, says: dict[str, str], analyst: User) -> None:
    facility = factories.make_facility(analyst)
    refused_in_words_and_by_the_database(
        Conclusion(kind=kind, facility=facility), analyst, "cases_conclusion_says_something", "standard of proof or the standing"
    )
    assert kept(Conclusion(kind=kind, facility=facility, **says), analyst).kind == kind


@pytest.mark.parametrize("name", ABOUT)
def test_a_conclusion_is_about_one_thing_of_any_sort(name: str, analyst: User) -> None:
    thing = getattr(factories, f"make_{name}")(analyst)
    assert getattr(kept(figure(analyst, **{name: thing}), analyst), name) == thing


def test_a_conclusion_about_nothing_or_about_two_things_is_refused(analyst: User) -> None:
    nothing = figure(analyst)
    nothing.facility = None
    refused_in_words_and_by_the_database(nothing, analyst, "cases_conclusion_about_one_thing", "exactly one thing")
    two = figure(analyst, incident=factories.make_incident(analyst), place=factories.make_place(analyst))
    refused_in_words_and_by_the_database(two, analyst, "cases_conclusion_about_one_thing", "exactly one thing")


def test_a_conclusion_does_not_follow_itself(analyst: User) -> None:
    conclusion = figure(analyst).save_by(analyst)
    with refused("cases_conclusion_not_after_itself"):
        run_sql("UPDATE cases_conclusion SET follows_id = id WHERE id = %s", conclusion.pk)


# ── grounds ──


@pytest.mark.parametrize(("role", "reason", "words"), [
    ("set_aside", "", "Say why the statement was set aside"), ("set_aside", "told on from the other", ""), ("rests_on", "", ""),
])  # fmt: skip
def test_a_statement_is_set_aside_with_a_reason_only(role: str, reason: str, words: str, analyst: User) -> None:
    conclusion, estimate = figure(analyst).save_by(analyst), factories.make_estimate(analyst)
    ground = ConclusionGround(conclusion=conclusion, statement_id=estimate.pk, role=role, reason=reason)
    assert words in words_against(ground)
    if words:
        with refused("cases_conclusionground_reason"):
            ground.save()
    else:
        ground.save()
        assert conclusion.grounds.get().role == role


def test_a_statement_is_named_once_in_a_conclusion(analyst: User) -> None:
    conclusion, estimate = figure(analyst).save_by(analyst), factories.make_estimate(analyst)
    conclusion.grounds.create(statement_id=estimate.pk)
    with refused("cases_conclusionground_once"):
        conclusion.grounds.create(statement_id=estimate.pk, role="set_aside", reason="no")


def test_a_conclusion_goes_to_review_with_its_rationale_and_its_grounds_only(analyst: User) -> None:
    conclusion, estimate = figure(analyst).save_by(analyst), factories.make_estimate(analyst)
    with pytest.raises(review.Refused) as refusal:
        review.submit(conclusion, by=analyst)
    assert refusal.value.blockers == ["Give the rationale.", "Choose the statements that it rests on."]
    conclusion.rationale_en = "The report itself, whose bounds everybody tells on."
    conclusion.save_by(analyst)
    conclusion.grounds.create(statement_id=estimate.pk, role="set_aside", reason="told on")
    with pytest.raises(review.Refused, match="Choose the statements that it rests on"):
        review.submit(conclusion, by=analyst)
    conclusion.grounds.create(statement_id=factories.make_estimate(analyst).pk)
    assert review.submit(conclusion, by=analyst).to_state == "in_review"


def test_adopted_figures_are_the_conclusions_that_adopt_a_figure(analyst: User) -> None:
    adopted = figure(analyst).save_by(analyst)
    proof = Conclusion(kind="proof", standard_of_proof="reasonable_grounds", facility=factories.make_facility(analyst)).save_by(
        analyst
    )
    found = set(AdoptedFigure.objects.visible_to(analyst).values_list("pk", flat=True))
    assert adopted.pk in found and proof.pk not in found
    assert not AdoptedFigure.objects.visible_to(AnonymousUser()).filter(pk=adopted.pk).exists()


def test_adopting_a_figure_leaves_the_statements_as_they_are(analyst: User) -> None:
    estimate = factories.make_estimate(analyst)
    conclusion = figure(analyst, lower=1, upper=2).save_by(analyst)
    conclusion.grounds.create(statement_id=estimate.pk)
    again = type(estimate).objects.get(pk=estimate.pk)
    assert (again.lower, again.upper, again.version) == (5000, 13000, estimate.version)
