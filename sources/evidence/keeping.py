"""Keeping: a file becomes a copy of a source, is looked through, and is opened to readers from outside or closed again.

What happens to a copy is written down as an event of custody, by whom and when, in the same transaction.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from hrdocs.access import REVIEWERS, Sensitivity, is_staff_reader
from hrdocs.audit import acting_as
from hrdocs.refusal import Refused
from sources.choices import Assessed, CustodyKind
from sources.evidence import kinds, store
from sources.models import Capture, CustodyEvent, Redaction, Source
from sources.models.captures import OPEN


def keep(source: Source, content: File, *, by: Any, reason: str = "", level: str = Sensitivity.INTERNAL, **told: Any) -> Capture:
    """Keep a file as a copy of this source, with what is told of it: taken_from, tool, taken_at. Raises Refused where it is
    empty, too large, a program, or kept for this source already."""
    _works_here(by)
    name = _name_alone(str(content.name or ""))
    known = _read(name, content)
    if Capture.objects.filter(source=source, sha256=known.sha256).exists():
        raise Refused(_("These bytes are kept for this source already, under SHA-256 %s.") % known.sha256)
    with transaction.atomic(), acting_as(by, reason):
        try:
            store.put(content, known)
        except store.NotWhole as error:
            raise Refused(str(error)) from error
        capture = Capture.objects.create(source=source, sha256=known.sha256, size=known.size, file_name=name, taken_by=by,
                                         media_type=kinds.media_type_of(known.head), sensitivity=level, **told)  # fmt: skip
        note(capture, CustodyKind.COLLECTED, by=by, reason=reason)
    return capture


@transaction.atomic
def redact(original: Capture, content: File, *, redacted: str, by: Any, **told: Any) -> Capture:
    """Keep a file as a redacted copy of another one. It says what was taken out, and the other one stays as it is."""
    if not redacted.strip():
        raise Refused(_("Say what was taken out, and why: whoever reads the copy sees that. Do not name what was taken out."))
    copy = keep(original.source, content, by=by, reason=redacted, redacted=redacted, **told)
    with acting_as(by, redacted):
        Redaction.objects.create(copy=copy, original=original)
        note(original, CustodyKind.REDACTED, by=by, reason=redacted)
    return copy


def _read(name: str, content: File) -> store.Bytes:
    largest = settings.EVIDENCE_LARGEST // 2**20
    if content.size > settings.EVIDENCE_LARGEST:
        raise Refused(_("“%(name)s” is larger than %(mb)d MB, and nothing of it is kept. Part it, or let whoever runs the "
                        "program raise EVIDENCE_MB.") % {"name": name, "mb": largest})  # fmt: skip
    known = store.read_through(content)
    if not known.size:
        raise Refused(_("“%s” is empty: nothing is kept. Send or fetch it again.") % name)
    if kinds.is_a_program(known.head):
        raise Refused(_("“%s” is a program, whatever its name says, and is not kept. Do not open it.") % name)
    return known


def _name_alone(name: str) -> str:
    """The name without folders, and without what no eye sees."""
    return PurePath("".join(letter for letter in name.replace("\\", "/") if letter.isprintable())).name[:500]


def note(capture: Capture, kind: CustodyKind, *, by: Any, reason: str = "", sha256: str = "") -> CustodyEvent:
    """Write down what happened to a copy."""
    return CustodyEvent.objects.create(capture=capture, kind=kind, by=by, reason=reason, sha256=sha256)


@transaction.atomic
def assess(capture: Capture, *, graphic: str, personal: str, by: Any, reason: str = "") -> None:
    """Say what there is to see in a copy. One in which people can be recognised is closed to readers from outside at once."""
    _works_here(by)
    stored = _locked(capture)
    with acting_as(by, reason):
        if stored.is_open and personal != Assessed.NO:
            _close(stored, by=by, reason=reason)
        stored.graphic_content, stored.personal_data = graphic, personal
        stored.save()
        said = f"{Assessed(graphic).label} / {Assessed(personal).label}"
        note(stored, CustodyKind.ASSESSED, by=by, reason=f"{said}. {reason}".strip())


@transaction.atomic
def open_to(capture: Capture, level: str, *, by: Any, reason: str) -> None:
    """Open a copy to readers from outside, who then see it as far as they see its source."""
    stored = _locked(capture)
    if level not in OPEN:
        raise Refused(_("A copy is opened to anybody, or to registered researchers."))
    if by.role not in REVIEWERS or not by.is_active or by.pk == stored.taken_by_id:
        raise Refused(_("A reviewer or manager who did not keep the copy herself opens it to readers from outside."))
    if stored.personal_data != Assessed.NO:
        raise Refused(_("Say first that nobody can be recognised in it. If somebody can, keep a redacted copy and open that."))
    if not reason.strip():
        raise Refused(_("Say why, and what you looked at."))
    with acting_as(by, reason):
        stored.sensitivity, stored.opened_by = level, by
        stored.save()
        note(stored, CustodyKind.OPENED, by=by, reason=reason)


@transaction.atomic
def close(capture: Capture, level: str = Sensitivity.INTERNAL, *, by: Any, reason: str = "") -> None:
    """Close a copy to readers from outside, or to all but those to whom its source is restricted."""
    _works_here(by)
    stored = _locked(capture)
    if level in OPEN:
        raise Refused(_("Opening has its own button."))
    with acting_as(by, reason):
        _close(stored, level, by=by, reason=reason)


def _close(stored: Capture, level: str = Sensitivity.INTERNAL, *, by: Any, reason: str) -> None:
    was_open = stored.is_open
    stored.sensitivity, stored.opened_by = level, None
    stored.save()
    if was_open:
        note(stored, CustodyKind.CLOSED, by=by, reason=reason)


def _works_here(user: Any) -> None:
    if not is_staff_reader(user):
        raise Refused(_("Who works on the records keeps copies, and looks through them."))


def _locked(capture: Capture) -> Capture:
    return Capture.objects.select_for_update().get(pk=capture.pk)
