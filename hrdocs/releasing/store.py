"""Where the files of releases lie: each under its SHA-256, outside all folders that a web server shows."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

PIECE = 1024 * 1024


class NotWhole(Exception):
    """The file is not there, or not what was stored."""


def place_of(sha256: str) -> Path:
    """Where the file with this checksum lies."""
    return Path(settings.RELEASES_ROOT) / sha256[:2] / f"{sha256}.zip"


def keep(path: Path) -> str:
    """Move a finished file into the store; its SHA-256. One that is there already is the same."""
    sha256 = sum_of(path)
    place = place_of(sha256)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o400)
    path.replace(place)
    return sha256


def whole(sha256: str) -> Path:
    """The file with this checksum, read through and found to be what was stored."""
    place = place_of(sha256)
    if not place.is_file() or sum_of(place) != sha256:
        raise NotWhole(
            f"The file {place} is missing or was changed. Bring it back from a backup; until then it is not given out."
        )
    return place


def forget(sha256: str) -> None:
    """Delete the file of a release that was withdrawn."""
    place_of(sha256).unlink(missing_ok=True)


def sum_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
