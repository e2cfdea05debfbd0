"""Findings in the admin: what a record still lacks, on its own page, and setting one aside with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.dossier import Dossier
from cases.findings import Found, findings_in, findings_on, set_aside, set_aside_among
from hrdocs.admin.desk import address_of
from hrdocs.admin.records import RecordAdmin
from hrdocs.audit import acting_as


class WithFindings(RecordAdmin):
    """A kind of record whose page lists what is to be looked at on it and on what hangs on it, once it is there: to find that
    takes as long as all else of the page."""

    change_form_outer_before_template = "cases/admin/findings.html"

    def get_urls(self) -> list[Any]:
        aside = self.admin_site.admin_view(require_POST(self.set_aside_view))
        short = self.admin_site.admin_view(require_safe(self.in_short_view))
        listed = self.admin_site.admin_view(require_safe(self.findings_view))
        return [
            path("<path:object_id>/set-aside/", aside, name=self._url("set_aside")),
            path("<path:object_id>/in-short/", short, name=self._url("in_short")),
            path("<path:object_id>/findings/", listed, name=self._url("findings")),
            *super().get_urls(),
        ]

    def panels(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        listed = reverse(f"admin:{self._url('findings')}", args=[record.pk])
        return {**super().panels(request, record), "findings_url": listed}

    def findings_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What is to be looked at: the page of the record asks for it once it is shown."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return render(request, "cases/admin/findings_listed.html", self.listed(request, Dossier(record, request.user)))

    def listed(self, request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
        """The open findings by kind, and those that were set aside."""
        found = findings_in(dossier)
        aside = set_aside_among(found, request.user)
        return {
            "dossier": dossier,
            "findings": _by_kind(each for each in found if each.key not in aside),
            "number_of_findings": sum(each.key not in aside for each in found),
            "set_aside": [(_line(each), aside[each.key]) for each in found if each.key in aside],
            "set_aside_url": reverse(f"admin:{self._url('set_aside')}", args=[dossier.subject.pk]),
        }

    def in_short_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How many open findings of each kind there are, the gravest first: the desk asks for it once it is shown."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        found = findings_on(record, request.user)
        aside = set_aside_among(found, request.user)
        kinds = Counter(each.label for each in found if each.key not in aside)
        return render(request, "cases/admin/in_short.html", {"kinds": list(kinds.items())})

    def set_aside_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set one finding aside: it is named by its key, and has to be there still."""
        record = self.get_object(request, unquote(object_id))
        if record is None or not self.has_change_permission(request):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        reason = request.POST.get("reason", "").strip()
        found = next((each for each in findings_on(record, request.user) if each.key == request.POST.get("key")), None)
        if found is None:
            messages.warning(request, _("This finding is no longer there: what it spoke of has changed."))
        elif not reason:
            messages.error(request, _("Say why it needs no action; nothing was set aside."))
        else:
            with acting_as(request.user, reason):
                set_aside(found, by=request.user, reason=reason)
            messages.success(request, _("Set aside."))
        return redirect(reverse(f"admin:{self._url('change')}", args=[record.pk]) + "#findings")


def _by_kind(found: Iterable[Found]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(label, [_line(each) for each in kind]) for label, kind in groupby(found, key=lambda each: each.label)]


def _line(found: Found) -> dict[str, Any]:
    """A finding with the address of the page where it can be mended."""
    record = getattr(found.record, "detail", found.record)
    return {"found": found, "record": record, "address": address_of(record)}
