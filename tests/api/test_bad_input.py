"""Bad input: whatever is asked, the answer is never an error of ours, and every refusal says in words what was wrong."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from hrdocs.urls import ENDPOINTS
from tests import factories
from tests.api.asking import get, uids

pytestmark = pytest.mark.django_db
PATHS = list(ENDPOINTS)
RECORDS = [path for path in PATHS if path != "vocabularies"]


@pytest.fixture
def careful(client: Client) -> Client:
    """A client that gets the page of an error of ours instead of its traceback."""
    client.raise_request_exception = False
    return client


def ask(client: Client, path: str, query: str = "", **headers: str) -> Any:
    return client.get(f"/api/v1/{path}/" + (f"?{query}" if query else ""), **headers)


def is_problem(answer: Any, *statuses: int) -> dict[str, Any]:
    """The answer is a problem document with words, of one of these statuses."""
    assert answer.status_code in statuses, (answer.status_code, answer.content[:300])
    assert answer["Content-Type"].startswith("application/problem+json"), answer["Content-Type"]
    problem = json.loads(answer.content)
    assert problem["status"] == answer.status_code and problem["type"] and len(problem["title"]) > 10
    if answer.status_code == 400:
        assert all(len(str(words)) > 10 for words in problem["errors"].values())
    return problem


# ── every list, with the same bad questions ──

REFUSED_EVERYWHERE = {
    "an unknown parameter": "levle=0",
    "an unknown parameter without a value": "levle",
    "a repeated parameter": "page_size=1&page_size=2",
    "a page too large": "page_size=100000000",
    "an offset": "offset=99999999999999999999",
    "a limit": "limit=10",
    "a page number": "page=2",
    "another spelling": "Page_Size=2",
    "a regex lookup": "uid__regex=.",
    "a case-blind regex lookup": "uid__iregex=(a%2B)%2B$",
    "a lookup that is not offered": "uid__startswith=A",
    "a lookup across tables": "created_by__password__startswith=p",
    "a name of Python": "__class__=x",
    "an unknown order": "ordering=password",
    "a random order": "ordering=?",
    "two orders": "ordering=uid,-uid",
    "a NUL in a name": "a%00b=1",
    "a NUL in the order": "ordering=%00",
    "a NUL in the size": "page_size=%00",
    "a very long name": "x" * 5000 + "=1",
    "an Arabic name": quote("اسم") + "=1",
    "brackets": "filter[uid]=x",
    "an expansion": "expand=a.b.c.d.e",
    "columns": "columns=uid",
}


def refused_by_name(client: Client, path: str, query: str) -> None:
    problem = is_problem(ask(client, path, query), 400)
    assert problem["title"] == "The request can't be understood"
    [asked] = problem["errors"]
    assert query.lower().startswith(quote(asked).lower()[:40]) or asked in query


@pytest.mark.parametrize("name", REFUSED_EVERYWHERE)
def test_a_list_refuses_what_it_does_not_take_and_names_it(name: str, careful: Client) -> None:
    refused_by_name(careful, "parties", REFUSED_EVERYWHERE[name])
    refused_by_name(careful, "vocabularies", REFUSED_EVERYWHERE[name])


@pytest.mark.parametrize("path", PATHS)
def test_every_list_refuses_an_unknown_and_a_repeated_parameter(path: str, careful: Client) -> None:
    refused_by_name(careful, path, "levle=0")
    refused_by_name(careful, path, "ordering=uid&ordering=uid")


@pytest.mark.parametrize("path", PATHS)
def test_every_list_answers_a_reader_without_an_account(path: str, careful: Client) -> None:
    assert isinstance(get(careful, path, page_size=1)["results"], list)


NO_UIDS = ["XXX-00000-000000", "99999999999999999999", "1", "-1", "null", "%00", "%FF", "%ED%A0%80", "x" * 3000, "%D8%A7", "a b",
           "1%20OR%201=1", "..", "uid", "PTY", "PTY-00000-00000O", "?", "%3F", "%23", "PTY-00000-000000.json"]  # fmt: skip


def test_whatever_stands_in_the_place_of_a_uid_the_answer_is_the_same(careful: Client) -> None:
    answers = [ask(careful, f"parties/{uid}") for uid in NO_UIDS if uid not in ("..", "?")]
    assert {answer.content for answer in answers} == {answers[0].content}
    for answer in answers:
        is_problem(answer, 404)


@pytest.mark.parametrize("path", RECORDS)
def test_every_kind_of_record_answers_alike_for_what_is_not_there(path: str, careful: Client) -> None:
    nothing, nonsense = ask(careful, f"{path}/XXX-00000-000000"), ask(careful, f"{path}/%00")
    assert is_problem(nothing, 404) == is_problem(nonsense, 404)


def test_a_hidden_record_is_answered_like_one_that_never_was(careful: Client) -> None:
    analyst = factories.make_user()
    for path, record in {
        "facilities": factories.make_facility(analyst), "incidents": factories.make_incident(analyst), "parties": factories.make_party(analyst),
        "sources": factories.make_source(analyst), "victims": factories.make_victim(analyst), "harms": factories.make_harm(analyst),
    }.items():  # fmt: skip
        for method in (careful.get, careful.head, careful.options):
            hidden = method(f"/api/v1/{path}/{record.uid}/")
            never = method(f"/api/v1/{path}/{record.uid[:4]}00000-000000/")
            assert (hidden.status_code, hidden.content) == (never.status_code, never.content)
            assert hidden.headers.pop("X-Request-Id") != never.headers.pop("X-Request-Id")
            assert dict(hidden.headers) == dict(never.headers)


# ── values that make no sense ──

REFUSED_VALUES = [
    *(("incidents", f"date={value}") for value in (
        "0000-00-00", "2011-02-30", "10000-01-01", "31/02/2023", "2013/2011", "yesterday", "1432", "0", "-1", "2013-13", "Y99999999999",
        "Y99999999999999999999", "y-170000002", "Y1e10", "(" * 500, "%5B" + "2011," * 300, "2011-03-15/2011/2012", "9999~", "X" * 200,
        "%00", "2013-05-12;DROP", "2013-W19", "%EF%BC%92%EF%BC%90%EF%BC%91%EF%BC%93", "2011%2F2012%2F", "%D9%A1%D9%A4%D9%A3%D9%A2")),
    *(("places", f"latitude__gte={value}") for value in (
        "NaN", "Infinity", "-Infinity", "1e400", "9" * 10000, "abc", "1,000", "0x10", "%00", "1e999999999", "--1", "sNaN")),
    *(("estimates", f"could_exceed={value}") for value in ("NaN", "abc")),
    ("estimates", "named_count=1.5"), ("estimates", "named_count=abc"), ("places", "radius_m=1.5"),
    ("estimates", "measure=rates"), ("estimates", "measure=%00"), ("estimates", "counted=%00"), ("estimates", "counted=nosuchterm"),
    ("estimates", "categories=killed%00"), ("allegations", "mode=perpetrated"), ("estimates", "bases=hearsay"),
    ("estimates", "source=7"), ("estimates", "facility=%00"), ("estimates", "publisher=abc"), ("estimates", "passes_on=%FF"),
    ("estimates", "is_origin=maybe"), ("parties", "placeholder=2"), ("estimates", "edited_at__gte=abc"), ("estimates", "edited_at=%00"),
    ("estimates", "edited_at__gte=99999999999999"), ("incidents", "time_earliest=99:99"), ("facilities", "q=%00"), ("sources", "title=a%00b"),
    ("estimates", "period__within=soon"), ("places", "latitude__gte=north"), ("vocabularies", "vocabulary=nosuch"), ("vocabularies", "code=%00"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query"), REFUSED_VALUES, ids=[f"{p}-{q[:40]}" for p, q in REFUSED_VALUES])
def test_a_value_that_makes_no_sense_is_refused_by_the_name_of_its_parameter(path: str, query: str, careful: Client) -> None:
    started = time.process_time()
    problem = is_problem(ask(careful, path, query), 400)
    assert list(problem["errors"]) == [query.split("=", maxsplit=1)[0]]
    assert time.process_time() - started < 2, "no refusal takes that long"


@pytest.mark.parametrize(
    "value", ["%5B" + "2011," * 3000, "2011/" + "(" * 20000, "2011-~" * 5000, "%7B" + "2011.." * 4000, "X" * 100000]
)
def test_a_date_of_many_thousand_letters_is_refused_at_once(value: str, careful: Client) -> None:
    started = time.process_time()
    is_problem(ask(careful, "incidents", f"date={value}"), 400, 414)
    assert time.process_time() - started < 1


# Odd, but understood: an answer with rows or none, and never an error.
ANSWERED = [
    ("facilities", "q=" + "a" * 10000), ("facilities", "q=" + quote("'\";--") + "a"), ("facilities", "q=%FF"), ("facilities", "q=%ED%A0%80"),
    ("facilities", "q=a%20%26%20%7C%20!"), ("facilities", "q=" + quote("\u0301" * 1000 + "a")), ("facilities", "q=" + quote("😀" * 100) + "b"),
    ("facilities", "q=" + quote("\u202e\u200b") + "abc"), ("sources", "title=%25"), ("sources", "title=_"), ("facilities", "q="),
    ("facilities", "place="), ("facilities", "kind="), ("parties", "kind=,"), ("parties", "kind=ngo,"), ("parties", "kind=ngo,ngo"),
    ("places", "latitude__gte=-91"), ("places", "latitude__lte=1e40"), ("places", "radius_m__gte=99999999999999999999"),
    ("incidents", "edited_at__gte=0001-01-01T00:00:00%2B14:00"), ("incidents", "edited_at__lte=9999-12-31T23:59:59-14:00"),
    ("incidents", "edited_at__gte=2017-02-29T00:00:00") , ("incidents", "edited_at__gte=2017-02-28"), ("incidents", "date=0001/.."), ("incidents", "date=../9999"),
    ("incidents", "date=1700"), ("incidents", "date=XXXX"), ("incidents", "date=9999-12-31"), ("facilities", "accused=x") , ("facilities", "&&&=&"),
    ("facilities", "page_size=1;ordering=uid"), ("facilities", "format=json&format=csv"), ("facilities", "format=CSV"), ("facilities", "format="),
    ("facilities", "format=%00"), ("facilities", "format=../../etc/passwd"), ("facilities", "%"), ("facilities", "%00=%00"), ("facilities", "="),
    ("facilities", "q=a&q"), ("facilities", "ordering="), ("facilities", "page_size"), ("facilities", "cursor="), ("facilities", "q=" + "%F0%90" * 2000),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query"), ANSWERED, ids=[f"{p}-{q[:40]}" for p, q in ANSWERED])
def test_an_odd_question_is_answered_or_refused_in_words(path: str, query: str, careful: Client) -> None:
    answer = ask(careful, path, query)
    if answer.status_code != 200:
        is_problem(answer, 400, 404)


@pytest.mark.parametrize("number", [1000, 9000, 10000, 10001, 50000])
def test_thousands_of_parameters_are_refused(number: int, careful: Client) -> None:
    started = time.process_time()
    answer = ask(careful, "parties", "&".join(f"a{n}=1" for n in range(number)))
    assert answer.status_code in (400, 414)
    assert time.process_time() - started < 3
    if number < 10000:
        is_problem(answer, 400)


def test_the_same_parameter_ten_thousand_times_is_refused(careful: Client) -> None:
    assert ask(careful, "parties", "&".join(["kind=ngo"] * 9999)).status_code == 400


@pytest.mark.parametrize("query", ["q=" + "a" * 100_000, "kind=" + "ngo," * 25_000, "country=" + "SY," * 33_000, "placeholder=" + "x" * 100_000,
                                   "name_en=" + "%D8%A7" * 17_000, "x=" + "a" * 100_000])  # fmt: skip
def test_a_question_of_a_hundred_kilobytes_breaks_nothing(query: str, careful: Client) -> None:
    started = time.process_time()
    answer = ask(careful, "parties", query)
    assert answer.status_code in (200, 400, 414)
    assert len(answer.content) < 1_000_000, "the refusal does not repeat what was sent a hundred times over"
    assert time.process_time() - started < 2  # of this process's own work, whatever else runs


def test_a_refusal_does_not_grow_with_what_was_asked(careful: Client) -> None:
    for query in ("placeholder=" + "x" * 100_000, "date=" + "9" * 100_000, "kind=" + "y" * 100_000, "country=" + "z" * 100_000):
        path = "incidents" if query.startswith("date") else "parties"
        assert len(ask(careful, path, query).content) < 5_000


# ── methods, headers, formats ──


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_the_api_only_reads(method: str, founding_case: None, careful: Client) -> None:
    uid = get(careful, "facilities", page_size=1)["results"][0]["uid"]
    for path in ("facilities/", f"facilities/{uid}/", "vocabularies/"):
        answer = getattr(careful, method)(f"/api/v1/{path}")
        assert answer.status_code == 405, answer.content[:200]
        if method != "trace":
            is_problem(answer, 405)
        assert answer["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a": NaN}', b"[" * 100_000, b'"\\u0000"', b"\xff\xfe", b'{"level": 1, "level": 2}', b"9" * 10_000]
)
def test_a_body_is_never_read(body: bytes, careful: Client) -> None:
    is_problem(careful.post("/api/v1/facilities/", body, content_type="application/json"), 405)


def test_a_header_does_not_turn_a_question_into_a_change(careful: Client) -> None:
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        answer = careful.get("/api/v1/parties/", headers={name: "DELETE"})
        assert answer.status_code == 200
        assert careful.post("/api/v1/parties/", headers={name: "GET"}).status_code == 405


@pytest.mark.parametrize("path", ["facilities", "parties", "vocabularies"])
def test_head_and_options_are_answered(path: str, founding_case: None, careful: Client) -> None:
    listed, head = careful.get(f"/api/v1/{path}/"), careful.head(f"/api/v1/{path}/")
    assert head.status_code == 200 and head.content == b""
    assert head["Content-Type"] == listed["Content-Type"]
    options = careful.options(f"/api/v1/{path}/")
    assert options.status_code == 200 and options["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("query", ["format=csv", "format=geojson", "levle=1", "page_size=0", "cursor=x"])
def test_head_answers_like_get_without_the_body(query: str, founding_case: None, careful: Client) -> None:
    url = f"/api/v1/facilities/?{query}"
    told, head = careful.get(url), careful.head(url)
    assert head.status_code == told.status_code and head["Content-Type"] == told["Content-Type"]
    sent = b"".join(head.streaming_content) if head.streaming else head.content
    assert sent == b""


@pytest.mark.parametrize(("accept", "status"), [
    ("*/*", 200), ("application/json", 200), ("application/*", 200), ("text/csv, application/json;q=0.9", 200), ("", None), ("application/json;q=0", None),
    ("text/html", None), ("text/html;q=x", None), ("image/png", 406), ("application/json;q=x", None), ("application/json;;;", None), (";;;", None),
    (",", None), ("a/b/c", None), ("x" * 10000, None), ("*/*;q=" + "9" * 1000, None), ("application/json; indent=99999999999", None),
    ("application/json;charset=utf-16", None), ("text/csv;charset=latin-1", None), ("\xff\xfe/\x00", None), ("application/xml", 406),
])  # fmt: skip
def test_any_accept_header_is_answered_or_refused_in_words(accept: str, status: int | None, careful: Client) -> None:
    answer = careful.get("/api/v1/parties/", HTTP_ACCEPT=accept)
    assert answer.status_code in (200, 406) and status in (None, answer.status_code)
    if answer.status_code == 406:
        is_problem(answer, 406)


@pytest.mark.parametrize("name", ["xml", "html", "api", "CSV", "csv.exe", "..", "%00", "xls"])
def test_a_format_that_is_not_there_is_refused_as_a_problem(name: str, careful: Client) -> None:
    for path in ("parties", "parties/PTY-00000-000000"):
        is_problem(ask(careful, path, f"format={name}"), 404, 400)


@pytest.mark.parametrize("wanted", ["csv", "geojson", "json"])
@pytest.mark.parametrize("query", ["levle=0", "page_size=0", "kind=nosuch", "country=ZZ", "ordering=x"])
def test_an_error_is_a_problem_document_whatever_format_was_asked_for(wanted: str, query: str, careful: Client) -> None:
    if query == "page_size=0" and wanted != "json":
        pytest.skip("a file has no pages")
    is_problem(ask(careful, "parties", f"{query}&format={wanted}"), 400)
    accept = {"csv": "text/csv", "geojson": "application/geo+json", "json": "application/json"}[wanted]
    is_problem(ask(careful, "parties", query, HTTP_ACCEPT=accept), 400)


@pytest.mark.parametrize("wanted", ["csv", "geojson"])
def test_a_file_refuses_a_page_size_and_a_cursor_that_make_no_sense_too(wanted: str, careful: Client) -> None:
    """A whole file has no pages: what asks for one is either refused or has no effect, and never an error."""
    for query in ("page_size=0", "page_size=abc", "cursor=xyz"):
        answer = ask(careful, "parties", f"{query}&format={wanted}")
        assert answer.status_code in (200, 400, 404)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "a" * 300, "[::1", "localhost:abc",
                                  "localhost\nX-Evil: 1", "", "\xff"])  # fmt: skip
def test_a_foreign_host_is_refused_and_never_echoed(host: str, careful: Client) -> None:
    answer = careful.get("/api/v1/parties/", HTTP_HOST=host)
    assert answer.status_code == 400 or (host == "" and answer.status_code < 500)
    assert b"evil" not in answer.content


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Original-URL", "X-Rewrite-URL", "Forwarded"]
)
def test_forwarding_headers_of_strangers_do_not_move_the_links(name: str, founding_case: None, careful: Client) -> None:
    answer = careful.get("/api/v1/facilities/?page_size=1", headers={name: "https://evil.example/x"})
    assert answer.status_code == 200 and b"evil" not in answer.content
    assert json.loads(answer.content)["next"].startswith("http://testserver/api/v1/facilities/")


@pytest.mark.parametrize("language", ["ar", "ar-SY", "xx", "x" * 5000, "\xff", "en;q=x", ""])
def test_any_language_header_is_answered(language: str, careful: Client) -> None:
    is_problem(ask(careful, "parties", "levle=0", HTTP_ACCEPT_LANGUAGE=language), 400)


@pytest.mark.parametrize("credentials", ["Bearer x", "Basic eDp5", "Token 123", "Basic \xff", "x" * 5000, "", "Bearer"])
def test_credentials_that_mean_nothing_open_nothing_and_break_nothing(credentials: str, careful: Client) -> None:
    factories.make_incident(factories.make_user(), title_en="Hidden Barzeh")
    assert careful.get("/api/v1/incidents/", HTTP_AUTHORIZATION=credentials).status_code in (200, 401, 403)
    answer = careful.get("/api/v1/incidents/?q=Barzeh", HTTP_AUTHORIZATION=credentials)
    assert b"Barzeh" not in answer.content


@pytest.mark.parametrize(
    "cookie", ["sessionid=x", "sessionid=" + "y" * 4000, "sessionid=%00", "csrftoken=%FF", ";;;", "sessionid=../../x"]
)
def test_a_cookie_that_means_nothing_opens_nothing_and_breaks_nothing(cookie: str, careful: Client) -> None:
    assert careful.get("/api/v1/incidents/", HTTP_COOKIE=cookie).status_code == 200


@pytest.mark.parametrize("role", ["administrator", "custodian"])
def test_those_who_read_no_content_see_no_more_than_anybody(role: str, careful: Client) -> None:
    incident = factories.make_incident(factories.make_user(), title_en="Hidden Barzeh")
    careful.force_login(factories.make_user(role))
    assert uids(careful, "incidents", q="Barzeh") == set()
    is_problem(ask(careful, f"incidents/{incident.uid}"), 404)


def test_an_account_that_is_switched_off_sees_no_more_from_the_next_request_on(careful: Client) -> None:
    analyst = factories.make_user()
    factories.make_incident(analyst, title_en="Hidden Barzeh")
    careful.force_login(analyst)
    assert len(uids(careful, "incidents", q="Barzeh")) == 1
    analyst.is_active = False
    analyst.save()
    assert uids(careful, "incidents", q="Barzeh") == set()


@pytest.mark.parametrize("uid", ["lower", "no hyphens", "O for 0", "spaces around"])
def test_a_uid_is_understood_as_people_write_it(uid: str, founding_case: None, careful: Client) -> None:
    right = next(row["uid"] for row in get(careful, "parties", page_size=200)["results"] if "0" in row["uid"])
    written = {"lower": right.lower(), "no hyphens": right.replace("-", ""), "O for 0": right[:3] + right[3:].replace("0", "O"),
               "spaces around": f" {right} "}[uid]  # fmt: skip
    assert get(careful, f"parties/{quote(written)}")["uid"] == right


def test_every_single_wrong_letter_of_a_uid_is_noticed(founding_case: None, careful: Client) -> None:
    right = get(careful, "parties", page_size=1)["results"][0]["uid"]
    for place in range(4, len(right)):
        if right[place] != "-":
            wrong = right[:place] + ("A" if right[place] != "A" else "B") + right[place + 1 :]
            is_problem(ask(careful, f"parties/{wrong}"), 404)
            is_problem(ask(careful, "affiliations", f"party={wrong}"), 400)


# ── the root, the schema, the terms ──


@pytest.mark.parametrize(
    "path",
    [
        "",
        "schema/",
        "schema/?format=json",
        "docs/",
        "?format=json",
        "?format=csv",
        "?levle=0",
        "schema/?format=xml",
        "schema/?lang=xx",
    ],
)
def test_root_schema_and_documentation_never_break(path: str, careful: Client) -> None:
    assert careful.get(f"/api/v1/{path}").status_code in (200, 400, 404, 406)


def test_the_root_names_every_list(careful: Client) -> None:
    told = careful.get("/api/v1/").json()
    assert set(told) == {*ENDPOINTS, "releases", "changes"}
    assert all(url == f"http://testserver/api/v1/{path}/" for path, url in told.items())


@pytest.mark.parametrize("uid", ["act:killed", "country:SY", "counted:persons"])
def test_a_term_stands_at_its_uid(uid: str, founding_case: None, careful: Client) -> None:
    told = get(careful, f"vocabularies/{uid}")
    assert told["uid"] == uid and f"{told['vocabulary']}:{told['code']}" == uid


@pytest.mark.parametrize(
    "uid", ["killed", "act:", ":", "act:nosuch", "nosuch:killed", "act:killed:x", "%00", "1", "x" * 3000, "act%3Akilled%00"]
)
def test_what_is_no_term_is_answered_as_not_there(uid: str, founding_case: None, careful: Client) -> None:
    is_problem(ask(careful, f"vocabularies/{uid}"), *((400, 404) if "%00" in uid else (404,)))


@pytest.mark.parametrize(
    "path", ["nosuchlist", "facilities/x/y", "../admin", "facilities/FAC-00000-000000/history", "facilities.csv", "users"]
)
def test_an_address_that_is_nothing_is_answered_as_not_there(path: str, careful: Client) -> None:
    answer = careful.get(f"/api/v1/{path}/")
    assert answer.status_code == 404 and b"Traceback" not in answer.content


@pytest.mark.parametrize(
    "address", ["/api/v1/nothing/", "/api/v1/estimates/a/b/c/", "/api/nothing", "/api/v1/estimates/EST-1/chains/"]
)
def test_an_address_of_the_api_that_leads_nowhere_answers_as_every_error_does(address):
    answer = Client().get(address, headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_elsewhere_an_address_that_leads_nowhere_is_a_page():
    answer = Client().get("/nothing/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


# ── each refusal says what to do next ──

TOLD = [
    ("incidents/?date_within=2013", "date_within", "Did you mean date__within?"),
    ("estimates/?mesure=rate", "mesure", "Did you mean measure?"),
    ("estimates/?Page_Size=2", "Page_Size", "Did you mean page_size?"),
    ("estimates/?created_bi=x", "created_bi", "no such parameter. See /api/v1/schema/"),
    ("estimates/?measure=rates", "measure", "“rates” is none of these. Write total, "),
    ("estimates/?bases=hearsay", "bases", "“hearsay” is none of these. Write "),
    ("parties/?placeholder=2", "placeholder", "Write true or false."),
    ("estimates/?updated_since=31/02/2023", "updated_since", "Write a day or a moment: 2026-01-31"),
    ("estimates/?edited_at__gte=x", "edited_at__gte", "Write a day or a moment: 2026-01-31"),
    ("estimates/?categories=hangd", "categories", "Did you mean hanged? Its codes stand in /api/v1/vocabularies/?vocabulary=act."),
    ("estimates/?source=SRC-1,SRC-2", "source", "Several are joined by “any”."),
    ("estimates/?fields=source.titel", "fields", "Did you mean source.title"),
    ("estimates/?expand=uid", "expand", "Those are source, "),
    ("vocabularies/?expand=uid", "expand", "None is here."),
    ("estimates/?any=any%3Dmeasure%253Drate", "any", "“any” is no filter and can't stand in here: write it beside “any”."),
    ("changes/?knid=x", "knid", "It takes cursor, format, kind, page_size, since, until."),
    ("changes/?since=2999-01-01", "since", "still to come"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "name", "words"), TOLD, ids=[address for address, *_ in TOLD])
def test_a_refusal_says_what_was_meant_or_what_can_be_written(
    address: str, name: str, words: str, founding_case: None, careful: Client
) -> None:
    problem = is_problem(careful.get(f"/api/v1/{address}"), 400)
    assert words in problem["errors"][name][0], problem


def test_a_format_or_a_method_that_is_not_there_is_told_from_a_record_that_is_not(careful: Client) -> None:
    told = is_problem(careful.get("/api/v1/estimates/?format=ftm"), 404)["title"]
    assert told == "There is no format “ftm” at this address. Choose from json, csv, xlsx, ndjson, geojson, parquet"
    assert "Ask for application/json, text/csv" in is_problem(ask(careful, "parties", HTTP_ACCEPT="image/png"), 406)["title"]
    assert "ask by GET, not by DELETE" in is_problem(careful.delete("/api/v1/parties/"), 405)["title"]
    is_problem(careful.get("/api/v1/vocabularies/%00/"), 404)
