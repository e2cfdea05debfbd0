"""Statements on their own pages: what is said, where it stands, by whom, and by which hands it came."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases.admin.entering import Entering
from cases.admin.findings import WithFindings
from cases.admin.inlines import PASSES_ON, QUOTED, responses
from cases.chains import chain
from cases.models import (
    ABOUT_BY_KIND,
    Accused,
    Allegation,
    Characterisation,
    Citation,
    Conclusion,
    ConclusionGround,
    Estimate,
    EstimateRelation,
    Response,
    Statement,
)
from hrdocs.admin.inlines import parts

WHERE = ("Where it stands", {"fields": (
    ("source", "text_part"), ("locator_kind", "locator"), "quotation", ("quotation_language", "read_as"), "translation",
)})  # fmt: skip
WHO_SPEAKS = ("Who speaks, and whom the source names for it", {"classes": ["collapse"], "fields": (
    ("speaker", "speaker_wording"), ("spoken_for", "speaker_connection"), "spoken",
    ("attributed_to", "attributed_wording"), ("speaker_informant", "speaker_victim"),
    ("attributed_informant", "attributed_victim"), "pronounced_in",
)})  # fmt: skip
HOW_SURE = ("On what it rests, and how sure it is", {"classes": ["collapse"], "fields": (
    "bases", ("evidence", "evidence_source"), "standard_of_proof", ("certainty", "certainty_wording"),
)})  # fmt: skip
GRADING = ("Our grading", {"classes": ["collapse"], "fields": ("credibility", "credibility_reason", "rated_by")})


def about(kind: str) -> Any:
    """What the statement can be about: one of these."""
    links = tuple(f"about_{name}" for name in ABOUT_BY_KIND[kind])
    pairs = tuple(links[i : i + 2] for i in range(0, len(links), 2))
    return ("What it is about (one of these)", {"fields": (*pairs, ("about_known", "about_wording"))})


class StatementAdmin(WithFindings):
    list_filter = ("state", "sensitivity", "read_as")
    search_names = ("source__search", "about_facility__search", "about_incident__search", "about_place__search")
    search_fields = ("uid",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return (
            super()
            .get_queryset(request)
            .select_related("source", "about_facility", "about_incident", "about_place", "about_victim")
        )

    def panels(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {**super().panels(request, record), "hops": chain(record, request.user)}

    @admin.display(description=_("about"))
    def about_shown(self, statement: Statement) -> str:
        return str(statement.about or "")


@admin.register(Statement)
class AnyStatementAdmin(Entering, StatementAdmin):
    """Statements of every kind, to find one for a hand-on; each is entered and edited as its own kind."""

    list_before_state = ("kind", "source", "about_shown")
    list_filter = ("kind", "state")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Estimate)
class EstimateAdmin(StatementAdmin):
    title_field = "value_text"
    list_before_state = ("counted", "measure", "per_time", "period", "source", "about_shown")
    list_filter = ("measure", "state", "sensitivity", "read_as")
    lead_fieldsets = (
        ("The number", {"fields": (
            "value_text", ("lower_wording", "lower"), ("best_wording", "best"), ("upper_wording", "upper"),
            ("counted", "measure"), ("per_time", "per_persons"), "categories", ("period", "period_wording"), "period_length",
            "who_wording")}),
        about("estimate"),
        WHERE,
        WHO_SPEAKS,
        HOW_SURE,
        ("Who is counted, more closely", {"classes": ["collapse"], "fields": (
            ("who_sex", "who_age", "who_age_wording"), ("who_status", "who_role"), ("who_nationality", "who_home"),
            ("who_community", "who_health"), ("who_circumstance", "who_party"), ("done_by", "done_by_wording"))}),
        ("How it was counted, and the rest", {"classes": ["collapse"], "fields": (
            ("counting_method", "counter"), ("named_count", "as_of"), ("includes", "leaves_out"),
            ("interval_kind", "interval_level"), ("margin", "margin_of"), ("mean_kind", "base", "currency"),
            ("group_size", "frequency"), ("grounds", "means"), ("custody", "case_state"))}),
        GRADING,
    )  # fmt: skip
    inlines = (
        PASSES_ON, QUOTED,
        parts(EstimateRelation, "kind", "other", "source", "quotation", "reason", fk_name="estimate"),
        responses("about_statement"),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related("counted")


@admin.register(Allegation)
class AllegationAdmin(StatementAdmin):
    list_before_state = ("acts_wording", "source", "about_shown")
    lead_fieldsets = (
        ("The allegation", {"fields": ("acts", "acts_wording", "period", "joined", ("grounds", "victims"))}),
        about("allegation"), WHERE, WHO_SPEAKS, HOW_SURE, GRADING,
    )  # fmt: skip
    inlines = (parts(Accused, "party", "wording", "modes", "modes_joined"), responses("about_statement"), PASSES_ON, QUOTED)


@admin.register(Characterisation)
class CharacterisationAdmin(StatementAdmin):
    list_before_state = ("wording", "polarity", "source", "about_shown")
    lead_fieldsets = (
        ("The judgement", {"fields": (("norm", "polarity"), "wording", ("forum", "stage"))}),
        about("characterisation"), WHERE, WHO_SPEAKS, HOW_SURE, GRADING,
    )  # fmt: skip
    inlines = (PASSES_ON, QUOTED, responses("about_statement"))


@admin.register(Response)
class ResponseAdmin(StatementAdmin):
    list_before_state = ("answer", "wording", "spoken_for", "source", "about_shown")
    list_filter = ("answer", "state", "sensitivity")
    lead_fieldsets = (
        ("The answer", {"fields": (("answer", "wording"), ("spoken_for", "speaker"), ("date", "asked"), "own_number")}),
        about("response"), WHERE, ("Whom the source names for it", {"classes": ["collapse"], "fields": (
            ("speaker_wording", "speaker_connection"), "spoken", ("attributed_to", "attributed_wording"))}),
        HOW_SURE, GRADING,
    )  # fmt: skip
    inlines = (PASSES_ON, QUOTED)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related("about_statement", "about_source")


@admin.register(Citation)
class CitationAdmin(StatementAdmin):
    list_before_state = ("stance", "field", "value", "source", "about_shown")
    list_filter = ("stance", "state", "sensitivity")
    lead_fieldsets = (
        ("What it says", {"fields": (("stance", "field"), ("value", "parsed_value"))}),
        about("citation"), WHERE, WHO_SPEAKS, HOW_SURE, GRADING,
    )  # fmt: skip
    inlines = (PASSES_ON, QUOTED)


@admin.register(Conclusion)
class ConclusionAdmin(WithFindings):
    list_before_state = ("kind", "lower", "best", "upper", "standard_of_proof")
    list_filter = ("kind", "state", "sensitivity")
    lead_fieldsets = (
        ("What is concluded", {"fields": ("kind", ("lower", "best", "upper"), ("counted", "measure", "per_time"),
                                          ("categories", "period"), ("standard_of_proof", "standing"))}),
        ("About (one of these)", {"fields": (("incident", "facility"), ("place", "victim"), "harm")}),
        ("Why", {"fields": ("rationale_en", "rationale_ar", "follows")}),
    )  # fmt: skip
    inlines = (parts(ConclusionGround, "statement", "role", "reason"),)
