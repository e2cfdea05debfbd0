"""Time stamps: asked of an authority by a worker, verified when they come and later, and shown."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from sources.evidence import checking, stamping
from sources.models import Capture, CustodyEvent
from tests import factories
from tests.sources.evidence.authority import authority, certificates
from tests.sources.evidence.files import kept

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("openssl"), reason="There is no openssl here. On Debian: apt install openssl"),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return certificates(tmp_path_factory.mktemp("authority") / "own")


@pytest.fixture
def asked(settings, root) -> Iterator[Path]:
    with authority(root.parent) as address:
        settings.TSA_URL, settings.TSA_CERTIFICATES = address, str(root)
        yield root


def test_copies_are_stamped_once_and_the_stamps_hold_for_others_too(asked, analyst, client, tmp_path):
    source = factories.make_source(analyst)
    copies = [kept(source, analyst, b"%PDF-1.7 " + bytes([65 + n])) for n in range(2)]
    assert (stamping.stamp_what_has_none(), stamping.stamp_what_has_none()) == (2, 0)
    for copy in copies:
        copy.refresh_from_db()
        assert abs(copy.stamped_at - timezone.now()) < dt.timedelta(minutes=5)
        event = CustodyEvent.objects.filter(capture=copy).last()
        assert (event.kind, event.by) == ("stamped", None)
        (tmp_path / "answer").write_bytes(copy.timestamp_token)
        told = ["openssl", "ts", "-verify", "-digest", copy.sha256, "-in", tmp_path / "answer", "-CAfile", asked]
        assert subprocess.run(told, capture_output=True, check=False).returncode == 0
    client.force_login(analyst)
    page = client.get(reverse("admin:sources_source_copy", args=[source.pk, copies[0].pk])).content.decode()
    assert "vouches that it was there by" in page
    (told, _other) = client.get(f"/api/v1/sources/{source.uid}/").json()["copies"]
    assert dt.datetime.fromisoformat(told["stamped_at"]) == copies[0].stamped_at
    said: list[str] = []
    assert checking.check(said.append).stamps == 2 and said == []
    Capture.objects.filter(pk=copies[0].pk).update(timestamp_token=copies[1].timestamp_token)
    Capture.objects.filter(pk=copies[1].pk).update(stamped_at=timezone.now() - dt.timedelta(days=900))
    found = checking.check(said.append)
    assert (found.stamps, found.bad_stamps, len(said)) == (0, 2, 2) and not found.is_well


def test_a_stamp_is_believed_of_nobody_else_and_over_nothing_else(asked, analyst, settings, tmp_path):
    token = stamping.asked_for("ab" * 32)
    assert stamping.holds(token, "ab" * 32)
    spoilt = bytearray(token)
    spoilt[-20] ^= 1
    for given, sha256, nonce in (
        (token, "ac" * 32, None),
        (bytes(spoilt), "ab" * 32, None),
        (b"", "ab" * 32, None),
        (token, "ab" * 32, 7),
    ):
        with pytest.raises(stamping.NoStamp, match="does not hold"):
            stamping.holds(given, sha256, nonce=nonce)
    settings.TSA_CERTIFICATES = str(certificates(tmp_path / "others"))
    with pytest.raises(stamping.NoStamp):
        stamping.holds(token, "ab" * 32)
    for nothing in ("", str(tmp_path / "none")):
        settings.TSA_CERTIFICATES = nothing
        copy = kept(factories.make_source(analyst), analyst)
        with pytest.raises(stamping.NoStamp, match="names no file with certificates"):
            stamping.stamp_what_has_none()
        copy.refresh_from_db()
        assert copy.timestamp_token is None and copy.stamped_at is None


def test_nobody_is_asked_unless_an_authority_is_named(analyst, monkeypatch, settings):
    monkeypatch.setattr(stamping.urllib.request, "urlopen", lambda *given, **more: pytest.fail("somebody was asked"))
    kept(factories.make_source(analyst), analyst)
    assert settings.TSA_URL == "" and stamping.stamp_what_has_none() == 0
