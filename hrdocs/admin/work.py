"""Vocabularies, and the work on any record."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from hrdocs.admin.only_read import OnlyRead
from hrdocs.models import ReviewDecision, Term
from hrdocs.searching import name_matches


@admin.register(Term)
class TermAdmin(ModelAdmin):
    list_display = ("label_en", "label_ar", "vocabulary", "code", "parent")
    list_filter = ("vocabulary",)
    list_select_related = ("parent",)
    list_fullwidth = True
    search_fields = ("code",)
    autocomplete_fields = ("parent",)
    ordering = ("vocabulary", "code")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, term: str) -> tuple[QuerySet, bool]:
        return (queryset.filter(name_matches("search", term)) if term.strip() else queryset), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ReviewDecision)
class ReviewDecisionAdmin(OnlyRead):
    """The signed steps of review, to read."""

    list_display = ("decided_at", "verb", "record", "by", "reason")
    list_filter = ("verb", "by_role")
    list_select_related = ("by", "content_type")
    list_fullwidth = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Decisions on records that the person may see: a reason may say what the record hides."""
        shown = Q()
        for kind in ContentType.objects.filter(pk__in=ReviewDecision.objects.values("content_type").distinct()):
            rows = kind.model_class()._default_manager.visible_to(request.user)
            shown |= Q(content_type=kind, object_id__in=rows.values("pk"))
        return super().get_queryset(request).filter(shown)

    def record(self, decision: ReviewDecision) -> str:
        return getattr(decision.target, "uid", "")
