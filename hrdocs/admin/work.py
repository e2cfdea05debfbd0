"""Vocabularies, and the work on any record."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from hrdocs.filtersets import name_matches
from hrdocs.models import ReviewDecision, Term


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
class ReviewDecisionAdmin(ModelAdmin):
    """The signed steps of review, to read."""

    list_display = ("decided_at", "verb", "record", "by", "reason")
    list_filter = ("verb", "by_role")
    list_select_related = ("by", "content_type")
    list_fullwidth = True

    def record(self, decision: ReviewDecision) -> str:
        return getattr(decision.target, "uid", "")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
