"""People come in: invited, or approved after they asked. Each link is shown once and opens one account."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hrdocs import terms
from hrdocs.access import Role
from hrdocs.audit import acting_as
from hrdocs.keys import digest_of, new_key
from hrdocs.models import AccessRequest, Answer, Invitation, User


def may_invite(user: User) -> list[Role]:
    """The roles that this person may invite to."""
    if user.role == Role.ADMINISTRATOR:
        return list(Role)
    return [Role.RESEARCHER] if user.role == Role.MANAGER else []


@transaction.atomic
def invite(invitation: Invitation, *, by: User) -> str:
    """Save a new invitation, mail its link where mail is sent, and answer the key of the link: nobody can show it again."""
    key = new_key()
    invitation.by, invitation.by_role, invitation.digest = by, by.role, digest_of(key)
    with acting_as(by, "An invitation was made."):
        invitation.full_clean()
        invitation.save()
    if settings.NOTICES_BY_MAIL:
        link = settings.SITE_ADDRESS + reverse("accept", args=[key])
        text = _("You are invited to make yourself an account. The link holds for 14 days, and once:")
        transaction.on_commit(lambda: _mail(invitation.email, _("An invitation to hrdocs"), f"{text}\n\n{link}\n"))
    return key


def withdraw(invitation: Invitation, *, by: User) -> None:
    """The link opens nothing from now on. What was accepted already stays."""
    with transaction.atomic(), acting_as(by, "The invitation was withdrawn."):
        Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())


def invitation_of(key: str) -> Invitation | None:
    """The invitation behind a link, while it holds."""
    return Invitation.objects.that_hold().filter(digest=digest_of(key)).first()


@transaction.atomic
def accept(invitation: Invitation, account: User, password: str) -> User | None:
    """Make the account that was invited. None where somebody was quicker with the same link."""
    held = Invitation.objects.that_hold().select_for_update(of=("self",)).filter(pk=invitation.pk).first()
    if held is None:
        return None
    account.role, account.email = Role(held.role), held.email
    account.set_password(password)
    with acting_as(held.by, "The invitation was accepted."):  # by her leave; who accepts is the account itself
        account.full_clean()
        account.save()
    with acting_as(account, "The invitation was accepted."):
        held.account, held.accepted_at, held.terms = account, timezone.now(), terms.version()
        held.save()
    return account


@transaction.atomic
def approve(request: AccessRequest, *, by: User, reason: str = "") -> str:
    """Let somebody in who asked: an invitation as a researcher, the key of whose link is answered."""
    _still_waiting(request)
    invitation = Invitation(email=request.email, role=Role.RESEARCHER, note=f"{request}: {request.purpose}")
    key = invite(invitation, by=by)
    _decide(request, Answer.APPROVED, by, reason, invitation)
    return key


@transaction.atomic
def decline(request: AccessRequest, *, by: User, reason: str) -> None:
    """Do not let somebody in, for a reason that is kept."""
    _still_waiting(request)
    if not reason:
        raise ValidationError(_("Say why the request is declined."))
    _decide(request, Answer.DECLINED, by, reason)
    if settings.NOTICES_BY_MAIL:
        text = _("You asked for an account. We can't give you one. What is published stays open to everybody.")
        transaction.on_commit(lambda: _mail(request.email, _("Your request to hrdocs"), f"{text}\n\n{settings.SITE_ADDRESS}\n"))


def waiting() -> int:
    """How many requests wait for an answer."""
    return AccessRequest.objects.filter(answer=Answer.WAITING).count()


def _still_waiting(request: AccessRequest) -> None:
    """Hold the row, so that two who decide at once do not both."""
    held = AccessRequest.objects.select_for_update().get(pk=request.pk)
    if held.answer != Answer.WAITING:
        raise ValidationError(
            _("This request was decided on already (%(answer)s by %(who)s)."),
            params={"answer": held.get_answer_display(), "who": held.decided_by},
        )


def _decide(request: AccessRequest, answer: Answer, by: User, reason: str, invitation: Invitation | None = None) -> None:
    request.answer, request.decided_by, request.decided_at, request.reason = answer, by, timezone.now(), reason
    request.invitation = invitation
    with acting_as(by, reason):
        request.full_clean()
        request.save()


def _mail(address: str, subject: str, text: str) -> None:
    send_mail(subject, text, None, [address], fail_silently=True)
