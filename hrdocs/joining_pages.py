"""The pages by which people come in: asking for access, and accepting an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hrdocs import terms
from hrdocs.joining import accept, invitation_of
from hrdocs.limits import address_of, exceeded
from hrdocs.models import AccessRequest, Invitation, User

_AGREED = forms.BooleanField(label=_("I have read the terms of use, and accept them."))


class Asking(forms.ModelForm):
    """Who asks, and what for. The last field is for programs that fill in whatever they find; people do not see it."""

    agreed = _AGREED
    website = forms.CharField(required=False)

    class Meta:
        model = AccessRequest
        fields = ("full_name", "email", "affiliation", "purpose")
        labels = {"full_name": _("Your name"), "email": _("Your e-mail address"), "affiliation": _("Where you work"),
                  "purpose": _("What you want access for")}  # fmt: skip
        widgets = {"purpose": forms.Textarea(attrs={"rows": 5})}

    def save(self, commit: bool = True) -> AccessRequest:
        self.instance.terms = terms.version()
        return super().save(commit)


class Accepting(BaseUserCreationForm):
    """What the invited person chooses herself; her role and address were chosen by who invited her."""

    agreed = _AGREED

    class Meta:
        model = User
        fields = ("username", "full_name")
        labels = {"username": _("User name"), "full_name": _("Your name")}

    def __init__(self, invitation: Invitation, *args: Any) -> None:
        super().__init__(*args)
        self.instance.email = invitation.email
        self.fields["full_name"].required = True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a researcher's account. The answer is the same whoever asks: nobody learns which addresses are known here."""
    form = Asking(request.POST or None)
    if request.method == "POST" and exceeded("join", address_of(request)):
        return render(request, "hrdocs/too_many.html", status=429)
    if form.is_valid():
        if not form.cleaned_data["website"]:
            form.save()
        return render(request, "hrdocs/asked.html")
    return render(request, "hrdocs/join.html", {"form": form, "terms": terms.paragraphs()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Make the account that one was invited to. A link that is unknown, used or over answers like any other of them."""
    invitation = invitation_of(key)
    if invitation is None:
        return render(request, "hrdocs/link_over.html", status=404)
    form = Accepting(invitation, request.POST or None)
    if form.is_valid():
        if accept(invitation, form.instance, form.cleaned_data["password1"]) is None:
            return render(request, "hrdocs/link_over.html", status=404)
        return render(request, "hrdocs/accepted.html", {"account": form.instance})
    return render(request, "hrdocs/accept.html", {"form": form, "invitation": invitation, "terms": terms.paragraphs()})
