"""Requests as a curious reader would make them: made at random from a seed, with values from both sides of the wall.

Every filter of every list, its values drawn from what may be seen and from what may not, orders, pages followed by
their cursors, every format, single records by any uid, chains and comparisons, pages, the desk, and nonsense.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import django_filters as filters
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from cases.filtersets.points import PointFilter
from hrdocs import changelog
from hrdocs.admin.asking import filterset_of
from hrdocs.admin.records import RecordAdmin
from hrdocs.filtersets import DateFilter, TermFilter, UidFilter, YesNoFilter
from hrdocs.linked import LinkedFilter
from hrdocs.models import Record, Term
from hrdocs.urls import ENDPOINTS
from tests.house.canaries import STAFF, World
from tests.house.twin import edtf

VIEWS = {name: import_string(path) for name, path in ENDPOINTS.items()}
EXTRA = [(name, extra.url_path) for name, view in VIEWS.items() for extra in view.get_extra_actions()]
PAGES = ("cases", "facilities", "parties", "incidents", "sources", "statements", "places", "victims", "official-acts")
NONSENSE = ["levle=0", "page_size=0", "page_size=x", "cursor=x", "ordering=created_by", "ordering=version", "q=%00", "q=%25", "date=2011-02-30",
            "uid=x&uid=y", "created_by=canary", "team__name=x", "audience=1", "locks=x", "format=xml", "search=canary", "q=" + "a" * 300,
            "state=draft", "sensitivity=internal", "edited_at__gte=2020-01-01"]  # fmt: skip
FOLLOWED = 2  # pages of a list after its first


@dataclass(frozen=True)
class Answer:
    """All that leaves: the status, the headers but the date, and every byte."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer_to(client: Client, address: str, language: str) -> Answer:
    """Ask as somebody who comes back with the cookies that she has, and take down everything."""
    kept = {name: morsel.value for name, morsel in client.cookies.items()}
    client.cookies["csrftoken"] = "x" * 32
    answer = client.get(address, headers={"Accept-Language": language})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    # A session is noted once a minute, and what it says next is signed with the time: of this moment, both.
    cookies = [("Set-Cookie", re.sub(r"expires=[^;]+|:[\w-]+:[\w-]+(?=;)", "", morsel.OutputString()))
               for name, morsel in answer.cookies.items() if name != "sessionid"]  # fmt: skip
    client.cookies.clear()
    for name, value in kept.items():
        client.cookies[name] = value
    headers = [(name, re.sub(r"/exports/EXP-[0-9A-Z-]+/", "/exports/…/", value))  # random, for each file anew
               for name, value in answer.headers.items() if name not in ("Date", "Expires", "X-Request-Id")]  # fmt: skip  # of this moment
    # The secret of a form is masked anew in each answer, on purpose.
    body = re.sub(rb'(csrf[a-zA-Z-]*["\' :=a-z]*value=|"X-CSRFToken": |csrfToken[^"]*)"[^"]*"', rb'\1""', body)
    return Answer(answer.status_code, tuple(sorted([*headers, *cookies])), body)


