"""The custodians' own place: their keys, what they ask one another for, and the one page on which an identity is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from hrdocs import erasing
from hrdocs.access import Role
from hrdocs.admin.erasing import told
from hrdocs.models import Erasure
from hrdocs.refusal import Refused
from hrdocs.uids import understood
from sources import boxes, custody
from sources.models import CustodianKey, Identity, Opening

View = Callable[..., HttpResponse]


def custodians_page(*roles: Role) -> Callable[[View], View]:
    """For these roles alone, kept by no cache, and nothing that was typed told in any report of an error."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.role not in roles:
                raise Http404
            custody.forget_what_is_over()
            try:
                return view(request, *args, **kwargs)
            except (Refused, boxes.CannotOpen) as refused:
                messages.error(request, str(refused))
                return redirect("custody")

        return sensitive_post_parameters()(sensitive_variables()(never_cache(login_required(guarded, login_url="sign-in"))))

    return decorate


def _secret(label: Any, new: bool = False) -> forms.CharField:
    """Something that is typed and never shown again."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password" if new else "off"})
    return forms.CharField(label=label, max_length=500, strip=False, widget=widget)


class KeyForm(forms.Form):
    passphrase = _secret(gettext_lazy("Passphrase"), new=True)
    again = _secret(gettext_lazy("The same again"), new=True)

    def clean(self) -> None:
        if self.cleaned_data.get("passphrase") != self.cleaned_data.get("again"):
            raise forms.ValidationError(_("The two are not the same."))


class AskForm(forms.Form):
    uid = forms.CharField(label=gettext_lazy("Informant, by uid"), max_length=40)
    reason = forms.CharField(
        label=gettext_lazy("Why it must be opened"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_uid(self) -> Identity:
        uid = understood(self.cleaned_data["uid"])
        found = Identity.objects.filter(informant__uid=uid).exclude(ciphertext=b"").first() if uid else None
        if found is None:
            raise forms.ValidationError(_("No identity is sealed under this uid. It looks like INF-7K3M9-QXD4TH."))
        return found


class PassphraseForm(forms.Form):
    passphrase = _secret(gettext_lazy("Your passphrase"))


class PaperForm(forms.Form):
    text = _secret(gettext_lazy("The printed key, as it stands on the paper"))


class SealAnewForm(forms.Form):
    passphrase = _secret(gettext_lazy("Your passphrase"))
    second = forms.ModelChoiceField(CustodianKey.objects.none(), label=gettext_lazy("The second key"))
    secret = _secret(gettext_lazy("Her passphrase, or the printed key"))

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = CustodianKey.objects.in_use().filter(locked=None) | CustodianKey.objects.in_use().exclude(owner=user)
        self.fields["second"].queryset = others.select_related("owner").distinct()


@custodians_page(Role.CUSTODIAN, Role.MANAGER)
def home(request: HttpRequest) -> HttpResponse:
    """Keys, and what was asked for: to a manager without the openings' own pages."""
    keys = CustodianKey.objects.filter(withdrawn_at=None).select_related("owner", "admitted_by", "made_by")
    openings = Opening.objects.select_related("identity__informant", "asked_by", "agreed_by")[:50]
    mine = next((key for key in keys if key.owner_id == request.user.pk), None)
    usable = custody.keys_in_use()
    return render(request, "sources/custody/home.html", {
        "not_for_all": custody.not_for_all_keys(),
        "keys": [(key, key.pk in usable) for key in keys], "mine": mine, "in_use": mine is not None and mine.pk in usable,
        "erasures": [(each, told(each)) for each in Erasure.objects.filter(at=None).select_related("asked_by")],
        "openings": openings, "key_form": KeyForm(), "ask_form": AskForm(), "custodian": request.user.role == Role.CUSTODIAN,
    })  # fmt: skip


@custodians_page(Role.CUSTODIAN)
@require_POST
def new_key(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST)
    if form.is_valid():
        custody.make_key(form.cleaned_data["passphrase"], by=request.user)
        messages.success(request, _("Your key is made. Tell its fingerprint to a manager or another custodian, who lets it in."))
        return redirect("custody")
    return _page(request, _("A key of your own"), KeyForm(), errors=form, button=_("Make the key"))


@custodians_page(Role.CUSTODIAN)
@require_POST
def new_paper(request: HttpRequest) -> HttpResponse:
    """Make a recovery key, and show it this once."""
    key, printed = custody.make_printed_key(by=request.user)
    return render(request, "sources/custody/paper.html", {"key": key, "printed": printed})


