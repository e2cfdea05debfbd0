"""How the tests ask the API."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import QueryDict
from django.test import Client
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from hrdocs.models import User
from hrdocs.shapes import Reader
from hrdocs.urls import ENDPOINTS


def get(client: Client, path: str, expect: int = 200, **params: Any) -> Any:
    """The JSON answer of an address below /api/v1/; the status must be the expected one."""
    answer = client.get(f"/api/v1/{path}/", params)
    assert answer.status_code == expect, answer.content[:500]
    return answer.json()


def rows(client: Client, path: str, **params: Any) -> list[dict[str, Any]]:
    """All rows of a list, on one page."""
    page = get(client, path, page_size=200, **params)
    assert page["next"] is None
    return page["results"]


def uids(client: Client, path: str, **params: Any) -> set[str]:
    found = [row["uid"] for row in rows(client, path, **params)]
    assert len(found) == len(set(found)), "a row stands there twice"
    return set(found)


def of(records: Iterable[Any]) -> set[str]:
    """The uids of some records."""
    return {record.uid for record in records}


def file_of(client: Client, path: str, **params: Any) -> bytes:
    """The file that a streamed format sends."""
    answer = client.get(f"/api/v1/{path}/", params)
    assert answer.status_code == 200, answer.content[:500]
    return b"".join(answer.streaming_content)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def filtered(path: str, user: User | AnonymousUser, **params: Any) -> QuerySet:
    """What the filters of a list leave, before any column is made of it: the first two steps of every answer."""
    view = import_string(ENDPOINTS[path])
    visible = view.shape.model._default_manager.visible_to(user)
    return view.filterset_class(QueryDict(urlencode(params)), visible, reader=Reader(user)).rows()


def filtered_uids(path: str, user: User | AnonymousUser, **params: Any) -> set[str]:
    found = list(filtered(path, user, **params).values_list("uid", flat=True))
    assert len(found) == len(set(found)), "a row stands there twice"
    return set(found)


def as_user(client: Client, user: User) -> Client:
    client.force_login(user)
    return client
