"""The first rows under filters are the same, however far the list is walked along and whatever is read at once."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.filtersets import EstimateFilterSet
from cases.models import Estimate, Incident, Statement
from hrdocs import windows
from hrdocs.access import State
from hrdocs.models import User
from hrdocs.shapes import Reader
from hrdocs.ties import Keys, among, tied
from hrdocs.uids import new_uid
from sources.models import Source
from tests import factories
from tests.api.asking import as_user, get
from tests.moments import Clock

pytestmark = pytest.mark.django_db
ORDERINGS = ["uid", "-edited_at"]
ASKED = [{"estimates": "value_text=about 7"}, {"estimates": "value_text=nothing"},
         {"any": "estimates=value_text%3Dabout 7"}, {"not": "estimates=value_text%3Dabout 7"}, {"estimates": "bases=own_investigation"},
         {"estimates": "value_text=about", "title_en": "Raid"}]  # fmt: skip


@pytest.fixture
def raids(alone: None, analyst: User) -> list[Incident]:
    """Twelve incidents, an estimate on each second of them, of which every third says seven."""
    made = [factories.make_incident(analyst, title_en=f"Raid {n}") for n in range(12)]
    for n, incident in enumerate(made[::2]):
        factories.make_estimate(analyst, about_incident=incident, value_text="about 7" if n % 3 == 0 else "about 20")
    return made


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize(("window", "met"), [(1, 1), (3, 99), (5_000, 8)])
def test_pages_are_the_same_by_whichever_way_they_are_found(
    window: int, met: int, asked: dict[str, str], ordering: str, raids: list[Incident], analyst: User, client: Client, monkeypatch
) -> None:
    as_user(client, analyst)
    monkeypatch.setattr("hrdocs.ties.FEW", 0)  # each row is asked
    expected = _all(client, asked, ordering, 200)
    monkeypatch.setattr(windows, "WINDOW", window)
    monkeypatch.setattr(windows, "MET", met)
    assert _all(client, asked, ordering, 2) == expected
    assert expected or "nothing" in str(asked) or "bases" in str(asked)


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize(("sample", "share"), [(2, 0.5), (3, 1), (500, 0.01)])
def test_so_many_are_counted_by_whichever_way(
    sample: int, share: float, asked: dict[str, str], raids: list[Incident], analyst: User, client: Client, monkeypatch
) -> None:
    as_user(client, analyst)
    monkeypatch.setattr("hrdocs.ties.FEW", 0)  # each row is asked
    monkeypatch.setattr(windows, "SAMPLE", sample)
    monkeypatch.setattr(windows, "SHARE", share)
    number = len(_all(client, asked, "uid", 200))
    for most in range(1, number + 2):
        monkeypatch.setattr("hrdocs.paging.COUNTED", most)
        told = get(client, "incidents", **asked, count="estimate")
        is_more = number > most
        assert (told["count"], told["count_is"]) == ((most, "at_least") if is_more else (number, "exact"))


def _all(client: Client, asked: dict[str, str], ordering: str, size: int, path: str = "incidents") -> list[str]:
    page = get(client, path, **asked, ordering=ordering, page_size=size)
    found = [row["uid"] for row in page["results"]]
    while page["next"]:
        page = client.get(page["next"]).json()
        found += [row["uid"] for row in page["results"]]
    return found


@pytest.mark.parametrize(("met", "of"), [(1, 12), (3, 3), (6, 12), (7, 12)])
def test_what_is_met_among_the_first_rows_is_not_counted_and_the_same_is_found(
    met: int, of: int, raids: list[Incident], monkeypatch
) -> None:
    monkeypatch.setattr("hrdocs.ties._MET", met)
    monkeypatch.setattr("hrdocs.ties._AMONG", of)
    told, everything = Estimate.objects.filter(value_text__contains="about"), Incident.objects.all()
    with CaptureQueriesContext(connection) as queries:
        found = {*everything.filter(tied(told, "about_incident", anywhere=True)).values_list("pk", flat=True)}
    assert found == {raid.pk for raid in raids[::2]}
    assert len(queries) == (2 if met <= min(6, of) else 3)  # met and found, or met in vain, counted and found


def test_keys_are_written_and_read_as_the_database_does() -> None:
    assert [*Keys.of([3, 1, 3])] in ([1, 3], [3, 1]) and len(Keys.of([3, 1, 3])) == 2 and 3 in Keys.of([3])
    assert [*Keys.found("SELECT unnest(ARRAY[7, 5, 7])", ())] == [5, 7]
    assert Keys.found("SELECT unnest(ARRAY[7, 5, 7])", (), most=2) is None
    assert len(Keys.found("SELECT 1 WHERE false", ())) == 0 == len([*Keys.of(())])


@pytest.mark.parametrize("few", [0, 3, 100])
def test_what_is_tied_is_the_same_whether_it_is_little_or_much(few: int, raids: list[Incident], monkeypatch) -> None:
    monkeypatch.setattr("hrdocs.ties.FEW", few)
    found = {incident.pk for incident in raids[::2]}
    everything = Incident.objects.all()
    assert {*everything.filter(tied(everything.filter(pk__in=found))).values_list("pk", flat=True)} == found
    assert {*everything.filter(among(found, here="pk")).values_list("pk", flat=True)} == found
    assert {*everything.filter(~tied(everything.filter(statements__isnull=False))).values_list("pk", flat=True)}.isdisjoint(found)
    assert not everything.filter(tied(everything.filter(place__isnull=False), "place", here="pk")).exists()


def test_what_lies_in_a_place_is_looked_up_once_for_all_by_which_it_is_asked(raids: list[Incident], analyst: User) -> None:
    region = factories.make_place(analyst, level="region")
    raid = factories.make_incident(analyst, place=factories.make_place(analyst, level="settlement", parent=region))
    told = factories.make_estimate(analyst, about_incident=raid)
    with CaptureQueriesContext(connection) as asked:
        found = EstimateFilterSet(QueryDict(f"place={region.uid}"), Estimate.objects.all(), reader=Reader(analyst)).rows()
        assert [row.pk for row in found] == [told.pk]
    assert len([each for each in asked.captured_queries if "WITH RECURSIVE" in each["sql"]]) == 1


OF_ALL_KINDS, OF_ITS_OWN = {"bases": "own_investigation"}, {"any": "bases=own_investigation", "value_text": "about 7"}


@pytest.mark.parametrize(("asked", "of_all_kinds"), [(OF_ALL_KINDS, True), (OF_ITS_OWN, False)])
def test_statements_are_asked_as_they_are_passed_where_the_table_of_all_kinds_knows(
    asked: dict[str, str], of_all_kinds: bool, raids: list[Incident], analyst: User, client: Client, monkeypatch
) -> None:
    as_user(client, analyst)
    told = Estimate.objects.order_by("uid").last()
    told.bases = ["own_investigation"]
    told.save_by(analyst)
    monkeypatch.setattr("hrdocs.ties.FEW", 0)  # each row is asked
    monkeypatch.setattr(windows, "MET", 1)
    with CaptureQueriesContext(connection) as queries:
        rows = get(client, "estimates", **asked)["results"]
    assert [row["uid"] for row in rows] == [told.uid] * (of_all_kinds or told.value_text == "about 7")
    walked = [each["sql"] for each in queries.captured_queries if "AS near" in each["sql"]]
    assert walked and all(("own_bases" in sql) == of_all_kinds for sql in walked)


@pytest.mark.parametrize("ordering", ["uid", "-uid"])
@pytest.mark.parametrize("inside", [True, False])
def test_a_kind_is_walked_along_in_its_own_table_where_that_tells_what_is_asked(
    ordering: str, inside: bool, raids: list[Incident], analyst: User, reviewer: User, client: Client
) -> None:
    if inside:
        as_user(client, analyst)
    else:
        factories.publish(*Source.objects.all(), *raids, *Estimate.objects.exclude(pk=Estimate.objects.last().pk), by=reviewer)
    clock = Clock()
    seen = Estimate.objects.filter(value_text="about 7", **({} if inside else {"state": State.PUBLISHED}))
    said_seven = sorted(seen.values_list("uid", flat=True), reverse=ordering == "-uid")
    with CaptureQueriesContext(connection) as queries:
        assert _all(client, {"value_text": "about 7"}, ordering, 1, path="estimates") == said_seven
    own = [each for each in queries.captured_queries if re.search(r"statement_uid.* ORDER BY 2 .* LIMIT 2", each["sql"])]
    assert len(said_seven) > 1 and len(own) == len(said_seven)
    as_it_was = {"value_text": "about 7", "as_of": clock.before(clock.passes())}
    assert _all(client, as_it_was, ordering, 1, path="estimates") == said_seven


def test_the_uid_that_a_kind_repeats_is_that_of_its_statement(raids: list[Incident]) -> None:
    one, other = Estimate.objects.order_by("uid")[:2]
    Estimate.objects.filter(pk=one.pk).update(statement_uid=other.uid)
    repeated = dict(Estimate.objects.values_list("uid", "statement_uid"))
    assert len(repeated) == 6 and all(uid == again for uid, again in repeated.items())
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Statement.objects.filter(pk=one.pk).update(uid=new_uid("EST"))
