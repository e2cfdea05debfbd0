"""A report from its beginning to its end: what was gathered, told section by section in the reader's language."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import orjson
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from cases.reports import listing
from cases.reports.gathering import Gathered, gather
from cases.reports.listing import Listing
from cases.reports.notes import Notes
from cases.reports.parts import Block, Heading, Report, run, runs
from cases.reports.sections import accusations, closing, figures, happenings, listed, opening, pictures, sources
from cases.reports.side_by_side import side_by_side
from hrdocs import labels
from hrdocs.access import clearance
from hrdocs.models import Record
from hrdocs.templatetags.words import own
from hrdocs.versions import last_sealed

LANGUAGES = (*labels.LANGUAGES, ",".join(labels.LANGUAGES))  # the last one is both, side by side


def report_on(subject: Record | Listing, user: Any, *, language: str, moment: dt.datetime) -> Report:
    """The report on a record or a list, as this reader may see it. Raises TooMuch where a list holds too much."""
    if "," in language:
        return side_by_side(*(report_on(subject, user, language=each, moment=moment) for each in language.split(",")))
    with translation.override(language):
        gathered = listing.gather(subject) if isinstance(subject, Listing) else gather(subject, user)
        return _told(subject, gathered, _making(subject, user, moment), language, user)


def _making(subject: Record | Listing, user: Any, moment: dt.datetime) -> closing.Making:
    told = clearance(user), f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}", last_sealed()
    if isinstance(subject, Listing):
        return closing.Making(settings.SITE_ADDRESS + subject.path, subject.in_words, *told)
    page = reverse(f"pages:{subject._meta.model_name}", args=[subject.uid])
    return closing.Making(settings.SITE_ADDRESS + page, "", *told)


def _told(subject: Record | Listing, gathered: Gathered, making: closing.Making, language: str, user: Any) -> Report:
    notes = Notes(gathered.sources)
    blocks = tuple(_sections(subject, gathered, notes, making, user))
    checksum = hashlib.sha256(orjson.dumps([blocks, notes.told])).hexdigest()
    title = run(own(gathered.row, "title") or own(gathered.row, "name"))
    return Report(
        title=title,
        of=runs(_KINDS[gathered.kind]()),
        language=language,
        blocks=(*blocks, *closing.making(making, checksum)),
        notes=tuple(notes.told),
        cover=(
            runs(gettext("Made for"), ": ", gettext(making.level.label)),
            runs(gettext("Moment (UTC)"), ": ", making.moment),
            runs(gettext("Record"), ": ", gathered.uid) if gathered.uid else runs(gettext("Asked for"), ": ", making.asked),
        ),
        references=sources.references(gathered),
        moment=making.moment,
        words={"contents": gettext("Contents"), "footnote": gettext("note %(number)s")},
    )


_KINDS = {
    "case": lambda: gettext("Report on a case"),
    "facility": lambda: gettext("Report on a facility"),
    "list": lambda: gettext("Report on a list"),
    "incident": lambda: gettext("Report on an incident"),
    "party": lambda: gettext("Report on a party"),
}


def _sections(subject: Record | Listing, gathered: Gathered, notes: Notes, making: closing.Making, user: Any) -> Iterator[Block]:
    yield Heading(runs(gettext("Summary")))
    if isinstance(subject, Listing):
        yield from listed.counted(subject, gathered)
        yield from opening.summary(gathered)
        yield from listed.lines(subject, gathered, notes)
    else:
        yield from opening.summary(gathered)
        yield from opening.subject(gathered)
    yield from accusations.accusations(gathered, notes)
    yield from figures.figures(gathered, notes)
    yield from figures.found(gathered)
    yield from figures.chains(gathered, notes)
    yield from figures.adopted(gathered, notes)
    yield from happenings.incidents(gathered)
    yield from pictures.on_a_map(gathered, user)
    yield from happenings.timeline(gathered, notes, tuple(pictures.in_time(gathered)))
    yield from happenings.victims(gathered)
    yield from accusations.judgements(gathered, notes)
    yield from sources.sources(gathered)
    yield from closing.method()
    yield from closing.limitations()
    yield from closing.withheld(making)
