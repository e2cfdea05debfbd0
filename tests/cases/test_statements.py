"""Statements: about exactly one thing, of one kind, by one speaker; figures as their sources print them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db.models import BaseConstraint, Model

from cases.models import (
    ABOUT,
    Affiliation,
    Allegation,
    Characterisation,
    Citation,
    Estimate,
    IncidentLink,
    OfficialAct,
    Operation,
    Response,
    Statement,
)
from hrdocs import review
from hrdocs.models import User
from sources.models import Informant
from tests import factories
from tests.cases.refusals import kept, refused, refused_in_words_and_by_the_database, run_sql, words_against

pytestmark = pytest.mark.django_db

# What each kind may be about, as docs and domain have it: written out once more, so that the code can't drift alone.
HAPPENINGS = {"incident", "facility", "place", "victim"}
ALLOWED = {
    "estimate": HAPPENINGS,
    "allegation": HAPPENINGS | {"harm"},
    "characterisation": HAPPENINGS | {"harm", "statement"},
    "response": {"statement", "incident", "facility", "victim", "harm", "operation", "official_act", "source"},
    "citation": HAPPENINGS
    | {"statement", "harm", "operation", "official_act", "source", "party", "affiliation", "incident_link"},
}
THINGS = sorted(ALLOWED["citation"])
KINDS: dict[str, type[Statement]] = {
    "estimate": Estimate,
    "allegation": Allegation,
    "characterisation": Characterisation,
    "response": Response,
    "citation": Citation,
}
SAYS: dict[str, dict[str, Any]] = {
    "estimate": {"value_text": "dozens"},
    "allegation": {"acts_wording": "mass hangings"},
    "characterisation": {"wording": "extermination"},
    "response": {"wording": "totally untrue"},
    "citation": {"value": "2017-02-07"},
}


def thing(name: str, by: User) -> Any:
    """One record of the kind that a statement can be about."""
    if name == "operation":
        return Operation(party=factories.make_party(by), facility=factories.make_facility(by)).save_by(by)
    if name == "affiliation":
        return Affiliation(party=factories.make_party(by), to_party=factories.make_party(by)).save_by(by)
    if name == "official_act":
        return OfficialAct(title_en="Inquiry of 2017").save_by(by)
    if name == "incident_link":
        return IncidentLink.objects.create(
            incident=factories.make_incident(by), other=factories.make_incident(by), kind="part_of"
        )
    if name == "statement":
        return Statement.objects.get(pk=factories.make_allegation(by).pk)
    return getattr(factories, f"make_{name}")(by)


def said(kind: str, by: User, **given: Any) -> Any:
    """An unsaved statement of this kind, about nothing yet."""
    given = {"source": factories.make_source(by), **SAYS[kind], **given}
    if kind == "estimate":
        given.setdefault("counted", factories.make_term())
    return KINDS[kind](**given)


def figure(by: User, **given: Any) -> Estimate:
    """An unsaved figure about a facility, with the values of the test alone."""
    return said("estimate", by, about_facility=factories.make_facility(by), **given)


# ── about ──


def test_the_things_that_statements_can_be_about_are_those_of_the_table() -> None:
    assert set(ABOUT) == {f"about_{name}" for name in set().union(*ALLOWED.values())}


@pytest.mark.parametrize("name", THINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_statement_is_about_a_thing_that_its_kind_allows_and_about_no_other(kind: str, name: str, analyst: User) -> None:
    statement = said(kind, analyst, **{f"about_{name}": thing(name, analyst)})
    if name in ALLOWED[kind]:
        assert kept(statement, analyst).about.pk == getattr(statement, f"about_{name}_id")
    else:
        refused_in_words_and_by_the_database(statement, analyst, "cases_statement_about_one_thing", "exactly one thing")


@pytest.mark.parametrize("kind", KINDS)
def test_a_statement_about_nothing_is_refused(kind: str, analyst: User) -> None:
    refused_in_words_and_by_the_database(said(kind, analyst), analyst, "cases_statement_about_one_thing", "exactly one thing")


@pytest.mark.parametrize("kind", KINDS)
def test_a_statement_about_two_things_is_refused(kind: str, analyst: User) -> None:
    about = {"about_incident": factories.make_incident(analyst), "about_facility": factories.make_facility(analyst)}
    refused_in_words_and_by_the_database(
        said(kind, analyst, **about), analyst, "cases_statement_about_one_thing", "exactly one thing"
    )


def test_a_second_thing_added_by_raw_sql_is_refused(analyst: User) -> None:
    estimate, place = factories.make_estimate(analyst), factories.make_place(analyst)
    with refused("cases_statement_about_one_thing"):
        run_sql("UPDATE cases_statement SET about_place_id = %s WHERE id = %s", place.pk, estimate.pk)


def test_the_kind_of_a_statement_can_not_be_turned_by_raw_sql_into_one_that_may_not_be_about_its_thing(analyst: User) -> None:
    citation = factories.make_citation(analyst, about_party=factories.make_party(analyst))
    with refused("cases_statement_about_one_thing"):
        run_sql("UPDATE cases_statement SET kind = 'estimate' WHERE id = %s", citation.pk)


def test_a_statement_can_not_be_about_itself(analyst: User) -> None:
    response = factories.make_response(analyst, about_statement=thing("statement", analyst))
    with refused("cases_statement_not_about_itself"):
        run_sql("UPDATE cases_statement SET about_statement_id = id WHERE id = %s", response.pk)


# ── kind and detail ──


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_comes_from_the_class_whatever_is_given(kind: str, analyst: User) -> None:
    other = "citation" if kind != "citation" else "response"
    statement = said(kind, analyst, about_incident=factories.make_incident(analyst))
    statement.kind = other
    assert kept(statement, analyst).kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_statement_of_any_kind_leads_to_its_detail_and_to_what_it_is_about(kind: str, analyst: User) -> None:
    incident = factories.make_incident(analyst)
    own = said(kind, analyst, about_incident=incident).save_by(analyst)
    plain = Statement.objects.get(pk=own.pk)
    assert type(plain) is Statement
    assert plain.detail == own and type(plain.detail) is KINDS[kind]
    assert own.detail is own
    assert plain.about == incident and own.about == incident


@pytest.mark.parametrize(("kind", "prefix"), list(zip(KINDS, ("EST", "ALL", "CHR", "RSP", "CIT"), strict=True)))
def test_the_uid_of_a_statement_tells_its_kind(kind: str, prefix: str, analyst: User) -> None:
    statement = said(kind, analyst, about_incident=factories.make_incident(analyst)).save_by(analyst)
    assert statement.uid.startswith(f"{prefix}-")
    assert Statement.objects.get(uid=statement.uid).pk == statement.pk


# ── who speaks, who grades ──


@pytest.mark.parametrize("pair", [("speaker", "speaker_informant"), ("speaker", "speaker_victim"), ("speaker_informant", "speaker_victim"),
                                  ("speaker", "speaker_informant", "speaker_victim")])  # fmt: skip
def test_two_speakers_of_one_statement_are_refused(pair: tuple[str, ...], analyst: User) -> None:
    speakers = {
        "speaker": factories.make_party(analyst),
        "speaker_informant": Informant(pseudonym="Basil", role="former guard").save_by(analyst),
        "speaker_victim": factories.make_victim(analyst),
    }
    statement = figure(analyst, **{name: speakers[name] for name in pair})
    refused_in_words_and_by_the_database(statement, analyst, "cases_statement_one_speaker", "Name one speaker")


@pytest.mark.parametrize("name", ["speaker", "speaker_informant", "speaker_victim"])
def test_one_speaker_of_any_sort_is_kept(name: str, analyst: User) -> None:
    speakers = {
        "speaker": factories.make_party,
        "speaker_informant": lambda by: Informant(pseudonym="Basil").save_by(by),
        "speaker_victim": factories.make_victim,
    }
    speaker = speakers[name](analyst)
    assert getattr(kept(figure(analyst, **{name: speaker}), analyst), name) == speaker


def test_a_grading_that_nobody_signed_is_refused(analyst: User) -> None:
    statement = figure(analyst, credibility="2")
    refused_in_words_and_by_the_database(statement, analyst, "cases_statement_rating_signed", "Say who graded")


def test_a_signed_grading_is_kept(analyst: User) -> None:
    assert kept(figure(analyst, credibility="2", rated_by=analyst), analyst).rated_by == analyst


@pytest.mark.parametrize(("verb", "read_as", "quotation", "stands_in_the_way"), [
    ("submit", "full_text", "", True), ("approve", "full_text", "", True), ("publish", "full_text", "", True),
    ("submit", "full_text", "as many as 50", False), ("submit", "as_quoted", "", False), ("submit", "not_read", "", False),
    ("return", "full_text", "", False),
])  # fmt: skip
def test_who_read_the_full_text_quotes_it_before_review(
    verb: str, read_as: str, quotation: str, stands_in_the_way: bool, analyst: User
) -> None:
    statement = figure(analyst, read_as=read_as, quotation=quotation).save_by(analyst)
    assert any("Quote the words" in words for words in statement.blockers(verb)) is stands_in_the_way


def test_a_statement_is_submitted_only_with_its_quotation(analyst: User) -> None:
    statement = figure(analyst, read_as="full_text").save_by(analyst)
    with pytest.raises(review.Refused, match="Quote the words of the source"):
        review.submit(statement, by=analyst)


# ── figures ──

BOUNDS = ("lower", "best", "upper")


@pytest.mark.parametrize("value", ["-1", "-0.0001", "-13000"])
@pytest.mark.parametrize("bound", BOUNDS)
def test_a_negative_figure_is_refused(bound: str, value: str, analyst: User) -> None:
    refused_in_words_and_by_the_database(
        figure(analyst, **{bound: Decimal(value)}), analyst, "cases_estimate_not_negative", "can't be negative"
    )


@pytest.mark.parametrize("bound", BOUNDS)
def test_zero_is_a_value_and_nothing_is_not(bound: str, analyst: User) -> None:
    found = kept(figure(analyst, **{bound: 0}), analyst)
    assert [getattr(found, name) for name in BOUNDS] == [0 if name == bound else None for name in BOUNDS]
    assert not found.out_of_order


@pytest.mark.parametrize(("lower", "best", "upper", "flagged"), [
    (5000, None, 13000, False), (None, None, None, False), (5, 5, 5, False), (None, 50, None, False), (0, None, 0, False),
    (1, 2, 3, False), (Decimal("0.5"), None, Decimal("0.75"), False),
    (13000, None, 5000, True), (3, 2, None, True), (None, 3, 2, True), (1, 5, 3, True), (4, 2, 3, True), (1, None, 0, True),
])  # fmt: skip
def test_a_figure_whose_source_breaks_the_order_is_kept_and_flagged(
    lower: Any, best: Any, upper: Any, flagged: bool, analyst: User
) -> None:
    found = kept(figure(analyst, lower=lower, best=best, upper=upper), analyst)
    assert (found.lower, found.best, found.upper) == (lower, best, upper)
    assert found.out_of_order is flagged


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_single_bound_is_never_copied_into_another(bound: str, analyst: User) -> None:
    found = kept(figure(analyst, **{bound: 50}), analyst)
    assert {name for name in BOUNDS if getattr(found, name) is not None} == {bound}


@pytest.mark.parametrize(("bound", "wording"), [
    ("lower", "at_least"), ("lower", "more_than"), ("lower", "between"), ("best", "exactly"), ("best", "about"),
    ("best", "nearly"), ("upper", "up_to"), ("upper", "as_many_as"), ("upper", "fewer_than"), ("upper", "between"),
])  # fmt: skip
def test_a_wording_needs_the_value_that_it_speaks_of(bound: str, wording: str, analyst: User) -> None:
    worded = {f"{bound}_wording": wording}
    others = {name: 7 for name in BOUNDS if name != bound}
    refused_in_words_and_by_the_database(
        figure(analyst, **worded, **others), analyst, "cases_estimate_wording_has_value", "A wording belongs to a value"
    )
    found = kept(figure(analyst, **worded, **{bound: 7}), analyst)
    assert getattr(found, f"{bound}_wording") == wording


@pytest.mark.parametrize(
    ("bound", "wording"), [("lower", "up_to"), ("upper", "at_least"), ("best", "between"), ("best", "as_many_as")]
)
def test_a_wording_stands_only_beside_the_bound_that_it_can_word(bound: str, wording: str, analyst: User) -> None:
    """ "At least" can't stand at an upper bound: that is how a ceiling becomes a floor."""
    assert "is not a valid choice" in words_against(figure(analyst, **{bound: 50, f"{bound}_wording": wording}))


