"""What each request passes: a session ends in time, nothing is left in the browser, and a second factor is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from hrdocs.problems import problem

Next = Callable[[HttpRequest], HttpResponse]

SINCE, SEEN, ENDED = "door.since", "door.seen", "door.ended"  # kept in the session
A_MINUTE = 60  # a session notes no more often that it is used

# What somebody reaches who has signed in without the second factor that she needs: to go, to set one up, to use it.
OPEN_WITHOUT = ("/sign-in/", "/sign-out/", "/account/second-factor/", "/account/confirm/", "/i18n/", "/static/", "/favicon.ico")


class NothingKept:
    """No browser and no proxy keeps what was shown to somebody who is signed in: the way back shows nothing afterwards."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if signed_in or request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response


class SessionsEnd:
    """A session ends twelve hours after it began, and sooner where somebody who may change things has left it alone."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if self._is_over(request, now):
                logout(request)
                request.session[ENDED] = True
            elif now - request.session.get(SEEN, 0) >= A_MINUTE:
                request.session.setdefault(SINCE, now)
                request.session[SEEN] = now
                UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
        return self.get_response(request)

    def _is_over(self, request: HttpRequest, now: int) -> bool:
        since, seen = (request.session.get(key, now) for key in (SINCE, SEEN))
        idle = settings.SESSION_IDLE_SECONDS if request.user.needs_second_factor else settings.SESSION_COOKIE_AGE
        return now - since >= settings.SESSION_COOKIE_AGE or now - seen >= idle


class SecondFactor:
    """The one place that asks whoever needs a second factor whether this session was entered with one."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_missing(request) or request.path_info.startswith(OPEN_WITHOUT):
            return self.get_response(request)
        if request.path_info.startswith("/api/"):
            title = _("Your account needs a second factor. Sign in with it, or set one up at /account/second-factor/.")
            return problem(403, title)
        return redirect("mfa_index")


def is_missing(request: HttpRequest) -> bool:
    """Whether this person needs a second factor, and has none or did not use it in this session."""
    if not settings.SECOND_FACTOR or not request.user.is_authenticated or not request.user.needs_second_factor:
        return False
    used = any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))
    return not used or not has_one(request.user)


def has_one(user: object) -> bool:
    """Whether a second factor is set up; recovery codes alone are none."""
    return is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
