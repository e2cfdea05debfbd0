"""One's own account: who I am here, my second factors, my sessions, my password, and what happened at the door."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.internal.flows.sessions import end_sessions as end
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hrdocs.door.gate import ENDED, has_one, is_missing
from hrdocs.models import DoorEvent, DoorEventKind

LATELY = 10  # events on the account's page
# What browsers call themselves, the narrower name first: Chrome says that it is Safari, and Edge that it is both.
_BROWSERS = {"Firefox/": "Firefox", "Edg/": "Edge", "OPR/": "Opera", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS X": "macOS", "Linux": "Linux"}


def device(agent: str) -> str:
    """Browser and system as people know them; whatever else it calls itself as it stands."""
    named = [next((name for mark, name in names.items() if mark in agent), "") for names in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, named)) or agent


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    context = {
        **_factors(request),
        "sessions": [(each, device(each.user_agent)) for each in UserSession.objects.purge_and_list(request.user)],
        "lately": DoorEvent.objects.filter(account=request.user).select_related("by")[:LATELY],
    }
    return render(request, "hrdocs/account.html", context)


@require_safe
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where somebody lands who needs a second factor; otherwise the account's page says it all."""
    if not is_missing(request):
        return redirect("account")
    last = DoorEvent.objects.filter(account=request.user, kind=DoorEventKind.FACTORS_RESET).select_related("by").first()
    return render(request, "hrdocs/door/second_factor.html", {**_factors(request), "reset": last})


@require_POST
@login_required
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one session of one's own, or all but this one."""
    if "others" in request.POST:
        end_other_sessions(request, request.user)
        messages.success(request, _("Your other sessions have ended."))
        return redirect("account")
    session = get_object_or_404(UserSession, user=request.user, pk=request.POST.get("session") or 0)
    end(request, [session])
    return redirect("account")


@require_safe
def to_the_desk(request: HttpRequest) -> HttpResponse:
    """The desk sends here whom it does not let in: to the one door, or away where the account is for reading alone."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied
    return HttpResponseRedirect(f"{reverse('sign-in')}?{request.GET.urlencode()}")


def to_the_password(request: HttpRequest) -> HttpResponse:
    return redirect("account_change_password")


class SignIn(LoginView):
    """The door, which says that a local run asks for no second factor, and that a session has ended."""

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        said = {"without_second_factor": not settings.SECOND_FACTOR, "has_ended": self.request.session.get(ENDED, False)}
        return {**super().get_context_data(**given), **said}


class SetUpApp(ActivateTOTPView):
    """Whoever gives the app's code as she sets it up has used it in this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type=Authenticator.Type.TOTP)
        return response


class AddPasskey(AddWebAuthnView):
    """Whoever makes a passkey has used it in this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type=Authenticator.Type.WEBAUTHN)
        return response


def _factors(request: HttpRequest) -> dict[str, Any]:
    found = Authenticator.objects.filter(user=request.user).order_by("created_at")
    by_kind = {kind: [each for each in found if each.type == kind] for kind in Authenticator.Type}
    codes = by_kind[Authenticator.Type.RECOVERY_CODES]
    return {
        "app": next(iter(by_kind[Authenticator.Type.TOTP]), None),
        "passkeys": by_kind[Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "has_factor": has_one(request.user),
    }
