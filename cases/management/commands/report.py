"""`manage.py report UID`: a report on a case, a facility, an incident or a party, as one reader may see it."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.reports import contents, gathering
from cases.reports.formats import FORMATS
from cases.reports.typesetting import Failed
from hrdocs.labels import LANGUAGES
from hrdocs.manifests import one_moment
from hrdocs.models import User
from hrdocs.readers import reading_as


class Command(BaseCommand):
    help = "Write a report on a case, a facility, an incident or a party, as anybody may see it or as one account does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uid", metavar="UID", help="the uid of a case, a facility, an incident or a party")
        parser.add_argument("--format", choices=FORMATS, default="pdf")
        parser.add_argument("--lang", choices=LANGUAGES, default="en")
        parser.add_argument("--output", required=True, metavar="FILE")
        parser.add_argument("--as", dest="reader", metavar="USER", help="the account whose view it is; nobody's where left out")
        parser.add_argument(
            "--moment", metavar="TIME", help="the moment that stands in it (2026-11-28T09:00:00Z); now if left out"
        )

    def handle(self, *args: Any, uid: str, reader: str | None, output: str, lang: str, **options: Any) -> None:
        user = AnonymousUser() if reader is None else User.objects.filter(username=reader, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account {reader}.")
        moment = _moment(options["moment"])
        with one_moment(), reading_as(user):
            record = gathering.find(uid, user)
            if record is None:
                raise CommandError(f"There is no case, facility, incident or party {uid}, or it is not open to this reader.")
            report = contents.report_on(record, user, language=lang, moment=moment)
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
