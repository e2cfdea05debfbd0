"""Where django-allauth asks the house: what it allows, what it counts, what it writes down and says."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hrdocs.door.lock_out import Guess
from hrdocs.limits import address_of
from hrdocs.models import DoorEvent, DoorEventKind, DoorStep, User
from hrdocs.notices import tell_person

# What the library reports, by the last part of the name that it uses: how it is written down, and what the person is told.
_REPORTED = {
    "totp_activated": (DoorEventKind.FACTOR_ADDED, _("The app is set up. It gives the code at your next sign-in.")),
    "totp_deactivated": (DoorEventKind.FACTOR_REMOVED, _("The app is removed.")),
    "webauthn_added": (DoorEventKind.FACTOR_ADDED, _("The passkey is added.")),
    "webauthn_removed": (DoorEventKind.FACTOR_REMOVED, _("The passkey is removed.")),
    "recovery_codes_generated": (DoorEventKind.CODES_MADE, ""),  # the page that shows them says all
    "password_changed": (DoorEventKind.PASSWORD_CHANGED, _("Your password is changed. Your other sessions have ended.")),
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Hold a name and a password against the accounts, unless too many such guesses have failed."""
        guess = Guess.of_password(credentials["username"], *self.whence(request))
        guess.refuse_if_locked()
        user = super().authenticate(request, **credentials)
        if user is None:
            guess.failed()
        else:
            guess.succeeded()
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        """All steps are done: the session begins, under a key of its own."""
        steps = {record.get("type") or record["method"] for record in get_authentication_records(request, user)}
        super().login(request, user)
        step = next((step for step in reversed(DoorStep) if step in steps), DoorStep.PASSWORD)
        self.note(DoorEventKind.SIGNED_IN, user, step=step)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, gettext("This account is switched off."))
        return HttpResponseRedirect(resolve_url("sign-in"))

    def add_message(self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any,
                    message: str | None = None, **given: Any) -> None:  # fmt: skip
        said = message or _reported(message_template)[1]
        if said:
            messages.add_message(request, level, said)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **given: Any) -> None:
        """The library calls this for each change to how an account is entered."""
        kind = _reported(template_prefix)[0]
        if kind:
            self.note(kind, user)
            tell_person(user, kind)

    def note(self, kind: DoorEventKind, user: User, **given: Any) -> None:
        address, device = self.whence(self.request)
        DoorEvent.objects.note(kind, account=user, address=address, device=device, **given)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Read here as everywhere; nobody could count the guesses of somebody who comes from nowhere."""
        if address := address_of(request):
            return address
        raise PermissionDenied("No network address came with this request. See BEHIND_PROXY in docs/operations.md.")

    def whence(self, request: HttpRequest) -> tuple[str, str]:
        """The address and the browser that ask."""
        return self.get_client_ip(request), self.get_http_user_agent(request)[:200]


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors lie encrypted in the database, so that a dump of it opens no account."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: User) -> str:
        return user.username

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # the library's name for it
        return gettext("Passkey %d") % (Authenticator.objects.filter(user=user, type=type).count() + 1)


def _reported(name: str | None) -> tuple[DoorEventKind | None, Any]:
    return _REPORTED.get((name or "").rpartition("/")[2].removesuffix(".txt"), (None, ""))


def under_todays_key(encrypted: str) -> str:
    """The same secret under the SECRET_KEY of today; as it is where it lies there. Raises InvalidToken where no key opens it."""
    try:
        _lock(settings.SECRET_KEY).decrypt(encrypted.encode())
    except InvalidToken:
        return _box().rotate(encrypted.encode()).decode()
    return encrypted


def _box() -> MultiFernet:
    return MultiFernet([_lock(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _lock(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"hrdocs second factor " + key.encode()).digest()))
