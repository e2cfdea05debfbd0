"""Uploading: the bytes of a file are taken in, kept piece by piece, and put back into a file for whoever reads them.

They are kept in the database, so that a worker on another machine finds them, a backup has no half of them, and they are
gone when they are deleted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.choices import Language
from cases.imports import whose
from cases.imports.outcome import Problem
from cases.imports.reading.content import refused_by_its_start
from cases.imports.reading.encodings import is_wide
from cases.imports.sheets import Asked
from cases.models import Step, Upload, UploadPiece, UploadRemark
from cases.models.uploads import UNDER_WAY
from hrdocs.refusal import Refused

LARGEST = 200 * 1024 * 1024
PIECE = 1024 * 1024
ZIPPED = (".xlsx", ".xlsm", ".ods", ".zip")
TEXTS = (".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", ".ftm")


@transaction.atomic
def take_in(name: str, chunks: Iterable[bytes], *, by: Any, **told: str) -> Upload:
    """Keep a file that somebody brought, with what is told of it: its data set, and where known its sheet, mapping and
    release. Raises Problem where it is too large, or no sheet by its content; Refused where the data set is another one's."""
    if not_hers := whose.against(told["dataset"], by):
        raise Refused(not_hers)
    upload = Upload.objects.create(file_name=name, size=0, sha256="", by=by, language=_of_the_page(), **told)
    digest, pieces = hashlib.sha256(), 0
    for piece in _pieces(chunks):
        if not pieces:
            check_content(name, piece)
        digest.update(piece)
        upload.size += len(piece)
        if upload.size > LARGEST:
            raise Problem(_("The file is larger than %d MB. Part it, or import it on the command line.") % (LARGEST // 2**20))
        UploadPiece.objects.create(upload=upload, number=pieces, content=piece)
        pieces += 1
    if not pieces:
        raise Problem(_("The file is empty."))
    upload.sha256 = digest.hexdigest()
    upload.save()
    return upload


def _of_the_page() -> str:
    spoken = (get_language() or "").partition("-")[0]
    return spoken if spoken in Language.values else Language.EN


def check_content(name: str, start: bytes) -> None:
    """Refuse a file that is no sheet by its first bytes, or is not what its name says."""
    ending = Path(name).suffix.lower()
    if ending not in ZIPPED + TEXTS:
        raise Problem(_("“%(name)s” is no sheet that can be read. Bring one of: %(endings)s.")
                      % {"name": name, "endings": ", ".join((*TEXTS, *ZIPPED))})  # fmt: skip
    refused_by_its_start(name, start)
    zipped = start.startswith(b"PK\x03\x04")
    if zipped != (ending in ZIPPED):
        raise Problem(_("“%s” is not what its name says. Save it again from the program that made it.") % name)
    if not zipped and b"\0" in start and not is_wide(start):
        raise Problem(_("“%s” holds bytes that are no text. Save the sheet as CSV UTF-8.") % name)


@contextmanager
def as_file(upload: Upload) -> Iterator[Path]:
    """The file as it was brought, in a folder that only the program reads and that is gone afterwards."""
    if not upload.pieces.exists():
        raise Problem(_("The file is not kept any more. Bring it again."))
    with tempfile.TemporaryDirectory(prefix="hrdocs-") as folder:
        ending = Path(upload.file_name).suffix.lower()
        path = Path(folder) / (f"{upload.sheet}{ending}" if upload.sheet else Path(upload.file_name).name)
        with path.open("wb") as file:
            for piece in upload.pieces.order_by("number").iterator(chunk_size=8):
                file.write(piece.content)
        yield path


def reading_of(upload: Upload) -> Asked:
    """How whoever brought the file wants it to be read."""
    return Asked(encoding=upload.encoding, separator=upload.separator)


@transaction.atomic
def order(upload: Upload, *, by: Any, valid_rows: bool = False) -> None:
    """Let a file come in that was looked at. Raises Refused where it can't, or where rows of it are wrong and nobody chose
    to leave those out."""
    stored = Upload.objects.select_for_update().get(pk=upload.pk, by=by)
    if stored.step != Step.PLANNED:
        raise Refused(_("It is not waiting for your word any more. Look at what became of it."))
    if stored.counts["all"]["refused"] and not valid_rows:
        raise Refused(_("Rows of it are wrong. Mend them and bring it again, or bring in the valid rows alone."))
    stored.step, stored.valid_rows, stored.tries = Step.ORDERED, valid_rows, 0
    stored.save()


@transaction.atomic
def discard(upload: Upload, *, by: Any) -> None:
    """Forget a file and what was found in it. Raises Refused where it came in, or work on it goes on."""
    stored = Upload.objects.select_for_update().get(pk=upload.pk, by=by)
    if stored.under_way:
        raise Refused(_("Work on it goes on. Wait until it is done."))
    if stored.step == Step.DONE:
        raise Refused(_("It came in already. Undo the import instead."))
    stored.pieces.all().delete()
    stored.remarks.all().delete()
    stored.delete()


def forget(before: dt.datetime) -> int:
    """Forget the bytes and the remarks of files that were brought before then; of those that never came in, all."""
    old = Upload.objects.filter(at__lt=before).exclude(step__in=UNDER_WAY)
    UploadPiece.objects.filter(upload__in=old).delete()
    UploadRemark.objects.filter(upload__in=old).delete()
    return old.exclude(step=Step.DONE).delete()[0]


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)
