"""Notices: what asks something of a person, or takes something of hers away. Always in the admin, by mail where configured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from procrastinate.contrib.django import app

from hrdocs.access import STAFF, Role
from hrdocs.models import DoorEventKind, Notice, NoticeKind, Record, User, on

Kind = NoticeKind
# What asks custodians and managers to look, whether or not they may read the record itself.
DUTIES = (Kind.ERASURE_ASKED, Kind.IDENTITY_ASKED, Kind.IDENTITY_AGREED, Kind.IDENTITY_OPENED)


def tell(record: Record, kind: NoticeKind, *, by: Any, to: Iterable[Any], herself: bool = False) -> None:
    """Leave each of these people one notice, unless she did it herself. A notice names the record, and nothing of it.

    `herself` tells her too: of what happened later by what she once did.
    """
    told = (*STAFF, Role.CUSTODIAN)
    others = (person for person in to if person and (herself or person.pk != by.pk))
    people = {person.pk: person for person in others if person.is_active and person.role in told}
    left = Notice.objects.bulk_create(Notice(to=person, kind=kind, by=by, **on(record)) for person in people.values())
    for notice in left:
        if notice.to.email and settings.NOTICES_BY_MAIL:
            _in_the_background("mail_notice", notice=notice.pk)


def tell_person(person: Any, kind: DoorEventKind) -> None:
    """Mail somebody what happened to her account, where mail is configured. The account's page tells it in any case."""
    if person.email and settings.NOTICES_BY_MAIL:
        _in_the_background("mail_person", person=person.pk, what=str(kind.label))


def mail_notice(pk: int) -> None:
    """Send a notice that was left, as far as it is still hers to know. Nobody learns who else is told.

    A mail names a record to who may see it at the time of mailing. A duty is told without a name to who may not.
    """
    notice = Notice.objects.select_related("to", "by", "content_type").get(pk=pk)
    record = record_of(notice)
    if not notice.to.is_active or record is None and notice.kind not in DUTIES:
        return
    kind = str(notice.get_kind_display())
    subject, text = (
        (f"{record.uid}: {kind}", f"{kind}: {record.uid} ({notice.by}).") if record else (f"hrdocs: {kind}", f"{kind}.")
    )
    _mail(subject, text, notice.to.email, "/admin/hrdocs/notice/")


def record_of(notice: Notice) -> Record | None:
    """The record that a notice is of, as its own kind; None where whoever was told may not see it."""
    shown = notice.content_type.model_class()._default_manager.visible_to(notice.to).filter(pk=notice.object_id).first()
    return getattr(shown, "detail", shown)


def mail_person(pk: int, what: str) -> None:
    """Tell somebody what happened to her account."""
    person = User.objects.get(pk=pk)
    text = f"{what}: {person.username}. If it was not you, tell an administrator at once."
    _mail(f"hrdocs: {what}", text, person.email, "/account/")


def tell_of_searches(person: Any) -> None:
    """Tell somebody that there is something new in a search that she keeps: neither which one, nor what."""
    if settings.NOTICES_BY_MAIL:
        _in_the_background("mail_of_searches", person=person.pk)


def mail_of_searches(pk: int) -> None:
    """Mail her that there is."""
    text = "There is something new in a search that you keep. What it is stands behind the sign-in."
    person = User.objects.get(pk=pk)
    if person.is_active:
        _mail("hrdocs: something new", text, person.email, "/account/searches/")


def unseen(user: Any) -> int:
    """How many notices this person has not looked at yet."""
    return Notice.objects.filter(to=user, seen_at=None).count()


def _in_the_background(task: str, **given: Any) -> None:
    """By a job of the same transaction: a mail server that is away holds nobody up, and is asked again."""
    app.configure_task(f"hrdocs.tasks.{task}", queue="mail").defer(**given)


def _mail(subject: str, text: str, address: str, page: str) -> None:
    if address:  # else she has none any more
        send_mail(subject, f"{text}\n\n{settings.SITE_ADDRESS}{page}\n", None, [address])
