"""The bytes of evidence, each file under its SHA-256: written once, read through before they are given out.

Whether that is a folder of this machine or a bucket is a setting (`hrdocs/kept_files.py`); here it makes no difference.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import connection, transaction

HEAD = 65_536
_LOCK = 7325_4021  # the number of an advisory lock: of whoever writes a file and its row, against whoever takes files away


class NotWhole(Exception):
    """The file is not there, or not what was kept."""


@dataclass(frozen=True)
class Bytes:
    """What a file is, worked out while it is read through once."""

    sha256: str
    size: int
    head: bytes


def read_through(content: File) -> Bytes:
    """The SHA-256, the size and the first bytes of a file, in flat memory."""
    digest, size, head = hashlib.sha256(), 0, b""
    for piece in content.chunks():
        digest.update(piece)
        size += len(piece)
        if len(head) < HEAD:
            head += piece[: HEAD - len(head)]
    return Bytes(digest.hexdigest(), size, head)


def put(content: File, known: Bytes) -> None:
    """Keep a file that was read through. What lies there already is the same, or NotWhole is raised: nothing is overwritten.

    Inside the transaction that writes its row: until that ends, nobody takes the file for one that no row names.
    """
    _wait_for_nobody_to_take_away()
    name = name_of(known.sha256)
    if not _storage().exists(name):
        content.seek(0)
        _storage().save(name, content)
    if _storage().size(name) != known.size:
        raise NotWhole(f"What lies under {known.sha256} is another file, or half of it. Bring it back from a backup first.")


def sums(sha256: str) -> Bytes:
    """What the file with this checksum is now. Raises FileNotFoundError where there is none."""
    with _storage().open(name_of(sha256)) as file:
        return read_through(file)


def opened(sha256: str) -> File:
    """The file with this checksum, read through and found to be what was kept, at its beginning. Else NotWhole."""
    try:
        file = _storage().open(name_of(sha256))
        found = read_through(file)
    except FileNotFoundError:
        raise NotWhole(f"The file {sha256} is missing. Bring it back from a backup.") from None
    if found.sha256 != sha256:
        file.close()
        raise NotWhole(f"The file {sha256} was changed: its bytes are {found.sha256} now. Bring it back from a backup; "
                       "until then it is not given out.")  # fmt: skip
    file.seek(0)
    return file


@transaction.atomic
def after_all_writing(ask: Callable[[], bool]) -> bool:
    """The answer, once whoever is writing files and rows by now has done so."""
    _keep_others_from_writing()
    return ask()


@transaction.atomic
def forget(sha256: str, is_named: Callable[[], bool]) -> bool:
    """Delete a file unless a row names it; whether it was deleted. Nobody writes a row meanwhile that would."""
    _keep_others_from_writing()
    if is_named():
        return False
    _storage().delete(name_of(sha256))
    return True


def all_names() -> Iterator[str]:
    """The name of each file that lies in the store, whatever it is called; those that are just coming in are left out."""
    folders, loose = _storage().listdir("")
    yield from sorted(loose)
    for folder in sorted(folders):
        yield from (f"{folder}/{name}" for name in sorted(_storage().listdir(folder)[1]) if not name.startswith(".coming-"))


def is_checksum(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{64}", text) is not None


def name_of(sha256: str) -> str:
    """Where the file with this checksum lies. Nothing else is ever made part of a name."""
    if not is_checksum(sha256):
        raise ValueError("A SHA-256 is 64 hexadecimal digits in lower case.")
    return f"{sha256[:2]}/{sha256}"


def sha256_of(name: str) -> str:
    """The checksum under which a file lies; nothing where its name is none of ours."""
    sha256 = name.rpartition("/")[2]
    return sha256 if is_checksum(sha256) and name == name_of(sha256) else ""


def _storage() -> Storage:
    return storages["evidence"]


def _wait_for_nobody_to_take_away() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


def _keep_others_from_writing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
