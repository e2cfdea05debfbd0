"""`manage.py seal_history`: seal all history that no seal lists yet."""

from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hrdocs.models import Seal
from hrdocs.sealing import head_line, seal


class Command(BaseCommand):
    help = "Seal all history that is new since the last seal. Run it by a timer, and keep the heads elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head-to", type=Path, metavar="FILE", help="append number, time and hash of the new seal to FILE")

    def handle(self, *args: Any, head_to: Path | None, **options: Any) -> None:
        began = perf_counter()
        made = seal()
        took = perf_counter() - began
        head = made or Seal.objects.order_by("number").last()
        if head and head_to:
            _note(head_line(head), head_to)
        if made:
            self.stdout.write(
                f"{head_line(made)}\n{made.rows} rows of history in {took:.1f} s ({made.rows / took:,.0f} a second)."
            )
        else:
            self.stdout.write("Nothing new to seal.")


def _note(line: str, path: Path) -> None:
    """Add the head to the file, unless it stands there as the last already."""
    noted = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if not (noted and noted[-1].endswith(line.rsplit(maxsplit=1)[-1])):
        with path.open("a", encoding="utf-8") as heads:
            heads.write(line + "\n")
