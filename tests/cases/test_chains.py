"""Chains as records: walked in SQL, with a drift that is kept with each hop and never tells of what is hidden."""

from __future__ import annotations

import random
import time
from itertools import cycle
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cases.chains import HOPS_AT_ONCE, chain, settle_drift, walk
from cases.independence import earlier_ones
from cases.independence import origins as origins_by_rule
from cases.matter import Link
from cases.models import Accused, Estimate, HandOn, Statement
from hrdocs import merging
from hrdocs.models import User
from sources.models import Relay, SourcePublisher
from tests import factories
from tests.api.asking import as_user, get, rows, uids
from tests.cases.refusals import run_sql
from tests.hrdocs.twins import merged

pytestmark = pytest.mark.django_db


def figures(by: User, number: int, **given: object) -> list[Estimate]:
    facility, counted = factories.make_facility(by), factories.make_term()
    return [
        factories.make_estimate(by, about_facility=facility, counted=counted, source=factories.make_source(by), **given)
        for _ in range(number)
    ]


def hand_on(*statements: Estimate) -> None:
    """Each hands on the one before it."""
    for earlier, later in zip(statements, statements[1:], strict=False):
        factories.make_hand_on(later, earlier)


# ── the walk ──


def test_a_chain_leads_from_any_of_its_statements_to_the_whole_of_it(analyst: User) -> None:
    one, two, three, aside = figures(analyst, 4)
    hand_on(one, two, three)
    for statement in (one, two, three):
        assert len(walk(statement, analyst)) == 2
    assert walk(aside, analyst) == [] and chain(aside, analyst) == ()


def test_siblings_that_share_an_origin_are_no_part_of_one_anothers_chain(analyst: User) -> None:
    origin, one, other = figures(analyst, 3)
    hand_on(origin, one)
    hand_on(origin, other)
    assert len(walk(one, analyst)) == 1 and len(walk(origin, analyst)) == 2


def test_a_chain_breaks_where_a_statement_is_hidden(analyst: User) -> None:
    stranger = factories.make_user()
    one, two, three = figures(analyst, 3)
    hand_on(one, two, three)
    run_sql("UPDATE cases_statement SET sensitivity = 'restricted' WHERE id = %s", two.pk)
    assert walk(one, stranger) == [] and walk(three, stranger) == []


@pytest.mark.parametrize(("shape", "hops"), [("long", 1_000), ("wide", 10_000)])
def test_long_and_wide_chains_are_walked_in_a_tenth_of_a_second(shape: str, hops: int, analyst: User) -> None:
    origin = figures(analyst, 1)[0]
    columns = ", ".join(field.column for field in Statement._meta.local_concrete_fields if not field.generated)
    run_sql(
        f"""WITH s AS (
             INSERT INTO cases_statement ({columns}) (SELECT {columns} FROM (SELECT (jsonb_populate_record(o, jsonb_build_object(
               'id', nextval('cases_statement_id_seq'), 'source_id', o.source_id, 'text_part', 'table',
               'uid', 'EST-' || lpad(n::text, 5, '0') || '-' || lpad(n::text, 6, '0')))).*
             FROM cases_statement o, generate_series(1, %s) n WHERE o.id = %s) copies) RETURNING id)
           INSERT INTO cases_estimate SELECT (jsonb_populate_record(e, jsonb_build_object('statement_ptr_id', s.id))).*
           FROM s, cases_estimate e WHERE e.statement_ptr_id = %s""",
        hops, origin.pk, origin.pk,
    )  # fmt: skip
    copies = list(Estimate.objects.filter(source=origin.source).exclude(pk=origin.pk).order_by("pk").values_list("pk", flat=True))
    earlier = [origin.pk, *copies] if shape == "long" else [origin.pk] * hops
    with connection.cursor() as cursor:  # past the check of the parts of a text, which these copies share
        cursor.execute("SET session_replication_role = replica")
        run_sql("INSERT INTO cases_handon (later_id, earlier_id, how, stated, note, sensitivity, audience, locks, severity)"
                " SELECT l, e, 'cites', true, '', 'public', 2, '{}', '' FROM unnest(%s::bigint[], %s::bigint[]) AS t (l, e)",
                copies, earlier[:hops])  # fmt: skip
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE cases_handon, cases_statement, cases_estimate")
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        found = walk(origin, analyst)
        seconds.append(time.perf_counter() - started)
    assert len(found) == hops
    assert min(seconds) < 0.1
    assert len(chain(origin, analyst)) == HOPS_AT_ONCE
    assert len(chain(origin, analyst, start=hops - 5)) == 5


