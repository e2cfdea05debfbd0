"""The list of what somebody should know."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from hrdocs.admin.desk import address_of
from hrdocs.admin.only_read import OnlyRead
from hrdocs.models import Notice, NoticeKind
from hrdocs.notices import record_of


@admin.register(Notice)
class NoticeAdmin(OnlyRead):
    """A person's own notices, newest first; what she has seen of them is marked when she has seen it."""

    list_display = ("kind_shown", "record", "by", "at", "is_new")
    list_display_links = None
    list_select_related = ("by", "content_type")
    list_filter = ("kind",)
    list_fullwidth = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(to=request.user)

    @display(description=_("what happened"), ordering="kind")
    def kind_shown(self, notice: Notice) -> str:
        return notice.get_kind_display()

    @display(description=_("record"))
    def record(self, notice: Notice) -> str:
        record = record_of(notice)
        if record is None:
            return "–"
        place = "#talk" if notice.kind in (NoticeKind.COMMENTED, NoticeKind.ASSIGNED) else ""
        return format_html('<a href="{}{}">{} <bdi>{}</bdi></a>', address_of(record), place, record.uid, record)

    @display(description=_("new"), boolean=True)
    def is_new(self, notice: Notice) -> bool:
        return notice.seen_at is None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if hasattr(response, "render"):
            response.render()  # the list is shown first as it was
        Notice.objects.filter(to=request.user, seen_at=None).update(seen_at=timezone.now())
        return response
