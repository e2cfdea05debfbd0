"""The founding case holds what its description says, line by line, for a reader without an account.

The tables below are written from the description of the case, not from the sheets that it is imported from.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.test import Client

import cases
from cases.findings import findings_on
from cases.models import (
    Accused,
    Allegation,
    Case,
    Characterisation,
    Citation,
    Conclusion,
    Estimate,
    EstimateRelation,
    Facility,
    FacilityName,
    HandOn,
    Import,
    ImportedRow,
    Incident,
    Place,
    Response,
    Statement,
)
from hrdocs.access import State
from hrdocs.models import Record, User
from sources.models import Party, Relay, Source, SourcePublisher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("founding_case")]
NOBODY = AnonymousUser()
PRISON = "Saydnaya Military Prison"


def seen(model: type[Any]) -> QuerySet:
    """What a reader without an account sees of a kind of record or part."""
    return model.objects.visible_to(NOBODY)


# ── sources ──


@dataclass(frozen=True)
class Told:
    """A source as the description has it."""

    publisher: str
    published: str
    draws_on: tuple[str, ...] = ()  # numbers of sources
    parties: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()  # words of which one relay each must speak
    carrier: str = ""
    kinds: tuple[str, ...] = ("article-newspaper",)
    language: str = "en"
    read_as: tuple[str, ...] = ("full_text", "excerpt")
    number: str = ""


PAGE = ("webpage", "article-newspaper", "post")
SOURCES = {
    "S1": Told("Amnesty International", "2017-02", unnamed=("testimony",), kinds=("report",), number="MDE 24/5415/2017",
               read_as=("excerpt",)),
    "S2": Told("U.S. Department of State", "2017-05-15", ("S1",), unnamed=("numerous NGOs", "press", "intelligence assessments"),
               kinds=("speech",), read_as=("as_quoted",)),
    "S3": Told("VOA News", "2017-05", ("S2",), read_as=("not_read",)),
    "S4": Told("ANI", "2017-05", ("S3",), read_as=("not_read",)),
    "S5": Told("Business Standard", "2017-05", ("S4",), kinds=PAGE),
    "S6": Told("Dnevnik", "2017-05", ("S2",), parties=("AFP",), language="sl"),
    "S7": Told("Hespress", "2017-05", ("S2",), language="ar"),
    "S8": Told("The Washington Post", "2017-02", ("S1",)),
    "S9": Told("The Associated Press", "2017-02-08", ("S1",), parties=("SANA",), carrier="Federal News Radio"),
    "S10": Told("Xinhua", "2017-05-16", ("S2",), parties=("SANA",), carrier="China Gate"),
    "S11": Told("TASS", "2017-05-19", ("S2",)),
    "S12": Told("crcconnection.com", "2017-05-19", ("S2",), unnamed=("agencies",), kinds=PAGE),
    "S13": Told("Grasswire", "2017-05-15", ("S2",), kinds=PAGE),
    "S14": Told("gentst.com", "2017-05", ("S2",), unnamed=("agencies",), kinds=PAGE),
    "S15": Told("tvshia.com", "2017-02", parties=("SANA",), kinds=PAGE),
}  # fmt: skip


def source(number: str) -> Source:
    """The source of this number: by who publishes it, when, and under which number of their own."""
    told = SOURCES[number]
    publishing = seen(SourcePublisher).filter(party__name_en__icontains=told.publisher, role="publishes").values("source")
    found = seen(Source).filter(pk__in=publishing, published__startswith=told.published)
    if told.number:
        found = found.filter(number=told.number)
    elif told.carrier:
        carried = seen(SourcePublisher).filter(party__name_en__icontains=told.carrier, role="carries").values("source")
        found = found.filter(pk__in=carried)
    return found.get()


@pytest.mark.parametrize("number", SOURCES)
def test_each_source_is_there_with_publisher_date_kind_language_and_how_far_it_was_read(number: str) -> None:
    told, found = SOURCES[number], source(number)
    assert found.kind in told.kinds
    assert found.languages.split()[0] == told.language
    assert found.read_as in told.read_as
    assert found.title
    carriers = list(seen(SourcePublisher).filter(source=found, role="carries").values_list("party__name_en", flat=True))
    assert carriers == ([told.carrier] if told.carrier else [])


@pytest.mark.parametrize("number", SOURCES)
def test_each_source_draws_on_what_it_is_said_to_draw_on_and_on_no_other_source(number: str) -> None:
    told, relays = SOURCES[number], seen(Relay).filter(source=source(number))
    assert set(relays.exclude(draws_on=None).values_list("draws_on", flat=True)) == {source(n).pk for n in told.draws_on}
    parties = list(relays.exclude(party=None).values_list("party__name_en", flat=True))
    assert len(parties) == len(told.parties) and all(any(name in party for party in parties) for name in told.parties)
    unnamed = list(relays.exclude(unnamed="").values_list("unnamed", flat=True))
    assert all(any(words in kind for kind in unnamed) for words in told.unnamed)
    assert told.unnamed or not unnamed
    assert all(relays.values_list("stated", flat=True))


def test_the_first_source_says_its_method_and_its_embargo_date() -> None:
    report = source("S1")
    assert "84 interviews" in report.method
    assert "7 February" in report.own_note and "embargo" in report.own_note
    [interviewed] = seen(Relay).filter(source=report)
    assert all(word in interviewed.unnamed for word in ("former prisoners", "guards", "judges", "doctors"))


def test_the_briefing_names_its_speaker_and_says_that_it_was_read_only_as_quoted() -> None:
    briefing = source("S2")
    assert "Stuart Jones" in " ".join(author.literal for author in briefing.authors.visible_to(NOBODY))
    assert "Acting Assistant Secretary of State, Bureau of Near Eastern Affairs" in briefing.authors.get().literal
    assert briefing.event == "2017-05-15" and "not read" in briefing.own_note
    assert "photographs" in briefing.method and "intelligence" in briefing.method


def test_the_news_page_says_that_no_journalist_of_its_own_was_involved() -> None:
    assert "none of its journalists was involved" in source("S5").own_note


@pytest.mark.parametrize("number", ["S3", "S4"])
def test_nothing_is_said_in_the_name_of_a_source_that_is_known_only_from_another(number: str) -> None:
    assert not seen(Statement).filter(source=source(number)).exists()
    assert not Statement.objects.filter(source=source(number)).exists()
    assert "not read" in source(number).own_note


@pytest.mark.parametrize("name", ["AFP", "SANA"])
def test_an_agency_whose_document_is_not_known_is_a_party_and_publishes_nothing_here(name: str) -> None:
    party = seen(Party).get(name_en__icontains=f"({name})")
    assert not seen(SourcePublisher).filter(party=party).exists()
    assert seen(Relay).filter(party=party).exists()


# ── figures ──


@dataclass(frozen=True)
class Fig:
    """A figure as the description has it. Empty: the source says nothing of it."""

    number: str
    categories: tuple[set[str], ...]  # any of these sets
    lower: int | None = None
    upper: int | None = None
    best: int | None = None
    lower_wording: str = ""
    upper_wording: str = ""
    per_time: str = ""
    period: str = ""
    where: str = PRISON
    known: tuple[str, ...] = ("stated", "context")
    attributed: str = ""
    attributed_to: str = ""
    passes_on: tuple[str, ...] = ()
    who: str = ""
    quoted_in: tuple[str, ...] = ()
    more: dict[str, str] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        return "rate" if self.per_time else "total"


def ranging(lower: int, upper: int) -> dict[str, Any]:
    return {"lower": lower, "upper": upper, "lower_wording": "between", "upper_wording": "between"}


SINCE_SEPTEMBER, FIVE_YEARS = "2011-09/2015-12", "2011/2015"
EXECUTED = ({"extrajudicial_execution"}, {"hanged"}, {"extrajudicial_execution", "hanged"})
KILLED, DIED, HANGED = ({"killed"},), ({"death"},), ({"hanged"},)
FIGURES = {
    "S1, hanged": Fig("S1", EXECUTED, **ranging(5000, 13000), period=SINCE_SEPTEMBER),
    "S1, a week": Fig("S1", HANGED, **ranging(20, 50), per_time="week", period=FIVE_YEARS),
    "S8, executed": Fig("S8", ({"extrajudicial_execution"},), **ranging(5000, 13000), period=SINCE_SEPTEMBER, who="civilian",
                        attributed_to="Amnesty International", passes_on=("S1, hanged",)),
    "S2, died": Fig("S2", DIED, **ranging(5000, 11000), period=FIVE_YEARS, attributed_to="Amnesty International",
                    passes_on=("S1, hanged",), quoted_in=("S5", "S6")),
    "S5, died": Fig("S5", DIED, **ranging(5000, 11000), period=FIVE_YEARS, attributed="citing an Amnesty International report",
                    attributed_to="Amnesty International", passes_on=("S2, died",)),
    "S6, died": Fig("S6", DIED, **ranging(5000, 11000), period=FIVE_YEARS, who="detainee", passes_on=("S2, died",)),
    "S2, a day": Fig("S2", KILLED, upper=50, upper_wording="as_many_as", per_time="day", who="detainee",
                     attributed="according to multiple sources", quoted_in=("S14",), more={"period_wording": "“now”"}),
    "S5, a day": Fig("S5", ({"executed"},), lower=50, lower_wording="at_least", per_time="day", who="detainee",
                     passes_on=("S2, a day",)),
    "S6, a day": Fig("S6", HANGED, best=50, per_time="day", who="detainee", passes_on=("S2, a day",)),
    "S7, a day": Fig("S7", KILLED, lower=50, lower_wording="at_least", per_time="day", who="detainee", passes_on=("S2, a day",)),
    "S9, hanged": Fig("S9", HANGED, upper=13000, upper_wording="as_many_as", passes_on=("S1, hanged",)),
    "S11, a day": Fig("S11", KILLED, upper=50, upper_wording="up_to", per_time="day", who="detainee", passes_on=("S2, a day",)),
    "S2, detained": Fig("S2", ({"abducted", "detained"},), **ranging(65000, 117000), period=FIVE_YEARS, where="Syria",
                        attributed="according to numerous NGOs"),
    "S5, detained": Fig("S5", ({"detained"},), **ranging(65000, 117000), period=FIVE_YEARS, where="Syria", known=("ours",),
                        attributed_to="Stuart Jones", passes_on=("S2, detained",),
                        more={"period_length": "the same four-year period", "about_wording": "not stated"}),
    "S6, detained": Fig("S6", ({"detained", }, {"deprived_of_liberty"}), **ranging(65000, 117000), period=FIVE_YEARS, where="Syria",
                        known=("ours",), attributed_to="Amnesty International", passes_on=("S2, detained",),
                        more={"period_wording": "the same period", "about_wording": "not stated"}),
}  # fmt: skip


def figure(name: str) -> Estimate:
    """The figure of this line, found by its source, its numbers and its unit."""
    told = FIGURES[name]
    return seen(Estimate).get(
        source=source(told.number),
        lower=told.lower,
        best=told.best,
        upper=told.upper,
        measure=told.measure,
        per_time=told.per_time,
    )


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_has_exactly_its_bounds_with_their_words_and_its_unit(name: str) -> None:
    told, found = FIGURES[name], figure(name)
    assert (found.lower, found.best, found.upper) == (told.lower, told.best, told.upper)
    assert (found.lower_wording, found.best_wording, found.upper_wording) == (told.lower_wording, "", told.upper_wording)
    assert (found.measure, found.per_time, found.counted.code) == (told.measure, told.per_time, "persons")
    assert found.value_text and not found.out_of_order


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_has_its_category_period_and_those_of_whom_it_speaks(name: str) -> None:
    told, found = FIGURES[name], figure(name)
    assert set(found.categories.values_list("code", flat=True)) in told.categories
    assert found.period == told.period
    assert found.who_status == told.who
    for column, words in told.more.items():
        assert words in getattr(found, column)


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_stands_at_its_place_and_says_how_we_know(name: str) -> None:
    told, found = FIGURES[name], figure(name)
    assert str(found.about) == told.where
    assert found.about_known in told.known


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_is_attributed_to_those_whom_its_source_names(name: str) -> None:
    told, found = FIGURES[name], figure(name)
    assert told.attributed in found.attributed_wording
    if told.attributed_to:
        assert found.attributed_to.name_en == told.attributed_to
    if not told.attributed_to and told.attributed:
        assert found.attributed_to is None  # "numerous NGOs", "multiple sources": nobody is named
        assert "unnamed" in found.bases


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_hands_on_what_its_text_names_and_states_it(name: str) -> None:
    told, found = FIGURES[name], figure(name)
    stated = seen(HandOn).filter(later=found.pk, stated=True)
    assert set(stated.values_list("earlier", flat=True)) == {figure(earlier).pk for earlier in told.passes_on}


@pytest.mark.parametrize("name", [name for name, told in FIGURES.items() if told.quoted_in])
def test_a_figure_that_was_read_only_as_quoted_says_where(name: str) -> None:
    told, found = FIGURES[name], figure(name)
    assert found.read_as == "as_quoted"
    assert {source(number).pk for number in told.quoted_in} <= set(
        found.quoted_in.visible_to(NOBODY).values_list("source", flat=True)
    )


@pytest.mark.parametrize("name", [name for name, told in FIGURES.items() if told.number in ("S1", "S2")])
def test_figures_of_the_report_and_of_the_briefing_are_nowhere_said_to_have_been_read_in_full(name: str) -> None:
    assert figure(name).read_as in ("excerpt", "as_quoted")


def test_only_the_two_inferred_hand_ons_are_marked_as_inferred() -> None:
    """65,000 and 117,000 look like two figures of one recorder: possible hand-ons, nothing that a source says."""
    inferred = seen(HandOn).filter(stated=False, later__kind="estimate")
    assert {hop.later_id for hop in inferred} == {figure("S2, detained").pk}
    earlier = seen(Estimate).filter(pk__in=inferred.values("earlier"))
    assert {(int(e.best), e.categories.first().code, e.source.publishers.first().party.name_en) for e in earlier} == {
        (65116, "enforced_disappearance", "Syrian Network for Human Rights (SNHR)"),
        (117000, "arrested", "Syrian Network for Human Rights (SNHR)"),
    }
    asked = seen(EstimateRelation).filter(estimate=figure("S2, detained"), kind="may_combine")
    assert set(asked.values_list("other", flat=True)) == set(earlier.values_list("pk", flat=True))
    assert all(relation.source is None and relation.reason.strip().endswith((".", "?")) for relation in asked)


def test_no_source_of_the_table_has_a_figure_about_the_dead_or_detained_that_the_table_does_not_have() -> None:
    mine = {figure(name).pk for name in FIGURES}
    others = seen(Estimate).filter(source__in=[source(n).pk for n in SOURCES]).exclude(pk__in=mine)
    assert {(e.value_text, e.measure) for e in others} == {
        ("five", "capacity"), ("as many as 70", "stock"), ("more than 10,000 photos", "total")}  # fmt: skip


def test_cells_made_for_five_held_up_to_seventy() -> None:
    cells = seen(Facility).get(name_en__startswith="Cells made for five")
    assert cells.parent == seen(Facility).get(name_en=PRISON)
    capacity, stock = (seen(Estimate).get(about_facility=cells, measure=measure) for measure in ("capacity", "stock"))
    assert (capacity.lower, capacity.best, capacity.upper) == (None, 5, None)
    assert (stock.lower, stock.best, stock.upper, stock.upper_wording) == (None, None, 70, "as_many_as")
    assert capacity.source == stock.source == source("S2")


# The figures of others, with their marks of what was read.
OTHERS = [
    ("HRDAG", "17,723", Decimal(17723), "killed_in_custody", "2011-03-15/2015-12-31", ("excerpt",)),
    ("HRDAG", "12,270", Decimal(12270), "killed_in_custody", "2011-03-15/2015-12-31", ("excerpt",)),
    ("SNHR", "65,116", Decimal(65116), "enforced_disappearance", "2011-03/2015-08", ("as_quoted",)),
    ("SNHR", "117,000", Decimal(117000), "arrested", "2011/2015", ("as_quoted",)),
    ("SNHR", "58,148", Decimal(58148), "enforced_disappearance", "2011-03/2015-08", ("as_quoted",)),
    ("SNHR", "about 82,000", Decimal(82000), "enforced_disappearance", "", ("excerpt", "as_quoted")),
    ("SNHR", "14,000", Decimal(14000), "death_under_torture", "", ("excerpt", "as_quoted")),
    ("SNHR", "14,537", Decimal(14537), "death_under_torture", "2011-03/2021-06", ("excerpt", "as_quoted")),
    ("SOHR", "30,000", Decimal(30000), "death", "", ("as_quoted",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("publisher", "text", "best", "category", "period", "read_as"), OTHERS, ids=[f"{o[0]} {o[1]}" for o in OTHERS]
)
def test_the_figures_of_others_are_there_with_what_was_read_of_them(
    publisher: str, text: str, best: Decimal, category: str, period: str, read_as: tuple[str, ...]
) -> None:
    publishing = seen(SourcePublisher).filter(party__name_en__icontains=publisher).values("source")
    found = seen(Estimate).get(source__in=publishing, value_text__startswith=text)
    assert (found.lower, found.best, found.upper) == (None, best, None)
    assert category in set(found.categories.values_list("code", flat=True))
    assert found.period == period and found.read_as in read_as


def test_deaths_in_custody_are_said_to_exclude_the_hangings() -> None:
    said = seen(EstimateRelation).filter(kind="disjoint", other=figure("S1, hanged"))
    assert {int(relation.estimate.best) for relation in said} == {17723}
    assert all(relation.source is not None for relation in said)
    documented = seen(Estimate).get(value_text="12,270")
    assert seen(EstimateRelation).get(other=documented).kind == "includes"


def test_a_number_known_from_memory_alone_says_that_it_was_not_read() -> None:
    interval = seen(Estimate).get(lower=13409, upper=18713)
    assert interval.read_as == "not_read" and "memory" in interval.locator


# ── facility ──

SPELLINGS = {
    "Saydnaya": "ar-Latn", "Sednaya": "ar-Latn", "Saidnaya": "ar-Latn", "Sidnaya": "ar-Latn", "Sajdnaja": "sl",
    "صيدنايا": "ar", "سجن صيدنايا العسكري": "ar",
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_each_spelling_of_the_prison_is_there_with_its_language(spelling: str) -> None:
    name = seen(FacilityName).get(text=spelling, facility__name_en=PRISON)
    assert name.language == SPELLINGS[spelling]


def test_both_spellings_of_one_article_are_cited_from_it() -> None:
    cited = seen(Citation).filter(source=source("S5"), field="names", about_facility__name_en=PRISON)
    assert {citation.value for citation in cited} == {"Saydnaya", "Sednaya"}


def test_the_prison_stands_where_the_cover_of_the_report_says() -> None:
    prison = seen(Facility).get(name_en=PRISON)
    place = seen(Place).get(pk=prison.place_id)
    assert (str(place.latitude), str(place.longitude)) == ("33.664800", "36.328800")
    assert place.coordinates_from == source("S1") and "cover" in place.coordinates_text
    assert (place.parent.name_en, place.country.code) == ("Rif Dimashq", "SY")
    assert seen(Citation).get(source=source("S1"), field="coordinates", about_place=place).value == "33.6648, 36.3288"


def crematorium() -> Facility:
    return seen(Facility).get(parent__name_en=PRISON, kind__code="crematorium")


def test_the_alleged_crematorium_is_a_building_within_the_prison_whose_existence_is_an_allegation() -> None:
    building = crematorium()
    assert building.standing == "alleged" and "alleged" in building.name_en
    allegation = seen(Allegation).get(about_facility=building, source=source("S2"))
    assert allegation.period.startswith("2013") and allegation.certainty == "belief"


def test_the_evidence_for_the_building_and_the_comment_on_it_stand_beside_one_another() -> None:
    said = seen(Citation).filter(about_facility=crematorium(), field="existence")
    supporting = said.filter(stance="supports", source=source("S2"), bases__contains=["imagery"])
    assert any("several years" in citation.value for citation in supporting)
    roof = supporting.get(parsed_value="2015-01")
    assert "roof" in roof.value and "snow" in roof.value
    comment = said.exclude(source=source("S2")).filter(value__contains="consistent with a crematorium")
    assert comment.exists() and all("do not prove" in citation.value for citation in comment)
    assert not any(citation.stance == "supports" for citation in comment)


def test_the_building_has_its_own_denial() -> None:
    allegation = seen(Allegation).get(about_facility=crematorium(), source=source("S2"))
    answers = seen(Response).filter(about_statement=allegation.pk)
    assert {(a.source_id, a.answer) for a in answers} >= {(source("S10").pk, "denial"), (source("S12").pk, "unable_to_verify")}


# ── allegations ──


def accusations(allegation: Allegation) -> set[tuple[str, tuple[str, ...], str]]:
    return {(a.party.name_en, tuple(sorted(a.modes)), a.modes_joined) for a in seen(Accused).filter(allegation=allegation)}


SYRIA, RUSSIA, IRAN = "Syrian Arab Republic", "Russian Federation", "Islamic Republic of Iran"
EITHER = ("acquiesced", "aided")
ALLEGED = [
    ("S1", "mass hangings", {(SYRIA, ("ordered",), "together"), ("Military Police (Syria)", ("carried_out",), "together")}),
    ("S2", "killing of detainees", {(SYRIA, ("carried_out",), "together")}),
    ("S2", "burning bodies", {(SYRIA, ("carried_out",), "together")}),
    ("S2", "crematorium", {(SYRIA, ("carried_out",), "together")}),
    ("S2", "atrocities", {(RUSSIA, ("backed",), "together"), (IRAN, ("backed",), "together")}),
    ("S5", "atrocities", {(RUSSIA, ("backed",), "together"), (IRAN, ("backed",), "together")}),
    ("S2", "bombing of a convoy", {(RUSSIA, EITHER, "alternatives")}),
    ("S2", "bombing of east Aleppo", {(RUSSIA, EITHER, "alternatives")}),
    ("S2", "chemical weapons", {(RUSSIA, EITHER, "alternatives")}),
    ("S7", "atrocities", {(RUSSIA, EITHER, "alternatives")}),
]  # fmt: skip


def alleged(number: str, acts: str) -> Allegation:
    return seen(Allegation).get(source=source(number), acts_wording__contains=acts)


@pytest.mark.parametrize(("number", "acts", "accused"), ALLEGED, ids=[f"{a[0]} {a[1]}" for a in ALLEGED])
def test_each_allegation_names_its_accused_with_their_part_in_it(number: str, acts: str, accused: set[Any]) -> None:
    assert accusations(alleged(number, acts)) == accused


def test_there_are_no_other_allegations() -> None:
    rows = ImportedRow.objects.filter(dataset="founding-case", sheet="allegations")
    assert set(rows.values_list("object_id", flat=True)) == {alleged(number, acts).pk for number, acts, _ in ALLEGED}


@pytest.mark.parametrize(("number", "acts", "words"), [
    ("S1", "mass hangings", {"authorised", "carried them out"}), ("S2", "killing of detainees", {"under Bashar al-Assad"}),
    ("S2", "atrocities", {"seemingly unconditional support"}), ("S5", "atrocities", {"indirectly backing"}),
    ("S2", "bombing of a convoy", {"aided in or passively looked away"}), ("S7", "atrocities", {"helped, or passively looked away"}),
])  # fmt: skip
def test_the_part_of_the_accused_stands_in_the_words_of_the_source(number: str, acts: str, words: set[str]) -> None:
    wordings = [a.wording for a in seen(Accused).filter(allegation=alleged(number, acts))]
    assert all(any(word in wording for wording in wordings) for word in words)


ANSWERS = [
    ("S9", "denial", "Ministry of Justice (Syria)", "2017-02-08", "totally untrue", ("S1", "mass hangings")),
    ("S9", "denial", "Ministry of Justice (Syria)", "2017-02-08", "baseless", ("S1", "mass hangings")),
    ("S10", "denial", "Ministry of Foreign Affairs and Expatriates (Syria)", "2017-05-16", "new Hollywood narrative", None),
    ("S10", "denial", "Ministry of Foreign Affairs and Expatriates (Syria)", "2017-05-16", "baseless", None),
    ("S11", "denial", SYRIA, "2017-05-19", "a big lie, Hollywood joke", ("S2", "burning bodies")),
    ("S12", "unable_to_verify", "Amnesty International", "2017-05", "could not verify", ("S2", "crematorium")),
    ("S13", "clarification", "U.S. Department of State", "2017-05-15", "no", ("S2", "atrocities")),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "by", "date", "words", "to"), ANSWERS, ids=[f"{a[0]} {a[4]}" for a in ANSWERS])
def test_each_answer_is_there_by_whom_when_and_in_which_words(
    number: str, answer: str, by: str, date: str, words: str, to: tuple[str, str] | None
) -> None:
    found = seen(Response).get(source=source(number), answer=answer, wording__contains=words)
    assert (found.spoken_for.name_en, found.date) == (by, date)
    if to:
        assert found.about_statement_id == alleged(*to).pk
    else:
        about = found.about.detail if found.about_statement_id else found.about_source
        assert getattr(about, "source", about) == source("S2")


def test_the_ambassador_speaks_for_syria_and_jones_clarifies_himself() -> None:
    assert seen(Response).get(source=source("S11")).speaker.name_en == "Bashar Jaafari"
    clarification = seen(Response).get(source=source("S13"))
    assert clarification.speaker.name_en == "Stuart Jones"
    assert "Russia or Iran" in clarification.wording


def test_extermination_is_a_word_of_the_report_and_not_a_ticked_violation() -> None:
    word = seen(Characterisation).get(source=source("S1"))
    assert (word.wording, word.polarity, word.stage) == ("extermination", "is", "alleged")
    assert seen(Party).get(pk=source("S1").publishers.get().party_id).kind == "ngo"
    for incident in seen(Incident):
        assert not incident.violations.filter(code__icontains="extermination").exists()


def test_the_accusation_that_is_told_on_says_whose_it_is_and_its_act_has_drifted() -> None:
    hops = seen(HandOn).filter(later=alleged("S7", "atrocities").pk, stated=True)
    assert set(hops.values_list("earlier", flat=True)) == {
        alleged("S2", acts).pk for acts in ("bombing of a convoy", "bombing of east Aleppo", "chemical weapons")
    }
    assert alleged("S7", "atrocities").attributed_to.name_en == "Stuart Jones"
    assert list(seen(HandOn).filter(later=alleged("S5", "atrocities").pk).values_list("earlier", flat=True)) == [
        alleged("S2", "atrocities").pk
    ]


@pytest.mark.parametrize("acts", ["bombing of a convoy", "bombing of east Aleppo", "chemical weapons"])
def test_what_the_live_notes_have_the_briefing_say_is_quoted_in_them(acts: str) -> None:
    allegation = alleged("S2", acts)
    assert allegation.read_as == "as_quoted" and allegation.speaker.name_en == "Stuart Jones"
    assert source("S13").pk in allegation.quoted_in.visible_to(NOBODY).values_list("source", flat=True)


@pytest.mark.parametrize("acts", ["burning bodies", "crematorium"])
def test_the_evidence_of_the_briefing_is_named(acts: str) -> None:
    allegation = alleged("S2", acts)
    assert {"other_report", "press", "intelligence", "imagery"} <= set(allegation.bases)
    assert "photographs" in allegation.evidence
    assert (allegation.certainty, allegation.certainty_wording) == ("belief", "we believe")


def test_another_page_contradicts_the_date_of_the_first_denial() -> None:
    citation = seen(Citation).get(source=source("S15"), stance="contradicts")
    assert (citation.field, citation.value, citation.parsed_value) == ("date", "Tuesday", "2017-02-07")
    assert citation.about.detail == seen(Response).get(source=source("S9"))
    assert seen(Response).get(source=source("S9")).date == "2017-02-08"


def test_the_page_of_russia_reads_accused_of_backing_with_the_clarification_in_the_same_view(client: Client) -> None:
    russia = seen(Party).get(name_en=RUSSIA)
    told = client.get(f"/api/v1/perpetrators/{russia.uid}/").json()
    assert {mode for row in told["accusations"] for mode in row["modes"]} == {"backed", "aided", "acquiesced"}
    backing = next(row for row in told["accusations"] if row["modes"] == ["backed"] and row["source"] == source("S2").uid)
    assert [answer["answer"] for answer in backing["answers"]] == ["clarification"]
    assert backing["about"]["kind"] == "incident"


def test_jones_is_accused_of_nothing_and_assad_only_named() -> None:
    accused = {row.party.name_en for row in seen(Accused)}
    assert accused >= {SYRIA, RUSSIA, IRAN, "Military Police (Syria)"}
    assert not accused & {"Stuart Jones", "Bashar Jaafari", "Amnesty International", "Bashar al-Assad"}


# ── all of it ──

SHEETS = {path.stem: path for path in (Path(cases.__file__).parent / "demo").glob("*.csv")}


def rows_of(sheet: str) -> list[dict[str, str]]:
    with SHEETS[sheet].open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_a_sheet_has_as_many_rows_as_it_became_records_and_nobody_is_kept_from_seeing_them(sheet: str) -> None:
    imported = ImportedRow.objects.filter(dataset="founding-case", sheet=sheet)
    targets = [row.target for row in imported]
    assert len(rows_of(sheet)) == len(targets) == len({target.pk for target in targets})
    model = type(targets[0])
    assert seen(model).filter(pk__in=[target.pk for target in targets]).count() == len(targets)


def test_the_import_accounts_for_every_row_of_every_sheet() -> None:
    run = Import.objects.get(dataset="founding-case")
    assert run.counts["read"] == run.counts["new"] == sum(len(rows_of(sheet)) for sheet in SHEETS)


def test_every_record_was_entered_by_one_person_and_published_by_another() -> None:
    for row in ImportedRow.objects.filter(dataset="founding-case"):
        if isinstance(row.target, Record):
            assert (row.target.state, row.target.sensitivity) == (State.PUBLISHED, "public")
            assert row.target.created_by.username == "demo-analyst"


def test_the_case_gathers_the_prison_the_building_and_the_incidents() -> None:
    case = seen(Case).get(title_en__contains="Saydnaya")
    assert {PRISON, crematorium().name_en} <= {link.facility.name_en for link in case.facilities.visible_to(NOBODY)}
    assert case.incidents.visible_to(NOBODY).count() == seen(Incident).filter(cases__case=case).count() > 0


def test_loading_the_case_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    before = Import.objects.count(), Statement.objects.count()
    call_command("load_demo")
    assert "here already" in capsys.readouterr().out
    assert (Import.objects.count(), Statement.objects.count()) == before


def test_what_we_stand_behind_needs_no_second_look_as_it_was_decided(founding_case: None) -> None:
    analyst = User.objects.get(username="demo-analyst")
    [conclusion] = Conclusion.objects.filter(kind="figure", facility__name_en="Saydnaya Military Prison")
    assert [found.words for found in findings_on(conclusion, analyst) if found.kind == "reopened"] == []