@pytest.mark.parametrize(
    "unit", [{"per_time": "day"}, {"per_time": "session"}, {"per_persons": 100000}, {"per_time": "year", "per_persons": 100000}]
)
def test_a_rate_with_its_unit_is_kept(unit: dict[str, Any], analyst: User) -> None:
    assert kept(figure(analyst, measure="rate", upper=50, **unit), analyst).measure == "rate"


def test_a_rate_without_its_unit_is_refused(analyst: User) -> None:
    refused_in_words_and_by_the_database(
        figure(analyst, measure="rate", upper=50), analyst, "cases_estimate_rate_has_unit", "A rate needs its unit"
    )


@pytest.mark.parametrize("measure", ["total", "cumulative", "new", "stock", "capacity", "share"])
def test_only_a_rate_needs_a_unit(measure: str, analyst: User) -> None:
    assert kept(figure(analyst, measure=measure, best=25), analyst).per_time == ""


@pytest.mark.parametrize("level", ["0", "1", "1.5", "-0.5"])
def test_the_level_of_an_interval_lies_between_nought_and_one(level: str, analyst: User) -> None:
    refused_in_words_and_by_the_database(
        figure(analyst, interval_level=Decimal(level)), analyst, "cases_estimate_interval_level", "write 0.95 for 95 per cent"
    )


