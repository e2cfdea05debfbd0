"""A folder of this machine in which files of evidence lie: each is there whole or not at all, and nothing takes its place."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible
class Shelf(FileSystemStorage):
    """Django's storage on a disk, which writes beside and then renames, so that no name holds half a file."""

    @property
    def base_location(self) -> str:
        return str(settings.EVIDENCE_ROOT)

    @property
    def location(self) -> str:
        return os.path.abspath(settings.EVIDENCE_ROOT)

    def _save(self, name: str, content: File) -> str:
        place = Path(self.path(name))
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, beside = tempfile.mkstemp(prefix=".coming-", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in content.chunks():
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(beside, 0o400)
            with suppress(FileExistsError):  # somebody was quicker with the same bytes
                os.link(beside, place)
        finally:
            os.unlink(beside)
        _to_disk(place.parent)
        return name

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        return super().listdir(path) if self.exists(path) else ([], [])  # a folder comes with its first file

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def url(self, name: str | None) -> Any:
        raise NotImplementedError("A file of evidence has no address but that of the view which asks who may see it.")


def _to_disk(folder: Path) -> None:
    at = os.open(folder, os.O_RDONLY)
    os.fsync(at)
    os.close(at)
