"""The guide to the API, done as it says: its examples in their order, against a real server; and a client that a program
made from the OpenAPI document."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from hrdocs import releases, tokens
from hrdocs.access import Role, Sensitivity
from hrdocs.models import Scope, User

THERE = "http://localhost:8000"
WANTED = {"estimates.csv", "estimates-then.csv", "sources.csv", "facilities.geojson", "sources.xlsx", "estimates-for-programs.csv", "estimates.parquet",
          "entities.ftm.json", "sources.json", "sources.ris", "sources-in-arabic.xlsx", "hrdocs-release-1.zip", "release-1", "headers.txt", "report.pdf", "incidents.docx"}  # fmt: skip


@pytest.fixture
def served(live_server: Any, settings: Any, tmp_path_factory: Any) -> str:
    """The address of a server with the founding case."""
    for command in ("load_vocabularies", "demo_accounts", "load_demo"):
        call_command(command, verbosity=0)
    settings.RELEASES_ROOT = str(tmp_path_factory.mktemp("releases"))
    releases.make(by=User.objects.get(username="demo-manager"), audience=Sensitivity.PUBLIC, asked={"estimates": ""},
                  title="Saydnaya", description="What is told of it.", licence="CC-BY-4.0", caveats="None.")  # fmt: skip
    return live_server.url


def examples(token: str) -> str:
    """All examples in bash and Python, as one script."""
    guide = (settings.ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(bash|python)\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert {kind for kind, _ in blocks} == {"bash", "python"}
    written = [code if kind == "bash" else f"python3 - <<'END'\n{code}END\n" for kind, code in blocks]
    return "\n".join(["set -eu", *written]).replace("hrd_…", token)


def run(*command: str, at: Path) -> str:
    """What a program prints that this machine's Python is the first `python3` of."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        command, check=False, cwd=at, env={**os.environ, "PATH": path, "PYTHONUTF8": "1"}, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout.decode()


def read_by_a_client_that_is_made_from_the_document(served: str, at: Path) -> None:
    """It asks every address that takes no uid, reads a record, and takes a report in each of its formats."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    (at / "schema.json").write_text(json.dumps(document, default=str), encoding="utf-8")
    guide = (settings.ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    [config] = re.findall(r"^cat > client.yml <<'END'\n(.*?)^END$", guide, re.MULTILINE | re.DOTALL)
    (at / "client.yml").write_text(f"{config}post_hooks: []\n", encoding="utf-8")  # it has no ruff on its way
    run("openapi-python-client", "generate", "--path", "schema.json", "--output-path", "made", "--meta", "none",
        "--config", "client.yml", "--fail-on-warning", at=at)  # fmt: skip
    told = run("python3", "-c", f"""
import pkgutil
from importlib import import_module

from made import api
from made.client import Client
from made.api.estimates import estimates_list, estimates_retrieve
from made.api.incidents import incidents_report_of_list as report
from made.api.releases import releases_download_retrieve

with Client(base_url="{served}") as client:
    page = estimates_list.sync(client=client, value_text="at least 50")
    row = page.results[0]
    same = estimates_retrieve.sync(row.uid, client=client)
    assert same.to_dict() == row.to_dict(), (same, row)
    for module in pkgutil.walk_packages(api.__path__, "made.api."):
        if module.name.endswith("_list") and not module.name.endswith("_report_of_list"):
            answer = import_module(module.name).sync_detailed(client=client)
            assert answer.status_code == 200 and answer.parsed is not None, module.name
    for form, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("html", b"<!doctype html>")):
        read = report.sync(client=client, format_=report.IncidentsReportOfListFormat(form)).payload.read()
        assert read.lower().startswith(begins.lower()), (form, read[:20])
    assert releases_download_retrieve.sync(1, client=client).payload.read().startswith(b"PK")
    print(row.value_text, same.source.title)
""", at=at)  # fmt: skip
    assert told.startswith("at least 50")


def test_a_client_that_is_made_from_the_document_reads_records_and_every_example_of_the_guide_works(served, tmp_path, caplog):
    """Both on one founding case, which takes longer to bring in than the client to read."""
    elsewhere, at = tmp_path / "client", tmp_path / "guide"
    elsewhere.mkdir()
    at.mkdir()
    read_by_a_client_that_is_made_from_the_document(served, elsewhere)
    if shutil.which("curl") is None:
        pytest.skip("There is no curl here for the examples. On Debian: apt install curl")
    _, token = tokens.make(User.objects.get(role=Role.RESEARCHER), "guide", list(Scope.values), 30)
    told = run("bash", "-c", examples(token).replace(THERE, served), at=at)
    refused = [record.getMessage() for record in caplog.records if record.name == "django.request"]
    assert refused == ["Bad Request: /api/v1/estimates/"]  # the one that shows an error
    assert {path.name for path in at.iterdir() if path.stat().st_size} == WANTED
    for words in (
        "at least 50",
        "figures without a floor",
        "figures that are no rates",
        "This list takes no such parameter",
        "304",
    ):
        assert words in told
