"""The figures of the founding case side by side, and what a careful reader would notice in them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from time import process_time
from typing import Any

import pytest

from cases.claims import Figure
from cases.matter import Finding, FindingKind, Link, Matter, Relation
from cases.rates import RateCheck, Verdict, rate_checks
from cases.reconciliation import comparable_groups, findings
from tests.cases import saydnaya
from tests.cases.saydnaya import ALL, LABELS, LINKS, TREE, figure

FOUNDING_CASE = Matter(ALL, LINKS, (Relation("HRDAG-custody", "includes", "HRDAG-documented"),), TREE, LABELS)


def matter(*figures: Figure, links: tuple[Link, ...] = (), relations: tuple[Relation, ...] = ()) -> Matter:
    return Matter(figures, links, relations, TREE, LABELS)


def found(kind: FindingKind, given: Matter = FOUNDING_CASE) -> list[Finding]:
    return [finding for finding in findings(given) if finding.kind is kind]


def rate_beside(rate: Figure, *totals: Figure) -> RateCheck:
    [check] = rate_checks(matter(rate, *totals))
    return check


def total(uid: str = "total", **fields: Any) -> Figure:
    return figure("S1", **({"uid": uid, "categories": "killed"} | saydnaya.SINCE_SEPTEMBER | fields))


def rate(per_time: str = "day", **fields: Any) -> Figure:
    return figure("S2", **({"uid": "rate", "categories": "killed", "measure": "rate", "per_time": per_time} | fields))


# The founding case, in the order of its list


def test_a_countrys_figures_are_pointed_out_beside_a_prisons() -> None:
    [scope] = found(FindingKind.SCOPE)
    assert "S2-held" in scope.figures
    assert scope.words.startswith("For Syria as a whole, not for Saydnaya Military Prison, a part of it: 65,000–117,000")
    assert scope.words.endswith("Not every source says so itself: Business Standard and Dnevnik.")


def test_a_week_and_a_day_never_come_into_one_group() -> None:
    groups = {group.per: group for group in comparable_groups(FOUNDING_CASE) if group.measure == "rate"}
    assert [each.uid for each in groups["a week"].figures] == ["S1-weekly"]
    assert [each.uid for each in groups["a day"].figures] == [
        "S2-daily", "S5-daily", "S6-daily", "S7-daily", "S11-daily",
    ]  # fmt: skip


def test_fifty_a_day_contradicts_every_total_given_for_the_same_place_and_period() -> None:
    check = rate_beside(saydnaya.PLAIN_A_DAY, saydnaya.HANGED)
    assert (check.verdict, check.days) == (Verdict.CONTRADICTS, 1583)
    assert check.lower == check.upper == 79150
    assert check.arithmetic == "50 a day × 1,583 days = 79,150"
    assert check.words == (
        "50 a day over 1,583 days (2011-09 – 2015-12, the period of the total beside it) would be"
        " about 79,150; the highest total given is 13,000, in 5,000–13,000 (hanged) by Amnesty International."
        " The rate comes to about 6 times as many."
    )


def test_twenty_to_fifty_a_week_agrees_with_the_total_at_its_lower_end() -> None:
    check = rate_beside(saydnaya.WEEKLY, saydnaya.HANGED)
    assert check.verdict is Verdict.AGREES
    assert check.arithmetic == "20–50 a week × 226 weeks ≈ 4,500–11,300"
    assert check.words == (
        "20–50 a week over 226 weeks (2011-09 – 2015-12, the period of the total beside it) would be about"
        " 4,500–11,300, in agreement with 5,000–13,000 (hanged) by Amnesty International at its lower end."
    )


def test_as_many_as_fifty_a_day_contradicts_nothing_but_is_far_apart() -> None:
    check = rate_beside(saydnaya.CEILING_A_DAY, saydnaya.HANGED)
    assert (check.verdict, check.lower, check.upper) == (Verdict.FAR_APART, None, Decimal(79150))
    assert check.words.endswith("A ceiling contradicts no lower number, but this one is about 6 times as high.")


def test_the_founding_case_contradicts_itself_in_its_floors_and_plain_numbers_a_day_alone() -> None:
    rates = {finding.figures[0] for finding in found(FindingKind.RATE_CONTRADICTS)}
    assert rates == {"S5-daily", "S6-daily", "S7-daily"}
    assert {finding.figures[0] for finding in found(FindingKind.RATE_FAR_APART)} == {"S2-daily", "S11-daily"}
    assert {finding.figures[0] for finding in found(FindingKind.RATE_AGREES)} == {"S1-weekly"}
    assert found(FindingKind.CONTRADICTION) == []


def test_five_years_called_four_are_pointed_out() -> None:
    [length] = found(FindingKind.PERIOD_LENGTH)
    assert length.figures == ("S5-held",)
    assert length.words == '"the same four-year period" is said of 2011 – 2015, which is 5 years.'
    assert length.arithmetic == "2011-01-01 to 2015-12-31, both included: 1,826 days"


def test_a_range_whose_ends_are_figures_of_two_categories_is_asked_about_where_it_enters() -> None:
    [question] = found(FindingKind.TWO_CATEGORIES)
    assert question.is_question
    assert question.figures == ("S2-held", "SNHR-disappeared", "SNHR-arrested")
    assert question.words == (
        "Are the ends of 65,000–117,000 (abducted or detained) by State Department figures of two categories?"
        " 65,000 may be 65,116 (enforced disappearance) by Syrian Network for Human Rights, rounded;"
        " 117,000 may be 117,000 (arrested) by Syrian Network for Human Rights."
    )
    assert question.suggested == (
        Relation("S2-held", "may_combine", "SNHR-disappeared"),
        Relation("S2-held", "may_combine", "SNHR-arrested"),
        Link("S2-held", "SNHR-disappeared", stated=False),
        Link("S2-held", "SNHR-arrested", stated=False),
    )


def test_deaths_in_custody_stand_in_a_group_of_their_own_with_the_prisons_beside_them() -> None:
    [syria] = [group for group in comparable_groups(FOUNDING_CASE) if "HRDAG-custody" in {f.uid for f in group.figures}]
    assert [each.uid for each in syria.figures] == ["HRDAG-custody", "HRDAG-documented"]
    assert "S1-hanged" in {each.uid for each in syria.parts}


def test_copies_of_a_briefing_that_was_not_read_here_disagree() -> None:
    [copies] = found(FindingKind.COPIES_DISAGREE)
    assert copies.words == (
        'What State Department said was not read here, and is told as "at least 50 a day"'
        ' (Business Standard and Hespress); "50 a day" (Dnevnik); "up to 50 a day" (TASS).'
    )


# Rates


@pytest.mark.parametrize(("per_time", "upper"), [("hour", 37992), ("fortnight", 113), ("month", 52), ("year", 4)])
def test_a_rate_is_multiplied_by_the_length_of_its_unit(per_time: str, upper: int) -> None:
    check = rate_beside(rate(per_time, best=1), total(upper=100_000))
    assert check.upper is not None
    assert round(check.upper) == upper


def test_a_rate_per_session_or_per_head_comes_to_nothing_that_could_be_shown() -> None:
    per_head = rate(best=5, per_persons=Decimal(100_000))
    assert rate_checks(matter(rate("session", best=50), per_head, total(upper=10))) == ()


def test_a_rate_with_a_shorter_period_is_multiplied_by_its_own() -> None:
    december: dict[str, Any] = {
        "period": "2012-12",
        "period_earliest": date(2012, 12, 1),
        "period_latest": date(2012, 12, 31),
    }
    check = rate_beside(rate(best=50, **december), total(upper=13_000))
    assert (check.days, check.verdict) == (31, Verdict.AGREES)
    assert "over 31 days (its own period, 2012-12)" in check.words


def test_a_rate_that_falls_short_of_a_total_contradicts_it() -> None:
    check = rate_beside(rate(best=1), total(lower=5000))
    assert (check.verdict, check.upper) == (Verdict.CONTRADICTS, Decimal(1583))
    assert check.words.endswith(
        "would be about 1,583; the lowest total given is 5,000, in at least 5,000 (killed) by Amnesty International."
    )


def test_a_rate_of_zero_contradicts_a_total_that_is_not() -> None:
    assert rate_beside(rate(best=0), total(best=12)).verdict is Verdict.CONTRADICTS
    assert rate_beside(rate(best=0), total(best=0)).verdict is Verdict.AGREES
    assert "many times as many" in rate_beside(rate(best=5), total(best=0)).words


def test_a_rate_is_measured_by_the_most_generous_total_of_a_period() -> None:
    check = rate_beside(rate(best=50), total("low", upper=11_000), total("high", upper=13_000))
    assert check.total == "high"


def test_each_period_for_which_totals_are_given_has_its_check() -> None:
    checks = rate_checks(
        matter(rate(best=50), total("months", upper=13_000), total("years", upper=11_000, **saydnaya.WHOLE_YEARS))
    )
    assert [(check.total, check.days) for check in checks] == [("months", 1583), ("years", 1826)]


@pytest.mark.parametrize(
    "other",
    [
        {"who": saydnaya.CIVILIANS},
        {"counted": "bodies"},
        {"categories": "detained"},
        saydnaya.IN_SYRIA | {"within": ()},
        {"period": "", "period_earliest": None, "period_latest": None},
        {"measure": "stock"},
    ],
)
def test_a_rate_is_not_held_against_a_total_of_something_else(other: dict[str, Any]) -> None:
    detainees = rate(best=50, who=saydnaya.DETAINEES)
    assert rate_checks(matter(detainees, total(**({"best": 10} | other)))) == ()


# Contradictions


def test_two_figures_for_the_same_that_do_not_meet_contradict_each_other() -> None:
    [one] = found(FindingKind.CONTRADICTION, matter(total("A", lower=14_000), total("B", upper=13_000)))
    assert (one.figures, one.arithmetic) == (("A", "B"), "14,000 > 13,000")
    assert one.words.endswith("differ on the same.")


def test_ranges_that_overlap_and_numbers_that_are_rounded_do_not_contradict() -> None:
    ranges = matter(total("A", lower=5000, upper=13_000), total("B", lower=11_000, upper=20_000))
    rounded = matter(total("A", best=12_958), total("B", best=13_000))
    open_ended = matter(total("A", lower=12_958), total("B", best=20_000))
    for given in (ranges, rounded, open_ended):
        assert found(FindingKind.CONTRADICTION, given) == []


@pytest.mark.parametrize(
    "narrower",
    [
        {"categories": "hanged"},
        {"who": saydnaya.DETAINEES},
        {"about": "FAC-RED-BUILDING", "within": ("FAC-SAYDNAYA", "PLC-SYRIA")},
        {"period": "2012", "period_earliest": date(2012, 1, 1), "period_latest": date(2012, 12, 31)},
    ],
)
def test_a_part_that_exceeds_the_whole_contradicts_it_and_not_the_reverse(narrower: dict[str, Any]) -> None:
    too_much = matter(total("part", best=20, **narrower), total("whole", best=10))
    [one] = found(FindingKind.CONTRADICTION, too_much)
    assert one.figures == ("part", "whole")
    assert one.words.endswith("exclude each other: the first is part of the second.")
    less = matter(total("part", best=5, **narrower), total("whole", best=10))
    assert found(FindingKind.CONTRADICTION, less) == []


def test_a_figure_with_a_known_period_is_not_held_against_one_without() -> None:
    undated = replace(total("B", best=10), period="", period_earliest=None, period_latest=None)
    assert found(FindingKind.CONTRADICTION, matter(total("A", best=20), undated)) == []


def test_more_killed_by_all_sides_than_by_one_is_no_contradiction() -> None:
    by_one = total("one side", best=10, done_by=frozenset({"the regime"}))
    assert found(FindingKind.CONTRADICTION, matter(total("all sides", best=20), by_one)) == []
    assert len(found(FindingKind.CONTRADICTION, matter(total("all sides", best=5), by_one))) == 1


def test_an_unexplained_fall_of_a_cumulative_number_contradicts_and_an_update_or_correction_does_not() -> None:
    august = total("A", best=14_000, measure="cumulative", period="../2018-08", period_latest=date(2018, 8, 31))
    later = replace(august, uid="B", best=Decimal(13_000), period="../2019-08", period_latest=date(2019, 8, 31))
    august, later = (replace(each, period_earliest=None) for each in (august, later))
    assert len(found(FindingKind.CONTRADICTION, matter(august, later))) == 1
    for kind in ("updates", "corrects"):
        explained = matter(august, later, relations=(Relation("B", kind, "A"),))
        assert found(FindingKind.CONTRADICTION, explained) == []


def test_a_stock_of_one_month_is_no_part_of_that_of_a_year() -> None:
    month = {"period": "2012-05", "period_earliest": date(2012, 5, 1), "period_latest": date(2012, 5, 31)}
    held = matter(total("A", best=20, measure="stock", **month), total("B", best=10, measure="stock"))
    assert found(FindingKind.CONTRADICTION, held) == []


def test_what_a_copy_made_of_its_original_is_drift_and_no_contradiction() -> None:
    copied = matter(total("A", best=10), total("B", best=90), links=(Link("B", "A"),))
    assert found(FindingKind.CONTRADICTION, copied) == []


def test_a_stated_part_that_exceeds_its_whole_contradicts_it() -> None:
    includes = (Relation("whole", "includes", "part"),)
    too_much = matter(total("whole", best=10), total("part", best=20), relations=includes)
    assert [each.figures for each in found(FindingKind.CONTRADICTION, too_much)] == [("part", "whole")]


# Order, length, questions


@pytest.mark.parametrize("fields", [{"lower": 9, "best": 5}, {"best": 9, "upper": 5}, {"lower": 9, "upper": 5}])
def test_bounds_out_of_order_are_pointed_out(fields: dict[str, Any]) -> None:
    [order] = found(FindingKind.OUT_OF_ORDER, matter(total(**fields)))
    assert order.arithmetic.startswith("not ")


def test_bounds_in_order_equal_or_empty_are_not() -> None:
    given = matter(total("A", lower=5, best=5, upper=5), total("B", lower=0), total("C", value_text="dozens"))
    assert found(FindingKind.OUT_OF_ORDER, given) == []


@pytest.mark.parametrize(
    ("said", "period", "wrong"),
    [
        ("a four-year period", saydnaya.SINCE_SEPTEMBER, False),
        ("five years", saydnaya.SINCE_MARCH, False),
        ("4 years", saydnaya.SINCE_MARCH, False),
        ("over six years", saydnaya.SINCE_MARCH, True),
        ("60 months", saydnaya.WHOLE_YEARS, False),
        ("about 260 weeks", saydnaya.WHOLE_YEARS, False),
        ("ten days", saydnaya.WHOLE_YEARS, True),
        ("a long time", saydnaya.WHOLE_YEARS, False),
        ("four years", {"period": "2011/..", "period_earliest": date(2011, 1, 1)}, False),
    ],
)
def test_the_length_of_a_period_is_counted_with_both_ends(said: str, period: dict[str, Any], wrong: bool) -> None:
    given = figure("S5", best=1, period_length_text=said, **period)
    assert bool(found(FindingKind.PERIOD_LENGTH, matter(given))) is wrong


def test_a_range_that_somebody_already_related_to_its_parts_is_not_asked_about_again() -> None:
    answered = (Relation("S2-held", "may_combine", "SNHR-disappeared"),)
    assert found(FindingKind.TWO_CATEGORIES, Matter(ALL, LINKS, answered, TREE, LABELS)) == []


def test_ends_that_equal_figures_of_one_category_or_of_another_place_are_not_asked_about() -> None:
    ends = (total("low", best=5000), total("high", best=13_000))
    assert found(FindingKind.TWO_CATEGORIES, matter(saydnaya.HANGED, *ends)) == []
    elsewhere = replace(ends[0], categories=frozenset({"tortured"}), about="FAC-TADMOR", within=())
    assert found(FindingKind.TWO_CATEGORIES, matter(saydnaya.HANGED, elsewhere, ends[1])) == []


def test_the_same_number_without_a_named_parent_is_asked_about_once_for_two_origins() -> None:
    first, copy = (
        total("A", source="A", best=46, published=date(2017, 2, 7)),
        total("B", source="B", best=46, published=date(2017, 2, 8)),
    )
    silent = total("C", source="C", best=46, published=date(2017, 2, 9))
    [question] = found(FindingKind.SAME_NUMBER, matter(first, copy, silent, links=(Link("B", "A"),)))
    assert question.suggested == (Link("C", "A", stated=False),)
    assert question.words == (
        "Does 46 (killed) by Amnesty International come from 46 (killed) by Amnesty International? The number is the same."
    )


def test_the_same_number_is_not_asked_about_where_a_link_says_or_suggests_where_it_is_from() -> None:
    first, second = total("A", source="A", best=46), total("B", source="B", best=46)
    for link in (Link("B", "A"), Link("B", "A", stated=False)):
        assert found(FindingKind.SAME_NUMBER, matter(first, second, links=(link,))) == []


def test_one_source_that_gives_its_number_again_is_not_asked_where_it_is_from() -> None:
    again = total("A", source="S", best=46), total("B", source="S", best=46)
    assert found(FindingKind.SAME_NUMBER, matter(*again)) == []


def test_the_same_number_of_another_year_is_a_coincidence() -> None:
    years = ((2012, date(2012, 1, 1), date(2012, 12, 31)), (2013, date(2013, 1, 1), date(2013, 12, 31)))
    one, other = (
        total(str(year), source=str(year), best=46, period=str(year), period_earliest=first, period_latest=last)
        for year, first, last in years
    )
    assert found(FindingKind.SAME_NUMBER, matter(one, other)) == []


def test_the_same_number_of_something_else_is_a_coincidence() -> None:
    others = (
        total("B", source="B", best=46, counted="bodies"), total("C", source="C", best=46, about="FAC-TADMOR", within=()),
        total("D", source="D", best=46, categories="tortured"), total("E", source="E", lower=46, upper=50),
    )  # fmt: skip
    assert found(FindingKind.SAME_NUMBER, matter(total("A", source="A", best=46), *others)) == []


def test_figures_of_several_categories_at_once_are_kin_only_to_the_same() -> None:
    both, one = total("A", best=46, categories="killed injured"), total("B", best=12)
    assert len(comparable_groups(matter(both, one))) == 2


def test_no_figures_make_no_findings() -> None:
    assert findings(matter()) == ()
    assert comparable_groups(matter()) == ()


# Running counts


def _count(day: int, best: int, **fields: Any) -> Figure:
    until = {"period": f"2024-01-{day:02}", "period_earliest": None, "period_latest": date(2024, 1, day)}
    return total(f"all-{day}", **({"measure": "cumulative", "best": best} | until | fields))


def _new(day: int, best: int, first: int | None = None, **fields: Any) -> Figure:
    days = {"period_earliest": date(2024, 1, first or day), "period_latest": date(2024, 1, day)}
    return total(f"new-{day}", **({"measure": "new", "best": best, "period": f"2024-01-{day:02}"} | days | fields))


def test_a_daily_number_that_is_not_the_step_of_the_count_is_pointed_out_with_the_arithmetic() -> None:
    [step] = found(FindingKind.STEP, matter(_count(1, 100), _count(2, 130), _new(2, 25)))
    assert step.figures == ("new-2", "all-1", "all-2")
    assert step.arithmetic == "130 − 100 = 30, not 25"


def test_a_number_for_several_days_is_held_against_the_step_over_all_of_them() -> None:
    counts = _count(1, 100), _count(2, 110), _count(3, 130)
    assert found(FindingKind.STEP, matter(*counts, _new(3, 30, first=2))) == []
    assert found(FindingKind.STEP, matter(*counts, _new(3, 20, first=3))) == []
    assert found(FindingKind.STEP, matter(*counts, _new(3, 20, first=2)))


def test_the_counts_of_another_counter_or_of_other_people_are_no_steps() -> None:
    before, new = _count(1, 100), _new(2, 25)
    for other in ({"source": "other"}, {"who": frozenset({("age", "child")})}, {"categories": frozenset({"injured"})}):
        assert found(FindingKind.STEP, matter(before, _count(2, 130, **other), new)) == []


def test_a_count_that_fell_contradicts_each_later_number_that_is_lower() -> None:
    counts = (_count(1, 1034), _count(2, 1012), _count(3, 1023), _count(4, 1051))
    pairs = [each.figures for each in found(FindingKind.CONTRADICTION, matter(*counts))]
    assert sorted(pairs) == [("all-1", "all-2"), ("all-1", "all-3")]


def test_ten_thousand_daily_figures_are_held_against_one_another_in_seconds() -> None:
    days = [date(1990, 1, 1) + timedelta(days=number) for number in range(10_000)]
    one = _count(1, 0)
    counts = [replace(one, uid=str(day), best=Decimal(number), period_latest=day) for number, day in enumerate(days)]
    started = process_time()
    assert found(FindingKind.CONTRADICTION, matter(*counts)) == []
    assert process_time() - started < 5  # about one second; pair by pair it would be a quarter of an hour
