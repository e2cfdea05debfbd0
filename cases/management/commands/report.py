"""`manage.py report SUBJECT`: a report on a case, a facility, an incident, a party or a list, as one reader may see it."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.reports import contents, gathering, listing
from cases.reports.formats import FORMATS
from cases.reports.listing import Listing, TooMuch
from cases.reports.parts import Report
from cases.reports.typesetting import Failed
from hrdocs.endpoints import views
from hrdocs.manifests import one_moment
from hrdocs.models import Record, User
from hrdocs.readers import reading_as


class Command(BaseCommand):
    help = "Write a report on a record or a list, as anybody may see it or as one account does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "subject", metavar="SUBJECT",
            help="the uid of a case, a facility, an incident or a party; or a list with its filters, as in the address of its "
            "page: 'incidents/?country=SY&date=2013'",
        )  # fmt: skip
        parser.add_argument("--format", choices=FORMATS, default="pdf")
        parser.add_argument("--lang", choices=contents.LANGUAGES, default="en")
        parser.add_argument("--output", required=True, metavar="FILE")
        parser.add_argument("--as", dest="reader", metavar="USER", help="the account whose view it is; nobody's where left out")
        parser.add_argument(
            "--moment", metavar="TIME", help="the moment that stands in it (2026-11-28T09:00:00Z); now if left out"
        )

    def handle(self, *args: Any, subject: str, reader: str | None, output: str, lang: str, **options: Any) -> None:
        user = AnonymousUser() if reader is None else User.objects.filter(username=reader, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account {reader}.")
        moment = _moment(options["moment"])
        with one_moment(), reading_as(user):
            report = _report(_found(subject, user), user, lang, moment)
        try:
            written = FORMATS[options["format"]].write(report)
        except Failed as error:
            raise CommandError(str(error)) from None
        Path(output).write_bytes(written)
        self.stdout.write(f"{output}: {len(written)} bytes")


def _moment(text: str | None) -> dt.datetime:
    found = timezone.now() if text is None else parse_datetime(text)
    if found is None:
        raise CommandError(f'"{text}" is no moment. Write it as 2026-11-28T09:00:00Z.')
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _found(subject: str, user: Any) -> Record | Listing:
    """The record of a uid, or the list of an address."""
    name, _, asked = subject.partition("?")
    if hasattr(views().get(name.strip("/")), "report_on_list"):
        return Listing(name.strip("/"), QueryDict(asked), user, listing.IN_BACKGROUND)
    record = gathering.find(subject, user)
    if record is None:
        raise CommandError(
            f"There is no case, facility, incident or party {subject}, or it is not open to this reader. Reports on lists: "
            + ", ".join(name for name, view in views().items() if hasattr(view, "report_on_list"))
        )
    return record


def _report(subject: Record | Listing, user: Any, language: str, moment: dt.datetime) -> Report:
    try:
        return contents.report_on(subject, user, language=language, moment=moment)
    except TooMuch as error:
        raise CommandError(str(error)) from None
    except ValidationError as error:
        raise CommandError("; ".join(f"{name}: {' '.join(words)}" for name, words in error.message_dict.items())) from None
