"""What a public site is given to give out: the files that anybody may see, and no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from hrdocs import releases, review
from hrdocs.access import Role, Sensitivity
from hrdocs.releasing import store as released
from sources.evidence import keeping, store
from tests import factories
from tests.sources.evidence.files import KINDS, kept

pytestmark = pytest.mark.django_db
PAGE = KINDS["text/html"]


def names_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_files_that_anybody_may_see_are_laid_out_and_go_when_they_are_closed(
    people: Any, published: Any, settings: Any, tmp_path: Path, capsys: Any
):
    settings.RELEASES_ROOT, site = str(tmp_path / "releases"), tmp_path / "site"
    source, copies = published
    made = {
        level: releases.make(by=people[Role.MANAGER], title=level, description="x", licence="CC-BY-4.0", caveats="x", audience=level,
                             asked={"sources": ""})
        for level in (Sensitivity.PUBLIC, Sensitivity.REGISTERED)
    }  # fmt: skip
    call_command("public_files", site)
    public = f"evidence/{store.name_of(copies['public'].sha256)}"
    release = released.place_of(made[Sensitivity.PUBLIC].sha256)
    assert names_in(site) == {public, f"releases/{release.relative_to(settings.RELEASES_ROOT)}"}
    assert (site / public).read_bytes() == PAGE + b"public"

    settings.EVIDENCE_ROOT, settings.RELEASES_ROOT = str(site / "evidence"), str(site / "releases")
    address = f"/sources/{source.uid}/copies/{copies['public'].sha256}/"
    assert b"".join(Client().get(address).streaming_content) == PAGE + b"public"
    number = made[Sensitivity.PUBLIC].number
    assert Client().get(f"/api/v1/releases/{number}/download/").status_code == 200

    settings.EVIDENCE_ROOT, settings.RELEASES_ROOT = str(tmp_path / "evidence"), str(tmp_path / "releases")
    (site / "evidence" / "left.coming").write_bytes(b"half")  # of a run that was killed
    review.retract(source, by=people[Role.REVIEWER], reason="x", public_note="x")
    call_command("public_files", site)
    assert names_in(site) == {f"releases/{release.relative_to(settings.RELEASES_ROOT)}"}
    assert "0 files added, 2 taken away." in capsys.readouterr().out


def test_a_file_that_is_not_whole_is_named_and_not_laid_out(people: Any, tmp_path: Path, shelf: Path, capsys: Any):
    source = factories.make_source(people[Role.ANALYST])
    copy = kept(source, people[Role.ANALYST], PAGE, "a.html")
    keeping.assess(copy, graphic="no", personal="no", by=people[Role.ANALYST])
    keeping.open_to(copy, "public", by=people[Role.REVIEWER], reason="Read through.")
    factories.publish(source, by=people[Role.REVIEWER])
    file = shelf / store.name_of(copy.sha256)
    file.chmod(0o600)
    file.write_bytes(b"other")
    with pytest.raises(SystemExit):
        call_command("public_files", tmp_path / "site")
    assert "was changed" in capsys.readouterr().err and names_in(tmp_path / "site") == set()
