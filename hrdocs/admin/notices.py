"""The list of what somebody should know."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from hrdocs.admin.desk import address_of
from hrdocs.models import Notice


@admin.register(Notice)
class NoticeAdmin(ModelAdmin):
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
        shown = notice.content_type.model_class()._default_manager.visible_to(notice.to).filter(pk=notice.object_id).first()
        if shown is None:
            return "–"
        record = getattr(shown, "detail", shown)
        return format_html('<a href="{}">{} <bdi>{}</bdi></a>', address_of(record), record.uid, record)

    @display(description=_("new"), boolean=True)
    def is_new(self, notice: Notice) -> bool:
        return notice.seen_at is None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if hasattr(response, "render"):
            response.render()  # the list is shown first as it was
        Notice.objects.filter(to=request.user, seen_at=None).update(seen_at=timezone.now())
        return response

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
