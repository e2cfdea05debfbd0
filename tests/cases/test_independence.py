"""How many voices speak: origins are counted, never outlets, and only as far as the sources let us know."""

from typing import Any

from cases.claims import Figure
from cases.independence import earlier_ones, independence, origins, publications, spread
from cases.matter import Link
from tests.cases import saydnaya
from tests.cases.saydnaya import LINKS, RELAYS


def statement(uid: str, **fields: Any) -> Figure:
    return Figure(uid=uid, source=fields.pop("source", f"source of {uid}"), **fields)


A, B, C = statement("A"), statement("B"), statement("C")


def test_six_tellings_of_one_range_have_one_origin_for_certain_and_at_most() -> None:
    found = independence(saydnaya.DEATHS, LINKS)
    assert (found.certain, found.at_most, found.origins) == (1, 1, ("S1-hanged",))
    assert found.words == "One origin, for certain and at most."


def test_copies_are_one_voice_also_where_their_origin_is_not_among_them() -> None:
    found = independence((saydnaya.DIED_BY_NEWS_PAGE, saydnaya.DIED_IN_SLOVENIAN), LINKS)
    assert (found.certain, found.at_most) == (1, 1)


def test_a_rate_that_rests_on_sources_nobody_names_has_no_certain_origin_and_is_open_at_most() -> None:
    found = independence(saydnaya.RATES[1:], LINKS)
    assert (found.certain, found.at_most, found.unnamed) == (0, None, ("S2-daily",))
    assert found.words == "No origin for certain; at most is open, since some rest only on sources that nobody names."


def test_numerous_ngos_are_no_certain_origin_either() -> None:
    found = independence(saydnaya.HELD, LINKS)
    assert (found.certain, found.at_most) == (0, None)


def test_what_we_infer_never_makes_an_unnamed_origin_certain() -> None:
    inferred = (
        Link("S2-held", "SNHR-disappeared", stated=False),
        Link("S2-held", "SNHR-arrested", stated=False),
    )
    assert independence(saydnaya.HELD, (*LINKS, *inferred)).certain == 0
    with_recorder = independence((*saydnaya.HELD, saydnaya.DISAPPEARED, saydnaya.ARRESTED), (*LINKS, *inferred))
    assert (with_recorder.certain, with_recorder.at_most) == (1, None)  # the recorder, by its own word


def test_the_range_stands_in_five_statements_and_passes_through_seven_publications() -> None:
    found = spread(saydnaya.HANGED, saydnaya.ALL, LINKS, RELAYS)
    assert found.whole == ("S1-hanged", "S8-executed", "S2-died", "S5-died", "S6-died")
    assert found.publications == {"S1", "S2", "S3", "S4", "S5", "S6", "S8"}
    assert found.in_part == ("S9-hanged",)
    assert found.words == "Told whole in 5 statements, by way of 7 publications; 1 more only in part."


def test_a_publication_off_the_way_between_two_others_does_not_count() -> None:
    assert publications({"S5"}, RELAYS) == {"S5"}
    assert publications({"S5", "S3"}, RELAYS) == {"S5", "S4", "S3"}


def test_statements_without_links_are_each_an_origin() -> None:
    found = independence((A, B, C), ())
    assert (found.certain, found.at_most) == (3, 3)


def test_nothing_said_has_no_origin() -> None:
    assert (independence((), ()).certain, independence((), ()).at_most) == (0, 0)


def test_an_inferred_link_makes_two_origins_uncertain_but_not_one() -> None:
    found = independence((A, B), (Link("B", "A", stated=False),))
    assert (found.certain, found.at_most) == (1, 2)
    assert found.words == "One origin for certain, 2 origins at most."


def test_two_origins_that_may_come_from_a_third_statement_are_one_voice_for_certain() -> None:
    links = (Link("A", "X", stated=False), Link("B", "X", stated=False))
    assert (independence((A, B), links).certain, independence((A, B), links).at_most) == (1, 2)


def test_what_one_source_says_itself_is_one_voice_however_often_it_says_it() -> None:
    found = independence((statement("A", source="S"), statement("B", source="S")), ())
    assert (found.certain, found.at_most) == (1, 1)


def test_one_source_may_tell_of_as_many_origins_as_it_names() -> None:
    told = (statement("A", source="S", attributed_to=("HRW",)), statement("B", source="S", attributed_to=("AI",)))
    found = independence(told, ())
    assert (found.certain, found.at_most) == (1, 2)


def test_two_statements_that_rest_on_the_same_archive_are_one_voice_for_certain() -> None:
    archive = frozenset({"Caesar photographs"})
    found = independence((statement("A", evidence=archive), statement("B", evidence=archive), C), ())
    assert (found.certain, found.at_most) == (2, 3)


def test_two_pages_that_draw_on_one_wire_report_are_one_voice_for_certain() -> None:
    wire = frozenset({"AFP"})
    found = independence((statement("A", draws_on=wire), statement("B", draws_on=wire | {"Reuters"}), C), ())
    assert (found.certain, found.at_most) == (2, 3)


def test_origins_are_joined_by_way_of_a_third() -> None:
    one = statement("A", evidence=frozenset({"list"}))
    middle = statement("B", evidence=frozenset({"list", "archive"}))
    other = statement("C", evidence=frozenset({"archive"}))
    assert independence((one, other, middle), ()).certain == 1


def test_a_claim_to_confirm_is_an_origin_of_its_own() -> None:
    found = independence((A, B), (Link("B", "A", "claims_to_confirm"),))
    assert (found.certain, found.at_most) == (2, 2)


def test_a_compilation_of_two_reports_is_no_third_voice() -> None:
    found = independence((A, B, C), (Link("C", "A", "compiled_from"), Link("C", "B", "compiled_from")))
    assert (found.certain, found.at_most) == (2, 2)


def test_one_unnamed_origin_leaves_the_number_open_but_not_the_others_uncertain() -> None:
    found = independence((A, statement("B", only_unnamed=True)), ())
    assert (found.certain, found.at_most) == (1, None)


def test_an_origin_that_may_come_from_an_unnamed_one_is_not_certain() -> None:
    found = independence((A, statement("B", only_unnamed=True)), (Link("A", "B", stated=False),))
    assert (found.certain, found.at_most) == (0, None)


def test_a_loop_of_links_ends() -> None:
    links = (Link("A", "B"), Link("B", "A"))
    assert origins("A", earlier_ones(links)) == frozenset()
    assert independence((A, B), links).certain == 0
