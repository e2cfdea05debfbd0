"""`manage.py load_demo`: the founding case, imported by an analyst and published by a reviewer, as any case would be."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cases.imports.kinds import SHEETS, model_of
from cases.imports.write import import_records
from cases.models import Import, ImportedRow
from hrdocs import review
from hrdocs.access import Sensitivity, State
from hrdocs.models import Record, User

FOLDER = Path(__file__).resolve().parents[2] / "demo"
DATASET = "founding-case"


class Command(BaseCommand):
    help = "Load the founding case (Saydnaya prison): imported as demo-analyst, published as demo-reviewer. Once."

    def handle(self, *args: Any, **options: Any) -> None:
        here = Import.objects.filter(dataset=DATASET).exists()
        if here and any(record.state != State.DRAFT for record in _records()):
            self.stdout.write("The founding case is here already.")
            return
        analyst, reviewer = (User.objects.filter(username=f"demo-{role}").first() for role in ("analyst", "reviewer"))
        if not analyst or not reviewer:
            raise CommandError("Run manage.py demo_accounts first: the case is entered by demo-analyst.")
        outcome = import_records(FOLDER, by=analyst, dataset=DATASET)
        if outcome.errors:
            raise CommandError("\n".join(map(str, outcome.errors)))
        # An act of its own: what is decided on was entered before, as it is when people do it.
        with transaction.atomic():
            published = sum(_publish(record, analyst, reviewer) for record in _records())
        self.stdout.write(f"The founding case: {outcome.account()}; {published} records published.")


def _records() -> list[Record]:
    """The imported records in the order of the sheets: what others hang on comes first."""
    rows = ImportedRow.objects.filter(dataset=DATASET)
    ordered = [rows.filter(sheet=sheet).order_by("id") for sheet in SHEETS if issubclass(model_of(sheet), Record)]
    return [row.target for sheet in ordered for row in sheet]


def _publish(record: Record, analyst: User, reviewer: User) -> bool:
    if record.state != State.DRAFT:
        return False
    review.submit(record, by=analyst, reason="The founding case")
    review.approve(record, by=reviewer, reason="Checked against docs/founding-case.md")
    review.publish(record, by=reviewer, level=Sensitivity.PUBLIC, reason="All of it is from public pages")
    return True