# ── drift that is kept ──


def drift_of(later: Estimate) -> tuple[list[str] | None, str]:
    return HandOn.objects.values_list("drift", "severity").get(later=later)


def test_the_drift_of_a_hop_is_kept_with_it_and_forgotten_when_an_end_changes(analyst: User) -> None:
    settle_drift()  # of what other tests have loaded
    one, two = figures(analyst, 2, value_text="1,000", lower=None, best=1000)
    hand_on(one, two)
    assert drift_of(two) == (None, "")
    assert settle_drift() == 1 and settle_drift() == 0
    before = drift_of(two)
    assert "value" not in before[0]
    two.best = 2000
    two.save_by(analyst)
    assert drift_of(two)[0] is None
    settle_drift()
    assert "value" in drift_of(two)[0] and drift_of(two)[1] == "material"


def test_review_forgets_no_drift(analyst: User) -> None:
    """Nothing that anybody said changes when a record is submitted."""
    from hrdocs import review

    one, two = figures(analyst, 2)
    hand_on(one, two)
    settle_drift()
    review.submit(two, by=analyst)
    assert drift_of(two)[0] is not None


def _done_by(by: User, party: Any) -> Any:
    estimate = factories.make_estimate(by)
    estimate.done_by.add(party)
    return estimate


def _accused(by: User, party: Any) -> Any:
    allegation = factories.make_allegation(by)
    Accused.objects.create(allegation=allegation, party=party, modes=["backed"])
    return allegation


def _from(by: User, table: Any, **given: Any) -> Any:
    """An estimate of a source that has something to do with a record."""
    source = factories.make_source(by)
    table.objects.create(source=source, **given)
    return factories.make_estimate(by, source=source)


PARTS = cycle(["headline", "body"])  # two of one text stand in different parts of it
# How a statement can name a record in what a hop compares: who makes the record, and the statement that names it.
NAMING: dict[str, tuple[Any, Any]] = {
    "about_facility": (factories.make_facility, lambda by, it: factories.make_estimate(by, about_facility=it)),
    "about_incident": (factories.make_incident, lambda by, it: factories.make_estimate(by, about_facility=None, about_incident=it)),
    "about_place": (factories.make_place, lambda by, it: factories.make_estimate(by, about_facility=None, about_place=it)),
    "about_victim": (factories.make_victim, lambda by, it: factories.make_estimate(by, about_facility=None, about_victim=it)),
    "about_source": (factories.make_source, lambda by, it: factories.make_citation(by, about_facility=None, about_source=it)),
    "about_party": (factories.make_party, lambda by, it: factories.make_citation(by, about_facility=None, about_party=it)),
    "part": (factories.make_facility, lambda by, it: factories.make_estimate(by, about_facility=factories.make_facility(by, parent=it))),
    "within": (factories.make_place,
               lambda by, it: factories.make_estimate(by, about_facility=None, about_place=factories.make_place(by, parent=it))),
    "speaker": (factories.make_party, lambda by, it: factories.make_estimate(by, speaker=it)),
    "attributed_to": (factories.make_party, lambda by, it: factories.make_estimate(by, attributed_to=it)),
    "done_by": (factories.make_party, _done_by),
    "accused": (factories.make_party, _accused),
    "publisher": (factories.make_party, lambda by, it: _from(by, SourcePublisher, party=it)),
    "draws_on_party": (factories.make_party, lambda by, it: _from(by, Relay, party=it)),
    "draws_on": (factories.make_source, lambda by, it: _from(by, Relay, draws_on=it)),
    "source": (factories.make_source, lambda by, it: factories.make_estimate(by, source=it, text_part=next(PARTS))),
}  # fmt: skip


def test_a_merge_forgets_the_drift_of_hops_that_name_either_record_and_no_other(analyst: User) -> None:
    hand_on(*(aside := figures(analyst, 2)))
    for name, (make, naming) in NAMING.items():
        kept, gone = make(analyst), make(analyst)
        earlier, later = naming(analyst, kept), naming(analyst, gone)
        hand_on(earlier, later)
        settle_drift()
        done = merged(kept, gone)
        assert drift_of(later)[0] is None, name
        settle_drift()
        merging.undo(done, by=done.by, reason="Two after all.")
        assert drift_of(later)[0] is None, name
        assert drift_of(aside[1])[0] is not None, name


def test_drift_leaves_no_trace_in_history(analyst: User) -> None:
    from hrdocs.audit import history_of

    one, two = figures(analyst, 2)
    hand_on(one, two)
    link = HandOn.objects.get(later=two)
    settle_drift()
    assert history_of(HandOn, link.pk).count() == 1


