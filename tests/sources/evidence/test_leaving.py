"""How files leave: by one address, asked each time who may see the copy, whole or not at all, and never shown by the browser."""

from __future__ import annotations

import logging
import re

import pytest
from django.test import Client
from django.urls import reverse

from hrdocs import erasing
from hrdocs.access import Role, Sensitivity
from hrdocs.erasable import places_of
from sources.evidence import store
from sources.models import Capture
from tests import factories
from tests.sources.evidence.files import KINDS, kept, on_the_shelf

pytestmark = pytest.mark.django_db
PAGE = KINDS["text/html"]


def address(copy: Capture) -> str:
    return reverse("kept-copy", args=[copy.source.uid, copy.sha256])


def asked(role: str, people: dict) -> Client:
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(people[role])
    return client


def said_in(answer) -> tuple[int, bytes]:
    """An answer without what was asked for, and without the form's token, which is another one each time."""
    return answer.status_code, re.sub(rb"[0-9a-f]{64}|[A-Za-z0-9]{64}", b"", answer.content)


SEES = {"anonymous": {"public"}, Role.ADMINISTRATOR: {"public"}, Role.CUSTODIAN: {"public"},
        Role.RESEARCHER: {"public", "registered"},
        **dict.fromkeys((Role.ANALYST, Role.REVIEWER, Role.MANAGER), {"public", "registered", "internal"})}  # fmt: skip


def test_each_role_gets_the_files_that_it_may_see_and_is_told_of_no_other(published, people):
    source, copies = published
    hidden = kept(factories.make_source(people["analyst"], sensitivity=Sensitivity.RESTRICTED), people["analyst"], PAGE)
    for role, seen in SEES.items():
        client = asked(role, people)
        never = reverse("kept-copy", args=[source.uid, "0" * 64])
        nothing = said_in(client.get(never))
        for level, copy in copies.items():
            answer = client.get(address(copy))
            if level in seen:
                assert b"".join(answer.streaming_content) == PAGE + level.encode(), (role, level)
            else:
                assert said_in(answer) == nothing and nothing[0] == 404, (role, level)
        if role != Role.ANALYST:
            assert client.get(address(hidden)).status_code == 404
        told = client.get(f"/api/v1/sources/{source.uid}/").json()["copies"]
        assert [each["sha256"] for each in told] == [copy.sha256 for level, copy in copies.items() if level in seen]
        assert all(each["file"].endswith(f"/sources/{source.uid}/copies/{each['sha256']}/") for each in told)
        page = client.get(f"/sources/{source.uid}/").content.decode()
        assert {level for level, copy in copies.items() if copy.sha256 in page} == seen, role


def test_a_file_is_never_opened_by_the_browser(published, people):
    answer = asked("anonymous", people).get(address(published[1]["public"]))
    assert answer["Content-Type"] == "application/octet-stream" and answer["Content-Length"] == str(len(PAGE) + 6)
    assert answer["Content-Disposition"].startswith("attachment;") and ".html.txt" in answer["Content-Disposition"]
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content)


def test_an_address_that_is_no_checksum_leads_nowhere(published, people):
    client = asked("manager", people)
    for sha256 in ("..", "..%2f..%2fetc%2fpasswd", "A" * 64, "a" * 63, "%00", "é" * 64):
        assert client.get(f"/sources/{published[0].uid}/copies/{sha256}/").status_code == 404, sha256


def test_a_changed_or_missing_file_is_not_given_out_and_the_log_names_none(published, people, caplog):
    copy = published[1]["public"]
    (path,) = [path for path in on_the_shelf() if path.name == copy.sha256]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    for spoil in (lambda: None, path.unlink):
        spoil()
        with caplog.at_level(logging.ERROR):
            answer = asked("anonymous", people).get(address(copy))
        assert answer.status_code == 500 and b"not given out" in answer.content and PAGE not in answer.content
    said = [record.getMessage() for record in caplog.records if record.name == "sources.evidence.pages"]
    assert len(said) == 2 and copy.sha256 not in "".join(said)


def test_what_is_erased_is_gone_from_the_shelf_unless_another_source_has_it(people, django_capture_on_commit_callbacks):
    analyst, managers = people["analyst"], [people["manager"], factories.make_user(Role.MANAGER)]
    first, second = factories.make_source(analyst), factories.make_source(analyst)
    copies = [kept(source, analyst, name="Zeinab Qanaria.pdf", taken_from="Zeinab Qanaria") for source in (first, second)]
    Capture.objects.filter(pk=copies[0].pk).update(timestamp_token=copies[0].sha256.encode(), text="Zeinab Qanaria")
    left = {0: 1, 1: 0}
    for number, source in enumerate((first, second)):
        chosen = [place.key for place in places_of(source) if place.label == "sources.capture"]
        asked_for = erasing.ask(source, chosen, by=managers[0], ground="request", reason="Asked for.")
        with django_capture_on_commit_callbacks(execute=True):
            erasing.erase(asked_for, by=managers[1])
        assert len(on_the_shelf()) == left[number]
        row = Capture.objects.get(pk=copies[number].pk)
        assert (row.sha256, row.timestamp_token) == (None, None) and "Qanaria" not in f"{row.file_name}{row.taken_from}{row.text}"
    answer = asked("analyst", people).get(f"/api/v1/sources/{first.uid}/")
    assert answer.json()["copies"] == []
    with pytest.raises(store.NotWhole):
        store.opened(copies[0].sha256)
    assert asked("analyst", people).get(address(copies[0])).status_code == 404
    kept(first, analyst)  # it may come again, if it must
