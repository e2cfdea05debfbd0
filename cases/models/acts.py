"""Official acts: what an authority did – charges, judgments, sanctions, inquiries."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.choices import ConcernedRole, Mode, OfficialActKind
from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Part, Record, fields
from hrdocs.models.record import search_column, search_index, stems_index, words_column
from hrdocs.wording import own_text


@recorded
class OfficialAct(Record):
    """One act of an authority: a complaint taken, a warrant, a charge, a judgment, a sanction, an inquiry."""

    uid_prefix = "ACT"
    hangs_on = ("authority",)

    title_en = models.CharField("title", max_length=300, help_text="What it is, in a few words of ours.")
    title_ar = fields.line("The same in Arabic.", verbose_name="title in Arabic", max_length=300)
    kind = fields.choice(OfficialActKind, "What kind of act.", default=OfficialActKind.INQUIRY)
    authority = fields.link("sources.Party", "The court or authority.", related_name="official_acts")
    date = EdtfField(help_text="When it was done or pronounced.")
    date_earliest, date_latest, date_precision = derived_from("date")
    docket = fields.line("Docket or file number; acts of one case share it.", max_length=200)
    legal_basis = fields.line("Law or resolution on which it rests.")
    outcome = fields.prose("The outcome in the operative words.")
    final = models.BooleanField(
        "final", null=True, blank=True, help_text="Whether it can no longer be appealed; empty: not known."
    )
    final_since = EdtfField(help_text="Since when it is final.")
    final_since_earliest, final_since_latest, final_since_precision = derived_from("final_since")
    penalty = fields.line("Penalty as worded.")
    examines = EdtfField("period examined", help_text="The period that an inquiry examines.")
    examines_earliest, examines_latest, examines_precision = derived_from("examines")
    follows = fields.link("self", "The earlier act that it confirms, reverses or continues.", related_name="followed_by")
    search = search_column("title_en", "title_ar", "docket")
    words = words_column("title_en", "title_ar", "docket", texts=("legal_basis", "outcome", "penalty"))

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            *dates_in_order("date", "final_since", "examines"),
            models.CheckConstraint(name="cases_officialact_not_after_itself", condition=~Q(follows=F("id")),
                                   violation_error_message="An act can't follow itself."),
        ]  # fmt: skip
        indexes = [search_index("cases_officialact"), stems_index("cases_officialact")]

    def __str__(self) -> str:
        return own_text(self, "title")


@recorded
class Concerned(Part):
    """A party, victim or facility that an official act concerns, with its role and what was decided on it."""

    hangs_on = ("act", "party", "victim", "facility")

    act = fields.owner("cases.OfficialAct", "The act.", "concerned")
    party = fields.link("sources.Party", "The party concerned.", related_name="concerned_in")
    victim = fields.link("cases.Victim", "Or the victim.", related_name="concerned_in")
    facility = fields.link("cases.Facility", "Or the facility.", related_name="concerned_in")
    role = fields.choice(ConcernedRole, "In which role.", default=ConcernedRole.DEFENDANT)
    count = fields.line("The count or charge, where it differs.")
    mode = fields.choice(Mode, "The mode of responsibility found or charged, where it differs.")
    outcome = fields.line("The outcome, where it differs.")
    penalty = fields.line("The penalty, where it differs.")

    class Meta(Part.Meta):
        verbose_name = "party concerned"
        verbose_name_plural = "parties concerned"
        constraints = [
            models.CheckConstraint(
                name="cases_concerned_one",
                condition=Q(party__isnull=False, victim=None, facility=None)
                | Q(party=None, victim__isnull=False, facility=None)
                | Q(party=None, victim=None, facility__isnull=False),
                violation_error_message="Name one: a party, a victim or a facility."),
            models.UniqueConstraint(name="cases_concerned_once", fields=["act", "party", "victim", "facility", "role"],
                                    nulls_distinct=False, violation_error_message="This role is entered already."),
        ]  # fmt: skip
