"""The first paint of every kind of page for readers: how long the program and its session of the database work until a browser
has something to show. What is sent after it is told beside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.db import connection, transaction
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import resolve, reverse

from cases.benching import making
from cases.benching.pages import READERS
from cases.benching.results import Line, processor
from cases.models import Case, Estimate, Facility, Incident, Place, Response
from hrdocs.endpoints import views
from hrdocs.lists.explorer import LOOKS as EVERYWHERE
from hrdocs.lists.looks import LOOKS, Look, looks_of
from hrdocs.models import Record
from hrdocs.readers import reading_as
from hrdocs.urls import PAGES
from sources.models import Party, Publisher, Source

MOST = 1_000  # milliseconds
MUCH = 5_000  # incidents at one facility, figures about it, accusations against one party, and incidents of one case
ASKED: tuple[dict[str, str], ...] = ({}, {"q": "Saydnaya"}, {"q": "minaret"}, {"country": "SY"})  # a usual and a rare word
RECORDS: dict[type[Record], str] = {
    Case: f"a case of {MUCH:,} incidents", Facility: f"a facility with {MUCH:,} incidents, and as many figures on it",
    Incident: "an incident", Party: f"a party that {MUCH:,} allegations accuse", Publisher: "a publisher",
    Source: "the source that says a sixth of all", Place: "a country", Estimate: "an estimate", Response: "a response",
}  # fmt: skip

# The data has nothing of which more is said than of others. While pages are measured, one record of each kind is given much.
_POPULAR = f"""
INSERT INTO cases_incidentfacility (incident_id, facility_id, role, audience, locks, sensitivity)
    SELECT i.id, 1, '', i.audience, i.locks, i.sensitivity FROM cases_incident i WHERE i.id <= {MUCH}
    ON CONFLICT DO NOTHING;
INSERT INTO cases_caseincident (case_id, incident_id, note, audience, locks, sensitivity)
    SELECT c.id, i.id, '', i.audience, i.locks, i.sensitivity FROM cases_case c, cases_incident i WHERE i.id <= {MUCH};
UPDATE cases_statement SET about_facility_id = 1, about_incident_id = NULL
    WHERE kind = 'estimate' AND about_incident_id IS NOT NULL AND id BETWEEN {5 * MUCH} AND {7 * MUCH};
UPDATE cases_accused SET party_id = 1 WHERE allegation_id <= {5 * MUCH};
"""


def first_paints(rounds: int) -> Iterator[Line]:
    """The slowest first paint of each kind of page, for a reader from outside and for an analyst."""
    with much_of_some():
        for who in ("anonymous", "analyst"):
            for what, addresses in pages_of(READERS[who]()):
                yield _slowest(what, who, {address: least(address, READERS[who](), rounds) for address in addresses})


def _slowest(what: str, who: str, found: dict[str, tuple[float, float]]) -> Line:
    address, (first, whole) = max(found.items(), key=lambda each: each[1][0])
    return Line("first paint", f"{what}, {who}, processor", first * 1000, "ms", most=MOST,
                note=f"all of it {whole * 1000:,.0f} ms; the slowest of {len(found)}: {address}")  # fmt: skip


@contextmanager
def much_of_some() -> Iterator[None]:
    """Much hangs on the first facility, party and case until the block ends, and then it is taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        making.functions()
        making.fill(Case, "generate_series(1, 1) n", **making.record("CAS", "n", 100, 100, 0), title_en="'Trial'")
        cursor.execute(_POPULAR)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        yield
        transaction.set_rollback(True)


def pages_of(user: Any) -> Iterator[tuple[str, list[str]]]:
    """Kinds of pages, each with the addresses that are asked."""
    yield "start, lists, an empty search over all lists", ["/", reverse("lists"), reverse("explore")]
    for look, _called in EVERYWHERE:
        at = reverse(f"explore-{look}" if look else "explore")
        yield f"a search over all lists as {look or 'entries'}", [f"{at}?{urlencode(asked)}" for asked in ASKED if asked]
    for look in LOOKS:
        yield f"lists as {look.name or 'table'}", [*_lists(look)]
    for model, what in RECORDS.items():
        row = model._default_manager.visible_to(user).order_by("pk").values_list("uid", flat=True)[0]
        yield f"the page of {what}", [reverse(PAGES[row[:3]], args=[row])]


def _lists(look: Look) -> Iterator[str]:
    for name, view in views().items():
        for asked in ASKED:
            if look in looks_of(view.shape) and asked.keys() <= view.filterset_class.base_filters.keys():
                yield f"{reverse(look.route(name))}{'?' if asked else ''}{urlencode(asked)}"


def least(address: str, user: Any, rounds: int) -> tuple[float, float]:
    """Seconds of processor time until the first stretch of a page is there, and until all of it is, in the fastest round."""
    return min(_asked(address, user) for _ in range(rounds))


def _asked(address: str, user: Any) -> tuple[float, float]:
    path, _, question = address.partition("?")
    request = RequestFactory().get(path, headers={"host": "localhost"}, query_params=QueryDict(question))
    request.user = user
    view, args, kwargs = resolve(path)
    started = processor()
    with reading_as(user):
        response = view(request, *args, **kwargs)
    stretches = iter(response.streaming_content) if response.streaming else iter([response.content])
    next(stretches)
    first = processor() - started
    assert response.status_code == 200, (address, response.status_code)
    for _ in stretches:
        pass
    return first, processor() - started
