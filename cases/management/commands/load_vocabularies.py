"""`manage.py load_vocabularies`: bring the vocabularies that come with the program into the database."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from hrdocs.models import Term

FOLDER = Path(__file__).resolve().parents[2] / "vocabularies"


class Command(BaseCommand):
    help = "Load the vocabularies that come with the program. Terms that you changed or added yourselves stay."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            added = sum(load(path) for path in sorted(FOLDER.glob("*.csv")))
        self.stdout.write(f"{added} terms added, {Term.objects.count()} in all.")


def load(path: Path) -> int:
    """Add the terms of one file that are not there yet; return how many were added."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    known = {term.code: term for term in Term.objects.filter(vocabulary=path.stem)}
    new = [Term(**{**row, "parent": None}) for row in rows if row["code"] not in known]
    Term.objects.bulk_create(new)
    known |= {term.code: term for term in new}
    for term, row in [(known[row["code"]], row) for row in rows if row["parent"]]:
        if term in new:
            term.parent = known[row["parent"]]
    Term.objects.bulk_update([term for term in new if term.parent], ["parent"])
    return len(new)
