"""Manifests: what is written down of each file that leaves, and read under its own address.

A file is sent before anybody knows whether it will reach its end. So its manifest is written first, as running, and
says at the end how many rows and bytes there were and what they add up to, or that it broke off.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.utils import timezone

from hrdocs.access import Sensitivity
from hrdocs.formats.export import Export
from hrdocs.models import Manifest
from hrdocs.models.manifests import ManifestState
from hrdocs.readers import reading_as
from hrdocs.replicas import nearest
from hrdocs.uids import new_uid
from hrdocs.versions import last_sealed

_SIGNER = signing.Signer(salt="manifest")
SAID_EVERY = 1.0  # seconds between what is told of a file that is being sent


def promised() -> str:
    """A uid for a file that somebody is about to take, signed: so she can look how far it is. Nobody chooses one herself."""
    return _SIGNER.sign(new_uid(Manifest.uid_prefix))


def uid_of(promise: str) -> str | None:
    """The uid that was promised; None where nobody here promised it."""
    try:
        return _SIGNER.unsign(promise)
    except signing.BadSignature:
        return None


def of(export: Export, form: Any, uid: str = "") -> Manifest:
    """The manifest of a file that is about to be asked of the database; not written yet."""
    return Manifest(
        uid=uid or new_uid(Manifest.uid_prefix), kind=export.shape.path, form=form.name,
        address=export.address.removeprefix(export.reader.base_url), as_of=export.reader.as_of,
        audience=export.reader.clearance.rank, columns=[column.name for column in export.columns])  # fmt: skip


def followed(pieces: Iterator[bytes], manifest: Manifest, export: Export) -> Iterator[bytes]:
    """The pieces of a file, read as of one moment and as the role of its reader, with its manifest before and after.

    It runs when the view has returned and its transaction is over. What stops it, an error or a reader who goes away,
    is a break, and the manifest says so.
    """
    manifest.version = last_sealed()
    manifest.save(force_insert=True)
    sum_, size = hashlib.sha256(), 0
    reading = reading_as(export.reader.user, export.reader.as_of)
    try:
        with _Progress(manifest) as progress, nearest(export.reader.user), one_moment(), reading, contextlib.closing(pieces):
            for piece in pieces:
                sum_.update(piece)
                size += len(piece)
                yield piece
                progress.tell(size)
            rows, licences = export.rows.order_by().count(), licences_in(export)
    except BaseException:
        _end(manifest, state=ManifestState.BROKEN, bytes=size, sha256=sum_.hexdigest())
        raise
    _end(manifest, state=ManifestState.COMPLETE, rows=rows, licences=licences, bytes=size, sha256=sum_.hexdigest())


class _Progress:
    """Tells now and then how many bytes were sent, by a connection of its own: that of the file only reads, as of one
    moment. A file that is short tells nothing and opens none."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest, self.line, self.told = manifest, None, time.monotonic()
        self.primary = connections[DEFAULT_DB_ALIAS]

    def __enter__(self) -> _Progress:
        return self

    def tell(self, size: int) -> None:
        if time.monotonic() - self.told < SAID_EVERY:
            return
        self.line = self.line or self.primary.copy()
        with contextlib.suppress(DatabaseError), self.line.cursor() as cursor:  # a file does not break for that
            cursor.execute("UPDATE public.hrdocs_manifest SET bytes = %s WHERE uid = %s AND state = %s",
                           [size, self.manifest.uid, ManifestState.RUNNING])  # fmt: skip
        self.told = time.monotonic()

    def __exit__(self, *raised: Any) -> None:
        if self.line is not None:
            self.line.close()


def _end(manifest: Manifest, **told: Any) -> None:
    for name, value in {**told, "ended_at": timezone.now()}.items():
        setattr(manifest, name, value)
    manifest.save(update_fields=[*told, "ended_at"])


@contextlib.contextmanager
def one_moment() -> Iterator[None]:
    """Read everything inside as of one moment, however many queries it takes, and write nothing.

    Within another transaction its rules hold.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def licences_in(export: Export) -> list[str]:
    """The house's own licence, those of the documents whose words the rows repeat, and those of data sets they came from."""
    path = export.shape.licence
    theirs = set(export.rows.order_by().values_list(path, flat=True).distinct()) if path else set()
    return sorted({settings.DATA_LICENCE, *theirs, *export.terms} - {"", None})


def told(manifest: Manifest, base_url: str) -> dict[str, Any]:
    """A manifest as its address answers it."""
    level = list(Sensitivity)[manifest.audience]
    return {
        "uid": manifest.uid, "url": base_url + manifest.path, "state": manifest.told_state,
        "asked": base_url + manifest.address, "kind": manifest.kind, "audience": level,
        "as_of": manifest.as_of, "taken_at": manifest.taken_at, "ended_at": manifest.ended_at, "version": manifest.version,
        "format": manifest.form, "columns": manifest.columns, "rows": manifest.rows, "bytes": manifest.bytes,
        "sha256": manifest.sha256 or None, "licences": manifest.licences, "cite_as": _citation(manifest, base_url),
    }  # fmt: skip


def _citation(manifest: Manifest, base_url: str) -> str | None:
    """A line for a bibliography; of what is not complete nothing can be cited."""
    if manifest.state != ManifestState.COMPLETE:
        return None
    then = f"as it was {manifest.as_of:%Y-%m-%dT%H:%M:%S.%fZ} as far as still open, " if manifest.as_of else ""
    version = f"version {manifest.version}, " if manifest.version else ""
    what = f"{manifest.kind}, {manifest.rows} records, {then}{version}taken {manifest.taken_at:%Y-%m-%d %H:%M} UTC"
    return f"{settings.CITE_AS}: {what}. {base_url}{manifest.path} (SHA-256 {manifest.sha256})"


def forget(*, days: int) -> int:
    """Delete the manifests of files that anybody could take, once they are so many days old; how many there were."""
    old = Manifest.objects.filter(audience=Sensitivity.PUBLIC.rank, taken_at__lt=timezone.now() - dt.timedelta(days=days))
    return old.delete()[0]
