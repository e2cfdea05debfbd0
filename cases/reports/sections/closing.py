"""What stands last: by which method it was made, what it can't tell, what is withheld, and how it can be made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext

from cases.choices import Proof
from cases.reports.parts import Block, Heading, Listed, Paragraph, run, runs, table
from hrdocs.access import Sensitivity


@dataclass(frozen=True)
class Making:
    """When, for whom and from which version of the data a report is made; the same of it makes the same bytes."""

    address: str  # the page of what it is on
    asked: str  # the filters of a list
    level: Sensitivity
    moment: str
    version: int | None  # the last sealed batch of history


def method() -> Iterator[Block]:
    """How statements, figures and conclusions are to be read, and the standards of proof."""
    yield Heading(runs(gettext("Methodology and standard of proof")))
    for told in (
        gettext(
            "A statement is what one source said, in its own words, at one place in its text. What happened is "
            "reached only through statements; what we conclude from them is a separate, signed record."
        ),
        gettext(
            "Figures are kept as printed, with the wording of each bound. An open bound stays open, a rate stays a "
            "rate, and nothing is merged or averaged. A difference between a figure and the one that it hands on is "
            "named, whoever made it."
        ),
        gettext(
            "Origins are counted, not publications: ten pages that copy one report are one voice. What a source says "
            "of whom it draws on settles that two are one; what we infer only forbids us to be certain."
        ),
        gettext(
            "Whoever enters a record never approves it: each record in this report that is published was read by a "
            "second person."
        ),
    ):  # fmt: skip
        yield Paragraph(runs(told))
    yield Paragraph(
        runs(
            gettext(
                "Where we conclude something, we name one of these standards of proof. An accusation reaches none of them "
                "by being made."
            )
        )
    )
    yield Listed(tuple(runs(gettext(proof.label)) for proof in Proof))


def limitations() -> Iterator[Block]:
    """What no reader should take from it."""
    yield Heading(runs(gettext("Limitations")))
    told = (
        gettext("Many sources were read only as others quote them. How far each was read stands in its note."),
        gettext(
            "What nobody reported, or what is not entered yet, is missing. Absence here is no evidence that something "
            "did not happen."
        ),
        gettext(
            "Numbers from different sources count different things by different methods, and can't be added unless it "
            "is said so."
        ),
        gettext(
            "Gradings of sources are the judgement of those who work on the records, each with its reason where one "
            "is given."
        ),
        gettext(
            "What the program computes – comparisons, origins, contradictions – is marked so. It can be wrong where a "
            "source was entered wrongly."
        ),
    )  # fmt: skip
    yield Listed(tuple(runs(each) for each in told))


def withheld(making: Making) -> Iterator[Block]:
    """That there may be more, and by which rules it is kept back; never what, nor how much, nor whether there is any."""
    yield Heading(runs(gettext("What may be withheld, and why")))
    level = gettext(
        "This report was made for readers of the level “%(level)s”. Records, links and values that are open only "
        "to others are not in it."
    )
    yield Paragraph(runs(level % {"level": gettext(making.level.label)}))
    yield Listed(tuple(runs(each) for each in (
        gettext("Records that are not reviewed yet, or that were retracted."),
        gettext(
            "Records by which somebody could be found, hurt or hunted: witnesses, victims and their families, those "
            "who document."
        ),
        gettext(
            "Exact days and places where those who were told of them asked for less, or where they would tell who "
            "somebody is; they stand as a month, a year or an area."
        ),
        gettext("What was said in confidence, as far as the consent to it does not reach."),
    )))  # fmt: skip
    yield Paragraph(
        runs(gettext("The report does not say whether anything was left out, what or how much: that would tell of it.")), "soft"
    )


def making(made: Making, checksum: str) -> Iterator[Block]:
    """How it was made, so that it can be made and checked again."""
    yield Heading(runs(gettext("How this report was made")))
    version = (
        gettext("sealed batch %(number)s of the history") % {"number": made.version} if made.version else gettext("none sealed")
    )
    rows = (
        (gettext("Where it stands"), run(made.address, "address", link=made.address)),
        (gettext("Asked for"), run(made.asked, "address") if made.asked else ""),
        (gettext("Made for"), gettext(made.level.label)),
        (gettext("Moment (UTC)"), made.moment),
        (gettext("Version of the data"), version),
        (gettext("Licence"), settings.DATA_LICENCE),
        (gettext("Checksum of the contents (SHA-256)"), run(checksum, "address")),
        (gettext("Cite as"), f"{settings.CITE_AS}, {made.address}, {made.moment} UTC"),
    )
    yield table((), ([run(label, "soft"), told] for label, told in rows if told), (3, 7))
    told = gettext(
        "The checksum is taken over the blocks, notes and words of this report before this section. The same data "
        "at the same moment give the same bytes."
    )
    yield Paragraph(runs(told), "soft")
