"""`manage.py catalogue`: bring hrdocs/locale in step with the texts of models, menus and templates, and compile it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.management.commands.makemessages import Command as MakeMessages

from hrdocs.labels import heading_texts
from hrdocs.objections import sentences
from hrdocs.offering import filter_texts
from hrdocs.transitions import TRANSITIONS
from hrdocs.wording import form_texts, model_texts


class _Collect(MakeMessages):
    """Django's own, which also knows the sentences of the arithmetic (cases/sentences.py)."""

    xgettext_options = [*MakeMessages.xgettext_options, "--keyword=Sentence:1"]


class Command(BaseCommand):
    help = "Collect every text that a person reads into hrdocs/locale/*/LC_MESSAGES/django.po, and compile (needs gettext)."

    def handle(self, *args: Any, **options: Any) -> None:
        # Texts of models are written plainly in the models; they are laid out here for gettext to find.
        texts = Path(settings.ROOT) / "hrdocs" / "model_texts.py"
        shown = (*model_texts(), *form_texts(), *filter_texts(), *heading_texts(), *sentences())
        found = dict.fromkeys([*shown, *(move.label for move in TRANSITIONS.values())])
        texts.write_text("".join(f"_({text!r})\n" for text in found))
        try:
            call_command(
                _Collect(), locale=["ar"], ignore_patterns=[".venv", ".local", "tests"], no_location=True, no_obsolete=True
            )
            call_command("compilemessages", locale=["ar"], ignore_patterns=[".venv", ".local"])
        finally:
            texts.unlink()
