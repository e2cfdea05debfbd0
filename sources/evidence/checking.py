"""Whether every file of evidence is what was kept: each is read again, and custody notes what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from django.conf import settings
from django.db import transaction

from sources.choices import CustodyKind
from sources.evidence import stamping, store
from sources.models import Capture, CustodyEvent

Say = Callable[[str], object]
A_FEW = 500


@dataclass
class Checked:
    """What a look at all files found."""

    files: int = 0
    size: int = 0
    copies: int = 0
    missing: int = 0
    changed: int = 0
    stamps: int = 0
    bad_stamps: int = 0
    unnamed: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return not (self.missing or self.changed or self.bad_stamps or self.unnamed)

    def __str__(self) -> str:
        read = f"{self.copies:,} copies, {self.files:,} files, {self.size / 2**20:,.1f} MB read: {self.missing} missing, "
        stamps = f"{self.stamps:,} time stamps hold, {self.bad_stamps} do not, "
        return f"{read}{self.changed} changed, {stamps}{len(self.unnamed)} files that no copy names."


def check(say: Say) -> Checked:
    """Read every file again, tell of each that is not as it was kept, and note it all in the chains of custody."""
    found = Checked()
    kept = Capture.objects.exclude(sha256=None).order_by("sha256", "pk").select_related("source").iterator(chunk_size=A_FEW)
    for some in _batched(groupby(kept, attrgetter("sha256"))):
        events = [event for sha256, copies in some for event in _look_at(sha256, copies, found, say)]
        with transaction.atomic():
            CustodyEvent.objects.bulk_create(events)
    found.unnamed = [name for name in store.all_names() if not _is_named(name)]
    for name in found.unnamed:
        say(f"{name}: no copy names this file. An upload broke off, or a backup is older than its files.")
    return found


def _batched(grouped: Iterator[tuple[str, Iterator[Capture]]]) -> Iterator[list[tuple[str, list[Capture]]]]:
    some: list[tuple[str, list[Capture]]] = []
    for sha256, copies in grouped:
        some.append((sha256, list(copies)))
        if len(some) == A_FEW:
            yield some
            some = []
    yield some


def _look_at(sha256: str, copies: list[Capture], found: Checked, say: Say) -> Iterator[CustodyEvent]:
    """What there is to note of the copies that one file is."""
    kind, now, said = CustodyKind.VERIFIED, "", ""
    try:
        known = store.sums(sha256)
    except FileNotFoundError:
        kind, said = CustodyKind.DAMAGED, "missing"
        found.missing += 1
    else:
        found.files, found.size = found.files + 1, found.size + known.size
        if known.sha256 != sha256 or any(copy.size != known.size for copy in copies):
            kind, now, said = (
                CustodyKind.DAMAGED,
                known.sha256,
                f"changed: its bytes are {known.sha256} now, {known.size} of them",
            )
            found.changed += 1
    found.copies += len(copies)
    for copy in copies:
        if said:
            say(f"{copy.source.uid}: the file {sha256} is {said}. Bring it back from a backup.")
        elif wrong := _stamp_of(copy, found):
            say(f"{copy.source.uid}: the time stamp of {sha256} is not the one that was given. {wrong}")
        yield CustodyEvent(capture=copy, kind=kind, sha256=now, reason=said)


def _stamp_of(copy: Capture, found: Checked) -> str:
    """What is wrong with the time stamp of a copy, where it has one and there is somebody to trust."""
    if not copy.timestamp_token or not settings.TSA_CERTIFICATES:
        return ""
    try:
        moment = stamping.holds(copy.timestamp_token, copy.sha256)
    except stamping.NoStamp as error:
        found.bad_stamps += 1
        return str(error)
    if moment != copy.stamped_at:
        found.bad_stamps += 1
        return f"It is of {moment:%Y-%m-%d %H:%M:%S}."
    found.stamps += 1
    return ""


def forget_unnamed(names: list[str]) -> int:
    """Delete files that no copy names; how many of them were files of ours."""
    return sum(
        store.forget(sha256, Capture.objects.filter(sha256=sha256).exists) for sha256 in map(store.sha256_of, names) if sha256
    )


def _is_named(name: str) -> bool:
    """Whether a copy names a file. Who is just writing both is waited for."""
    sha256 = store.sha256_of(name)
    if not sha256:
        return False
    named = Capture.objects.filter(sha256=sha256)
    return named.exists() or store.after_all_writing(named.exists)
