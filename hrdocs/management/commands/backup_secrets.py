"""`manage.py backup_secrets FILE`: the server's own keys, locked like a backup and kept apart from all of them."""

import io
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hrdocs.backups import locked
from hrdocs.refusal import Refused


class Command(BaseCommand):
    help = "Write SECRET_KEY and its fallbacks, locked for BACKUP_KEYS. Keep them apart from backups: both open second factors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write, outside BACKUPS_ROOT")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if Path(settings.BACKUPS_ROOT).resolve() in file.resolve().parents:
            raise CommandError("Keys lie apart from backups. Name a file outside BACKUPS_ROOT, and carry it away.")
        kept = {name: getattr(settings, name) for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS")}
        try:
            locked.lock(io.BytesIO(json.dumps(kept).encode()), file, locked.recipients(settings.BACKUP_KEYS))
        except FileExistsError:
            raise CommandError(f"{file} is there already. Choose another name.") from None
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"Written. It is read with: age --decrypt -i KEY {file}")