class Questioner:
    """Makes up requests for one role, the same ones for the same seed."""

    def __init__(self, world: World, role: str, seed: int) -> None:
        self.dice, self.role = random.Random(seed), role
        records = [row for row in world.rows if isinstance(row, Record)]
        self.uids: dict[str, list[str]] = {}
        for row in records:
            self.uids.setdefault(row.uid[:3], []).append(row.uid)
        self.every_uid = [row.uid for row in records]
        self.keys = {model: [row.pk for row in records if isinstance(row, model)] for model in _desk()}
        self.words = [token for token, places in world.tokens.items() if any(at.field != "uid" for at in places)]
        self.codes: dict[str, list[str]] = {}
        for vocabulary, code in Term.objects.order_by("pk").values_list("vocabulary", "code"):
            self.codes.setdefault(vocabulary, []).append(code)

    def question(self) -> tuple[str, str]:
        """An address and a language."""
        kinds = [
            self._list,
            self._list,
            self._list,
            self._single,
            self._single,
            self._extra,
            self._page,
            self._nonsense,
            self._changes,
        ]
        if self.role in STAFF:
            kinds += [self._desk_list, self._desk_page]
        return self.dice.choice(kinds)(), self.dice.choice(["en", "en", "ar"])

    def _list(self) -> str:
        name = self.dice.choice(list(VIEWS))
        view, params = VIEWS[name], {}
        offered = sorted(view.filterset_class.base_filters)
        for key in self.dice.sample(offered, min(len(offered), self.dice.choice([0, 1, 1, 1, 2, 3]))):
            params[key] = self._value(view.filterset_class.base_filters[key])
        if self.dice.random() < 0.5:
            params["ordering"] = self.dice.choice(["", "-"]) + self.dice.choice(view.orderings)
        if self.dice.random() < 0.2:
            params["as_of"] = timezone.now().isoformat()
        form = self.dice.choice(["", "", "", "", "csv", "geojson"])
        params |= {"format": form} if form else {"page_size": str(self.dice.choice([1, 2, 3, 5, 10]))}
        return f"/api/v1/{name}/?{urlencode(params)}"

    def _changes(self) -> str:
        kinds = sorted({shape.path for shape in changelog.lists().values()})
        params = self.dice.choice(
            [{}, {"kind": self.dice.choice(kinds)}, {"since": "2020-01-01"}, {"format": "csv"}, {"format": "ndjson"}]
        )
        return f"/api/v1/changes/?{urlencode(params if 'format' in params else {**params, 'page_size': '50'})}"

    def _value(self, asked: filters.Filter) -> str:
        dice = self.dice
        if dice.random() < 0.05:
            return dice.choice(["", "x", "\x00", "-1", "9" * 30, "null", "صيدنايا"])
        if isinstance(asked, LinkedFilter):
            return self._linked(asked)
        if isinstance(asked, PointFilter):
            return dice.choice(["35,32,42,37", "36.33,33.67,40", "36,33,100", "30,30,40,40"])
        if isinstance(asked, UidFilter):
            own = self.uids.get(getattr(asked.to, "uid_prefix", ""), []) if dice.random() < 0.9 else []
            return dice.choice(own or self.every_uid)
        if isinstance(asked, DateFilter):
            return edtf(dice)
        if isinstance(asked, YesNoFilter):
            return dice.choice(["true", "false"])
        if isinstance(asked, TermFilter):
            return dice.choice(self.codes.get(asked.vocabulary, ["x"]))
        if choices := asked.extra.get("choices"):
            return str(dice.choice(list(choices))[0])
        if isinstance(asked, filters.NumberFilter):
            return str(dice.choice([0, 1, 2, 7, 17, 33, 60]))
        if isinstance(asked, filters.IsoDateTimeFilter | filters.DateTimeFilter):
            return f"20{dice.randint(10, 26)}-0{dice.randint(1, 9)}-11"
        word = dice.choice(self.words)
        return dice.choice([word, word[:8], "canary", "hidden", word[4:]])

    def _linked(self, asked: LinkedFilter) -> str:
        """What a filter by another list takes: a value for its one filter, or one of that list's filters with a value."""
        if handed := list(asked.asked()):
            return self._value(handed[0])
        offered = asked.ties[0].filterset.base_filters
        name = self.dice.choice(sorted(offered))
        return urlencode({name: self._value(offered[name])})

    def _uid(self, prefix: str) -> str:
        own = self.uids.get(prefix) or self.every_uid
        return self.dice.choice(
            [self.dice.choice(own), self.dice.choice(own), self.dice.choice(own), f"{prefix}-00000-000000", "x"]
        )

    def _single(self) -> str:
        name = self.dice.choice([name for name in VIEWS if name != "vocabularies"])
        prefix = VIEWS[name].shape.model._meta.concrete_model.uid_prefix
        return f"/api/v1/{name}/{self._uid(prefix)}/" + self.dice.choice(["", "", "?format=csv", "?format=geojson"])

    def _extra(self) -> str:
        name, extra = self.dice.choice(EXTRA)
        return f"/api/v1/{name}/{self._uid(VIEWS[name].shape.model._meta.concrete_model.uid_prefix)}/{extra}/"

    def _page(self) -> str:
        name = self.dice.choice(PAGES)
        prefix = VIEWS[name].shape.model._meta.concrete_model.uid_prefix
        if name in ("cases", "facilities") and self.dice.random() < 0.2:
            return f"/{name}/?" + urlencode({"after": self._uid(prefix)})
        return f"/{name}/{self._uid(prefix)}/"

    def _nonsense(self) -> str:
        name = self.dice.choice(list(VIEWS))
        return self.dice.choice(
            [f"/api/v1/{name}/?{self.dice.choice(NONSENSE)}", "/", "/api/v1/", f"/api/v1/{name}/{quote('ص')}/", "/nosuch/"]
        )

    # ── the desk ──

    def _desk_list(self) -> str:
        model = self.dice.choice(_desk())
        word = self.dice.choice(self.words)
        fields = [f.name for f in model._meta.get_fields()]
        query = self.dice.choice([
            "", f"q={word}", f"q={word[:8]}", f"o={self.dice.randint(-6, 6)}", "state__exact=draft", "sensitivity__exact=restricted",
            self._asked_of_the_desk(model), self._asked_of_the_desk(model), f"{self.dice.choice(fields)}__startswith=c", f"{self.dice.choice(fields)}__isnull=True", "p=2", "all=", "_facets=True",
        ])  # fmt: skip
        return f"{_admin(model, 'changelist')}?{query}"

    def _asked_of_the_desk(self, model: Any) -> str:
        """One filter of the API, put to a list of the desk."""
        filterset = filterset_of(model)
        if filterset is None:
            return ""
        name = self.dice.choice(sorted(filterset.base_filters))
        return urlencode({f"f_{name}": self._value(filterset.base_filters[name])})

    def _desk_page(self) -> str:
        model = self.dice.choice([model for model in _desk() if self.keys[model]])
        page, key = self.dice.choice(["change", "history", "compare", "restore"]), self.dice.choice(self.keys[model])
        return _admin(model, page, key, *([1] if page == "restore" else []))


def _desk() -> list[Any]:
    return [model for model, its in admin.site._registry.items() if isinstance(its, RecordAdmin)]


def _admin(model: Any, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
