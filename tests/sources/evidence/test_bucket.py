"""The same in a bucket: kept, given out through the program, verified and erased, with no address of the store given to anybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.files.storage import storages
from django.urls import reverse

from hrdocs import kept_files
from hrdocs.environment import Env
from hrdocs.refusal import Refused
from sources.evidence import checking, store
from sources.models.captures import forget_unnamed
from tests import factories
from tests.sources.evidence.bucket import Held, bucket_of_its_own
from tests.sources.evidence.files import KINDS, kept, on_the_shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(settings, monkeypatch, tmp_path) -> Iterator[Held]:
    with bucket_of_its_own() as (address, held):
        said = {"BUCKET": "evidence", "ENDPOINT": address, "REGION": "eu-1", "KEY": "us", "SECRET": "a secret of this test"}
        for name, value in said.items():
            monkeypatch.setitem(Env.ENVIRON, f"EVIDENCE_{name}", value)
        settings.STORAGES = kept_files.configured(Env(), tmp_path, shelf="none", on_a_server=False)["STORAGES"]
        yield held
    storages._storages.clear()


def test_a_file_lives_and_ends_in_a_bucket(bucket, client, analyst, shelf):
    source = factories.make_source(analyst)
    capture = kept(source, analyst, KINDS["text/html"])
    kept(factories.make_source(analyst), analyst, KINDS["text/html"])
    name = store.name_of(capture.sha256)
    assert bucket == {name: KINDS["text/html"]} and on_the_shelf() == []
    client.force_login(analyst)
    address = reverse("kept-copy", args=[source.uid, capture.sha256])
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == KINDS["text/html"]
    assert "127.0.0.1" not in str(dict(answer.headers))
    said: list[str] = []
    assert checking.check(said.append).is_well and said == []
    bucket["ab/left-here"] = b"x"
    bucket[name] = b"x" + bucket[name][1:]
    found = checking.check(said.append)
    assert (found.changed, found.unnamed) == (1, ["ab/left-here"])
    assert client.get(address).status_code == 500
    bucket[name] = b"half of it"
    with pytest.raises(Refused, match="another file, or half of it"):
        kept(factories.make_source(analyst), analyst, KINDS["text/html"])
    del bucket[name]
    assert checking.check(said.append).missing == 1 and client.get(address).status_code == 500
    other = kept(source, analyst, KINDS["image/png"])
    assert forget_unnamed([other.sha256]) == [] and store.name_of(other.sha256) in bucket
    assert store.forget(other.sha256, lambda: False) and store.name_of(other.sha256) not in bucket
