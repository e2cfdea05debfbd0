"""How reports are set: notes on the page of their marks, nothing that leads to something alone, two scripts in one line in order."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from typing import Any

import docx as docx_library
import pypdf
import pytest
from lxml import etree
from lxml import html as lxml_html

from cases.reports import docx, pdf
from cases.reports.contents import LANGUAGES
from cases.reports.formats import FORMATS
from cases.reports.parts import TURN, Bibliography, Heading, Listed, Paragraph, Run, leading, run, runs, table
from cases.reports.references import reference
from tests.cases.test_reports import plain_report, text_of

needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")
WORDS = "Words that say a little more than nothing, so that they fill a line and begin another one. "


def noted(number: int) -> tuple[Run, ...]:
    return runs(f"{number} ", WORDS, Run("", note=number))


@pytest.fixture(scope="module")
def pages_of_notes() -> list[tuple[int, int]]:
    """Of each note of a long report the page of its mark, and that of its text."""
    numbers = iter(range(1, 200))
    blocks: list[Any] = []
    for place in range(16):
        blocks += [
            Heading(runs(f"Part {place}")),
            Paragraph(runs("What stands under it"), "soft"),
            *(Paragraph(noted(next(numbers)), style) for style in ("claim", "", "quote")),
            Paragraph(runs("Answered"), "soft"),
            Listed(tuple(noted(next(numbers)) for _ in range(1 + place % 3))),
        ]
    blocks.append(table(["One", "Two"], [[noted(next(numbers)), WORDS * (1 + place % 3)] for place in range(40)], (1, 1)))
    notes = [runs(f"Note {number}. ", WORDS * 2) for number in range(1, next(numbers))]
    return places(pypdf.PdfReader(io.BytesIO(pdf.write(plain_report(blocks, notes=notes)))), len(notes))


def places(reader: pypdf.PdfReader, number: int) -> list[tuple[int, int]]:
    texts = [page.extract_text() for page in reader.pages]
    found = []
    for note in range(1, number + 1):
        mark = next(place for place, text in enumerate(texts) if re.search(rf"(?m)^\s*(•\s*)?{note} Words", text))
        found.append((mark, next(place for place, text in enumerate(texts) if f"Note {note}. " in text)))
    return found


def test_each_note_stands_on_the_page_of_its_mark(pages_of_notes):
    in_text = pages_of_notes[:-40]
    assert len(in_text) > 75 and max(page for page, _ in in_text) > 6
    assert [(mark, note) for mark, note in in_text if mark != note] == []


def test_notes_of_a_table_over_several_pages_do_too_unless_no_line_of_the_last_fits(pages_of_notes):
    in_table = pages_of_notes[-40:]
    late = [(mark, note) for mark, note in in_table if mark != note]
    assert len({mark for mark, _ in in_table}) > 3
    assert all(note == mark + 1 for mark, note in late)
    assert len({mark for mark, _ in late}) == len(late)  # one of a page at most


def test_headings_and_words_on_what_follows_lead_to_it():
    words = Paragraph(runs("Words"), "soft")
    blocks = (Heading(runs("One")), words, words, Listed((runs("Item"),)), words, Heading(runs("Two")), words)
    assert leading(blocks) == [True, True, True, False, False, True, False]


def test_nothing_that_leads_to_something_ends_a_page():
    blocks = [
        each for place in range(60)
        for each in (Paragraph(runs(WORDS * (1 + place % 4))), Heading(runs(f"Heading {place}")), Paragraph(runs("Leading"), "soft"),
                     Listed((runs("Item ", Run("", note=place + 1)),)))
    ]  # fmt: skip
    file = pdf.write(plain_report(blocks, notes=[runs("Note. ", WORDS * 3)] * 60))
    texts = [page.extract_text().partition("Note. ")[0] for page in pypdf.PdfReader(io.BytesIO(file)).pages[2:]]
    last = [[line for line in text.splitlines() if re.search("[A-Za-z]{3}", line)][-1] for text in texts if "Words" in text]
    assert len(last) > 5 and not [line for line in last if line.startswith(("Heading", "Leading"))]


# ── two scripts ──


def word_places(file: bytes, folder: Any) -> dict[str, tuple[float, float]]:
    """Where each word of a page begins from the left, and from above."""
    (folder / "report.pdf").write_bytes(file)
    command = ["pdftotext", "-bbox", "-f", "3", folder / "report.pdf", "-"]
    page = etree.fromstring(subprocess.run(command, capture_output=True, check=True).stdout, etree.HTMLParser(encoding="utf-8"))
    return {
        re.sub("[\u200b\u2066-\u2069]", "", each.text or ""): (float(each.get("xmin")), float(each.get("ymin")))
        for each in page.iter("word")
    }


@needs_poppler
def test_a_number_behind_a_title_in_the_other_script_stays_with_its_month(tmp_path):
    told = runs(
        "الاتحاد، ", run("Human Title", "title"), "، ", "7 فبراير 2017", " – ", run("“Words”", "quote"), " (", run("Inner"), ")"
    )
    found = word_places(pdf.write(plain_report([Paragraph(told)], language="ar")), tmp_path)
    x = {word.strip("،()“”–"): place for word, (place, _) in found.items()}
    assert x["Human"] < x["Title"]
    assert x["Human"] > x["7"] > x["2017"] > x["Words"] > x["Inner"]  # read from the right


def test_what_has_no_direction_of_its_own_takes_that_of_the_line_in_html():
    told = runs("الاتحاد", " (", run("Inner"), ")", ": ", run("soft", "soft"), " – ", run("·", "soft"))
    page = lxml_html.fromstring(FORMATS["html"].write(plain_report([Paragraph(told)], language="ar")).decode())
    (paragraph,) = page.xpath("//main/p")
    assert [(each.get("dir"), each.text) for each in paragraph.iter("bdi")] == [
        ("rtl", "الاتحاد"),
        ("ltr", "Inner"),
        ("ltr", "soft"),
    ]
    assert paragraph.text_content() == "الاتحاد (Inner): soft – ·"


ITEM = {
    "type": "webpage", "title": "A Title", "author": [{"literal": "Jane, Doe"}], "container-title": "أخبار", "edition": "2",
    "issued": {"date-parts": [[2017, 2, 7]]}, "accessed": {"date-parts": [[2020, 5, 3]]}, "URL": "https://example.org/page/",
}  # fmt: skip
ENGLISH = ("7 February 2017", "accessed 3 May 2020", "edition 2")
ARABIC = ("فبراير", "اطُّلع عليه في", "الطبعة")


@needs_poppler
@pytest.mark.parametrize(("language", "words", "others"), [(LANGUAGES[0], ENGLISH, ARABIC), (LANGUAGES[1], ARABIC, ENGLISH),
                                                           (LANGUAGES[2], ENGLISH + ARABIC, ())])  # fmt: skip
def test_the_bibliography_of_a_pdf_speaks_the_language_of_the_report(language, words, others, tmp_path):
    block = Bibliography((runs("only for other writers"),))
    (tmp_path / "report.pdf").write_bytes(
        pdf.write(plain_report([block], language=language, references={"SRC-1": reference(ITEM)}))
    )
    command = ["pdftotext", "-f", "3", tmp_path / "report.pdf", "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    read = " ".join(re.sub("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text).split())
    letters = re.sub("[\u064b-\u0652]", "", read)
    assert "Jane, Doe" in read and "A Title" in read and "أخبار" in letters
    assert [each for each in words if re.sub("[\u064b-\u0652]", "", each) not in letters] == []
    assert [each for each in others if re.sub("[\u064b-\u0652]", "", each) in letters] == []


def test_whoever_publishes_stands_first_where_nobody_is_named():
    item = {"type": "report", "title": "A Title", "publisher": "The House", "number": "12"}
    file = pdf.write(plain_report([Bibliography(())], references={"SRC-1": reference(item)}))
    assert re.sub("[\u2066-\u2069]", "", text_of(file)).count("The House. A Title. 12.") == 1


def test_an_organisation_may_choose_a_style_of_citation_by_its_name(settings, tmp_path):
    (tmp_path / "style.json").write_text('{"citations": "ieee"}')
    settings.REPORT_STYLE = str(tmp_path)
    file = pdf.write(plain_report([Bibliography(())], references={"SRC-1": reference(ITEM)}))
    assert "[1]" in text_of(file) and "Available:" in text_of(file)


# ── Word ──


def test_headings_of_two_languages_stand_on_one_line_outside_of_tables_where_they_fit():
    short, long = runs("Summary"), runs("A heading that is far too long to stand on one line with another")
    blocks = [Heading((*short, TURN, *runs("الخلاصة"))), Heading((*long, TURN, *runs("عنوان طويل لا يتسع له السطر مع غيره")), 2)]
    made = docx_library.Document(io.BytesIO(docx.write(plain_report(blocks, language=LANGUAGES[2]))))
    headings = [each for each in made.paragraphs if each.style.name.startswith("Heading")]
    assert [each.text.replace("\u202b", "").replace("\u202c", "") for each in headings] == [
        "Summary\tالخلاصة", "A heading that is far too long to stand on one line with another", "عنوان طويل لا يتسع له السطر مع غيره",
    ]  # fmt: skip
    assert [each.style.name for each in headings] == ["Heading 1", "Heading 2", "Heading 2"]


def test_word_is_given_marks_and_embeddings_since_it_knows_no_isolates():
    told = runs("الاتحاد، ", run("Human Title", "title"), "، ", "7 فبراير 2017", ": \u20665,000–13,000\u2069")
    made = docx_library.Document(io.BytesIO(docx.write(plain_report([Paragraph(told)], language="ar"))))
    text = next(each.text for each in made.paragraphs if "Human" in each.text)
    assert "\u200f\u200eHuman Title\u200e\u200f، 7" in text
    assert "\u202a5,000–13,000\u202c" in text and not re.search("[\u2066-\u2069]", text)


def test_words_on_a_list_stay_with_it_in_word_and_claims_have_their_line_on_the_side_from_which_they_are_read():
    blocks = [
        Paragraph(runs("Answered"), "soft"),
        Listed((runs("Item"),)),
        Paragraph((*runs("Claim"), TURN, *runs("اتهام")), "claim"),
    ]
    made = docx_library.Document(io.BytesIO(docx.write(plain_report(blocks, language=LANGUAGES[2]))))
    assert next(each for each in made.paragraphs if each.text == "Answered").paragraph_format.keep_with_next
    lines = [cell._tc.xpath("string(.//w:pBdr/*[@w:val='single'][1]/@w:color)") for cell in made.tables[0]._cells]
    edges = [cell._tc.xpath("name(.//w:pBdr/*[@w:val='single'])") for cell in made.tables[0]._cells]
    assert edges == ["w:left", "w:right"] and lines[0] == lines[1] != ""
