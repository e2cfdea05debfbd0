"""What the page of a list shows.

It asks the API's own list, with what stands in its address, so that it finds and refuses exactly what that does. It adds
nothing but the columns to show, the reader's language, and counts.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext
from rest_framework.response import Response

from hrdocs import paging
from hrdocs.endpoints import views
from hrdocs.filtersets import SHAPING
from hrdocs.formats.json import plain
from hrdocs.labels import called
from hrdocs.lists.cells import Cell, page_of, said
from hrdocs.lists.counts import Chosen, counts, usual
from hrdocs.lists.form import Form
from hrdocs.lists.looks import looks_of
from hrdocs.shapes import Reader, Shape
from hrdocs.templatetags.words import own, when

COUNTING = "each"  # the parameter of a page, not of the API, by which it also tells how many rows hold which value
_NOT_OF_A_FILE = ("page_size", "cursor", "count", "facets", "format")
_NOT_OF_A_REPORT = {*_NOT_OF_A_FILE, *SHAPING, "ordering"}


def put_straight(request: HttpRequest) -> tuple[QueryDict, HttpResponseRedirect | None]:
    """What a page was asked without the empty fields that a form sends too, and where to go on where it sent any."""
    given = QueryDict(mutable=True)
    for key, values in request.GET.lists():
        given.setlist(key, [value for value in values if value])
    shorter = len(given.urlencode()) < len(request.GET.urlencode())
    return given, HttpResponseRedirect(f"{request.path}?{given.urlencode()}") if shorter else None


def as_json(answer: Response) -> dict[str, Any]:
    """What the API answered, as JSON has it; empty where it refused."""
    return orjson.loads(orjson.dumps(answer.data, default=plain)) if answer.status_code == 200 else {}


class ListPage:
    """One list, asked by one reader."""

    look = ""  # how it is shown: as a table unless a subclass says otherwise

    def __init__(self, name: str, request: HttpRequest, given: QueryDict) -> None:
        self.name, self.request, self.given = name, request, given.copy()
        self.counting = bool(self.given.pop(COUNTING, None))
        self.language = (get_language() or "en")[:2]
        self.view = views()[name]
        self.shape: Shape = self.view.shape
        self.reader = Reader(request.user, f"{request.scheme}://{request.get_host()}", given.get("lang", self.language))

    @property
    def route(self) -> str:
        """The name of its address."""
        return f"records-{self.name}"

    # ── what the API answers ──

    @cached_property
    def answer(self) -> Response:
        usual = {"lang": self.reader.language, "count": "estimate"}
        if self.counting and self._counted_by:
            usual["facets"] = ",".join(self._counted_by)
        added = {key: value for key, value in usual.items() if key not in self.given}
        return self._asked({**added, **self._wanted})

    @property
    def _wanted(self) -> dict[str, str]:
        """What is asked of the API besides what stands in the address."""
        return {"fields": self._columns}

    def _asked(self, added: dict[str, str]) -> Response:
        """The API's own answer to what was asked, with this added."""
        asked = copy.copy(self.request)
        asked.GET = self.given.copy()
        for key, value in added.items():
            asked.GET[key] = value
        asked.META = {
            **self.request.META,
            "HTTP_ACCEPT": "application/json",
            "HTTP_IF_NONE_MATCH": "",
            "QUERY_STRING": asked.GET.urlencode(),
        }
        asked.__dict__.pop("headers", None)
        return self.view.as_view({"get": "list"}, basename=self.name)(asked)

    @cached_property
    def told(self) -> dict[str, Any]:
        """The page as JSON has it; empty where it was refused."""
        return as_json(self.answer)

    @cached_property
    def problems(self) -> dict[str, list[str]]:
        return {} if self.told else self.answer.data.get("errors", {"": [self.answer.data["title"]]})

    # ── the table ──

    @property
    def title(self) -> str:
        return str(self.shape.model._meta.verbose_name_plural).capitalize()

    @property
    def about(self) -> str:
        """What one of its records is."""
        sentence = " ".join(self.view.__doc__.split())
        return gettext(sentence)

    @cached_property
    def _lead(self) -> list[str]:
        """The columns of the table, by those that the shape leads with or those that were asked for."""
        if self.given.get("fields"):
            return list(dict.fromkeys(name.partition(".")[0] for name in self.given["fields"].split(",")))
        seen = {column.name for column in self.shape.seen_by(self.reader)}
        return [name for name in self.shape.lead if name in seen]

    @property
    def _columns(self) -> str:
        """What is asked of the API for them: where each record stands, and our own texts in both languages."""
        both = (name.removesuffix("_en") + "_ar" for name in self._lead if name.endswith("_en"))
        shown = self.given["fields"].split(",") if self.given.get("fields") else self._lead
        return ",".join(dict.fromkeys(["uid", "url", *shown, *(name for name in both if self.shape.column(name))]))

    @property
    def headings(self) -> list[str]:
        return [called(self.shape.model, name.removesuffix("_en")) for name in self._lead]

    @property
    def rows(self) -> Iterator[list[Cell]]:
        """The cells of each row; the first one leads to the record."""
        for row in self.told["results"]:
            cells = [self._cell(row, name) for name in self._lead]
            first = Cell(cells[0].text or row.get("uid", "…"), page_of(row)) if cells else Cell(row["uid"], page_of(row))
            yield [first, *cells[1:]]

    def _cell(self, row: dict[str, Any], name: str) -> Cell:
        if name.endswith("_en"):
            return Cell(own(row, name.removesuffix("_en")))
        value = row.get(name)
        if self._is_date(name):
            return Cell(when(value))
        href = page_of(value) if isinstance(value, dict) else ""
        return Cell(said(value), href)

    def _is_date(self, name: str) -> bool:
        return self.shape.column(f"{name}_earliest") is not None

    @property
    def count(self) -> str:
        """How many there are, as far as that was counted."""
        number = self.told.get("count")
        if number is None:
            return ""
        told = f"{number:,}"
        return gettext("%(number)s or more") % {"number": told} if self.told.get("count_is") == "at_least" else told

    # ── the past ──

    @property
    def knows_the_past(self) -> bool:
        return "list" in self.view.knows_the_past

    @property
    def as_of(self) -> dt.datetime | None:
        """The past moment that it shows."""
        return parse_datetime(self.told.get("as_of", ""))

    @property
    def of_today(self) -> str:
        return self.changed(as_of=None)

    @property
    def kept(self) -> str:
        """What a search keeps of it: the question, without the page and the past."""
        return self.of_today.removeprefix("?")

    # ── where it leads ──

    @property
    def looks(self) -> Iterator[tuple[Any, str, bool]]:
        """What each look of this list is called, its address with the same question, and whether it is the one that is shown."""
        asked = self.given.copy()
        asked.pop("cursor", None)
        question = f"?{asked.urlencode()}" if asked else ""
        for look in looks_of(self.shape):
            yield look.called, f"{reverse(look.route(self.name))}{question}", look.name == self.look

    def changed(self, **changed: str | None) -> str:
        """The address of this list with some parameters changed; a page of it is begun anew."""
        asked = self.given.copy()
        for key, value in {"cursor": None, **changed}.items():
            asked.pop(key, None)
            if value is not None:
                asked[key] = value
        return f"?{asked.urlencode()}"

    def _turned(self, link: str | None) -> str:
        cursor = parse_qs(urlsplit(link or "").query).get("cursor")
        return self.changed(cursor=cursor[0]) if cursor else ""

    @property
    def next(self) -> str:
        return self._turned(self.told.get("next"))

    @property
    def previous(self) -> str:
        return self._turned(self.told.get("previous"))

    @property
    def api(self) -> str:
        """Where the API answers the same question."""
        asked = self.given.urlencode()
        return f"{self.reader.base_url}{reverse(f'{self.name}-list')}{'?' if asked else ''}{asked}"

    @property
    def files(self) -> Iterator[tuple[str, str]]:
        """(format, address) of the page that gives the whole list as a file, in the language that is read."""
        asked = self.given.copy()
        for key in _NOT_OF_A_FILE:
            asked.pop(key, None)
        for form in (renderer.form for renderer in self.view.renderer_classes if hasattr(renderer, "form")):
            taken = asked.copy()
            if "lang" in form.takes and self.language != "en":
                taken.setdefault("lang", self.language)
            taken["format"] = form.name
            yield form.name, f"{reverse(f'taken-{self.name}')}?{taken.urlencode()}"

    @property
    def reported_at_most(self) -> tuple[int, int] | None:
        """How many records, and statements on them, a report on this list can hold, where there are reports on it."""
        return self.view.reported_at_most

    @property
    def reports(self) -> Iterator[tuple[str, str, str]]:
        """(format, address, address of the same in both languages) of a report on the rows of this list."""
        asked = self.given.copy()
        for key in _NOT_OF_A_REPORT:
            asked.pop(key, None)
        for renderer in self.view.report_on_list.kwargs["renderer_classes"]:
            taken = asked.copy()
            taken["format"], taken["lang"] = renderer.format, self.language
            both = taken.copy()
            both["lang"] = "en,ar"
            address = reverse(f"{self.name}-reported")
            yield renderer.form.name, f"{address}?{taken.urlencode()}", f"{address}?{both.urlencode(safe=',')}"

    # ── how it is asked, and how many there are of each ──

    @cached_property
    def form(self) -> Form:
        lead = [name for name in self._lead if not name.endswith("_en")]
        return Form(self.view, self.given, self.problems, self.reader, language=self.language, lead=lead)

    @property
    def _counted_by(self) -> list[str]:
        return usual(self.shape, self.reader, self._lead)

    @property
    def counts(self) -> list[tuple[str, list[Chosen]]]:
        """How many of the rows hold which value, where that was asked for: of a long list it takes longer than the list."""
        return list(counts(self.told.get("facets", {}), self.shape, self.reader, self.given, self.changed))

    @property
    def counted_among(self) -> str:
        """How many rows it is counted of, where that is not all of them."""
        return f"{paging.COUNTED_THEN:,}" if self.told.get("facets_are") == "at_least" else ""

    @property
    def counted_at(self) -> str:
        """Where it is told, if it is not told here."""
        later = self.told.get("results") and "facets" not in self.told and self._counted_by
        return self.changed(cursor=self.given.get("cursor"), **{COUNTING: "1"}) if later else ""
