"""The copies that are kept of a source, at the desk: keeping a file, and what is done with one copy."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from hrdocs.refusal import Refused
from sources import tasks
from sources.admin.copy_forms import VERBS, FetchForm, KeepForm, offered
from sources.choices import CustodyKind
from sources.models import Capture, CustodyEvent, PageFetch, Redaction, Source

SEEN = (CustodyKind.VERIFIED, CustodyKind.DAMAGED)  # what is known of the file itself


class WithCopies:
    """For the form of a source: the page of its copies, and one for each of them."""

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, self._url
        return [
            path("<path:object_id>/copies/", view(self.copies_view), name=name("copies")),
            path("<path:object_id>/copies/<int:number>/", view(self.copy_view), name=name("copy")),
            *super().get_urls(),
        ]

    def doors(self, request: HttpRequest, record: Any) -> list[tuple[str, str]]:
        copies = Capture.objects.visible_to(request.user).filter(source=record)
        seen = [last_seen(each, request.user) for each in copies]
        title = _("Kept copies (%d)") % len(seen) if seen else _("Keep a copy")
        if any(each and each.kind == CustodyKind.DAMAGED for each in seen):
            title = _("Kept copies: one is missing or was changed")
        return [(title, reverse(f"admin:{self._url('copies')}", args=[record.pk])), *super().doors(request, record)]

    def copies_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """All copies of a source that she may see, and the form by which a file becomes one."""
        source = self._source(request, object_id)
        if source is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if "address" in request.POST:
            return self._fetched(request, source)
        form = KeepForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                capture = form.keep(source, by=request.user)
            except Refused as refused:
                form.add_error("file", str(refused))
            else:
                return self._told(request, capture, _("Kept as it came in: %s.") % capture.media_type)
        return self._list(request, source, form, FetchForm(initial={"address": source.url}))

    def _fetched(self, request: HttpRequest, source: Source) -> HttpResponse:
        """Have a worker fetch a page; its job is there when the page that is to be fetched is."""
        form = FetchForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    page = form.ask(source, by=request.user)
                    tasks.fetch_page.defer(page=page.pk)
            except Refused as refused:
                form.add_error("address", str(refused))
            else:
                messages.success(request, _("It will be fetched in a moment. Look again."))
                return redirect(reverse(f"admin:{self._url('copies')}", args=[source.pk]))
        return self._list(request, source, KeepForm(), form)

    def _list(self, request: HttpRequest, source: Source, form: KeepForm, fetch: FetchForm) -> HttpResponse:
        shown = Capture.objects.visible_to(request.user).filter(source=source).select_related("taken_by")
        copies = [
            (each, self._address(each), _file(source, each), last_seen(each, request.user))
            for each in shown.order_by("taken_at", "pk")
        ]
        return self._shown(
            request, source, "copies", _("Kept copies"), form=form, copies=copies,
            fetches=PageFetch.objects.visible_to(request.user).filter(source=source).select_related("asked_by"),
            fetch=fetch if settings.FETCH_PAGES else None,
        )  # fmt: skip

    def copy_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """One copy: what it is, what happened to it, and what can be done with it."""
        source = self._source(request, object_id)
        shown = Capture.objects.visible_to(request.user).filter(source=source, pk=number) if source else ()
        capture = shown.select_related("taken_by", "opened_by").first() if source else None
        if source is None or capture is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        verb = request.POST.get("verb", "")
        sent = self._form(verb, capture, request) if verb in VERBS and request.method == "POST" else None
        if sent is not None and sent.is_valid():
            try:
                made = sent.done(capture, by=request.user)
            except Refused as refused:
                sent.add_error(None, str(refused))
            else:
                return self._told(request, made or capture, _("Done, and written into the chain of custody."))
        forms_of_it = [
            (name, *VERBS[name][1:], sent if name == verb and sent is not None else self._form(name, capture))
            for name in offered(capture, request.user)
        ]
        ties = Redaction.objects.visible_to(request.user).select_related("copy", "original")
        made_of = [(tie.original, self._address(tie.original)) for tie in ties.filter(copy=capture)]
        redactions = [(tie.copy, self._address(tie.copy)) for tie in ties.filter(original=capture)]
        custody = CustodyEvent.objects.visible_to(request.user).filter(capture=capture).select_related("by")
        return self._shown(request, source, "copy", _("A kept copy"), capture=capture, forms=forms_of_it, custody=custody,
                           made_of=made_of, redactions=redactions,
                           file=_file(source, capture), seen=last_seen(capture, request.user),
                           copies=reverse(f"admin:{self._url('copies')}", args=[source.pk]))  # fmt: skip

    def _source(self, request: HttpRequest, object_id: str) -> Source | None:
        found = self.get_object(request, unquote(object_id))
        return found if found is not None and request.user.has_perm("sources.change_source") else None

    def _form(self, verb: str, capture: Capture, request: HttpRequest | None = None) -> Any:
        sent = (request.POST, request.FILES) if request else (None, None)
        initial = {"graphic": capture.graphic_content, "personal": capture.personal_data}
        return VERBS[verb][0](*sent, initial=initial, prefix=verb)

    def _address(self, capture: Capture) -> str:
        return reverse(f"admin:{self._url('copy')}", args=[capture.source_id, capture.pk])

    def _told(self, request: HttpRequest, capture: Capture, words: str) -> HttpResponse:
        messages.success(request, words)
        return redirect(self._address(capture))

    def _shown(self, request: HttpRequest, source: Source, template: str, title: str, **context: Any) -> HttpResponse:
        back = reverse(f"admin:{self._url('change')}", args=[source.pk])
        known = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "record": source, "back": back}
        return TemplateResponse(request, f"sources/admin/{template}.html", {**known, **context})


def last_seen(capture: Capture, user: Any) -> CustodyEvent | None:
    """When the file itself was last looked for, and whether it was as it was kept."""
    return CustodyEvent.objects.visible_to(user).filter(capture=capture, kind__in=SEEN).order_by("-at", "-pk").first()


def _file(source: Source, capture: Capture) -> str:
    return reverse("kept-copy", args=[source.uid, capture.sha256]) if capture.sha256 else ""
