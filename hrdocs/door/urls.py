"""The addresses of the door. django-allauth has more views than these: what is not named here is not there.

Its views ask for one another by the names that begin with `account_` and `mfa_`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from hrdocs.door import pages

confirmed = reauthentication_required(app="allauth.account")


def shown(view: Any, template: str) -> Callable[..., Any]:
    """A view of the library in a page of ours."""
    return view.as_view(template_name=f"hrdocs/door/{template}.html")


sign_in, sign_out = shown(pages.SignIn, "sign_in"), shown(account.LogoutView, "sign_out")

urlpatterns = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/", sign_in, name="account_login"),
    path("sign-in/second-factor/", shown(mfa.AuthenticateView, "second_step"), name="mfa_authenticate"),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-out/", sign_out, name="sign-out"),
    path("sign-out/", sign_out, name="account_logout"),
    # One door: the desk's own would let a password in alone.
    path("admin/login/", pages.to_the_desk),
    path("admin/logout/", sign_out),
    path("admin/password_change/", pages.to_the_password),
    path("account/", pages.account, name="account"),
    path("account/sessions/end/", pages.end_sessions, name="end-sessions"),
    path("account/password/", confirmed(shown(account.PasswordChangeView, "password")), name="account_change_password"),
    path("account/confirm/", shown(account.ReauthenticateView, "confirm"), name="account_reauthenticate"),
    path("account/confirm/code/", shown(mfa.ReauthenticateView, "confirm"), name="mfa_reauthenticate"),
    path("account/confirm/passkey/", shown(passkeys.ReauthenticateWebAuthnView, "confirm"), name="mfa_reauthenticate_webauthn"),
    path("account/second-factor/", pages.second_factor, name="mfa_index"),
    path("account/second-factor/app/", shown(pages.SetUpApp, "app"), name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", shown(app.DeactivateTOTPView, "remove"), name="mfa_deactivate_totp"),
    path("account/second-factor/passkeys/", pages.second_factor, name="mfa_list_webauthn"),
    path("account/second-factor/passkeys/add/", shown(pages.AddPasskey, "passkey"), name="mfa_add_webauthn"),
    path("account/second-factor/passkeys/<int:pk>/", shown(passkeys.RemoveWebAuthnView, "remove"), name="mfa_remove_webauthn"),
    path("account/second-factor/codes/", shown(codes.ViewRecoveryCodesView, "codes"), name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/new/", shown(codes.GenerateRecoveryCodesView, "new"), name="mfa_generate_recovery_codes"),
]  # fmt: skip
