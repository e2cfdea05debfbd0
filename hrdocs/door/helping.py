"""What an administrator may do for an account: lift a lock-out, end its sessions, take away lost second factors.

Each is written down with who did it and why, and the person reads it on her account's page.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hrdocs.access import Role
from hrdocs.audit import acting_as
from hrdocs.door import lock_out
from hrdocs.models import DoorEvent, DoorEventKind, User
from hrdocs.notices import tell_person


@transaction.atomic
def unlock(account: User, *, by: User, reason: str) -> None:
    """Let the person try again at once."""
    _check(account, by, reason)
    lock_out.forget(account)
    _note(DoorEventKind.UNLOCKED, account, by, reason)


@transaction.atomic
def end_sessions(account: User, *, by: User, reason: str) -> None:
    """Sign the person out everywhere."""
    _check(account, by, reason)
    _end_all(account)
    _note(DoorEventKind.SESSIONS_ENDED, account, by, reason)


@transaction.atomic
def reset_second_factors(account: User, *, by: User, reason: str) -> None:
    """Take away all second factors of somebody who lost hers, and sign her out everywhere; she sets up another one."""
    _check(account, by, reason)
    if account == by:
        raise ValidationError(_("Somebody else takes your second factors away, so that a stolen session can't."))
    with acting_as(by, reason):
        Authenticator.objects.filter(user=account).delete()
    _end_all(account)
    _note(DoorEventKind.FACTORS_RESET, account, by, reason)


VERBS = {"unlock": unlock, "end-sessions": end_sessions, "reset": reset_second_factors}


def _check(account: User, by: User, reason: str) -> None:
    if by.role != Role.ADMINISTRATOR or not by.is_active:
        raise ValidationError(_("Only an administrator does this."))
    if not reason.strip():
        raise ValidationError(_("Say why."))


def _end_all(account: User) -> None:
    """Every session of the account, also one that was not begun at the door."""
    UserSession.objects.filter(user=account).delete()
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(account.pk):
            session.delete()


def _note(kind: DoorEventKind, account: User, by: User, reason: str) -> None:
    DoorEvent.objects.note(kind, account=account, by=by, reason=reason)
    tell_person(account, kind)
