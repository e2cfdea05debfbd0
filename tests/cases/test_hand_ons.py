"""Hand-ons: which statement tells on which, and that no statement ever stands behind itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from cases.models import Estimate, HandOn
from hrdocs.models import User
from tests import factories
from tests.cases.refusals import refused, run_sql, words_against

db = pytest.mark.django_db
committing = pytest.mark.django_db(transaction=True)
LOOP = "would stand behind itself"


def estimates(by: User, number: int) -> list[Estimate]:
    """So many figures, each in a source of its own, about one facility."""
    facility, counted = factories.make_facility(by), factories.make_term()
    return [
        factories.make_estimate(by, about_facility=facility, counted=counted, source=factories.make_source(by))
        for _ in range(number)
    ]


def chain(statements: list[Any]) -> list[HandOn]:
    """Unsaved hops: each statement hands on the one before it."""
    pairs = zip(statements[1:], statements, strict=False)
    return [HandOn(later_id=later.pk, earlier_id=earlier.pk) for later, earlier in pairs]


def sql_hop(later: Any, earlier: Any) -> None:
    run_sql(
        "INSERT INTO cases_handon (later_id, earlier_id, how, stated, note, severity, sensitivity)"
        " VALUES (%s, %s, 'cites', true, '', '', 'public')",
        later.pk,
        earlier.pk,
    )


# ── loops ──


@db
def test_a_statement_can_not_hand_on_itself() -> None:
    [one] = estimates(factories.make_user(), 1)
    assert "would stand behind itself" in words_against(HandOn(later_id=one.pk, earlier_id=one.pk))
    with refused():
        factories.make_hand_on(one, one)
    with refused():
        sql_hop(one, one)


@db
@pytest.mark.parametrize("hops", [1, 2, 5, 12])
def test_a_loop_is_refused_through_however_many_hops(hops: int) -> None:
    statements = estimates(factories.make_user(), hops + 1)
    for hop in chain(statements):
        hop.save()
    with refused(LOOP, statements[0].uid):
        factories.make_hand_on(statements[0], statements[-1])
    assert HandOn.objects.filter(later__in=[s.pk for s in statements]).count() == hops


@db
@pytest.mark.parametrize("hops", [1, 2, 5])
def test_a_loop_is_refused_by_raw_sql_too(hops: int) -> None:
    statements = estimates(factories.make_user(), hops + 1)
    for later, earlier in zip(statements[1:], statements, strict=False):
        sql_hop(later, earlier)
    with refused(LOOP):
        sql_hop(statements[0], statements[-1])


@db
@pytest.mark.parametrize("hops", [1, 2, 5])
def test_a_loop_that_comes_whole_in_one_bulk_insert_is_refused_whole(hops: int) -> None:
    statements = estimates(factories.make_user(), hops + 1)
    closing = HandOn(later_id=statements[0].pk, earlier_id=statements[-1].pk)
    with refused(LOOP):
        HandOn.objects.bulk_create([*chain(statements), closing])
    assert not HandOn.objects.filter(later__in=[s.pk for s in statements]).exists()


@db
def test_a_bulk_insert_that_closes_a_loop_with_older_rows_is_refused() -> None:
    a, b, c, d = estimates(factories.make_user(), 4)
    HandOn.objects.bulk_create(chain([a, b]) + chain([c, d]))
    with refused(LOOP):
        HandOn.objects.bulk_create(chain([b, c]) + chain([d, a]))
    assert HandOn.objects.filter(later__in=[s.pk for s in (a, b, c, d)]).count() == 2


@db
def test_two_ways_to_one_origin_are_no_loop() -> None:
    origin, left, right, last = estimates(factories.make_user(), 4)
    HandOn.objects.bulk_create(chain([origin, left, last]) + chain([origin, right, last]))
    assert {hop.earlier_id for hop in last.passes_on.all()} == {left.pk, right.pk}


@db
def test_a_hop_stands_once() -> None:
    a, b = estimates(factories.make_user(), 2)
    factories.make_hand_on(b, a)
    with refused("cases_handon_once"):
        factories.make_hand_on(b, a, how="quotes")


@db
def test_a_removed_hop_opens_the_way_for_the_other_direction() -> None:
    a, b = estimates(factories.make_user(), 2)
    factories.make_hand_on(b, a).delete()
    assert factories.make_hand_on(a, b).pk


@db
def test_a_chain_of_three_hundred_in_one_bulk_insert_is_quick() -> None:
    statements = estimates(factories.make_user(), 301)
    started = time.perf_counter()
    HandOn.objects.bulk_create(chain(statements))
    assert time.perf_counter() - started < 3
    with refused(LOOP):
        factories.make_hand_on(statements[0], statements[-1])


# ── two at once ──


def in_threads(*works: Callable[[], None]) -> list[Exception | None]:
    """Run each work in a thread with a connection of its own; what each of them raised."""
    failures: list[Exception | None] = [None] * len(works)

    def run(number: int) -> None:
        try:
            works[number]()
        except Exception as error:
            failures[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive(), "two sessions wait for one another"
    return failures


@committing
def test_of_two_sessions_that_each_add_half_of_a_loop_one_is_refused() -> None:
    a, b = estimates(factories.make_user(), 2)
    first_wrote, second_asks = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            factories.make_hand_on(b, a)
            first_wrote.set()
            assert second_asks.wait(10)
            time.sleep(0.3)  # the second is now waiting for this transaction

    def second() -> None:
        assert first_wrote.wait(10)
        with transaction.atomic():
            connection.ensure_connection()
            second_asks.set()
            factories.make_hand_on(a, b)

    won, lost = in_threads(first, second)
    assert won is None
    assert isinstance(lost, DatabaseError) and LOOP in str(lost)
    assert [(hop.later_id, hop.earlier_id) for hop in HandOn.objects.filter(later__in=[a.pk, b.pk])] == [(b.pk, a.pk)]


@committing
def test_of_three_sessions_that_add_a_loop_together_at_least_one_is_refused_and_none_hangs() -> None:
    by = factories.make_user()
    for _ in range(3):
        a, b, c = estimates(by, 3)
        together = threading.Barrier(3)

        def add(later: Estimate, earlier: Estimate, together: threading.Barrier = together) -> Callable[[], None]:
            def work() -> None:
                with transaction.atomic():
                    connection.ensure_connection()
                    together.wait(10)
                    factories.make_hand_on(later, earlier)

            return work

        failures = in_threads(add(b, a), add(c, b), add(a, c))
        assert [isinstance(failure, DatabaseError) for failure in failures].count(True) == 1
        assert HandOn.objects.filter(later__in=[a.pk, b.pk, c.pk]).count() == 2


@committing
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_hand_ons_are_refused_where_the_snapshot_is_older_than_the_lock(level: str) -> None:
    a, b = estimates(factories.make_user(), 2)
    with pytest.raises(DatabaseError, match="READ COMMITTED"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        factories.make_hand_on(b, a)
    assert not HandOn.objects.filter(later=b).exists()
    assert factories.make_hand_on(b, a).pk


# ── of one kind, elsewhere ──

MAKERS = {
    "estimate": factories.make_estimate,
    "allegation": factories.make_allegation,
    "response": factories.make_response,
    "characterisation": factories.make_characterisation,
    "citation": factories.make_citation,
}


@db
@pytest.mark.parametrize("earlier", MAKERS)
@pytest.mark.parametrize("later", MAKERS)
def test_a_statement_hands_on_only_statements_of_its_own_kind(later: str, earlier: str) -> None:
    by = factories.make_user()
    one, other = MAKERS[later](by), MAKERS[earlier](by)
    if later == earlier:
        assert factories.make_hand_on(one, other).pk
    else:
        with refused("both must be of one kind", one.uid, other.uid):
            factories.make_hand_on(one, other)


@db
@pytest.mark.parametrize(("part", "other_part", "allowed"), [
    ("headline", "body", True), ("lead", "table", True), ("headline", "", True),
    ("body", "body", False), ("headline", "headline", False), ("", "", False),
])  # fmt: skip
def test_a_headline_hands_on_its_own_text_but_no_part_hands_on_itself(part: str, other_part: str, allowed: bool) -> None:
    by = factories.make_user()
    source = factories.make_source(by)
    one = factories.make_estimate(by, source=source, text_part=part)
    other = factories.make_estimate(by, source=source, text_part=other_part)
    if allowed:
        assert factories.make_hand_on(one, other).pk
    else:
        with refused("same part of one source"):
            factories.make_hand_on(one, other)
        with refused("same part of one source"):
            sql_hop(one, other)


@db
@pytest.mark.parametrize("part", ["", "body"])
def test_the_same_part_of_another_source_is_elsewhere(part: str) -> None:
    by = factories.make_user()
    one, other = factories.make_estimate(by, text_part=part), factories.make_estimate(by, text_part=part)
    assert factories.make_hand_on(one, other).pk


# ── what can change ──


@db
@pytest.mark.parametrize("end", ["later", "earlier"])
def test_the_ends_of_a_hop_can_not_be_changed(end: str) -> None:
    a, b, c = estimates(factories.make_user(), 3)
    hop = factories.make_hand_on(b, a)
    with refused("ends_stay"):
        HandOn.objects.filter(pk=hop.pk).update(**{end: c.pk})
    with refused("ends_stay"):
        run_sql(f"UPDATE cases_handon SET {end}_id = %s WHERE id = %s", c.pk, hop.pk)
    setattr(hop, f"{end}_id", c.pk)
    with refused("ends_stay"):
        hop.save()


@db
def test_a_hop_can_not_be_turned_around() -> None:
    a, b = estimates(factories.make_user(), 2)
    factories.make_hand_on(b, a)
    with refused("ends_stay"):
        HandOn.objects.filter(later=b.pk).update(later=F("earlier"), earlier=F("later"))


@db
def test_how_a_hop_is_made_and_our_note_on_it_can_change() -> None:
    a, b = estimates(factories.make_user(), 2)
    hop = factories.make_hand_on(b, a, how="paraphrases")
    HandOn.objects.filter(pk=hop.pk).update(how="claims_to_confirm", stated=False, note="inferred")
    hop.refresh_from_db()
    assert (hop.how, hop.stated, hop.note) == ("claims_to_confirm", False, "inferred")


@db
@pytest.mark.parametrize("field", ["source", "text_part"])
def test_a_statement_does_not_move_into_the_part_of_the_text_that_it_hands_on(field: str) -> None:
    """What holds when the hop is entered holds later too: the statements at its ends are not changed behind its back."""
    by = factories.make_user()
    source = factories.make_source(by)
    headline = factories.make_estimate(by, source=source, text_part="headline")
    body = factories.make_estimate(by, source=source if field != "source" else factories.make_source(by),
                                   text_part="body" if field != "source" else "headline")  # fmt: skip
    factories.make_hand_on(headline, body)
    new = {"source": ("source_id", source.pk), "text_part": ("text_part", "headline")}[field]
    with refused():
        run_sql(f"UPDATE cases_statement SET {new[0]} = %s WHERE id = %s", new[1], body.pk)
