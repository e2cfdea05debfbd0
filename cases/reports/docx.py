"""A report for Word: styles, real footnotes, and tables that can be edited. The template brings the styles.

Word knows no styles of citation, so sources stand in one order of ours.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from copy import deepcopy
from functools import cache
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import nsmap, qn
from docx.shared import Cm, Pt

from cases.reports import style
from cases.reports.parts import (
    TURN,
    Bibliography,
    Block,
    Chain,
    Chart,
    Heading,
    Listed,
    Paragraph,
    Report,
    Run,
    Runs,
    Table,
    goes_leftwards,
    leading,
    run,
    sides,
)
from cases.reports.pdf import job
from cases.reports.typesetting import typeset
from cases.reports.word import Footnotes, element, filled, leftwards

name, media_type, ending = "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"
takes: frozenset[str] = frozenset()
_STYLES = {"lead": "Lead", "soft": "Soft", "quote": "Quote", "claim": "Claim", "caution": "Caution", "remark": "Remark"}
_LETTERS = (0.6, 0.48)  # how wide a letter of a heading is, Latin and Arabic, roughly, in parts of its height
_WIDE, _HALF, _DPI = 16.0, 7.6, 220  # centimetres between the margins, and of one of two pictures


def write(report: Report) -> bytes:
    """The bytes of the file; of the same report the same."""
    return _Writer(report).bytes()


class _Writer:
    def __init__(self, report: Report) -> None:
        self.report, self.house = report, style.told()
        self.document = Document(str(style.file("report.docx")))
        self.footnotes = Footnotes(self.document.part, report, self.house)
        self.style_id = cache(self.document.part.get_style_id)  # the library reads all styles each time
        if report.rtl:
            _from_the_right(self.document)

    def bytes(self) -> bytes:
        self._properties()
        self._cover()
        self._blocks()
        self.footnotes.close()
        written = io.BytesIO()
        self.document.save(written)
        return _as_of_no_time(written.getvalue())

    def _blocks(self) -> None:
        """Each block stands aside once it is written: the library walks through the whole document for the next."""
        body, aside = self.document.element.body, []
        for block, leads in zip(self.report.blocks, leading(self.report.blocks), strict=True):
            self._set(block, leads=leads)
            *written, end = body
            aside += written
            body[:] = [end]
        body[:0] = aside

    def _properties(self) -> None:
        told, moment = self.document.core_properties, dt.datetime.fromisoformat(self.report.moment)
        told.title, told.author, told.language = self.report.title.text, self.house["name"], self.report.languages[0]
        told.created = told.modified = moment
        told.last_modified_by, told.revision = self.house["name"], 1

    def _cover(self) -> None:
        self._picture(self.house["logo"], 1.6, self.house["name"])
        self._paragraph(self.report.of, "Soft")
        for title in self.report.titles:
            self._paragraph((title,), "Title")
        for runs in self.report.cover:
            self._paragraph(runs, "Soft")
        for language in self.report.languages:
            self._paragraph((run(self.house["imprint"][language]),), "Soft")

    def _set(self, block: Block, *, leads: bool) -> None:
        match block:
            case Heading():
                self._heading(block)
            case Paragraph():
                self._beside(block.runs, _STYLES.get(block.style, "Normal"), leads=leads)
            case Listed():
                kind = "Bibliography" if isinstance(block, Bibliography) else "List Bullet"
                for runs in block.items:
                    self._beside(runs, kind)
            case Table():
                self._table(block)
            case Chart(beside=""):
                self._picture(style.styled(block.svg), _WIDE, block.described)
            case Chart():
                one, other = self._halves()
                self._picture(style.styled(block.svg), _HALF, block.described, into=one.paragraphs[0])
                self._picture(style.styled(block.beside), _HALF, block.also, into=other.paragraphs[0])
            case Chain():
                self._chain(block)

    def _heading(self, heading: Heading) -> None:
        """A heading; of two languages at both ends of a line, or under one another where they are long. In the cells of a
        table Word would leave them out of its list of headings."""
        kind, both = f"Heading {heading.level}", sides(heading.runs)
        wide = sum(len(run.text) * width for side, width in zip(both, _LETTERS, strict=False) for run in side)
        if len(both) == 1 or wide * self.document.styles[kind].font.size.cm > _WIDE:
            self._paragraph(heading.runs, kind)
            return
        paragraph = self.document.add_paragraph()
        paragraph._p.style = self.style_id(kind, WD_STYLE_TYPE.PARAGRAPH)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(_WIDE), WD_TAB_ALIGNMENT.RIGHT)
        filled(paragraph._p, (*both[0], Run("\t")), self.document.part, self.footnotes, rtl=False)
        filled(paragraph._p, leftwards(both[1]), self.document.part, self.footnotes, rtl=True)

    def _paragraph(self, runs: Runs, kind: str, *, depth: int = 0, into: Any = None, leads: bool = False) -> None:
        """A paragraph; of two languages one under the other, in the document or in a cell."""
        for place, side in enumerate(sides(runs)):
            empty = into.paragraphs[0] if into is not None and not place else None
            paragraph = empty or (into or self.document).add_paragraph()
            self._fill(paragraph, side, kind, leftwards=bool(place) or (len(self.report.languages) > 1 and goes_leftwards(side)))
            paragraph.paragraph_format.keep_with_next = leads or None
            if place and not into:
                paragraph.paragraph_format.space_before = Pt(0)
            if depth:
                paragraph.paragraph_format.left_indent = Pt(14 * min(depth, 6))

    def _fill(self, paragraph: Any, runs: Runs, kind: str, *, leftwards: bool) -> None:
        paragraph._p.style = self.style_id(kind, WD_STYLE_TYPE.PARAGRAPH)
        if leftwards and not self.report.rtl:
            properties = paragraph._p.get_or_add_pPr()
            properties.insert(1, element("w:bidi"))
        filled(paragraph._p, runs, self.document.part, self.footnotes, rtl=leftwards or self.report.rtl)

    def _beside(self, runs: Runs, kind: str, *, leads: bool = False) -> None:
        """A paragraph; of two languages beside one another, in a table without lines."""
        if TURN not in runs:
            self._paragraph(runs, kind, leads=leads)
            return
        for place, (cell, side) in enumerate(zip(self._halves(), sides(runs), strict=True)):
            paragraph = cell.paragraphs[0]
            self._fill(paragraph, side, kind, leftwards=bool(place))
            paragraph.paragraph_format.keep_with_next = leads or None
            if kind == "Claim":
                _inside(paragraph, "right" if place else "left")

    def _halves(self) -> list[Any]:
        made = self.document.add_table(1, 2)
        made.autofit = False
        cells = made._cells
        for cell in cells:
            cell.width = Cm(_WIDE / 2)
        return cells

    def _table(self, table: Table) -> None:
        rows = ([table.head] if table.head else []) + list(table.rows)
        made = self.document.add_table(len(rows), len(table.widths))
        made._tbl.tblStyle_val = self.style_id("Report Table", WD_STYLE_TYPE.TABLE)
        made.autofit = False
        widths = [Cm(_WIDE * part / sum(table.widths)) for part in table.widths]
        cells = made._cells  # once: each access of a row walks through the whole table
        for place, runs in enumerate(cell for row in rows for cell in row):
            cell = cells[place]
            cell.width = widths[place % len(widths)]
            head = bool(table.head) and place < len(widths)
            self._paragraph(runs, "Table Head" if head else "Table Text", into=cell)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        if table.head:
            made._tbl.tr_lst[0].get_or_add_trPr().append(element("w:tblHeader"))
        for row in made._tbl.tr_lst:
            row.get_or_add_trPr().insert(0, element("w:cantSplit"))
        if self.report.rtl:
            made._tbl.tblPr.insert(1, element("w:bidiVisual"))
        self.document.add_paragraph()._p.style = self.style_id("Table Text", WD_STYLE_TYPE.PARAGRAPH)

    def _chain(self, chain: Chain) -> None:
        for hop in chain.hops:
            self._paragraph(hop.runs, "Hop", depth=hop.depth)
            if hop.quote:
                self._paragraph(hop.quote, "Hop Words", depth=hop.depth + 1)
            for change in hop.changes:
                self._paragraph((change.sign, run(" "), *change.words), "Hop Words", depth=hop.depth + 1)
            if hop.note:
                self._paragraph(hop.note, "Soft", depth=hop.depth + 1)

    def _picture(self, svg: str, width: float, described: str, *, into: Any = None) -> None:
        what = job("picture.typ", self.report.moment, svg=svg, width=width, house=self.house, format="png", ppi=_DPI)
        shape = (into or self.document.add_paragraph()).add_run().add_picture(io.BytesIO(typeset(what)), width=Cm(width))
        shape._inline.docPr.set("descr", described)
        for edge in ("distT", "distB", "distL", "distR"):
            shape._inline.set(edge, "0")  # or some programs move it off the margin


def _inside(paragraph: Any, edge: str) -> None:
    """The line at the beginning of a claim within its cell, which would hide it, and on the side from which it is read."""
    given = paragraph.style.element.find(".//w:pBdr/w:left", namespaces=nsmap)
    if given is None:
        return
    lines, line = element("w:pBdr"), deepcopy(given)
    line.tag = qn(f"w:{edge}")
    lines.extend([line] if edge == "left" else [element("w:left", val="nil"), line])
    paragraph._p.pPr.insert_element_before(lines, "w:shd", "w:tabs", "w:bidi", "w:spacing", "w:ind", "w:rPr")
    paragraph.paragraph_format.left_indent = Pt(8)


def _from_the_right(document: Any) -> None:
    """Everything is read from the right: paragraphs by the style that all are based on, and the pages."""
    normal = document.styles["Normal"].element
    normal.get_or_add_pPr().insert(0, element("w:bidi"))
    for edge in list(document.styles.element.iterfind(".//w:pBdr/w:left", namespaces=nsmap)):
        edge.tag = qn("w:right")
    for section in document.sections:
        before = next((each for each in section._sectPr if each.tag in (qn("w:rtlGutter"), qn("w:docGrid"))), None)
        section._sectPr.insert(len(section._sectPr) if before is None else section._sectPr.index(before), element("w:bidi"))


def _as_of_no_time(file: bytes) -> bytes:
    """The same parts in a zip that holds no clock."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as given, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), given.read(name), zipfile.ZIP_DEFLATED)
    return written.getvalue()
