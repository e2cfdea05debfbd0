"""Laws of the arithmetic that hold for any claims, not only for those of a case: generated, with an independent check."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from cases.claims import Accusation, Accused, Figure, Remark
from cases.drift import differences
from cases.independence import independence
from cases.matter import Link, Matter, Relation
from cases.rates import DAYS, rate_checks
from cases.sums import Sum, add_up

START = date(2011, 1, 1)
ACTS = some.frozensets(some.sampled_from(["died", "killed", "hanged", "tortured"]), max_size=2)
NUMBERS = some.none() | some.integers(0, 20_000).map(Decimal)
CERTAINTY = some.sampled_from(["", "fact", "estimate", "belief", "doubt"])
laws = settings(database=None, deadline=None)


@some.composite
def periods(draw: Any) -> dict[str, Any]:
    first = draw(some.none() | some.integers(0, 60))
    last = draw(some.none() | some.integers(first or 0, 90))
    ends = {
        "period_earliest": None if first is None else START + timedelta(days=first),
        "period_latest": None if last is None else START + timedelta(days=last),
    }
    return {"period": "as said", **ends}


@some.composite
def figures(draw: Any, number: int = 0) -> Figure:
    return Figure(
        uid=f"F{number}", source=draw(some.sampled_from("ABCD")), publisher=draw(some.sampled_from("PQ")),
        lower=draw(NUMBERS), best=draw(NUMBERS), upper=draw(NUMBERS), categories=draw(ACTS), certainty=draw(CERTAINTY),
        about=draw(some.sampled_from(["prison", "building"])), about_kind="facility", **draw(periods()),
    )  # fmt: skip


@some.composite
def several(draw: Any) -> tuple[Figure, ...]:
    return tuple(draw(figures(number)) for number in range(draw(some.integers(1, 6))))


@some.composite
def linked(draw: Any) -> tuple[tuple[Figure, ...], tuple[Link, ...]]:
    given_figures = draw(several())
    uids = [figure.uid for figure in given_figures]
    pairs = [pair for pair in combinations(uids, 2) if draw(some.booleans())]
    return given_figures, tuple(Link(later, earlier, "cites", draw(some.booleans())) for earlier, later in pairs)


@laws
@given(figures(), some.sampled_from(["backed", "ordered"]), some.sampled_from(["is", "may_be", "is_not"]), CERTAINTY)
def test_a_claim_never_drifts_from_itself(figure: Figure, mode: str, sense: str, certainty: str) -> None:
    accused = (Accused("a party", frozenset({mode})),)
    accusation = Accusation(uid="A", accused=accused, acts=figure.categories, certainty=certainty)
    remark = Remark(uid="R", sense=sense, topic="a norm", certainty=certainty, publisher=figure.publisher)
    for claim in (figure, accusation, remark):
        assert [found for found in differences(claim, claim) if found.is_drift] == []


@laws
@given(several(), some.booleans())
def test_figures_that_may_share_a_person_are_never_added(them: tuple[Figure, ...], disjoint: bool) -> None:
    alike = {"lower": None, "best": Decimal(5), "upper": None, "categories": frozenset({"died"})}
    them = tuple(replace(figure, **alike) for figure in them)  # so that nothing but place and time keeps them apart
    pairs = list(combinations(them, 2))
    relations = tuple(Relation(one.uid, "disjoint", other.uid) for one, other in pairs) if disjoint else ()
    result = add_up(Matter(them, (), relations))
    if isinstance(result, Sum) and not disjoint:
        for one, other in pairs:
            apart_in_time = (one.period_latest or date.max) < (other.period_earliest or date.min) or (
                (other.period_latest or date.max) < (one.period_earliest or date.min)
            )
            assert apart_in_time or one.about != other.about


@laws
@given(linked())
def test_there_are_never_more_origins_than_publications(given_claims: tuple[tuple[Figure, ...], tuple[Link, ...]]) -> None:
    found = independence(*given_claims)
    publications = len({figure.source for figure in given_claims[0]})
    assert found.at_most is not None
    assert found.certain <= found.at_most <= publications


@laws
@given(linked(), some.data())
def test_a_repetition_never_adds_an_origin(given_claims: tuple[tuple[Figure, ...], tuple[Link, ...]], data: Any) -> None:
    them, links = given_claims
    told_on = data.draw(some.sampled_from(them))
    copy = Figure(uid="copy", source="another page", publisher="another", best=told_on.best)
    before, after = independence(them, links), independence((*them, copy), (*links, Link("copy", told_on.uid, "cites")))
    assert after.certain <= before.certain
    assert (after.at_most or 0) <= (before.at_most or 0)


@laws
@given(some.sampled_from(sorted(DAYS)), some.integers(1, 5000), some.integers(1, 2000))
def test_a_rate_over_a_time_comes_back_as_the_rate(unit: str, number: int, days: int) -> None:
    period = {"period": "so long", "period_earliest": START, "period_latest": START + timedelta(days=days - 1)}
    rate = Figure(uid="rate", best=Decimal(number), measure="rate", per_time=unit, **period)
    total = Figure(uid="total", best=Decimal(1), **period)
    [check] = rate_checks(Matter((rate, total)))
    assert check.lower is not None
    back = Fraction(check.lower) * DAYS[unit] / check.days
    assert abs(back - number) < Fraction(1, 10**12)
