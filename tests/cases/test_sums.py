"""When figures may be added, and the reasons for which they may not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cases.claims import Figure
from cases.matter import Link, Matter, Relation
from cases.sums import Refusal, Sum, add_up
from tests.cases import saydnaya
from tests.cases.saydnaya import IN_SYRIA, TREE

EXCLUDES = Relation("HRDAG-custody", "disjoint", "S1-hanged")
HANDED_ON = (Link("A", "S"), Link("B", "S"))


def add(*figures: Figure, relations: tuple[Relation, ...] = (), links: tuple[Link, ...] = ()) -> Sum | Refusal:
    return add_up(Matter(figures, links, relations, TREE))


def dead(uid: str, best: int, **fields: Any) -> Figure:
    return saydnaya.figure("S1", **({"uid": uid, "best": best, "categories": "killed"} | fields))


def in_year(year: int) -> dict[str, Any]:
    return {"period": str(year), "period_earliest": date(year, 1, 1), "period_latest": date(year, 12, 31)}


def refused(found: Sum | Refusal) -> str:
    assert isinstance(found, Refusal)
    return found.words


def added(found: Sum | Refusal) -> Sum:
    assert isinstance(found, Sum), found
    return found


def test_hangings_and_deaths_in_custody_are_added_where_a_source_says_that_they_exclude_each_other() -> None:
    with_interval = replace(saydnaya.IN_CUSTODY, lower=Decimal(13409), upper=Decimal(18713))
    found = added(add(with_interval, saydnaya.HANGED, relations=(EXCLUDES,)))
    assert (found.lower, found.best, found.upper) == (Decimal(18409), None, Decimal(31713))
    assert found.words == (
        "Computed by us, published by nobody: lower 13,409 + 5,000 = 18,409;"
        " upper 18,713 + 13,000 = 31,713. No best, since not every figure has one."
    )


def test_a_single_number_is_never_taken_for_the_bounds_that_the_other_figure_has() -> None:
    words = refused(add(saydnaya.IN_CUSTODY, saydnaya.HANGED, relations=(EXCLUDES,)))
    assert words == (
        "These figures cannot be added. They have no bound in common, and none is put in another's place:"
        " HRDAG-custody gives best; S1-hanged gives lower and upper."
    )


def test_without_a_relation_nothing_says_that_nobody_is_in_both() -> None:
    assert "nothing says that nobody is in both" in refused(add(saydnaya.IN_CUSTODY, dead("A", 5)))


def test_a_part_is_not_added_to_what_includes_it() -> None:
    includes = Relation("HRDAG-custody", "includes", "HRDAG-documented")
    words = refused(add(saydnaya.IN_CUSTODY, saydnaya.DOCUMENTED, relations=(includes,)))
    assert "one includes the other" in words


@pytest.mark.parametrize("kind", ["overlaps", "updates", "corrects", "withdraws", "contradicts", "alternative"])
def test_a_relation_that_shares_people_refuses_even_beside_a_disjoint_one(kind: str) -> None:
    relations = (Relation("A", "disjoint", "B"), Relation("B", kind, "A"))
    assert isinstance(add(dead("A", 1), dead("B", 2), relations=relations), Refusal)


def test_deaths_of_periods_that_do_not_touch_are_added() -> None:
    found = added(add(dead("A", 3, **in_year(2012)), dead("B", 4, **in_year(2013)), dead("C", 0, **in_year(2014))))
    assert (found.best, found.lower, found.upper) == (Decimal(7), None, None)
    assert found.words.startswith("Computed by us, published by nobody: best 3 + 4 + 0 = 7.")


def test_periods_that_share_a_day_touch() -> None:
    to_june = {"period_earliest": date(2012, 1, 1), "period_latest": date(2012, 6, 30)}
    from_june = {"period_earliest": date(2012, 6, 30), "period_latest": date(2012, 12, 31)}
    assert isinstance(add(dead("A", 3, **to_june), dead("B", 4, **from_june)), Refusal)


def test_an_unknown_or_open_period_touches_every_other() -> None:
    assert isinstance(add(dead("A", 3, **in_year(2012)), dead("B", 4)), Refusal)
    since = {"period": "2010/..", "period_earliest": date(2010, 1, 1)}
    assert isinstance(add(dead("A", 3, **in_year(2012)), dead("B", 4, **since)), Refusal)


def test_deaths_in_two_prisons_are_added_and_those_in_a_prison_and_its_country_are_not() -> None:
    elsewhere = {"about": "FAC-TADMOR", "about_kind": "facility", "within": ("PLC-SYRIA",)}
    assert added(add(dead("A", 3), dead("B", 4, **elsewhere))).best == 7
    assert isinstance(add(dead("A", 3), dead("B", 4, **IN_SYRIA)), Refusal)


def test_two_incidents_may_be_one_and_are_not_added_by_themselves() -> None:
    one, other = ({"about": uid, "about_kind": "incident"} for uid in ("INC-1", "INC-2"))
    assert isinstance(add(dead("A", 3, **one), dead("B", 4, **other)), Refusal)


def test_detainees_of_two_years_may_be_the_same_people() -> None:
    one, other = (dead(str(year), 3, categories="detained", **in_year(year)) for year in (2012, 2013))
    assert "the same persons may be counted in both" in refused(add(one, other))
    cases = (replace(one, counted="cases"), replace(other, counted="cases"))
    assert added(add(*cases)).best == 6


def test_two_copies_of_one_statement_are_not_added() -> None:
    one, other = dead("A", 3, **in_year(2012)), dead("B", 4, **in_year(2013))
    assert "both tell on the same statement" in refused(add(one, other, links=HANDED_ON))


def test_three_figures_are_refused_for_the_one_pair_that_touches() -> None:
    found = add(dead("A", 3, **in_year(2012)), dead("B", 4, **in_year(2013)), dead("C", 5, **in_year(2013)))
    assert isinstance(found, Refusal)
    assert len(found.reasons) == 1


def test_persons_and_cases_a_week_and_a_day_are_never_added() -> None:
    words = refused(add(saydnaya.DISAPPEARED, saydnaya.ARRESTED))
    assert "They count different things: cases and persons." in words
    assert "A number of the kind rate is no amount" in refused(add(saydnaya.WEEKLY, saydnaya.PLAIN_A_DAY))


def test_one_figure_is_no_sum() -> None:
    assert "There are not two figures to add." in refused(add(dead("A", 3)))
    assert "There are not two figures to add." in refused(add())
