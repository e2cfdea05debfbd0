"""How many origins a statement has is counted when a hand-on changes, and lists are asked for the number by an index."""

from __future__ import annotations

import random
from io import StringIO

import pgtrigger
import pytest
from django.core.management import call_command
from django.db.models import F, Func, IntegerField, Value
from django.http import QueryDict

from cases.filtersets import IncidentFilterSet
from cases.models import Estimate, HandOn, Incident, SeveralOrigins, Statement
from hrdocs.access import Everybody, Sensitivity, State
from hrdocs.shapes import Reader
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
OPEN = {"state": State.PUBLISHED, "sensitivity": Sensitivity.PUBLIC}
CLOSED = [{"state": State.DRAFT, "sensitivity": Sensitivity.INTERNAL}, {"sensitivity": Sensitivity.RESTRICTED}]
LEVELS = (Sensitivity.PUBLIC, Sensitivity.REGISTERED, Sensitivity.INTERNAL)


@pytest.fixture
def figures(analyst, reviewer) -> list[Estimate]:
    """Ten figures of ten sources about one incident, all published."""
    incident = factories.make_incident(analyst)
    factories.publish(incident, by=reviewer)
    made = []
    for _ in range(10):
        source = factories.make_source(analyst, licence="CC0")
        made.append(factories.make_estimate(analyst, source=source, about_incident=incident))
        factories.publish(source, made[-1], by=reviewer)
    return made


def _hand_on(later: Estimate, earlier: Estimate) -> None:
    with factories.past_the_guard():
        factories.make_hand_on(later, earlier, sensitivity=Sensitivity.PUBLIC)


def _by_rule(level: Sensitivity) -> dict[int, int]:
    rule = Func(F("pk"), Value(level.rank), function="public.cases_origins", output_field=IntegerField())
    return {key: number for key, number in Statement.objects.values_list("pk", rule) if number > 1}


def test_whatever_is_done_with_hand_ons_the_numbers_are_those_of_the_rule(figures: list[Estimate]) -> None:
    dice, most = random.Random(3), 0
    for _ in range(80):
        earlier, later = (figures[at] for at in sorted(dice.sample(range(len(figures)), 2)))
        there, act = list(HandOn.objects.order_by("pk").values_list("pk", flat=True)), dice.randint(0, 9)
        hops = HandOn.objects.filter(pk=dice.choice(there or [0]))
        with factories.past_the_guard(), pgtrigger.ignore("cases.Statement:moves_by_decision"):
            if act < 5 and not HandOn.objects.filter(later=later, earlier=earlier).exists():
                factories.make_hand_on(later, earlier, stated=dice.random() < 0.9, sensitivity=Sensitivity.PUBLIC)
            elif act < 6:
                hops.delete()
            elif act < 8:
                hops.update(stated=dice.random() < 0.8, how=dice.choice(["cites", "cites", "claims_to_confirm"]))
            else:
                Statement.objects.filter(pk=later.pk).update(**dice.choice([OPEN, OPEN, OPEN, OPEN, *CLOSED]))
        for level in LEVELS:
            kept = dict(SeveralOrigins.objects.visible_to(Everybody(level)).values_list("statement", "origins"))
            assert kept == _by_rule(level), (level, act)
        most = max(most, SeveralOrigins.objects.count())
    assert most > 8, most
    assert SeveralOrigins.objects.differing() == []
    assert set(SeveralOrigins.objects.values_list("audience", flat=True)) == {level.rank for level in LEVELS}


def test_an_origin_that_a_reader_may_not_see_is_not_counted_for_her(figures: list[Estimate], analyst) -> None:
    one, hidden, later = figures[0], factories.make_estimate(analyst, source=factories.make_source(analyst)), figures[-1]
    _hand_on(later, one)
    _hand_on(later, hidden)
    assert list(SeveralOrigins.objects.values_list("statement", "audience", "origins")) == [(later.pk, 2, 2)]


def test_two_origins_are_asked_of_what_was_counted_and_of_no_chain(figures: list[Estimate]) -> None:
    for number, later in enumerate(figures[2:]):
        _hand_on(later, figures[0])
        if number % 2:
            _hand_on(later, figures[1])
    for level in LEVELS:
        reader = Reader(Everybody(level))
        asked = {n: _incidents(n, reader) for n in (0, 1, 2, 3)}
        assert [len(rows) for rows in asked.values()] == [0, 1, 1, 0], level
        assert "cases_origins(" not in str(asked[1].query) + str(asked[2].query)


def _incidents(origins: int, reader: Reader):
    asked = QueryDict(f"origins={origins}")
    return IncidentFilterSet(asked, Incident.objects.visible_to(reader.user), reader=reader).rows()


def test_the_command_names_what_differs_and_mends_it(figures: list[Estimate]) -> None:
    for earlier in figures[:2]:
        _hand_on(figures[-1], earlier)
    assert set(SeveralOrigins.objects.values_list("audience", "origins")) == {(0, 2), (1, 2), (2, 2)}
    SeveralOrigins.objects.filter(audience=1).update(origins=7)
    SeveralOrigins.objects.create(statement=-1, audience=0, origins=2)
    with pytest.raises(SystemExit):
        call_command("worked_out", stdout=(said := StringIO()))
    assert figures[-1].uid in said.getvalue() and "a record that is gone (-1)" in said.getvalue()
    call_command("worked_out", "--mend", stdout=StringIO())
    assert SeveralOrigins.objects.count() == 3
    call_command("worked_out", stdout=StringIO())
