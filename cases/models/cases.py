"""Cases: the dossiers that gather incidents, facilities and parties around a question."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.choices import Language
from hrdocs.audit import recorded
from hrdocs.models import Part, Record, fields
from hrdocs.models.record import search_column, search_index, stems_index, words_column
from hrdocs.wording import own_text


@recorded
class Case(Record):
    """A dossier: a question that a team works on, and what it gathers to answer it."""

    uid_prefix = "CAS"

    title_en = models.CharField("title", max_length=300, help_text="Title of the dossier.")
    title_ar = fields.line("The same in Arabic.", verbose_name="title in Arabic", max_length=300)
    question_en = fields.prose("The question that the case is to answer.", verbose_name="question")
    question_ar = fields.prose("The same in Arabic.", verbose_name="question in Arabic")
    original_language = fields.choice(Language, "The language in which our texts were first written.", default=Language.EN)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="leads",
                             help_text="Who leads the work on it.")  # fmt: skip
    search = search_column("title_en", "title_ar")
    words = words_column("title_en", "title_ar", texts=("question_en", "question_ar"))

    class Meta(Record.Meta):
        constraints = [*Record.Meta.constraints]
        indexes = [search_index("cases_case"), stems_index("cases_case")]

    def __str__(self) -> str:
        return own_text(self, "title")


@recorded
class CaseIncident(Part):
    """An incident that belongs to a case, with a note of why."""

    hangs_on = ("case", "incident")

    case = fields.owner("cases.Case", "The case.", "incidents")
    incident = fields.owner("cases.Incident", "The incident.", "cases")
    note = fields.prose("Why it belongs to the case.")

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(name="cases_caseincident_once", fields=["case", "incident"],
                                    violation_error_message="The case holds this incident already."),
        ]  # fmt: skip


@recorded
class CaseFacility(Part):
    """A facility that belongs to a case, with a note of why."""

    hangs_on = ("case", "facility")

    case = fields.owner("cases.Case", "The case.", "facilities")
    facility = fields.owner("cases.Facility", "The facility.", "cases")
    note = fields.prose("Why it belongs to the case.")

    class Meta(Part.Meta):
        verbose_name_plural = "case facilities"
        constraints = [
            models.UniqueConstraint(name="cases_casefacility_once", fields=["case", "facility"],
                                    violation_error_message="The case holds this facility already."),
        ]  # fmt: skip


@recorded
class CaseParty(Part):
    """A party that belongs to a case, with a note of why; it is not accused by that."""

    hangs_on = ("case", "party")

    case = fields.owner("cases.Case", "The case.", "parties")
    party = fields.owner("sources.Party", "The party.", "cases")
    note = fields.prose("Why it belongs to the case.")

    class Meta(Part.Meta):
        verbose_name_plural = "case parties"
        constraints = [
            models.UniqueConstraint(name="cases_caseparty_once", fields=["case", "party"],
                                    violation_error_message="The case holds this party already."),
        ]  # fmt: skip
