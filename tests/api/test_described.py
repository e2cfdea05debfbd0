"""The API keeps to its own description: calls made from the OpenAPI document, and each answer held against it.

A few hundred calls in the suite. Before a release, ask 6,000, with a seed of your own:

    HRDOCS_CALLS=6000 HRDOCS_SEED=7 .venv/bin/python -m pytest tests/api/test_described.py
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as described
from urllib3.response import HTTPResponse

from hrdocs import tokens
from hrdocs.access import Role
from hrdocs.models import Scope
from tests import factories
from tests.house.questions import VIEWS

pytestmark = pytest.mark.django_db
CALLS = int(os.environ.get("HRDOCS_CALLS", "400"))  # of all readers together
SEED = int(os.environ.get("HRDOCS_SEED", "1"))
CHECKS = [
    not_a_server_error,
    described.status_code_conformance,
    described.content_type_conformance,
    described.response_schema_conformance,
    described.response_headers_conformance,
]


@pytest.fixture(scope="module")
def operations() -> list[Any]:
    """Every operation of the document."""
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    return [found.ok() for found in schema.get_all_operations()]


def client_of(reader: str) -> Client:
    """A client with a session, with a token, or with nothing, that is told of an error of ours as everybody is."""
    if reader == "token":
        _, key = tokens.make(factories.make_user(Role.RESEARCHER), "calls", list(Scope.values), 30)
        return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})
    client = Client(raise_request_exception=False)
    if reader != "anonymous":
        client.force_login(factories.make_user(Role(reader)))
    return client


def answer_to(case: Any, client: Client) -> requests.Response:
    """The answer to a call, as the checks want to have it."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    given = client.generic(asked.method, asked.url.removeprefix("http://testserver"), headers=dict(asked.headers))
    answer = requests.Response()
    answer.request, answer.url, answer.status_code = asked, asked.url, given.status_code
    answer.headers.update(given.items())
    answer._content = b"".join(given.streaming_content) if given.streaming else given.content
    answer.raw = HTTPResponse(headers=dict(given.items()))
    return answer


@pytest.mark.parametrize("reader", ["anonymous", "token", Role.RESEARCHER, Role.ANALYST])
def test_every_answer_is_one_that_the_document_describes(reader, founding_case, operations, capsys):
    client, statuses, known = client_of(reader), Counter[int](), uids_of()
    # Calls that are made as the document says, and against it; every other time of a record that there is.
    calls = st.one_of([operation.as_strategy(mode) for operation in operations for mode in GenerationMode])

    @seeded(SEED)
    @settings(max_examples=CALLS // 4, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=calls, lucky=st.booleans(), number=st.integers(0, 19))
    def ask(case: Any, lucky: bool, number: int) -> None:
        names = known.get(case.path.split("/")[3], [])
        if lucky and names and "uid" in case.path_parameters:
            case.path_parameters["uid"] = names[number % len(names)]
        answer = answer_to(case, client)
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    ask()
    with capsys.disabled():
        print(f"\n{reader}: {sum(statuses.values())} calls, answered {dict(sorted(statuses.items()))}")
    assert {200, 400, 404} <= statuses.keys() <= {200, 301, 400, 403, 404}


def uids_of() -> dict[str, list[str]]:
    """Some uids of each list, as everybody sees them."""
    found = {}
    for name in VIEWS:
        page = Client().get(f"/api/v1/{name}/?fields=uid&page_size=20").json()
        found[name] = [row["uid"] for row in page["results"]]
    return found
