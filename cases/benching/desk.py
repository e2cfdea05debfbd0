"""The first paint of the desk: how long the program and its session of the database work for a page of an analyst's."""

from __future__ import annotations

from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from cases.benching.pages import READERS
from cases.benching.painting import MOST, MUCH, much_of_some
from cases.benching.results import Line, worked
from cases.models import Case, Facility, Incident
from hrdocs.admin.desk import kinds
from hrdocs.models import Record
from sources.models import Party, Source

WORDS = ("", "Saydnaya", "minaret", "Ahmad")  # none, one that a sixteenth of the incidents bears, a rare one, one of people
MUCH_OF = (Case, Facility, Party, Source)


def first_paints(rounds: int) -> Iterator[Line]:
    """The slowest page of each kind."""
    client = Client(headers={"host": "localhost"})
    client.force_login(READERS["analyst"]())
    with much_of_some():
        for what, addresses in _pages():
            took = {address: min(worked(lambda at=address: _shown(client, at)) for _ in range(rounds)) for address in addresses}
            slowest = max(took, key=lambda address: took[address])
            yield Line("first paint", f"the desk: {what}, processor", took[slowest] * 1000, "ms", most=MOST,
                       note=f"the slowest of {len(took)}: {slowest}")  # fmt: skip


def _pages() -> Iterator[tuple[str, list[str]]]:
    """Kinds of pages, each with the addresses that are asked."""
    yield "the first page", [reverse("admin:index")]
    yield (
        "lists, and searches in them",
        [f"{_of(kind, 'changelist')}{f'?q={word}' if word else ''}" for kind in kinds() for word in WORDS],
    )
    yield "empty forms", [_of(kind, "add") for kind in kinds()]
    yield "the form of an incident", [_form(Incident)]
    for kind in MUCH_OF:
        yield f"the form of a {kind._meta.verbose_name} with {MUCH:,} of something", [_form(kind)]
    yield "what is to be looked at there, which follows", [_form(kind, "findings") for kind in (Case, Facility)]
    for kind in (Incident, *MUCH_OF):
        yield f"the dossier of a {kind._meta.verbose_name}", [_form(kind, "together", "submit")]
    yield "what one record was entered twice as, perhaps", [_form(kind, "twin") for kind in (Incident, Facility, Party, Source)]
    yield "possible duplicates", [reverse("admin:hrdocs_match_changelist")]


def _form(kind: type[Record], page: str = "change", *more: str) -> str:
    row = kind._default_manager.visible_to(READERS["analyst"]()).order_by("pk").values_list("pk", flat=True)[0]
    return _of(kind, page, row, *more)


def _of(kind: type[Record], page: str, *keys: int | str) -> str:
    return reverse(f"admin:{kind._meta.app_label}_{kind._meta.model_name}_{page}", args=keys)


def _shown(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
