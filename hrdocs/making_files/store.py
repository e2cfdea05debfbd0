"""Where files that were made in the background lie: in a folder that web and worker share and no web server shows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings


def place_of(pk: int) -> Path:
    return Path(settings.MADE_ROOT) / str(pk)


def write(pk: int, pieces: Iterable[bytes], told: Callable[[int], object]) -> tuple[int, str]:
    """Write the file, and tell how many bytes there are so far; how many there were, and their SHA-256. It stands at its place
    when it is whole, and not before."""
    place, sum_, size = place_of(pk), hashlib.sha256(), 0
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = place.with_suffix(".part")
    try:
        with open(part, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            for piece in pieces:
                file.write(piece)
                sum_.update(piece)
                size += len(piece)
                told(size)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    return size, sum_.hexdigest()


def whole(pk: int, sha256: str) -> Path | None:
    """The file, read through; None where it is missing or not what was written."""
    place = place_of(pk)
    if not place.is_file():
        return None
    with place.open("rb") as file:
        return place if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else None


def forget(pk: int) -> None:
    """Delete the file, and what a worker that was killed had begun of it."""
    for place in (place_of(pk), place_of(pk).with_suffix(".part")):
        place.unlink(missing_ok=True)


def numbers() -> set[int]:
    """Which files lie there."""
    folder = Path(settings.MADE_ROOT)
    return {int(path.stem) for path in folder.iterdir() if path.stem.isdigit()} if folder.is_dir() else set()
