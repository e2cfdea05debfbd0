"""What changes when a number or an accusation is told on, with the statements of the founding case."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from cases.claims import Accusation, Accused
from cases.drift import (
    AnyClaim,
    Difference,
    Direction,
    Figure,
    Kind,
    Severity,
    chain_drift,
    differences,
    worst,
)
from cases.numbers import Change, rounds_to
from tests.cases import saydnaya
from tests.cases.saydnaya import LABELS, TREE


def told(earlier: AnyClaim, later: AnyClaim) -> tuple[Difference, ...]:
    return differences(earlier, later, TREE, LABELS)


def number(**fields: Any) -> Figure:
    """A number about the prison, always told by one and the same publisher."""
    return saydnaya.figure("S1", **({"categories": "killed"} | fields))


def only(found: tuple[Difference, ...], kind: Kind) -> Difference:
    [one] = [difference for difference in found if difference.kind is kind]
    return one


def drift(found: tuple[Difference, ...]) -> set[Kind]:
    return {difference.kind for difference in found if difference.is_drift}


counts = some.none() | some.integers(0, 20_000).map(Decimal)
bounds = some.fixed_dictionaries({"lower": counts, "best": counts, "upper": counts})


# The founding case, in the order of its list


def test_the_upper_bound_of_the_dead_fell_between_amnesty_and_the_briefing() -> None:
    found = only(told(saydnaya.HANGED, saydnaya.DIED_BY_BRIEFING), Kind.VALUE)
    assert found.words == "The upper bound fell from 13,000 to 11,000."
    assert (found.sub_kind, found.severity, found.direction) == ("other", Severity.MATERIAL, Direction.LOWER)


def test_hanged_told_on_as_died_is_a_wider_category_and_material() -> None:
    found = only(told(saydnaya.HANGED, saydnaya.DIED_BY_BRIEFING), Kind.CATEGORY)
    assert (found.severity, found.direction) == (Severity.MATERIAL, Direction.WIDER)
    assert found.words == "The category was widened from hanged to died."


def test_a_ceiling_told_on_as_a_floor_reverses_the_meaning() -> None:
    found = only(told(saydnaya.CEILING_A_DAY, saydnaya.FLOOR_A_DAY), Kind.BOUND)
    assert found.severity is Severity.REVERSES
    assert found.direction is Direction.HIGHER
    assert found.words == '"as many as 50" (a ceiling) became "at least 50" (a floor).'


def test_a_floor_told_on_as_a_ceiling_reverses_the_meaning_too() -> None:
    found = only(told(saydnaya.FLOOR_A_DAY, saydnaya.UP_TO_A_DAY), Kind.BOUND)
    assert (found.severity, found.direction) == (Severity.REVERSES, Direction.LOWER)


def test_a_ceiling_told_on_as_a_plain_number_narrows_the_claim() -> None:
    found = only(told(saydnaya.CEILING_A_DAY, saydnaya.PLAIN_A_DAY), Kind.BOUND)
    assert (found.severity, found.direction) == (Severity.MATERIAL, Direction.NARROWER)
    assert found.words == '"as many as 50" (a ceiling) became "50" (a plain number).'


def test_up_to_and_as_many_as_are_one_idiom() -> None:
    assert Kind.BOUND not in drift(told(saydnaya.CEILING_A_DAY, saydnaya.UP_TO_A_DAY))


def test_an_unnamed_origin_dropped_for_the_messenger_is_attribution_drift() -> None:
    found = only(told(saydnaya.HELD_BY_BRIEFING, saydnaya.HELD_BY_NEWS_PAGE), Kind.ATTRIBUTION)
    assert (found.sub_kind, found.severity) == ("origin_dropped", Severity.MATERIAL)
    assert found.words == "numerous NGOs dropped out: Stuart Jones, who passed it on, is named instead."


def test_a_number_moved_to_somebody_else_is_attribution_drift() -> None:
    found = only(told(saydnaya.HELD_BY_BRIEFING, saydnaya.HELD_IN_SLOVENIAN), Kind.ATTRIBUTION)
    assert (found.sub_kind, found.later_text) == ("moved", "Amnesty International")


def test_a_lost_start_month_widens_the_period() -> None:
    found = only(told(saydnaya.HANGED, saydnaya.DIED_BY_BRIEFING), Kind.PERIOD)
    assert (found.sub_kind, found.direction) == ("coarser", Direction.WIDER)
    assert found.is_drift
    assert found.words == "The period was widened from 2011-09 – 2015-12 to 2011 – 2015."


def test_a_countrys_number_told_of_a_prison_is_narrowed() -> None:
    of_the_prison = replace(saydnaya.HELD_IN_SLOVENIAN, **saydnaya.AT_THE_PRISON)
    found = only(told(saydnaya.HELD_BY_BRIEFING, of_the_prison), Kind.PLACE)
    assert (found.severity, found.direction) == (Severity.MATERIAL, Direction.NARROWER)
    assert found.words == "What it speaks of was narrowed from Syria to Saydnaya Military Prison."


def test_a_place_that_the_page_leaves_to_the_context_is_not_carried_over_and_no_drift() -> None:
    found = only(told(saydnaya.HELD_BY_BRIEFING, saydnaya.HELD_BY_NEWS_PAGE), Kind.PLACE)
    assert found.not_carried_over
    assert not found.is_drift


def test_a_week_told_on_as_a_day_is_another_unit() -> None:
    found = only(told(saydnaya.WEEKLY, replace(saydnaya.WEEKLY, per_time="day")), Kind.UNIT)
    assert (found.sub_kind, found.severity) == ("per", Severity.MATERIAL)
    assert found.words == "The unit changed from a week to a day."


def test_a_range_told_on_without_its_floor_loses_a_bound() -> None:
    found = only(told(saydnaya.HANGED, saydnaya.AS_MANY_AS_13000), Kind.BOUND)
    assert (found.sub_kind, found.severity, found.direction) == ("lost", Severity.MATERIAL, Direction.WIDER)
    assert found.not_carried_over
    assert found.words == 'The lower bound, 5,000, was lost: "5,000–13,000" became "as many as 13,000".'


def test_people_told_on_as_civilians_are_fewer_people() -> None:
    found = only(told(saydnaya.HANGED, saydnaya.CIVILIANS_EXECUTED), Kind.SUBJECT)
    assert (found.direction, found.words) == (
        Direction.NARROWER,
        "Who is counted was narrowed from everyone to civilian.",
    )


def test_a_faithful_copy_that_names_its_source_differs_in_nothing() -> None:
    assert told(saydnaya.DIED_BY_BRIEFING, saydnaya.DIED_BY_NEWS_PAGE) == ()


def test_a_chain_shows_each_hop_and_how_far_it_has_come() -> None:
    hops = chain_drift((saydnaya.HANGED, saydnaya.DIED_BY_BRIEFING, saydnaya.DIED_BY_NEWS_PAGE), TREE, LABELS)
    assert [drift(hop.differences) for hop in hops] == [{Kind.VALUE, Kind.CATEGORY, Kind.PERIOD}, set()]
    assert drift(hops[1].from_origin) == {Kind.VALUE, Kind.CATEGORY, Kind.PERIOD}


def test_one_statement_alone_is_a_chain_without_hops() -> None:
    assert chain_drift((saydnaya.HANGED,)) == ()


# Numbers


@pytest.mark.parametrize(
    ("earlier", "later", "change"),
    [
        ("12958", "13000", Change.ROUNDING),
        ("65116", "65000", Change.ROUNDING),
        ("4.46", "4.5", Change.ROUNDING),
        ("46", "50", Change.ROUNDING),
        ("12958", "12000", Change.WRONG_WAY),
        ("13000", "11000", Change.OTHER),
        ("13000", "12958", Change.OTHER),
        ("13000", "10000", Change.OTHER),
        ("13", "10", Change.OTHER),
        ("0.3", "0", Change.OTHER),
        ("50", "0", Change.OTHER),
        ("0", "50", Change.OTHER),
        ("12270", "12720", Change.SLIP),
        ("13000", "1300", Change.SLIP),
        ("1.53", "153", Change.SLIP),
        ("12", "1", Change.OTHER),
    ],
)
def test_rounding_is_told_from_a_change_and_from_a_slip(earlier: str, later: str, change: Change) -> None:
    found = only(told(number(best=earlier), number(best=later)), Kind.VALUE)
    assert found.sub_kind == change


@pytest.mark.parametrize(
    ("bound", "earlier", "later", "change"),
    [
        ("upper", 12958, 13000, Change.ROUNDING),
        ("upper", 13540, 13000, Change.WRONG_WAY),
        ("upper", 12300, 12000, Change.WRONG_WAY),
        ("lower", 5336, 5000, Change.ROUNDING),
        ("lower", 12958, 12000, Change.ROUNDING),
        ("lower", 12958, 13000, Change.WRONG_WAY),
    ],
)
def test_a_bound_may_be_rounded_only_outwards(bound: str, earlier: int, later: int, change: Change) -> None:
    found = only(told(number(**{bound: earlier}), number(**{bound: later})), Kind.VALUE)
    assert found.sub_kind == change


def test_a_rounding_is_wording_and_a_wrong_one_is_material() -> None:
    assert only(told(number(best=12958), number(best=13000)), Kind.VALUE).severity is Severity.WORDING
    wrong = only(told(number(upper=13540), number(upper=13000)), Kind.VALUE)
    assert (wrong.severity, wrong.words) == (
        Severity.MATERIAL,
        "The upper bound was rounded the wrong way, down from 13,540 to 13,000.",
    )


def test_a_number_equals_another_only_after_rounding_to_its_digits() -> None:
    assert rounds_to(Decimal(65116), Decimal(65000))
    assert not rounds_to(Decimal(65000), Decimal(65116))
    assert not rounds_to(Decimal(117), Decimal(100))
    assert rounds_to(Decimal("12958.0"), Decimal("1.3E+4"))


@pytest.mark.parametrize("wording", ["", "between"])
def test_the_same_range_written_otherwise_is_no_difference(wording: str) -> None:
    dashed = number(lower=5000, upper=13000, value_text="5,000–13,000")
    spelled = number(lower=5000, upper=13000, lower_wording=wording, upper_wording=wording, value_text="od 5000 do 13.000")
    assert told(dashed, spelled) == ()
    assert told(spelled, dashed) == ()


def test_the_same_number_with_other_decimals_is_no_difference() -> None:
    assert told(number(best="4.50"), number(best="4.5")) == ()


def test_a_hedge_lost_is_a_matter_of_wording() -> None:
    found = only(told(number(best=50, best_wording="about"), number(best=50, best_wording="exactly")), Kind.BOUND)
    assert (found.severity, found.words) == (Severity.WORDING, '"about 50" became "exactly 50".')


def test_more_than_told_on_as_at_least_is_a_matter_of_wording() -> None:
    found = told(number(lower=50, lower_wording="more_than"), number(lower=50, lower_wording="at_least"))
    assert only(found, Kind.BOUND).severity is Severity.WORDING


def test_the_highest_number_told_on_as_the_least_reverses_the_meaning() -> None:
    found = told(number(lower=5000, upper=13000), number(lower=13000, lower_wording="at_least"))
    reversed_, lost = sorted((each for each in found), key=lambda each: -each.severity.rank)
    assert (reversed_.severity, reversed_.words) == (
        Severity.REVERSES,
        '"up to 13,000" (a ceiling) became "at least 13,000" (a floor).',
    )
    assert (lost.sub_kind, lost.earlier_text) == ("lost", "5,000–13,000")


def test_a_ceiling_rounded_and_told_on_as_a_number_is_both() -> None:
    found = told(number(lower=5336, upper=12958), number(best=13000))
    assert only(found, Kind.VALUE).sub_kind == Change.ROUNDING
    assert {each.sub_kind for each in found if each.kind is Kind.BOUND} == {"", "lost"}


def test_one_number_for_a_range_that_does_not_contain_it_as_an_end_is_another_value() -> None:
    [found] = told(number(lower=5000, upper=13000), number(best=9000))
    assert (found.kind, found.direction) == (Kind.VALUE, Direction.NARROWER)
    [back] = told(number(best=9000), number(lower=5000, upper=13000))
    assert (back.kind, back.direction) == (Kind.VALUE, Direction.WIDER)


def test_a_best_value_left_out_of_its_range_is_not_carried_over_and_no_drift() -> None:
    [lost] = told(number(lower=5, best=7, upper=10), number(lower=5, upper=10))
    assert (lost.sub_kind, lost.is_drift, lost.not_carried_over) == ("lost", False, True)


def test_bounds_left_out_beside_a_best_value_narrow_the_claim() -> None:
    found = told(number(lower=5, best=7, upper=10), number(best=7))
    assert [(each.sub_kind, each.direction, each.severity) for each in found] == [
        ("lost", Direction.NARROWER, Severity.MATERIAL),
        ("lost", Direction.NARROWER, Severity.MATERIAL),
    ]


def test_a_bound_added_to_a_number_is_seen() -> None:
    [found] = told(number(best=50), number(lower=40, best=50))
    assert (found.sub_kind, found.words) == (
        "added",
        'The lower bound, 40, was added: "50" became "50 (at least 40)".',
    )


def test_another_number_under_another_bound_differs_in_both() -> None:
    found = told(number(upper=50), number(lower=60))
    assert [each.kind for each in found] == [Kind.VALUE, Kind.BOUND]
    assert worst(found) is Severity.REVERSES


@settings(database=None)
@given(bounds, bounds)
def test_any_two_figures_can_be_compared_and_none_differs_from_itself(
    one: dict[str, Decimal | None], other: dict[str, Decimal | None]
) -> None:
    earlier, later = number(**one), number(**other)
    assert told(earlier, earlier) == ()
    assert bool(told(earlier, later)) is (earlier.parts != later.parts)


def test_zero_is_a_value_and_not_an_empty_bound() -> None:
    assert only(told(number(best=0), number(best=12)), Kind.VALUE).words == "The number rose from 0 to 12."
    assert only(told(number(lower=0, upper=12), number(upper=12)), Kind.BOUND).sub_kind == "lost"


def test_bounds_printed_in_the_wrong_order_are_compared_as_printed() -> None:
    found = told(number(lower=13000, upper=5000), number(lower=5000, upper=13000))
    assert {each.kind for each in found} == {Kind.BOUND}


def test_words_without_a_number_are_not_told_from_their_translation() -> None:
    assert told(number(value_text="dozens"), number(value_text="desetine")) == ()


def test_a_number_told_on_in_words_loses_precision_and_the_reverse_invents_it() -> None:
    assert only(told(number(best=46), number(value_text="dozens")), Kind.VALUE).severity is Severity.WORDING
    assert only(told(number(value_text="dozens"), number(best=46)), Kind.VALUE).severity is Severity.MATERIAL
    assert only(told(number(best=46), number()), Kind.VALUE).not_carried_over


# Category, unit, period, place, subject


def test_died_and_killed_are_one_idiom_where_no_act_is_named() -> None:
    found = only(told(number(best=1, categories="death"), number(best=1)), Kind.CATEGORY)
    assert found.severity is Severity.WORDING


def test_died_told_on_as_executed_is_narrower_and_material() -> None:
    found = told(number(best=1, categories="death"), number(best=1, categories="extrajudicial_execution"))
    assert (only(found, Kind.CATEGORY).severity, only(found, Kind.CATEGORY).direction) == (
        Severity.MATERIAL,
        Direction.NARROWER,
    )


def test_one_number_for_several_categories_told_on_for_one_is_narrower() -> None:
    found = told(number(best=1, categories="abducted detained"), number(best=1, categories="detained"))
    assert only(found, Kind.CATEGORY).direction is Direction.NARROWER


def test_without_a_tree_no_category_holds_another() -> None:
    [found] = differences(number(best=1, categories="hanged"), number(best=1, categories="death"))
    assert found.direction is Direction.MOVED


def test_persons_told_on_as_cases_is_another_unit() -> None:
    found = told(number(best=1), number(best=1, counted="cases"))
    assert only(found, Kind.UNIT).words == "What is counted changed from persons to cases."


def test_a_rate_told_on_as_a_total_is_one_difference_of_measure() -> None:
    found = told(number(best=50, measure="rate", per_time="day"), number(best=50))
    assert only(found, Kind.UNIT).sub_kind == "measure"


def test_a_period_left_out_is_not_carried_over_and_a_period_put_in_is_drift() -> None:
    dated = number(best=1, **saydnaya.WHOLE_YEARS)
    left_out, put_in = (
        only(told(dated, number(best=1)), Kind.PERIOD),
        only(told(number(best=1), dated), Kind.PERIOD),
    )
    assert (left_out.not_carried_over, left_out.is_drift) == (True, False)
    assert (put_in.direction, put_in.is_drift) == (Direction.NARROWER, True)


def test_two_unknown_periods_differ_in_nothing() -> None:
    assert told(number(best=1), number(best=1)) == ()


def test_the_same_days_written_otherwise_are_no_difference() -> None:
    months = number(best=1, **(saydnaya.WHOLE_YEARS | {"period": "2011-01/2015-12"}))
    assert told(number(best=1, **saydnaya.WHOLE_YEARS), months) == ()


def test_an_open_end_closed_narrows_the_period() -> None:
    ongoing = number(best=1, period="2011/..", period_earliest=date(2011, 1, 1))
    found = only(told(ongoing, number(best=1, **saydnaya.WHOLE_YEARS)), Kind.PERIOD)
    assert (found.direction, found.severity) == (Direction.NARROWER, Severity.MATERIAL)


def test_people_no_longer_named_means_everyone_and_is_drift_by_silence() -> None:
    found = only(told(number(best=1, who=saydnaya.DETAINEES), number(best=1)), Kind.SUBJECT)
    assert (found.direction, found.not_carried_over, found.is_drift) == (Direction.WIDER, True, True)


def test_women_or_girls_told_on_as_women_is_narrower() -> None:
    both = frozenset({("group", "women"), ("group", "girls")})
    women = frozenset({("group", "women")})
    assert only(told(number(best=1, who=both), number(best=1, who=women)), Kind.SUBJECT).direction is Direction.NARROWER


def test_a_perpetrator_left_out_of_a_figure_is_no_drift_and_one_put_in_is() -> None:
    by_the_state = number(best=1, done_by=frozenset({"the regime"}))
    assert not only(told(by_the_state, number(best=1)), Kind.PERPETRATOR).is_drift
    assert only(told(number(best=1), by_the_state), Kind.PERPETRATOR).is_drift


def test_another_two_million_told_on_as_two_million_is_drift() -> None:
    found = only(told(number(best=2_000_000, relations=frozenset({"disjoint"})), number(best=2_000_000)), Kind.RELATION)
    assert (found.severity, found.not_carried_over) == (Severity.MATERIAL, True)


# In whose name, and how surely


def test_a_copy_that_names_nobody_makes_the_claim_its_own() -> None:
    copy = replace(saydnaya.DIED_BY_NEWS_PAGE, attributed_to=())
    found = only(told(saydnaya.DIED_BY_BRIEFING, copy), Kind.ATTRIBUTION)
    assert (found.sub_kind, found.words) == (
        "own_now",
        "What Amnesty International said is now told as Business Standard's own.",
    )


def test_a_publisher_repeating_its_own_number_needs_no_attribution() -> None:
    assert told(number(best=1, uid="body"), number(best=1, uid="headline")) == ()


def test_one_of_two_named_origins_left_out_is_not_carried_over() -> None:
    two = number(best=1, attributed_to=("HRDAG", "Amnesty"))
    found = only(told(two, number(best=1, attributed_to=("HRDAG",))), Kind.ATTRIBUTION)
    assert (found.earlier_text, found.not_carried_over, found.is_drift) == ("Amnesty", True, False)


@pytest.mark.parametrize(
    ("earlier", "later", "severity"),
    [
        ("estimate", "fact", Severity.WORDING),
        ("possibility", "fact", Severity.MATERIAL),
        ("doubt", "fact", Severity.REVERSES),
        ("belief", "estimate", Severity.WORDING),
        ("", "estimate", Severity.WORDING),
        ("estimate", "", Severity.NONE),
    ],
)
def test_certainty_gained_or_lost_weighs_by_its_steps(earlier: str, later: str, severity: Severity) -> None:
    found = told(number(best=1, certainty=earlier), number(best=1, certainty=later))
    assert only(found, Kind.CERTAINTY).severity is severity


# Accusations


def accused_of(*modes: str, alternatives: bool = False) -> Accusation:
    russia = Accused("Russia", frozenset(modes), alternatives)
    return replace(saydnaya.BACKING, accused=(russia,))


def test_backing_told_on_as_carrying_out_reverses_the_meaning() -> None:
    found = only(told(accused_of("backed"), accused_of("carried_out")), Kind.MODE)
    assert (found.severity, found.direction) == (Severity.REVERSES, Direction.HIGHER)
    assert found.words == "The part of Russia changed from backed to carried out."


def test_carrying_out_told_on_as_looking_away_reverses_it_too() -> None:
    found = only(told(accused_of("carried_out"), accused_of("acquiesced")), Kind.MODE)
    assert (found.severity, found.direction) == (Severity.REVERSES, Direction.LOWER)


@pytest.mark.parametrize(("earlier", "later"), [("ordered", "carried_out"), ("backed", "financed")])
def test_another_mode_of_the_same_gravity_is_material(earlier: str, later: str) -> None:
    assert only(told(accused_of(earlier), accused_of(later)), Kind.MODE).severity is Severity.MATERIAL


def test_aided_or_looked_away_told_on_as_aided_is_narrower() -> None:
    found = only(told(accused_of("aided", "acquiesced", alternatives=True), accused_of("aided")), Kind.MODE)
    assert (found.direction, found.earlier_text) == (Direction.NARROWER, "acquiesced or aided")


def test_alternatives_told_on_as_both_are_narrower() -> None:
    either = accused_of("aided", "acquiesced", alternatives=True)
    assert only(told(either, accused_of("aided", "acquiesced")), Kind.MODE).direction is Direction.NARROWER


def test_a_mode_left_out_is_not_carried_over() -> None:
    assert not only(told(accused_of("backed"), accused_of()), Kind.MODE).is_drift


def test_the_act_of_an_accusation_can_drift() -> None:
    retold = replace(saydnaya.AIDED_OR_LOOKED_AWAY, publisher="Hespress", acts=frozenset({"mass_killing"}))
    found = only(told(saydnaya.AIDED_OR_LOOKED_AWAY, retold), Kind.ACT)
    assert (found.severity, found.direction) == (Severity.MATERIAL, Direction.MOVED)


def test_a_party_added_to_an_accusation_is_drift_and_one_left_out_is_not() -> None:
    both, russia = saydnaya.BACKING, accused_of("backed")
    assert only(told(russia, both), Kind.PERPETRATOR).direction is Direction.WIDER
    left_out = only(told(both, russia), Kind.PERPETRATOR)
    assert (left_out.words, left_out.is_drift) == ("Also accused, Iran, was not carried over.", False)


def test_one_of_two_told_on_as_that_one_is_drift() -> None:
    either = replace(saydnaya.BACKING, alternatives=True)
    found = only(told(either, accused_of("backed")), Kind.PERPETRATOR)
    assert (found.direction, found.earlier_text, found.later_text) == (
        Direction.NARROWER,
        "Iran or Russia",
        "Russia",
    )


def test_alternatives_told_on_as_all_of_them_are_drift() -> None:
    either = replace(saydnaya.BACKING, alternatives=True)
    assert only(told(either, saydnaya.BACKING), Kind.PERPETRATOR).direction is Direction.NARROWER
    assert only(told(saydnaya.BACKING, either), Kind.PERPETRATOR).direction is Direction.WIDER


def test_an_accusation_that_names_nobody_any_more_is_not_carried_over() -> None:
    assert not only(told(saydnaya.BACKING, replace(saydnaya.BACKING, accused=())), Kind.PERPETRATOR).is_drift


def test_a_figure_is_never_compared_with_an_accusation() -> None:
    with pytest.raises(TypeError):
        differences(saydnaya.HANGED, saydnaya.BACKING)  # type: ignore[type-var]