def test_statements_are_found_by_how_they_drifted(client: Client, analyst: User) -> None:
    as_user(client, analyst)
    one, same, other = figures(analyst, 3, value_text="1,000", lower=None, best=1000)
    other.best = 7000
    other.save_by(analyst)
    hand_on(one, same)
    hand_on(one, other)
    assert other.uid in uids(client, "estimates", drift="value")
    assert same.uid not in uids(client, "estimates", drift="value")
    assert {other.uid} <= uids(client, "estimates", drift="any")
    assert one.uid not in uids(client, "estimates", drift="any") | uids(client, "estimates", drift="none")
    assert other.uid in uids(client, "statements", severity="material,reverses_meaning")
    row = get(client, f"estimates/{other.uid}")
    assert "value" in row["drift"] and row["origins"] == 1 and "value" in row["passes_on"][0]["drift"]
    assert "value" in get(client, "estimates", expect=400, drift="vlaue")["errors"]["drift"][0]


# ── origins ──


def test_the_column_of_origins_counts_by_the_rule_of_independence(analyst: User, client: Client) -> None:
    chosen = random.Random(7)
    statements = figures(analyst, 12)
    links = []
    for number, later in enumerate(statements):
        for earlier in chosen.sample(statements[:number], min(number, chosen.randint(0, 2))):
            how, stated = chosen.choice(["cites", "claims_to_confirm", "paraphrases"]), chosen.random() < 0.7
            HandOn.objects.create(later_id=later.pk, earlier_id=earlier.pk, how=how, stated=stated)
            links.append(Link(later.uid, earlier.uid, how, stated))
    by_rule = {each.uid: len(origins_by_rule(each.uid, earlier_ones(links, stated_only=True))) for each in statements}
    told = {row["uid"]: row["origins"] for row in rows(as_user(client, analyst), "estimates")}
    assert {uid: told[uid] for uid in by_rule} == by_rule
    assert max(by_rule.values()) > 1


# ── every kind ──


def test_a_denial_told_on_as_no_comment_and_a_judgement_told_on_as_sure_are_drift(analyst: User) -> None:
    incident = factories.make_incident(analyst)
    for make, earlier, later, severity in (
        (factories.make_response, {"answer": "denial"}, {"answer": "no_reply"}, "reverses_meaning"),
        (factories.make_characterisation, {"polarity": "may_be"}, {"polarity": "is"}, "material"),
        (factories.make_citation, {"stance": "supports"}, {"stance": "contradicts"}, "reverses_meaning"),
        (factories.make_citation, {"value": "Tuesday"}, {"value": "Wednesday"}, "material"),
    ):
        one, two = (
            make(analyst, about_incident=incident, source=factories.make_source(analyst), **said) for said in (earlier, later)
        )
        factories.make_hand_on(two, one)
        [hop] = chain(one, analyst)
        assert severity in {found.severity for found in hop.differences}, (make, hop.differences)
        settle_drift()
        assert HandOn.objects.get(later=two).drift


# ── over the API ──


def test_a_chain_is_answered_in_parts_that_lead_on(client: Client, analyst: User) -> None:
    as_user(client, analyst)
    one, two, three = figures(analyst, 3)
    hand_on(one, two, three)
    answer = get(client, f"statements/{two.uid}/chain")
    assert answer["origins"] == [one.uid] and answer["hops_in_all"] == 2 and answer["next_start"] is None
    assert [hop["later"]["uid"] for hop in answer["hops"]] == [two.uid, three.uid]
    assert get(client, f"estimates/{two.uid}/chain", start=1)["hops"][0]["later"]["uid"] == three.uid
    get(client, f"estimates/{two.uid}/chain", expect=400, start="-1")
    assert "strat" in get(client, f"estimates/{two.uid}/chain", expect=400, strat="1")["errors"]
    get(client, "estimates/EST-00000-000000/chain", expect=404)


def test_the_founding_case_tells_of_backing_told_on_as_something_else(founding_case: None, client: Client) -> None:
    """A party that "indirectly backs" is told on as one that helped: the chain of an accusation shows it too."""
    kinds = {kind for row in get(client, "allegations", page_size=200)["results"] for kind in row["drift"]}
    assert kinds
    drifted = get(client, "allegations", drift="any")["results"]
    hops = [hop for row in drifted for hop in get(client, f"allegations/{row['uid']}/chain")["hops"]]
    assert any(found["words"] for hop in hops for found in hop["differences"])
