"""A person's own tokens: to see, to make, to revoke."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from hrdocs.access import Sensitivity, clearance
from hrdocs.models import Scope, User
from hrdocs.tokens import make, revoke
from hrdocs.wording import translated

LIVES = ((7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("365 days")))


class NewToken(forms.Form):
    """What a token is for, what it opens, and until when. It only ever reads."""

    name = forms.CharField(max_length=100, label=_("What it is for"), help_text=_("“Weekly copy of the figures”, “my notebook”."))
    scopes = forms.MultipleChoiceField(
        choices=translated(Scope), required=False, widget=forms.CheckboxSelectMultiple, label=_("What it opens"),
        help_text=_("Besides what is public, which every token opens page by page. Tick what the program needs."))  # fmt: skip
    days = forms.TypedChoiceField(choices=LIVES, coerce=int, initial=90, label=_("How long it holds"))

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        if clearance(user).rank < Sensitivity.REGISTERED.rank:  # nothing to give
            self.fields["scopes"].choices = [choice for choice in translated(Scope) if choice[0] != Scope.REGISTERED]


@never_cache
@login_required(login_url="sign-in")
def tokens(request: HttpRequest) -> HttpResponse:
    """Her tokens, and a form for a new one. A new token is shown in the answer, this once."""
    user: Any = request.user
    form, made = NewToken(user, request.POST or None), None
    if form.is_valid():
        made = make(user, **form.cleaned_data)
        form = NewToken(user)
    context = {"form": form, "made": made, "tokens": user.tokens.select_related("revoked_by"), "api": _api_of(request)}
    return render(request, "hrdocs/tokens.html", context)


@require_POST
@login_required(login_url="sign-in")
def revoke_own(request: HttpRequest, pk: int) -> HttpResponse:
    """One of her tokens ends now."""
    user: Any = request.user
    revoke(get_object_or_404(user.tokens, pk=pk), by=user)
    return redirect("tokens")


def _api_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/api/v1/estimates/")
