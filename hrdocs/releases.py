"""The verbs of releases: make one, withdraw one, withdraw all that hold what is erased; and what is told of one."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.module_loading import import_string

from hrdocs.access import Everybody, Role, Sensitivity
from hrdocs.audit import acting_as
from hrdocs.manifests import one_moment
from hrdocs.models import Record, Redirect, Release, User, on
from hrdocs.readers import reading_as
from hrdocs.refusal import Refused
from hrdocs.releasing import store
from hrdocs.releasing.making import exports, iso, named, write
from hrdocs.versions import last_sealed

_ONE_AT_A_TIME = 7325_4020  # the number of an advisory lock


def make(
    *, by: User, title: str, description: str, licence: str, caveats: str, audience: Sensitivity, asked: dict[str, str]
) -> Release:
    """Freeze these lists, each with its filters, as everybody of this audience sees them now."""
    _is_a_manager(by)
    for name, text in {"title": title, "description": description, "licence": licence, "caveats": caveats}.items():
        if not text.strip():
            raise Refused(f"Say the {name} of the release.")
    if audience not in (Sensitivity.PUBLIC, Sensitivity.REGISTERED):
        raise Refused("A release is for the public or for registered researchers.")
    if not asked:
        raise Refused("Name at least one list.")
    release = Release(
        number=(Release.objects.aggregate(last=Max("number"))["last"] or 0) + 1, title=title, description=description,
        licence=licence, caveats=caveats, audience=audience.rank, asked=asked, made_by=by, made_at=timezone.now(),
        version=last_sealed())  # fmt: skip
    import_string(settings.SETTLED_BEFORE_READING)()
    folder = Path(settings.RELEASES_ROOT)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as made:
        path = Path(made) / "release.zip"
        with one_moment(), reading_as(Everybody(audience)):
            about = named(release, settings.CITE_AS, settings.SITE_ADDRESS)
            files = write(path, about, exports(asked, audience, settings.SITE_ADDRESS))
        release.bytes = path.stat().st_size
        release.files = [{key: value for key, value in asdict(file).items() if key != "cells"} for file in files]
        release.sha256 = store.keep(path)
    with transaction.atomic(), acting_as(by, "A release was made."), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        if Release.objects.filter(number=release.number).exists():
            raise Refused("Another release was made at the same time, and has this number. Make it again.")
        release.save(force_insert=True)
    return release


def asked_for(lines: Iterable[str]) -> dict[str, str]:
    """Which lists are named, each with its filters, as an address has them: `estimates?measure=rate`, or the whole address."""
    asked: dict[str, str] = {}
    for line in filter(None, map(str.strip, lines)):
        address = urlsplit(line)
        name = address.path.strip("/").rpartition("/")[2]
        if name in asked:
            raise Refused(f"The list “{name}” is named twice. A release holds each list once.")
        asked[name] = address.query
    return asked


def foreseen(*, audience: Sensitivity, asked: dict[str, str]) -> dict[str, int]:
    """How many records of each list a release would hold if it was made now."""
    with one_moment(), reading_as(Everybody(audience)):
        return {export.shape.path: export.rows.order_by().count() for export in exports(asked, audience, "")}


def withdraw(release: Release, *, by: User, why: str) -> Release:
    """Take its file away for good. That it was there, its checksum and the reason stay."""
    _is_a_manager(by)
    if not why.strip():
        raise Refused("Say why; readers are told so in its place.")
    return _withdraw(release, by=by, why=why)


def withdraw_what_holds(record: Record, *, by: User) -> list[Release]:
    """Withdraw the releases whose data name a record of which something is erased, by its uid of now or an older one.

    A new release can be made without it.
    """
    uids = [record.uid, *Redirect.objects.filter(**on(record)).values_list("old_uid", flat=True)]
    why = "Something that it held was erased. Ask for a later release."
    standing = Release.objects.filter(withdrawn_at=None)
    return [_withdraw(release, by=by, why=why) for release in standing if _names(release, uids)]


def _withdraw(release: Release, *, by: User, why: str) -> Release:
    with transaction.atomic(), acting_as(by, "A release was withdrawn."):
        release = Release.objects.select_for_update().get(pk=release.pk)
        if release.withdrawn_at is not None:
            raise Refused(f"Release {release.number} was withdrawn already.")
        release.withdrawn_at, release.withdrawn_by, release.withdrawn_why = timezone.now(), by, why
        release.save()
        transaction.on_commit(lambda: store.forget(release.sha256))
    return release


def _names(release: Release, uids: list[str]) -> bool:
    """Whether one of these uids stands in its data. A file that can't be read might hold it."""
    try:
        with zipfile.ZipFile(store.place_of(release.sha256)) as archive:
            lists = [name for name in archive.namelist() if name.endswith(".ndjson")]
            return any(uid.encode() in line for name in lists for line in archive.open(name) for uid in uids)
    except (OSError, zipfile.BadZipFile):
        return True


def _is_a_manager(by: User) -> None:
    if by.role != Role.MANAGER or not by.is_active:
        raise Refused("A manager makes and withdraws releases.")


def told(release: Release, base_url: str) -> dict[str, Any]:
    """A release as its address answers it; of one that was withdrawn what is needed to know it again."""
    gone = release.withdrawn_at
    return {
        "number": release.number, "url": base_url + release.path, "title": release.title, "description": release.description,
        "licence": release.licence, "caveats": release.caveats, "audience": release.level, "asked": release.asked,
        "version": release.version, "made_at": iso(release.made_at),
        "download": None if gone else f"{base_url}{release.path}download/", "bytes": release.bytes, "sha256": release.sha256,
        "files": release.files, "withdrawn": {"at": iso(gone), "why": release.withdrawn_why} if gone else None,
        "cite_as": f"{named(release, settings.CITE_AS, base_url).citation} (SHA-256 {release.sha256})",
    }  # fmt: skip
