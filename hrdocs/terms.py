"""The terms of use that whoever comes in accepts: the operator's text, or the one that comes with the program."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

OURS = (
    _("What you read here can harm people if it is handed on carelessly. You use it for documentation, research, reporting "
      "or legal work, and for nothing else."),
    _("You do not try to find out who a person is whom a record leaves unnamed, and you publish no private data of anybody."),
    _("You name the source of what you use, and say of an accusation that it is one."),
    _("Your account and your tokens are yours alone. If one of them comes into other hands, you revoke it and tell us at once."),
    _("We may close your account. What you did with it stays recorded."),
)  # fmt: skip


def paragraphs() -> list[str]:
    """The terms, paragraph by paragraph."""
    if not settings.TERMS_FILE:
        return [str(paragraph) for paragraph in OURS]
    return [each.strip() for each in Path(settings.TERMS_FILE).read_text("utf-8").split("\n\n") if each.strip()]


def version() -> str:
    """The text's own fingerprint, the same in every language, so that what was accepted can be told later."""
    with translation.override("en"):
        return hashlib.sha256("\n\n".join(paragraphs()).encode()).hexdigest()[:12]
