"""What leaves of statements: who said it, where, in which words, about what, and by which hands it came."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, Func, JSONField, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce

from cases import shown
from cases.models import (
    Accused,
    Allegation,
    Characterisation,
    Citation,
    Estimate,
    EstimateRelation,
    HandOn,
    QuotedIn,
    Response,
    SeveralOrigins,
    Statement,
    Victim,
)
from cases.shapes import links
from cases.shapes.counted import SAID, modes, years
from cases.shapes.links import about
from hrdocs.access import Sensitivity
from hrdocs.columns import coded, dated, plain, record
from hrdocs.shapes import Codes, Column, Link, Many, Nested, Reader, Shape, Values
from sources.models import Source
from sources.shapes import SOURCE, publishers_of, rows_of

_INSIDE = Sensitivity.INTERNAL


def _figure(prefix: str = "") -> Values:
    """The number of an estimate, with its bounds and their words."""
    names = ("value_text", "lower", "lower_wording", "best", "best_wording", "upper", "upper_wording", "per_time")
    return tuple((name, f"{prefix}{name}") for name in names)


def _hop(end: str) -> Values:
    """One hop of a chain, seen from its other end: the statement, who publishes it when, how it is handed on."""
    return (
        ("uid", f"{end}__uid"), ("how", "how"), ("stated", "stated"), ("note", "note"), ("drift", "drift"),
        ("severity", "severity"),
        ("source", f"{end}__source__uid"), ("title", f"{end}__source__title"), ("published", f"{end}__source__published"),
        *publishers_of(f"{end}__source"), *_figure(f"{end}__estimate__"), ("quotation", f"{end}__quotation"),
        ("locator_kind", f"{end}__locator_kind"), ("locator", f"{end}__locator"),
    )  # fmt: skip


def statement(path: str) -> tuple[Column, ...]:
    """The columns that every statement has."""
    return (
        *record(path),
        Link("source", to=Source, values=SOURCE),
        about(),
        Nested("point", _point, "Where that lies, as precisely as is shown: precision and radius_m say how far off it may be.",
               values=shown.POINT, to=links.Place),
        *plain("about_known", "about_wording", "text_part", "locator_kind", "locator", "quotation", "quotation_language",
               "translation", "read_as"),
        links.party("speaker"), Column("speaker_wording"), links.party("spoken_for"), Column("speaker_connection"),
        *dated("spoken"),
        Column("attributed_wording"), links.party("attributed_to"),
        *plain("bases", "evidence"),
        Link("evidence_source", to=Source, values=(("uid", "uid"), ("title", "title"))),
        *plain("standard_of_proof", "certainty", "certainty_wording", "credibility", "credibility_reason"),
        Column("rated_by", "rated_by__username", guard=_INSIDE, type="text"),
        Column("drift", _drift, "What changed since the statements that it hands on: value, bound, category, attribution …",
               type="codes", kept=False),
        Column("origins", _origins,
               "How many statements stand at the far end of its chain, by what the sources say of whom they hand on.",
               type="integer"),
        Many("passes_on", values=_hop("earlier"), rows=rows_of(HandOn, "later"),
             help="Earlier statements that this one hands on: one hop back, each with its source and words."),
        Many("passed_on_by", values=_hop("later"), rows=rows_of(HandOn, "earlier"),
             help="Later statements that hand this one on: one hop forward."),
        Many("quoted_in", rows=rows_of(QuotedIn, "statement"), text="{source}",
             values=(("source", "source__uid"), ("title", "source__title"), ("locator_kind", "locator_kind"),
                     ("locator", "locator"), ("quotation", "quotation")),
             help="Sources in which we read it, where the original was not read."),
        Many("answers", rows=_answers, text="{uid} {answer}",
             values=(("uid", "uid"), ("answer", "answer"), ("wording", "wording"), ("date", "date"),
                     ("by", links.name_of("spoken_for")), ("source", "source__uid"), ("title", "source__title")),
             help="What was answered to it: denials, clarifications, corrections."),
    )  # fmt: skip


def _drift(reader: Reader) -> ArraySubquery:
    hops = HandOn.objects.visible_to(reader.user).filter(later=OuterRef("pk"))
    kinds = hops.annotate(kind=Func(F("drift"), function="unnest", output_field=TextField(), set_returning=True))
    return ArraySubquery(kinds.order_by("kind").values_list("kind").distinct())


def _origins(reader: Reader) -> Coalesce:
    several = SeveralOrigins.objects.visible_to(reader.user).filter(statement=OuterRef("pk")).values_list("origins")
    return Coalesce(Subquery(several), Value(1))


def _answers(reader: Reader) -> QuerySet:
    return Response.objects.visible_to(reader.user).filter(about_statement=OuterRef("pk")).order_by("date_earliest", "id")


# The place of what a statement is about, each with the field that says how much of it is shown.
LIES = {
    "about_place": "",
    "about_facility__place": "about_facility__place_shown",
    "about_incident__place": "about_incident__place_shown",
}


def _point(reader: Reader) -> Case:
    """Where the thing lies that a statement is about, as far as that thing's own record shows it."""
    found = (
        When(Q(**{f"{place.removesuffix('__place')}__isnull": False}), then=shown.point(place, shown_by, reader))
        for place, shown_by in LIES.items()
    )
    return Case(*found, default=None, output_field=JSONField())