def test_a_level_in_per_cent_is_refused_in_the_same_words(analyst: User) -> None:
    assert "write 0.95 for 95 per cent" in words_against(figure(analyst, interval_level=Decimal(95)))


@pytest.mark.parametrize("currency", ["usd", "$", "US", "Dollar"])
def test_a_currency_is_three_capital_letters(currency: str, analyst: User) -> None:
    assert words_against(figure(analyst, best=5, currency=currency))
    assert kept(figure(analyst, best=5, currency="SYP"), analyst).currency == "SYP"


@pytest.mark.parametrize("words", ["dozens", "thousands", "عشرات", "none reported", "a great many"])
def test_words_without_a_number_are_kept_as_words(words: str, analyst: User) -> None:
    found = kept(figure(analyst, value_text=words), analyst)
    assert found.value_text == words
    assert (found.lower, found.best, found.upper) == (None, None, None)
    assert not found.out_of_order


def test_a_figure_without_number_and_without_words_is_refused(analyst: User) -> None:
    assert "This field cannot be blank" in words_against(figure(analyst, value_text=""))


def test_a_figure_says_what_is_counted(analyst: User) -> None:
    assert words_against(figure(analyst, value_text="50", best=50, counted=None))


@pytest.mark.parametrize("text", ["2015/2011", "2011-02-30", "1432", "sometime"])
def test_a_period_that_is_no_date_is_refused_in_words(text: str, analyst: User) -> None:
    assert text in words_against(figure(analyst, period=text))


