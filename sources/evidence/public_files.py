"""The files that anybody may be given, laid out in a folder for a public site, which is shown no other."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from hrdocs.models import Release
from hrdocs.releasing import store as released
from sources.evidence import store
from sources.models import Capture

NotWhole = (store.NotWhole, released.NotWhole)


def lay_out(folder: Path) -> tuple[int, int, list[str]]:
    """Take away what may not be given any more, then add what is missing: how many files, and what is wrong with those that
    could not be read whole. A file that is closed in the meantime goes the next time; the site asks in any case who may see it.
    """
    wanted = dict(_wanted(folder))
    there = {path for path in folder.rglob("*") if path.is_file()}
    for path in there - wanted.keys():
        path.unlink()
    wrong, added = [], 0
    for path in sorted(wanted.keys() - there):
        try:
            with wanted[path]() as file:
                _copy(file, path)
            added += 1
        except NotWhole as error:
            wrong.append(str(error))
    return added, len(there - wanted.keys()), wrong


def _wanted(folder: Path) -> Iterator[tuple[Path, Callable[[], Any]]]:
    """Where each file lies for the site, as it lies here, and how it is opened."""
    nobody = AnonymousUser()
    for sha256 in Release.objects.visible_to(nobody).filter(withdrawn_at=None).values_list("sha256", flat=True):
        place = folder / "releases" / released.place_of(sha256).relative_to(settings.RELEASES_ROOT)
        yield place, lambda sha256=sha256: released.whole(sha256).open("rb")
    for sha256 in Capture.objects.visible_to(nobody).exclude(sha256=None).values_list("sha256", flat=True):
        yield folder / "evidence" / store.name_of(sha256), lambda sha256=sha256: store.opened(sha256)


def _copy(file: IO[bytes], path: Path) -> None:
    """The file is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coming = path.with_suffix(".coming")
    with coming.open("wb") as copy:
        shutil.copyfileobj(file, copy, 2**20)
    coming.chmod(0o444)
    coming.replace(path)
