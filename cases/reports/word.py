"""Runs and footnotes as Word's XML. A library writes it, so that no text is ever read as markup."""

from __future__ import annotations

import re
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement
from lxml import etree

from cases.lettering import reads_leftwards
from cases.reports.parts import Report, Run, Runs, sides

_ISOLATED = re.compile("([\u2066-\u2068])([^\u2066-\u2069]*)\u2069")
_SIGNS = {"ltr": "\u200e", "rtl": "\u200f"}
_NOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_SEPARATORS = f"""<w:footnotes {nsdecls("w", "r")}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>"""


def element(name: str, /, **values: str) -> Any:
    """An element of Word's own namespace, with its values."""
    made = OxmlElement(name)
    for key, value in values.items():
        made.set(qn(f"w:{key}"), value)
    return made


class Footnotes:
    """The part of a document that holds its footnotes, written when all of them are known."""

    def __init__(self, document: Any, report: Report, house: dict[str, Any]) -> None:
        self.report, self.house = report, house
        self.part = Part(PackURI("/word/footnotes.xml"), _NOTES, b"", document.package)
        self.root = parse_xml(_SEPARATORS)
        document.relate_to(self.part, RELATION.FOOTNOTES)
        for number, runs in enumerate(report.notes, 1):
            self._add(number, runs)

    def _add(self, number: int, runs: Runs) -> None:
        """A note; in two languages it has a paragraph in each."""
        note = element("w:footnote", id=str(number))
        for place, side in enumerate(sides(runs)):
            paragraph, properties = element("w:p"), element("w:pPr")
            properties.append(element("w:pStyle", val="FootnoteText"))
            paragraph.append(properties)
            if place:
                properties.append(element("w:bidi"))
            else:
                mark = _styled_run("FootnoteReference")
                mark.append(element("w:footnoteRef"))
                paragraph.append(mark)
            filled(paragraph, side if place else (Run(" "), *side), self.part, self, rtl=bool(place) or self.report.rtl)
            note.append(paragraph)
        self.root.append(note)

    def mark(self, run: Run) -> list[Any]:
        """The mark of a footnote; where it is marked again, a field that has the same number."""
        name = f"_Note{run.note}"
        if run.again:
            field = element("w:fldSimple", instr=f" NOTEREF {name} \\f \\h ")
            number = _styled_run("FootnoteReference")
            number.append(_text(str(run.note)))
            field.append(number)
            return [field]
        mark = _styled_run("FootnoteReference")
        mark.append(element("w:footnoteReference", id=str(run.note)))
        return [element("w:bookmarkStart", id=str(run.note), name=name), mark, element("w:bookmarkEnd", id=str(run.note))]

    def close(self) -> None:
        self.part._blob = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)


def filled(paragraph: Any, runs: Runs, part: Any, footnotes: Footnotes, *, rtl: bool) -> None:
    """Put runs into a paragraph, each with its mark, its direction and its link."""
    for run in runs:
        if run.note:
            paragraph.extend(footnotes.mark(run))
            continue
        made = _run(run, footnotes.house, rtl=rtl)
        if run.link:
            link = OxmlElement("w:hyperlink")
            link.set(qn("r:id"), part.relate_to(run.link, RELATION.HYPERLINK, is_external=True))
            link.append(made)
            made = link
        paragraph.append(made)


def _run(run: Run, house: dict[str, Any], *, rtl: bool) -> Any:
    """A run; its properties stand in the order that Word asks for."""
    made, told = element("w:r"), element("w:rPr")
    grave = run.mark in ("wording", "material", "reverses")
    if run.mark == "strong" or grave:
        told.extend([element("w:b"), element("w:bCs")])
    if run.mark == "title" and run.way != "rtl":
        told.extend([element("w:i"), element("w:iCs")])
    colour = house[run.mark] if grave else house["soft"] if run.mark in ("soft", "none") else house["accent"] if run.link else ""
    if colour:
        told.append(element("w:color", val=colour.removeprefix("#")))
    if run.way == "rtl" or (rtl and not run.way):
        told.append(element("w:rtl"))
    if len(told):
        made.append(told)
    for place, piece in enumerate(re.split("([\n\t])", _held(run, rtl=rtl))):
        if place % 2:
            made.append(element("w:br" if piece == "\n" else "w:tab"))
        elif piece:
            made.append(_text(piece))
    return made


def _held(run: Run, *, rtl: bool) -> str:
    """A text of the other direction between signs of its own, so that its quotation marks stay with it, within two of the
    direction around it, so that no number or bracket beside it is drawn into it. Word knows no isolates."""
    if run.way and (run.way == "rtl") != rtl:
        around, own = _SIGNS["rtl" if rtl else "ltr"], _SIGNS[run.way]
        return f"{around}{own}{run.text}{own}{around}"
    return run.text


def leftwards(runs: Runs) -> Runs:
    """What reads from the right, as one piece of a line that reads from the left."""
    return Run("\u202b"), *runs, Run("\u202c")


def _text(text: str) -> Any:
    made = element("w:t")
    made.text = _ISOLATED.sub(_embedded, text)
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def _embedded(isolated: re.Match[str]) -> str:
    """What our own sentences isolate, embedded, which Word knows."""
    way, words = isolated.groups()
    turned = way == "\u2067" or (way == "\u2068" and reads_leftwards(words))
    return ("\u202b" if turned else "\u202a") + words + "\u202c"


def _styled_run(name: str) -> Any:
    made, told = element("w:r"), element("w:rPr")
    told.append(element("w:rStyle", val=name))
    made.append(told)
    return made
