"""What leaves of operations, affiliations, official acts, alleged perpetrators and adopted figures."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet

from cases.models import (
    Accused,
    AdoptedFigure,
    Affiliation,
    AllegedPerpetrator,
    Concerned,
    ConclusionGround,
    Harm,
    OfficialAct,
    Operation,
    Response,
)
from cases.shapes import links
from cases.shapes.counted import modes, years
from cases.shapes.links import about_object
from hrdocs.columns import coded, dated, plain, record
from hrdocs.expressions import Listed
from hrdocs.shapes import Codes, Column, Link, Many, Reader, Shape
from sources.shapes import PARTY_COLUMNS, rows_of

_TIES = (*dated("start"), *plain("start_known", "start_wording"), *dated("end"), *plain("end_known", "end_wording", "meaning"))

OPERATIONS = Shape(
    Operation,
    "operations",
    (*record("operations"), links.party("party"), Column("role"), links.facility("facility"), links.place("place"), *_TIES),
    lead=("party", "role", "facility", "place", "start", "end"),
)

AFFILIATIONS = Shape(
    Affiliation,
    "affiliations",
    (
        *record("affiliations"),
        links.party("party"),
        Column("kind"),
        links.party("to_party"),
        *plain("tie", "post", "rank"),
        *_TIES,
    ),
    lead=("party", "kind", "to_party", "start", "end"),
)

OFFICIAL_ACTS = Shape(
    OfficialAct,
    "official-acts",
    (
        *record("official-acts"),
        *plain("title_en", "title_ar", "kind"),
        links.party("authority"),
        *dated("date"),
        *plain("docket", "legal_basis", "outcome", "final"),
        *dated("final_since"),
        Column("penalty"),
        *dated("examines"),
        Link("follows", to=OfficialAct, values=links.TITLED),
        Many("concerned", rows=rows_of(Concerned, "act"), text="{party}{facility}{victim} {role}",
             values=(("party", "party__uid"), ("name", "party__name_en"), ("facility", "facility__uid"),
                     ("victim", "victim__uid"), ("role", "role"), ("count", "count"), ("mode", "mode"),
                     ("outcome", "outcome"), ("penalty", "penalty")),
             help="Those whom the act concerns, each with a role."),
    ),
    facets=(years("date"),),
    lead=("title_en", "kind", "authority", "date"),
)  # fmt: skip


def _answers_to(allegation: str) -> Listed:
    """The answers to the allegation of an accusation, as JSON."""
    values = (("uid", "uid"), ("answer", "answer"), ("by", links.name_of("spoken_for")), ("wording", "wording"), ("date", "date"))

    def answers(reader: Reader) -> QuerySet:
        return Response.objects.visible_to(reader.user).filter(about_statement=OuterRef(allegation)).order_by("id")

    return Listed(Response, answers, values)


PERPETRATORS = Shape(
    AllegedPerpetrator,
    "perpetrators",
    (
        *record("perpetrators"),
        *PARTY_COLUMNS,
        Many("accusations", rows=rows_of(Accused, "party"), text="{modes} (by {title})",
             values=(("allegation", "allegation__uid"), ("source", "allegation__source__uid"),
                     ("title", "allegation__source__title"), ("about", about_object("allegation__")), ("modes", "modes"),
                     ("modes_joined", "modes_joined"), ("joined", "allegation__joined"), ("wording", "wording"),
                     ("acts_wording", "allegation__acts_wording"), ("answers", _answers_to("allegation"))),
             help="Accused by which source of which part in what, and what was answered. No verdict of ours."),
    ),
    facets=(modes("party"),),
    lead=("name_en", "kind", "country"),
)  # fmt: skip

FIGURES = Shape(
    AdoptedFigure,
    "figures",
    (
        *record("figures"),
        links.incident("incident"), links.facility("facility"), links.place("place"), links.victim("victim"),
        Link("harm", to=Harm, values=(("uid", "uid"), ("act", "act__code"))),
        *plain("lower", "best", "upper"),
        *coded("counted"),
        *plain("measure", "per_time"),
        Codes("categories"),
        *dated("period"),
        *plain("standard_of_proof", "rationale_en", "rationale_ar"),
        Link("follows", to=AdoptedFigure, values=(("uid", "uid"), ("lower", "lower"), ("best", "best"), ("upper", "upper"))),
        Many("grounds", rows=rows_of(ConclusionGround, "conclusion"), text="{role} {uid}",
             values=(("role", "role"), ("uid", "statement__uid"), ("source", "statement__source__uid"), ("reason", "reason")),
             help="Statements that it rests on, and those set aside with the reason."),
    ),
    facets=(years("period"),),
    lead=("lower", "best", "upper", "categories", "facility", "incident", "period"),
)  # fmt: skip
