"""Reports: what stands in them, for whom, and that hostile words are only printed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import re
import resource
import shutil
import subprocess
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import docx as docx_library
import pypdf
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.test import Client
from docx.oxml.ns import qn
from lxml import etree
from lxml import html as lxml_html

from cases.benching.reports import SECTIONS, made
from cases.models import AllegedPerpetrator, Case, Facility, Incident, Statement
from cases.reports import contents, pdf
from cases.reports.contents import LANGUAGES
from cases.reports.formats import FORMATS
from cases.reports.parts import Bibliography, Chart, Heading, Listed, Paragraph, Report, Run, Table, run, runs, table, tame
from cases.reports.references import reference
from cases.reports.typesetting import Failed, typeset
from hrdocs.access import Role
from hrdocs.readers import reading_as
from sources.models import Party, Source
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("founding_case")]

MOMENT = dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC)
NOBODY = AnonymousUser()


def saydnaya() -> Facility:
    return Facility.objects.get(name_en="Saydnaya Military Prison")


def told(record: Any = None, language: str = "en", user: Any = NOBODY) -> Report:
    with reading_as(user):
        return contents.report_on(record or saydnaya(), user, language=language, moment=MOMENT)


def texts(part: Any) -> Iterator[str]:
    """Every text in a part of a report, in its order."""
    if isinstance(part, Run):
        yield part.text
    elif isinstance(part, tuple | list):
        for each in part:
            yield from texts(each)
    elif dataclasses.is_dataclass(part):
        for each in dataclasses.fields(part):
            yield from texts(getattr(part, each.name))


def in_words(part: Any) -> str:
    return " ".join(" ".join(texts(part)).replace("\u2068", "").replace("\u2069", "").split())


def text_of(file: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(file)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def all_bytes_of(file: bytes) -> str:
    """Whatever stands anywhere in a PDF: its text, and each object with its stream unpacked."""
    reader = pypdf.PdfReader(io.BytesIO(file))
    found = [text_of(file)]
    for number in range(1, len(reader.xref[0]) + sum(map(len, reader.xref_objStm.values())) + 1):
        each = reader.get_object(number)
        found.append(repr(each))
        if isinstance(each, pypdf.generic.StreamObject):
            found.append(each.get_data().decode("utf-8", "replace"))
    return "\n".join(found)


def plain_report(blocks: Any, *, notes: Any = (), title: str = "Trial", language: str = "en", references: Any = ()) -> Report:
    words = {"contents": "Contents", "footnote": "note %(number)s"}
    return Report(
        run(title), runs("Report"), language, tuple(blocks), tuple(notes), (), dict(references), "2026-11-28 09:00:00", words
    )


# ── what stands in it ──


def test_the_report_on_the_founding_case_tells_what_a_careful_reader_asks():
    report = in_words(told())
    for expected in (
        "5,000–13,000", "as many as 50 a day", "“totally untrue”, “baseless”", "reverses the meaning",
        " (a ceiling) became ", "Support or acquiescence is alleged, not perpetration",
        "We adopt a figure: 5,000–13,000", "Reasonable suspicion", "Independent origins One origin, for certain and at most",
        "No sum These figures cannot be added.", "What may be withheld, and why", "not graded", "Limitations",
    ):  # fmt: skip
        assert expected in report, expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("model", [Case, Facility, Incident, Party], ids=lambda model: model.__name__)
def test_there_are_reports_on_records_of_each_of_these_kinds(model, language):
    record = saydnaya() if model is Facility else model.objects.order_by("id").first()
    assert file_ends_well(pdf.write(told(record, language)))


def file_ends_well(file: bytes) -> bool:
    return file.startswith(b"%PDF-1.7") and b"%%EOF" in file[-10:]


def test_each_statement_that_is_told_has_one_footnote_with_its_locator_and_address():
    report = told()
    marks = [each for each in every(Run, report.blocks) if each.note]
    assert {each.note for each in marks} == set(range(1, len(report.notes) + 1))
    assert [each.note for each in marks if not each.again] == list(range(1, len(report.notes) + 1))
    records = [re.findall(r"\b[A-Z]{3}-[0-9A-Z]{5}-[0-9A-Z]{6}\b", in_words(note))[-1] for note in report.notes]
    assert len(set(records)) == len(records) > 30
    for note, uid in zip(report.notes, records, strict=True):
        words, statement = in_words(note), statement_of(uid)
        assert statement.source.title in words
        assert uid[:3] != "EST" or tame(statement.quotation) in words
        assert tame(statement.locator) in words
        assert (statement.source.archived_url or statement.source.url or "").partition("?")[0] in words


def every(kind: type, part: Any) -> Iterator[Any]:
    if isinstance(part, kind):
        yield part
    elif isinstance(part, tuple | list):
        for each in part:
            yield from every(kind, each)
    elif dataclasses.is_dataclass(part):
        for each in dataclasses.fields(part):
            yield from every(kind, getattr(part, each.name))


def statement_of(uid: str) -> Any:
    return Statement.objects.select_related("source").get(uid=uid)


def test_a_map_and_a_line_of_time_stand_in_it_each_with_what_it_shows_in_words():
    charts = list(every(Chart, told().blocks))
    lines, on_a_map = (next(each for each in charts if f'class="drawing {kind}' in each.svg) for kind in ("times", "map"))
    assert "2011" in lines.svg and 'class="sure"' in lines.svg and "<a " not in lines.svg
    assert 'class="dot"' in on_a_map.svg and "33.66" in on_a_map.svg
    assert all(each.described in all_bytes_of(pdf.write(told())) for each in charts[:1])
    number, called, precision = (in_words(cell) for cell in table_after(told(), "Map").rows[0])
    assert number == "1" and called.startswith("Saydnaya Military Prison") and precision == "Exact"


def table_after(report: Report, heading: str) -> Table:
    place = next(
        place for place, each in enumerate(report.blocks) if isinstance(each, Heading) and in_words(each).startswith(heading)
    )
    return next(each for each in report.blocks[place:] if isinstance(each, Table))


def test_footnotes_and_the_bibliography_stand_in_the_pdf():
    report = told()
    text = text_of(pdf.write(report)).replace(" ", "")
    for note in report.notes:
        assert in_words(note).rpartition(" ")[2].replace(" ", "") in text
    for source in Source.objects.filter(title__startswith="Human slaughterhouse"):
        assert text.count(source.title.replace(" ", "")) > 2


def test_the_pdf_is_tagged_and_archived_with_bookmarks_and_its_language():
    reader = pypdf.PdfReader(io.BytesIO(pdf.write(told(language="ar"))))
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] and catalog["/Lang"] == "ar"
    assert "pdfaid:part>3<" in catalog["/Metadata"].get_data().decode()
    assert len(reader.outline) > 8
    assert reader.metadata.creation_date == MOMENT


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")
def test_arabic_words_stand_in_the_text_layer_as_they_were_written(tmp_path):
    report = told(language="ar")
    (tmp_path / "report.pdf").write_bytes(pdf.write(report))
    extracted = subprocess.run(["pdftotext", tmp_path / "report.pdf", "-"], capture_output=True, check=True).stdout.decode()
    written, read = Counter(arabic(in_words((report.blocks, report.notes)))), Counter(arabic(extracted))
    # Of three thousand words about thirty are cut in two, at letters with two marks.
    assert (written - read).total() < 0.015 * written.total()
    assert read["صيدنايا"] > 30 and read["العسكري"] > 5 and read["ياندياص"] == 0


def arabic(text: str) -> list[str]:
    """The Arabic words of a text, without vowel signs, which extraction puts beside their letters."""
    letters = unicodedata.normalize("NFKC", text)
    return re.findall("[\u0621-\u064a]+", "".join(each for each in letters if unicodedata.category(each) not in ("Mn", "Cf")))


# ── the same again ──


def test_the_checksum_of_the_contents_changes_with_them_and_not_with_the_moment():
    first = told()
    with reading_as(NOBODY):
        later = contents.report_on(saydnaya(), NOBODY, language="en", moment=MOMENT + dt.timedelta(days=1))
    assert checksum(first) == checksum(later) != checksum(told(language="ar"))


def checksum(report: Report) -> str:
    return re.search(r"\b[0-9a-f]{64}\b", in_words(report.blocks))[0]


# ── who sees what ──


def unpacked(form: str, file: bytes) -> str:
    if form == "docx":
        parts = zipfile.ZipFile(io.BytesIO(file))
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return all_bytes_of(file) if form == "pdf" else file.decode()


def test_the_note_on_what_is_withheld_is_the_same_whether_or_not_anything_is():
    analyst = factories.make_user(Role.ANALYST)
    before = in_words(told().blocks)
    factories.make_estimate(analyst, about_facility=saydnaya(), about_incident=None)
    assert in_words(told().blocks) == before


def test_the_command_writes_a_report_and_refuses_what_the_reader_may_not_see(tmp_path):
    facility = factories.make_facility(factories.make_user(), name_en="Hidden")
    out = tmp_path / "report.pdf"
    call_command("report", saydnaya().uid, output=str(out), moment="2026-11-28T09:00:00Z", lang="ar")
    assert out.read_bytes() == pdf.write(told(language="ar"))
    for uid in (facility.uid, "FAC-00000-000000", "nonsense"):
        with pytest.raises(CommandError, match="not open to this reader"):
            call_command("report", uid, output=str(out))


# ── hostile words, large reports ──

HOSTILE = (
    "#evil[]",
    '#panic("x")',
    "$x^2$",
    "<script>alert(1)</script>",
    "@note-1",
    "*not bold*",
    "\\u{41}",
    "{{ 7|add:1 }}",
    "]]><w:p/>",
)


def hostile_report() -> Report:
    words = [runs(run(each)) for each in HOSTILE]
    note = (Run("", note=1),)
    return plain_report(
        [Heading(words[0]), Paragraph((*words[1], *note)), Listed(tuple(words)), table(HOSTILE[:2], [HOSTILE[2:4]], (1, 1)),
         Paragraph(runs("a\u202eb \u2067c\x00\x1b\ufffe")), Bibliography(tuple(words))],
        notes=[words[3]], title=HOSTILE[0],
        references={"CIT-1": reference({"type": "webpage", "title": " ".join(HOSTILE), "container-title": HOSTILE[0],
                                         "author": [{"literal": f"{HOSTILE[1]}, {HOSTILE[2]}"}], "number": HOSTILE[6]})},
    )  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_words_are_printed_and_not_run(form):
    file = FORMATS[form].write(hostile_report())
    text = text_of(file) if form == "pdf" else "".join(shown_by(form, file))
    for each in (*HOSTILE, "a[U+202E]b[U+2067]c"):
        assert each.replace(" ", "") in text.replace(" ", ""), each


def shown_by(form: str, file: bytes) -> Iterator[str]:
    """The text of a file, as what reads its kind takes it; every element in it is one that the writer makes."""
    if form == "html":
        page = lxml_html.fromstring(file.decode())
        assert not page.xpath("//script|//w:p|//iframe", namespaces={"w": "w"})
        yield page.text_content()
        return
    parts = zipfile.ZipFile(io.BytesIO(file))
    for name in ("word/document.xml", "word/footnotes.xml", "docProps/core.xml"):
        root = etree.fromstring(parts.read(name))
        assert not root.xpath("//*[local-name() = 'script']")
        yield "".join(root.itertext())


def test_a_word_file_has_real_footnotes_styles_and_tables_and_reads_from_the_right():
    report = told(language="ar")
    made = docx_library.Document(io.BytesIO(FORMATS["docx"].write(report)))
    marked = [int(each.get(qn("w:id"))) for each in made.element.iter(qn("w:footnoteReference"))]
    assert marked == list(range(1, len(report.notes) + 1))
    (part,) = [rel.target_part for rel in made.part.rels.values() if rel.reltype.endswith("/footnotes")]
    written = {int(each.get(qn("w:id"))): "".join(each.itertext()) for each in etree.fromstring(part.blob)}
    for number, note in enumerate(report.notes, 1):
        assert re.findall(r"[A-Z]{3}-[0-9A-Z]{5}-[0-9A-Z]{6}", in_words(note))[-1] in written[number]
    assert {"Heading 1", "Claim", "List Bullet"} <= {paragraph.style.name for paragraph in made.paragraphs}
    assert len(made.tables) == len(list(every(Table, report.blocks)))
    assert made.styles["Normal"].element.pPr.find(qn("w:bidi")) is not None
    assert all(table._tbl.tblPr.find(qn("w:bidiVisual")) is not None for table in made.tables)


def test_an_html_file_asks_nobody_for_anything_and_each_of_its_links_leads_somewhere():
    page = lxml_html.fromstring(FORMATS["html"].write(told(language="ar")).decode())
    assert page.get("dir") == "rtl"
    assert not page.xpath("//script|//link|//iframe|//*[@onload]|//img[not(starts-with(@src, 'data:'))]")
    ids = set(page.xpath("//@id"))
    inner = {link[1:] for link in page.xpath("//a/@href") if link.startswith("#")}
    assert len(inner) > 40 and inner <= ids
    assert {link.partition(":")[0] for link in page.xpath("//a/@href") if not link.startswith("#")} <= {"http", "https"}


def test_a_script_that_no_font_has_does_not_stop_a_report():
    assert file_ends_well(pdf.write(plain_report([Paragraph(runs("北京 🙂"))])))


def test_a_report_takes_no_more_memory_or_time_than_it_is_given():
    job = pdf.job("report.typ", "2026-11-28 09:00:00", report=hostile_report(), house=pdf.style.told(), format="pdf")
    with pytest.raises(Failed):
        typeset(job, memory=64 * 1024**2)
    with pytest.raises(Failed, match="longer than"):
        typeset(job, seconds=0)


def test_a_tenth_of_500_pages_takes_less_than_a_tenth_of_half_a_minute():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    file = pdf.write(made(SECTIONS // 10))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(pypdf.PdfReader(io.BytesIO(file)).pages) >= 50
    assert (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime) < 3


# ── over the API, and on the pages ──

NAMES = {"facilities": Facility, "cases": Case, "incidents": Incident, "perpetrators": AllegedPerpetrator}


@pytest.mark.parametrize("form", FORMATS)
def test_the_api_gives_each_report_with_a_manifest_of_it(form):
    answer = Client().get(f"/api/v1/facilities/{saydnaya().uid}/report/?format={form}&lang=ar")
    file = b"".join(answer.streaming_content)
    assert answer.status_code == 200 and answer["Content-Type"] == FORMATS[form].media_type
    assert answer["Content-Disposition"].startswith("attachment")
    manifest = Client().get(re.search("<(.*)>", answer["Link"])[1]).json()
    assert (manifest["state"], manifest["format"], manifest["bytes"]) == ("complete", form, len(file))
    assert manifest["sha256"] == hashlib.sha256(file).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_has_reports_and_its_page_leads_to_them(name):
    record = NAMES[name].objects.visible_to(NOBODY).order_by("id").first()
    address = f"/api/v1/{name}/{record.uid}/report/"
    page = Client().get(f"/{'parties' if name == 'perpetrators' else name}/{record.uid}/").content.decode()
    assert f'href="{address}?format=pdf&amp;lang=en"' in page
    assert b"</html>" in b"".join(Client().get(f"{address}?format=html").streaming_content)


def test_the_api_refuses_what_it_does_not_know_and_who_may_not_see():
    hidden = factories.make_facility(factories.make_user(), name_en="Hidden")
    asked = {
        f"/api/v1/facilities/{saydnaya().uid}/report/?lang=fr": 400,
        f"/api/v1/facilities/{saydnaya().uid}/report/?format=csv": 404,
        f"/api/v1/facilities/{saydnaya().uid}/report/?langue=ar": 400,
        f"/api/v1/facilities/{hidden.uid}/report/": 404,
        "/api/v1/facilities/FAC-00000-000000/report/": 404,
    }
    assert {address: Client().get(address).status_code for address in asked} == asked
