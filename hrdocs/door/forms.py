"""The forms of second factors where they differ from the library's: codes are counted, passkeys stand for themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hrdocs.door.lock_out import Guess


class _Counted:
    """A code that is compared only while not too many have failed."""

    user: Any

    def clean_code(self) -> str:
        guess = Guess.of_code(self.user, *get_adapter().whence(context.request))
        guess.refuse_if_locked()
        try:
            code = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            guess.failed()
            raise
        guess.succeeded()
        return code


class CodeForm(_Counted, AuthenticateForm):
    """The code of an app, or a recovery code, as the second step of signing in."""


class CodeAgainForm(_Counted, ReauthenticateForm):
    """The same before a change that matters."""


class PasskeyForm(AddWebAuthnForm):
    """A new passkey. Its device asks for a finger or a number each time, so that it is two factors in one."""

    name = forms.CharField(label=_("What you call it"), required=False, max_length=60)
    passwordless = forms.BooleanField(initial=True, widget=forms.CheckboxInput(attrs={"hidden": True}))
