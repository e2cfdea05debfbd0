"""Keeping copies: what a file is by its bytes, what is refused and leaves nothing behind, and who opens a copy."""

from __future__ import annotations

import hashlib
from itertools import chain

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, transaction
from django.urls import reverse

from hrdocs.access import Role, Sensitivity
from hrdocs.refusal import Refused
from sources.evidence import keeping, kinds, store
from sources.models import Capture, CustodyEvent
from tests import factories
from tests.sources.evidence.files import KINDS, file, kept, on_the_shelf

pytestmark = pytest.mark.django_db


# ── what comes in ──


@pytest.mark.parametrize(("kind", "content"), KINDS.items(), ids=KINDS)
def test_a_file_is_what_its_bytes_say_whatever_its_name_says(kind, content):
    assert kinds.media_type_of(content[: store.HEAD]) == kind
    if kind.startswith("text/"):
        assert kinds.media_type_of(content.decode().encode("utf-16")) == kind


def test_a_file_lies_under_its_checksum_and_is_never_written_over(analyst, shelf):
    source, other = factories.make_source(analyst), factories.make_source(analyst)
    name = "../../..//\u202efdp.exe\0.html"
    capture = kept(source, analyst, name=name, taken_from="A former guard, in Beirut", reason="Given on paper, scanned here.")
    sha256 = hashlib.sha256(KINDS["application/pdf"]).hexdigest()
    assert (capture.sha256, capture.size) == (sha256, len(KINDS["application/pdf"]))
    (path,) = on_the_shelf()
    assert path == shelf / sha256[:2] / sha256
    assert path.stat().st_mode & 0o777 == 0o400 and path.read_bytes() == KINDS["application/pdf"]
    event = CustodyEvent.objects.get(capture=capture)
    assert (event.kind, event.by, event.reason) == ("collected", analyst, "Given on paper, scanned here.")
    kept(other, analyst, name="the same.pdf")
    assert on_the_shelf() == [path] and Capture.objects.filter(sha256=sha256).count() == 2
    with pytest.raises(Refused, match="kept for this source already"):
        kept(source, analyst)
    path.chmod(0o600)
    path.write_bytes(b"shorter")
    with pytest.raises(Refused, match="another file, or half of it"):
        kept(factories.make_source(analyst), analyst)
    assert path.read_bytes() == b"shorter"  # evidence of what happened, too


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"MZ\x90\0" + bytes(99), "is a program"),
        (b"#!/bin/sh\n", "is a program"),
        (b"x" * 1025, "larger than"),
    ],
)
def test_what_is_refused_says_why_and_leaves_nothing_behind(analyst, settings, content, told):
    settings.EVIDENCE_LARGEST = 1024
    source = factories.make_source(analyst)
    with pytest.raises(Refused, match=told):
        kept(source, analyst, content, name="harmless.pdf")
    assert on_the_shelf() == [] and not Capture.objects.filter(source=source).exists()


@pytest.mark.parametrize("role", [None, Role.RESEARCHER, Role.ADMINISTRATOR, Role.CUSTODIAN])
def test_who_does_not_work_on_the_records_keeps_nothing(analyst, role):
    by = factories.make_user(role) if role else factories.make_user(is_active=False)
    with pytest.raises(Refused):
        kept(factories.make_source(analyst), by)
    assert on_the_shelf() == []


# ── what stays, whoever writes ──


def test_a_copy_and_its_custody_stay_as_they_were_written(analyst):
    capture = kept(factories.make_source(analyst), analyst)
    rows = Capture.objects.filter(pk=capture.pk)
    changes = [{"sha256": "0" * 64}, {"sha256": None}, {"size": 7}, {"media_type": "text/plain"}, {"file_name": "other"},
               {"taken_by": factories.make_user()}]  # fmt: skip
    events = CustodyEvent.objects.filter(capture=capture)
    acts = chain((lambda given=given: rows.update(**given) for given in changes),
                 (rows.delete, events.delete, lambda: events.update(reason="other"), lambda: events.update(kind="sealed")))  # fmt: skip
    for act in acts:
        with pytest.raises(Error), transaction.atomic():
            act()
    assert rows.get().sha256 == capture.sha256


# ── opening ──


