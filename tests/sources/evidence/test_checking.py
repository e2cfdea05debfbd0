"""`verify_files`: every file that was changed, cut, swapped or taken away is found, and every file that no copy names."""

from __future__ import annotations

import io
import random

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from sources.evidence import checking
from sources.models import Capture, CustodyEvent
from tests import factories
from tests.sources.evidence.files import kept, on_the_shelf

pytestmark = pytest.mark.django_db


def verified(*more: str) -> tuple[str, int]:
    """What the command printed, and its exit code."""
    said = io.StringIO()
    try:
        call_command("verify_files", *more, stdout=said)
    except SystemExit as ended:
        return said.getvalue(), int(ended.code or 0)
    return said.getvalue(), 0


def test_every_file_that_is_not_as_it_was_kept_is_found_and_its_copies_say_so(client, analyst):
    sources = [factories.make_source(analyst) for _ in range(30)]
    copies = [kept(source, analyst, b"%PDF-1.7 " + source.uid.encode() * 20) for source in sources]
    twin = kept(sources[1], analyst, b"%PDF-1.7 " + sources[0].uid.encode() * 20)
    assert verified()[1] == 0 and f"{len(copies) + 1} copies, {len(copies)} files" in verified()[0]
    dice, paths = random.Random(7), {path.name: path for path in on_the_shelf()}
    spoilt = set()
    for number, copy in enumerate(copies[:20]):
        path = paths[copy.sha256]
        content = bytearray(path.read_bytes())
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        new = (bytes(content), bytes(content[:-1]), paths[copies[25].sha256].read_bytes(), b"")[number % 4]
        path.unlink()
        if number % 5:
            path.write_bytes(new)
        spoilt.add(copy.sha256)
    said, code = verified()
    assert code == 1 and {each for each in paths if each in said.replace("bytes are", "")} >= spoilt
    assert "4 missing, 16 changed, 0 time stamps hold, 0 do not, 0 files that no copy names" in said
    for copy in [*copies, twin]:
        event = CustodyEvent.objects.filter(capture=copy).last()
        assert event.by is None and event.kind == ("damaged" if copy.sha256 in spoilt else "verified_hash")
    client.force_login(analyst)
    page = client.get(reverse("admin:sources_source_copy", args=[sources[0].pk, copies[0].pk])).content.decode()
    assert "Missing or changed" in page
    assert (
        "one is missing or was changed"
        in client.get(reverse("admin:sources_source_change", args=[sources[0].pk])).content.decode()
    )


def test_what_a_broken_transaction_left_is_found_and_taken_away_on_request(analyst, shelf):
    source = factories.make_source(analyst)
    whole = kept(source, analyst)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        left = kept(source, analyst, b"%PDF-1.7 never").sha256
        raise ZeroDivisionError
    assert not Capture.objects.filter(sha256=left).exists()
    strange = shelf / "ab" / "notes.txt"
    strange.parent.mkdir(exist_ok=True)
    strange.write_text("put here by hand")
    said, code = verified()
    assert code == 1 and left in said and "ab/notes.txt" in said and "2 files that no copy names" in said
    said, code = verified("--forget-unnamed")
    assert "1 of the unnamed files are deleted" in said
    assert [path.name for path in on_the_shelf() if path != strange] == [whole.sha256]
    strange.unlink()
    assert verified()[1] == 0


def test_a_file_that_a_copy_names_by_now_is_not_taken_away(analyst):
    copy = kept(factories.make_source(analyst), analyst)
    assert checking.forget_unnamed([f"{copy.sha256[:2]}/{copy.sha256}", "x", f"zz/{copy.sha256}"]) == 0
    assert len(on_the_shelf()) == 1