def _located(reader: Reader) -> tuple[Any, Any]:
    return shown.located(_point(reader))


def _done_by(reader: Reader) -> QuerySet:
    through = Estimate.done_by.through.objects.filter(estimate=OuterRef(OuterRef("pk"))).values("party")
    return links.Party.objects.visible_to(reader.user).filter(pk__in=through).order_by("uid")


STATEMENTS = Shape(
    Statement,
    "statements",
    (*statement("statements"), Column("kind")),
    point=_located,
    facets=SAID,
    licence="source__licence",
    lead=("quotation", "kind", "about", "source"),
)

ESTIMATES = Shape(
    Estimate,
    "estimates",
    (
        *statement("estimates"),
        *plain("value_text", "lower", "lower_wording", "best", "best_wording", "upper", "upper_wording", "margin",
               "margin_of", "interval_kind", "interval_level"),
        *coded("counted"),
        *plain("measure", "per_time", "per_persons", "mean_kind", "group_size", "frequency", "base"),
        *dated("as_of"),
        Column("currency"),
        Codes("categories"), Codes("grounds"), Codes("means"),
        *coded("custody"),
        *plain("case_state", "who_sex", "who_age", "who_age_wording", "who_status", "who_role"),
        *coded("who_nationality"),
        *plain("who_community", "who_health", "who_circumstance"),
        links.place("who_home"), links.party("who_party"), Column("who_wording"),
        Many("done_by", values=(("uid", "uid"), ("name", "name_en")), help="By whom it was done, as the source says.",
             rows=_done_by),
        Column("done_by_wording"),
        *dated("period"),
        *plain("period_wording", "period_length"),
        *coded("counting_method"),
        links.party("counter"),
        *plain("named_count", "includes", "leaves_out"),
        Many("relations", rows=rows_of(EstimateRelation, "estimate"), text="{kind} {uid}",
             values=(("kind", "kind"), ("uid", "other__uid"), ("complete", "complete"), ("source", "source__uid"),
                     ("locator", "locator"), ("quotation", "quotation"), ("reason", "reason")),
             help="How the figure stands to other figures, by whose word."),
    ),
    point=_located,
    facets=(*SAID, years("period")),
    licence="source__licence",
    lead=("value_text", "categories", "measure", "period", "about", "source"),
)  # fmt: skip


def _victims_named(reader: Reader) -> QuerySet:
    through = Allegation.victims.through.objects.filter(allegation=OuterRef(OuterRef("pk"))).values("victim")
    return Victim.objects.visible_to(reader.user).filter(pk__in=through).order_by("uid")


ALLEGATIONS = Shape(
    Allegation,
    "allegations",
    (
        *statement("allegations"),
        Many("accused", rows=rows_of(Accused, "allegation"), text="{name}{wording}: {modes}",
             values=(("uid", "party__uid"), ("name", "party__name_en"), ("wording", "wording"), ("modes", "modes"),
                     ("modes_joined", "modes_joined")),
             help="Who is accused, of which part in it, in the words of the source."),
        Column("joined"),
        Codes("acts"), Column("acts_wording"), Codes("grounds"),
        Many("victims", values=links.LABELLED, rows=_victims_named, help="Victims that it names."),
        *dated("period"),
    ),
    point=_located,
    facets=(*SAID, years("period"), modes("allegation")),
    licence="source__licence",
    lead=("acts_wording", "accused", "about", "source"),
)  # fmt: skip

CHARACTERISATIONS = Shape(
    Characterisation,
    "characterisations",
    (*statement("characterisations"), *coded("norm"), *plain("wording", "polarity", "forum", "stage")),
    point=_located,
    facets=SAID,
    licence="source__licence",
    lead=("wording", "polarity", "about", "source"),
)

RESPONSES = Shape(
    Response,
    "responses",
    (
        *statement("responses"),
        *plain("answer", "wording"),
        *dated("date", "asked"),
        Link("own_number", to=Estimate, values=(("uid", "uid"), *_figure())),
    ),
    point=_located,
    facets=SAID,
    licence="source__licence",
    lead=("answer", "wording", "spoken_for", "date", "about"),
)

CITATIONS = Shape(
    Citation,
    "citations",
    (*statement("citations"), *plain("stance", "field", "value", "parsed_value")),
    point=_located,
    facets=SAID,
    licence="source__licence",
    lead=("stance", "quotation", "about", "source"),
)