def test_a_copy_is_opened_by_a_second_person_once_nobody_can_be_recognised_in_it(analyst, reviewer):
    capture = kept(factories.make_source(analyst), analyst)
    with pytest.raises(Refused, match="nobody can be recognised"):
        keeping.open_to(capture, "public", by=reviewer, reason="Read through.")
    keeping.assess(capture, graphic="yes", personal="no", by=analyst, reason="All pages.")
    for nobody in (analyst, factories.make_user(), factories.make_user(Role.ADMINISTRATOR), factories.make_user(Role.RESEARCHER)):
        with pytest.raises(Refused, match="A reviewer or manager who did not keep"):
            keeping.open_to(capture, "public", by=nobody, reason="Read through.")
    own = kept(capture.source, reviewer, b"%PDF-1.4 other")
    keeping.assess(own, graphic="no", personal="no", by=reviewer)
    with pytest.raises(Refused, match="did not keep the copy herself"):
        keeping.open_to(own, "public", by=reviewer, reason="Read through.")
    keeping.open_to(capture, "registered", by=reviewer, reason="Read through.")
    capture.refresh_from_db()
    assert (capture.sensitivity, capture.opened_by) == ("registered", reviewer)
    keeping.assess(capture, graphic="yes", personal="yes", by=analyst, reason="A face on page 7.")
    capture.refresh_from_db()
    assert (capture.sensitivity, capture.opened_by) == (Sensitivity.INTERNAL, None)
    told = [event.kind for event in CustodyEvent.objects.filter(capture=capture)]
    assert told == ["collected", "assessed", "opened", "closed", "assessed"]


def test_the_database_opens_no_copy_but_for_a_second_person_who_reviews(analyst, reviewer):
    capture = kept(factories.make_source(analyst), analyst)
    rows = Capture.objects.filter(pk=capture.pk)
    for given in (
        {}, {"opened_by": reviewer}, {"personal_data": "no"}, {"personal_data": "no", "opened_by": analyst},
        {"personal_data": "no", "opened_by": factories.make_user()}, {"personal_data": "yes", "opened_by": reviewer},
        {"personal_data": "no", "opened_by": factories.make_user(Role.REVIEWER, is_active=False)},
    ):  # fmt: skip
        with pytest.raises(Error), transaction.atomic():
            rows.update(sensitivity="public", **given)
    with pytest.raises(ValidationError, match="opened to readers from outside by a second person"):
        Capture(
            source=capture.source, sha256="1" * 64, media_type="x/y", size=1, taken_by=analyst, sensitivity="public"
        ).full_clean()
    rows.update(sensitivity="public", personal_data="no", opened_by=reviewer)


# ── at the desk ──


def test_an_analyst_keeps_a_file_at_the_desk_and_a_reviewer_opens_it(client, analyst, reviewer, settings):
    source = factories.make_source(analyst)
    client.force_login(analyst)
    desk = reverse("admin:sources_source_copies", args=[source.pk])
    assert desk in client.get(reverse("admin:sources_source_change", args=[source.pk])).content.decode()
    given = {"level": "internal", "taken_from": "https://example.org/a", "reason": ""}
    answer = client.post(desk, given | {"file": file(KINDS["text/html"], "photo.jpg")}, follow=True)
    assert "Kept as it came in: text/html" in answer.content.decode()
    capture = Capture.objects.get(source=source)
    settings.EVIDENCE_LARGEST = 10
    answer = client.post(desk, given | {"file": file(KINDS["image/png"])})
    assert answer.status_code == 200 and "nothing of it is kept" in answer.content.decode()
    page = reverse("admin:sources_source_copy", args=[source.pk, capture.pk])
    assert client.post(page, {"verb": "open", "open-level": "public", "open-reason": "x"}).status_code == 200
    client.post(page, {"verb": "assess", "assess-graphic": "no", "assess-personal": "no"})
    client.force_login(reviewer)
    assert "Open it to readers from outside" in client.get(page).content.decode()
    assert client.post(page, {"verb": "open", "open-level": "public", "open-reason": "Read."}).status_code == 302
    capture.refresh_from_db()
    assert (capture.sensitivity, capture.opened_by, capture.taken_from) == ("public", reviewer, "https://example.org/a")


def test_a_copy_of_another_source_or_of_one_that_she_may_not_see_has_no_page(client, analyst):
    source, other = factories.make_source(analyst), factories.make_source(analyst, sensitivity=Sensitivity.RESTRICTED)
    capture, hidden = kept(source, analyst), kept(other, analyst)
    client.force_login(factories.make_user())
    shown = reverse("admin:sources_source_copy", args=[source.pk, capture.pk])
    assert client.get(shown).status_code == 200
    for source_pk, pk in ((source.pk, hidden.pk), (other.pk, hidden.pk), (other.pk, capture.pk), (source.pk, 10**9)):
        assert client.get(reverse("admin:sources_source_copy", args=[source_pk, pk])).status_code == 302
    assert client.get(reverse("admin:sources_source_copies", args=[other.pk])).status_code == 302
