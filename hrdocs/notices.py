"""Notices: what asks something of a person, or takes something of hers away. Always in the admin, by mail where configured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from hrdocs.access import STAFF, Role
from hrdocs.models import Notice, NoticeKind, Record, on

Kind = NoticeKind


def tell(record: Record, kind: NoticeKind, *, by: Any, to: Iterable[Any], herself: bool = False) -> None:
    """Leave each of these people one notice, unless she did it herself. A notice names the record, and nothing of it.

    `herself` tells her too: of what happened later by what she once did.
    """
    told = (*STAFF, Role.CUSTODIAN)
    others = (person for person in to if person and (herself or person.pk != by.pk))
    people = {person.pk: person for person in others if person.is_active and person.role in told}
    Notice.objects.bulk_create(Notice(to=person, kind=kind, by=by, **on(record)) for person in people.values())
    if addresses := [person.email for person in people.values() if person.email and settings.NOTICES_BY_MAIL]:
        transaction.on_commit(lambda: _mail(f"{record.uid}: {kind.label}", f"{kind.label}: {record.uid} ({by}).", addresses))


def tell_person(person: Any, what: str) -> None:
    """Mail somebody what happened to her account, where mail is configured. The account's page tells it in any case."""
    if person.email and settings.NOTICES_BY_MAIL:
        text = f"{what}: {person.username}. If it was not you, tell an administrator at once."
        transaction.on_commit(lambda: _mail(f"hrdocs: {what}", text, [person.email], "/account/"))


def unseen(user: Any) -> int:
    """How many notices this person has not looked at yet."""
    return Notice.objects.filter(to=user, seen_at=None).count()


def _mail(subject: str, text: str, addresses: list[str], page: str = "/admin/hrdocs/notice/") -> None:
    for address in addresses:  # one each: nobody learns who else is told
        send_mail(subject, f"{text}\n\n{settings.SITE_ADDRESS}{page}\n", None, [address], fail_silently=True)
