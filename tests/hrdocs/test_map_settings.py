"""A map asks no other host for anything, unless the operator names a server of tiles; then for pictures alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

PROGRAM = "from hrdocs import settings; import json; print(json.dumps(settings.CONTENT_SECURITY_POLICY['DIRECTIVES']))"


def policy(tiles: str) -> dict[str, list[str]]:
    own = {**os.environ, "HRDOCS_LOCAL": "1", "MAP_TILES": tiles, "DATABASE_URL": "postgresql:///nowhere"}
    said = subprocess.run([sys.executable, "-c", PROGRAM], cwd=settings.ROOT, env=own, capture_output=True, text=True, check=True)
    return json.loads(said.stdout)


def test_without_a_server_of_tiles_nothing_comes_from_elsewhere():
    assert policy("")["img-src"] == ["'self'", "data:"]


@pytest.mark.parametrize(
    ("tiles", "allowed"),
    [
        ("https://tiles.example.org/{z}/{x}/{y}.png?key=1", "https://tiles.example.org"),
        ("https://{s}.tiles.example.org/{z}/{x}/{y}.png", "https://*.tiles.example.org"),
    ],
)
def test_a_server_of_tiles_gives_pictures_and_nothing_else(tiles, allowed):
    named = policy(tiles)
    assert named["img-src"] == ["'self'", "data:", allowed]
    assert {name: sources for name, sources in named.items() if name != "img-src"} == {
        name: sources for name, sources in policy("").items() if name != "img-src"
    }
