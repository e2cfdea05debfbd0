"""Redacted copies: the original stays and stays closed, and the copy says that and why it is redacted, to everybody who sees it."""

from __future__ import annotations

import pytest
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse

from hrdocs.refusal import Refused
from sources.evidence import keeping
from sources.models import Capture, CustodyEvent, Redaction
from tests import factories
from tests.sources.evidence.files import file, kept, on_the_shelf

pytestmark = pytest.mark.django_db
WHY = "Two faces on page 3: they live there still."


def test_a_redacted_copy_may_be_open_while_its_original_is_not_and_says_what_it_is(people):
    analyst, reviewer = people["analyst"], people["reviewer"]
    source = factories.make_source(analyst)
    original = kept(source, analyst, b"%PDF-1.7 canary faces", "faces.pdf")
    with pytest.raises(Refused, match="Say what was taken out"):
        keeping.redact(original, file(b"%PDF-1.7 bars"), redacted=" ", by=analyst)
    copy = keeping.redact(original, file(b"%PDF-1.7 bars"), redacted=WHY, by=analyst)
    keeping.assess(copy, graphic="no", personal="no", by=analyst)
    keeping.open_to(copy, "public", by=reviewer, reason="Both pages.")
    factories.publish(source, by=reviewer)
    assert len(on_the_shelf()) == 2 and Redaction.objects.get().original == original
    assert [event.kind for event in CustodyEvent.objects.filter(capture=original)] == ["collected", "redacted_copy"]

    outside = Client()
    (told,) = outside.get(f"/api/v1/sources/{source.uid}/").json()["copies"]
    assert (told["sha256"], told["redacted"], told["redacted_from"]) == (copy.sha256, WHY, None)
    page = outside.get(f"/sources/{source.uid}/").content.decode()
    assert WHY in page and "redacted" in page and original.sha256 not in page
    answer = outside.get(reverse("kept-copy", args=[source.uid, copy.sha256]))
    assert "-redacted.pdf" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content)
    assert outside.get(reverse("kept-copy", args=[source.uid, original.sha256])).status_code == 404

    inside = Client()
    inside.force_login(analyst)
    seen = {each["sha256"]: each for each in inside.get(f"/api/v1/sources/{source.uid}/").json()["copies"]}
    assert seen[copy.sha256]["redacted_from"] == original.sha256 and seen[original.sha256]["redacted"] == ""
    for each, other in ((copy, original), (original, copy)):
        desk = inside.get(reverse("admin:sources_source_copy", args=[source.pk, each.pk])).content.decode()
        assert WHY in desk and other.sha256[:16] in desk


def test_what_was_taken_out_stays_said(analyst):
    original = kept(factories.make_source(analyst), analyst)
    copy = keeping.redact(original, file(b"%PDF-1.7 bars"), redacted=WHY, by=analyst)
    rows, ties = Capture.objects.filter(pk=copy.pk), Redaction.objects.filter(copy=copy)
    for act in (lambda: rows.update(redacted=""), ties.delete, lambda: ties.update(original=copy)):
        with pytest.raises(Error), transaction.atomic():
            act()


def test_an_analyst_keeps_a_redacted_copy_at_the_desk(client, analyst):
    original = kept(factories.make_source(analyst), analyst)
    client.force_login(analyst)
    page = reverse("admin:sources_source_copy", args=[original.source_id, original.pk])
    given = {"verb": "redact", "redact-redacted": WHY, "redact-level": "internal", "redact-file": file(b"%PDF-1.7 bars")}
    assert client.post(page, given).status_code == 302
    assert original.source.captures.get(redacted=WHY).redacted_from.get().original == original