@custodians_page(Role.CUSTODIAN, Role.MANAGER)
@require_POST
def keep_key(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """Let a key in, or take it out of use."""
    key = get_object_or_404(CustodianKey, pk=number, withdrawn_at=None)
    {"admit": custody.admit, "withdraw": custody.withdraw}[verb](key, by=request.user)
    messages.success(request, _("The key is in use.") if verb == "admit" else _("The key is out of use."))
    return redirect("custody")


@custodians_page(Role.CUSTODIAN)
def drill(request: HttpRequest, number: int) -> HttpResponse:
    """The recovery drill: whether the paper is there, can be read, and is the right one."""
    key = get_object_or_404(CustodianKey, pk=number, owner=None, withdrawn_at=None)
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        custody.drill(key, form.cleaned_data["text"], by=request.user)
        messages.success(request, _("It is the right key. The day of the drill is noted."))
        return redirect("custody")
    return _page(request, _("Recovery drill"), PaperForm(), button=_("Try the key"), note=key.fingerprint)


@custodians_page(Role.CUSTODIAN)
def seal_anew(request: HttpRequest) -> HttpResponse:
    """Seal all identities for all keys in use: two keys at one desk, nothing is shown."""
    form = SealAnewForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made, left = custody.seal_anew(**form.cleaned_data, by=request.user)
        told = _("{made} identities are sealed for all keys now; {left} can't be opened by these two keys.")
        messages.success(request, told.format(made=made, left=left))
        return redirect("custody")
    note = _("After a key was let in, two custodians at one desk seal what is there for it too. Nothing is shown.")
    return _page(request, _("Seal anew for all keys"), SealAnewForm(request.user), button=_("Seal anew"), note=note)


@custodians_page(Role.CUSTODIAN)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, _("Ask to open an identity"), form, errors=form, button=_("Ask"))
    opening = custody.ask(form.cleaned_data["uid"], by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("Asked. Another custodian has to agree."))
    return redirect("custody-opening", opening.pk)


@custodians_page(Role.CUSTODIAN)
@require_POST
def agree_to_erase(request: HttpRequest, number: int) -> HttpResponse:
    """A custodian agrees to what a manager asks to erase; she sees what, and never the words."""
    erasing.erase(get_object_or_404(Erasure, pk=number, at=None), by=request.user)
    messages.success(request, _("Erased, in the record, its history and the work on it. History can still be checked."))
    return redirect("custody")


@custodians_page(Role.CUSTODIAN)
def opening(request: HttpRequest, number: int) -> HttpResponse:
    """One opening: where it stands, the passphrase of whoever is next, and what was sealed, for the one who asked."""
    asked = get_object_or_404(Opening.objects.select_related("identity__informant", "asked_by", "agreed_by"), pk=number)
    own, form, said, refused = asked.asked_by_id == request.user.pk, PassphraseForm(request.POST or None), None, ""
    if request.method == "POST" and form.is_valid():
        try:
            if own:
                said = custody.read(asked, form.cleaned_data["passphrase"], by=request.user)
            else:
                custody.agree(asked, form.cleaned_data["passphrase"], by=request.user)
            asked.refresh_from_db()
        except (Refused, boxes.CannotOpen) as error:
            refused = str(error)
    turn = not asked.is_over and (bool(asked.box) if own else asked.agreed_at is None)
    answer = render(request, "sources/custody/opening.html", {
        "opening": asked, "own": own, "said": said, "refused": refused,
        "form": PassphraseForm() if turn and said is None else None,
    })  # fmt: skip
    if said is not None:  # the page empties itself when the time is over
        answer["Refresh"] = f"{int(max((asked.ends - timezone.now()).total_seconds(), 1))}; url={request.path}"
    return answer


def _page(request: HttpRequest, title: str, form: forms.Form, *, button: str, note: str = "", errors: Any = None) -> HttpResponse:
    """One form on a page of its own. Secrets that were typed are never put back into it."""
    said = [text for texts in errors.errors.values() for text in texts] if errors else []
    return render(
        request, "sources/custody/form.html", {"title": title, "form": form, "button": button, "note": note, "said": said}
    )


urlpatterns = [
    path("", home, name="custody"),
    path("key/", new_key, name="custody-key"),
    path("paper/", new_paper, name="custody-paper"),
    path("keys/<int:number>/admit/", keep_key, {"verb": "admit"}, name="custody-admit"),
    path("keys/<int:number>/withdraw/", keep_key, {"verb": "withdraw"}, name="custody-withdraw"),
    path("keys/<int:number>/drill/", drill, name="custody-drill"),
    path("seal-anew/", seal_anew, name="custody-seal-anew"),
    path("ask/", ask, name="custody-ask"),
    path("erasures/<int:number>/", agree_to_erase, name="custody-erase"),
    path("openings/<int:number>/", opening, name="custody-opening"),
]