def test_a_period_keeps_its_text_and_derives_its_days(analyst: User) -> None:
    found = kept(figure(analyst, period="2011-09/2015-12"), analyst)
    assert found.period == "2011-09/2015-12"
    assert (found.period_earliest.isoformat(), found.period_latest.isoformat()) == ("2011-09-01", "2015-12-31")
    assert found.period_precision == "interval"


def test_a_figure_is_not_related_to_itself(analyst: User) -> None:
    estimate = factories.make_estimate(analyst)
    with refused("cases_estimaterelation_two"):
        estimate.relations.create(kind="disjoint", other=estimate, reason="no")


def test_a_relation_of_two_figures_names_its_source_or_our_reason(analyst: User) -> None:
    one, other = factories.make_estimate(analyst), factories.make_estimate(analyst)
    with refused("cases_estimaterelation_grounded"):
        one.relations.create(kind="disjoint", other=other)
    assert one.relations.create(kind="disjoint", other=other, reason="the memo says so").pk
    assert one.relations.create(kind="overlaps", other=other, source=factories.make_source(analyst)).pk


# ── words, acts and values of the other kinds ──


def test_a_characterisation_without_norm_and_words_is_refused(analyst: User) -> None:
    empty = said("characterisation", analyst, wording="", about_incident=factories.make_incident(analyst))
    refused_in_words_and_by_the_database(empty, analyst, "cases_characterisation_says", "Choose the norm")
    norm = factories.make_term("norm", "RS7-1-b")
    named = said("characterisation", analyst, wording="", norm=norm, about_incident=factories.make_incident(analyst))
    assert kept(named, analyst).norm == norm


def test_a_contradicting_citation_says_what_the_other_value_is(analyst: User) -> None:
    silent = said("citation", analyst, stance="contradicts", value="", about_incident=factories.make_incident(analyst))
    refused_in_words_and_by_the_database(silent, analyst, "cases_citation_other_value", "what the other value is")


@pytest.mark.parametrize(
    ("stance", "value"), [("contradicts", "Tuesday"), ("supports", ""), ("mentions", ""), ("supports", "33.6648")]
)
def test_a_citation_that_does_not_contradict_needs_no_value(stance: str, value: str, analyst: User) -> None:
    citation = said("citation", analyst, stance=stance, value=value, about_incident=factories.make_incident(analyst))
    assert kept(citation, analyst).stance == stance


# ── the rules themselves ──

RULES = [
    (model, constraint)
    for app in ("hrdocs", "sources", "cases")
    for model in apps.get_app_config(app).get_models()
    for constraint in model._meta.constraints
]


@pytest.mark.parametrize(("model", "rule"), RULES, ids=[f"{rule.name}" for _, rule in RULES])
def test_every_rule_of_the_models_can_say_its_words(model: type[Model], rule: BaseConstraint) -> None:
    """Django puts the rule's name into the words by `%`: a per-cent sign among them ends the form with an error page."""
    words = str(rule.get_violation_error_message())
    assert words.strip() and "%" not in words
    assert not words.startswith("Constraint “"), "the words are Django's own, not ours"
