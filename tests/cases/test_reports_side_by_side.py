"""Reports in two languages: what both say stands side by side, quotations stand once."""

from __future__ import annotations

import dataclasses
import io
import re

import docx as docx_library
import pytest
from docx.oxml.ns import qn
from lxml import html as lxml_html

from cases.reports.contents import LANGUAGES
from cases.reports.formats import FORMATS
from cases.reports.parts import TURN, Heading, Listed, Paragraph, Report, Run, Table, run, runs, sides, table
from cases.reports.side_by_side import side_by_side
from tests.cases.test_reports import every, in_words, text_of, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("founding_case")]
BOTH = LANGUAGES[-1]


@pytest.fixture(scope="module")
def reports(founding_case, django_db_blocker) -> dict[str, Report]:
    with django_db_blocker.unblock():
        return {language: told(language=language) for language in LANGUAGES}


def test_all_that_each_of_the_two_says_stands_in_it_in_its_order(reports):
    parts = [side for found in every_runs(reports[BOTH]) for side in sides(found)]
    said = "\n".join(with_our_commas(side) for side in parts)
    for language in ("en", "ar"):
        missing = [words for each in every_runs(reports[language]) if (words := with_our_commas(each)) and words not in said]
        assert missing == []
    assert BOTH == "en,ar"


def with_our_commas(part: object) -> str:
    """Words that differ only in the commas between them stand once."""
    return in_words(part).replace("؛", ";").replace("،", ",")


def every_runs(report: Report) -> list[tuple[Run, ...]]:
    """Each text of a report as its runs."""
    found: list[tuple[Run, ...]] = []

    def walk(part: object) -> None:
        if isinstance(part, tuple) and part and all(isinstance(each, Run) for each in part):
            found.append(part)
        elif isinstance(part, tuple):
            for each in part:
                walk(each)
        elif dataclasses.is_dataclass(part):
            for each in dataclasses.fields(part):
                walk(getattr(part, each.name))

    walk((report.blocks, report.notes, report.of, report.cover))
    return found


def test_headings_stand_in_both_languages_and_quotations_once_in_their_own(reports):
    headings = list(every(Heading, reports[BOTH].blocks))
    assert len(headings) == len(list(every(Heading, reports["en"].blocks)))
    assert all(len(sides(each.runs)) == 2 for each in headings if "“" not in in_words(each))
    quotes = [each for each in every(Paragraph, reports[BOTH].blocks) if each.style == "quote"]
    assert quotes and all(TURN not in each.runs for each in quotes)
    assert in_words(quotes) == in_words([each for each in every(Paragraph, reports["en"].blocks) if each.style == "quote"])


def test_each_note_is_numbered_once_and_told_in_both(reports):
    marks = [each for each in every(Run, reports[BOTH].blocks) if each.note]
    assert [each.note for each in marks if not each.again] == list(range(1, len(reports["en"].notes) + 1))
    alone = sum(bool(each.note) for each in every(Run, reports["en"].blocks))
    once = [each for found in every_runs(reports[BOTH]) if TURN not in found for each in found if each.note]
    assert len(marks) == 2 * alone - len(once) > 1.8 * alone  # a cell that says the same in both stands once
    assert all(len(sides(note)) == 2 for note in reports[BOTH].notes)


def test_what_only_one_language_has_stands_alone_and_its_note_is_numbered_behind(reports):
    def trial(language: str, *blocks: object, notes: int) -> Report:
        numbered = tuple(runs(f"Source {number}. ", f"EST-{number}") for number in range(1, notes + 1))
        return dataclasses.replace(reports[language], blocks=blocks, notes=numbered)

    first = trial("en", Heading(runs("One")), Paragraph(runs("Two", Run("", note=1))), notes=1)
    marks = Run("", note=2), Run("", note=1)
    second = trial("ar", Heading(runs("واحد")), Listed((runs("وحده", marks[0]),)), Paragraph(runs("اثنان", marks[1])), notes=2)
    both = side_by_side(first, second)
    assert [each.kind for each in both.blocks] == ["heading", "list", "paragraph"]
    assert [(each.note, each.again) for each in every(Run, both.blocks) if each.note] == [(2, False), (1, False), (1, True)]
    assert in_words(both.notes[1]).startswith("Source 2")


def test_cells_of_a_table_hold_both_unless_they_say_the_same(reports):
    one = dataclasses.replace(reports["en"], blocks=(table(["Figure"], [["5,000"], ["dead"]], (1,)),), notes=())
    other = dataclasses.replace(reports["ar"], blocks=(table(["الرقم"], [["5,000"], ["قتلى"]], (1,)),), notes=())
    (made,) = side_by_side(one, other).blocks
    assert isinstance(made, Table)
    assert [len(sides(cell)) for cell in (*made.head, *(cell for row in made.rows for cell in row))] == [2, 1, 2]
    assert made.head[0] == (run("Figure"), TURN, run("الرقم"))


def test_every_format_sets_both_each_in_its_own_direction(reports):
    report = reports[BOTH]
    pdf, page = text_of(FORMATS["pdf"].write(report)), lxml_html.fromstring(FORMATS["html"].write(report).decode())
    assert "What sources say: the figures" in pdf and len(re.findall("[\u0621-\u064a]{3,}", pdf)) > 1000
    assert len(page.xpath('//h2//span[@lang="ar"][@dir="rtl"]')) == len(page.xpath('//h2//span[@lang="en"][@dir="ltr"]')) > 8
    word = docx_library.Document(io.BytesIO(FORMATS["docx"].write(report)))
    turned = [each for each in word.element.iter(qn("w:p")) if each.pPr is not None and each.pPr.find(qn("w:bidi")) is not None]
    assert len(turned) > 100
    assert sum(bool(re.search("[\u0600-\u06ff]", "".join(each.itertext()))) for each in turned) > 0.9 * len(turned)
