"""Public identifiers: `INC-7K3M9-QXD4TH`.

A kind, ten random letters and one check letter, all from Crockford's base 32 (no I, L, O, U), so that a uid
can be read over the telephone and tells neither order, nor number, nor date. The check letter is a weighted
sum in the field of 32 elements: it finds every single wrong letter and every swap of two neighbours.
"""

import re
import secrets
from typing import Any

from django.db import IntegrityError, models

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PATTERN = r"^[A-Z]{3}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{6}$"
_LOOKALIKE = str.maketrans("ILO", "110")
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_DOUBLED = [2 * value ^ (0b100101 if value & 0b10000 else 0) for value in range(32)]


def new_uid(prefix: str) -> str:
    """A new uid of the given kind."""
    letters = "".join([ALPHABET[byte % 32] for byte in secrets.token_bytes(10)])  # 256 is a multiple: no letter is rarer
    return f"{prefix}-{letters[:5]}-{letters[5:]}{_check_letter(letters)}"


def is_taken(error: IntegrityError) -> bool:
    """Whether a row was refused since there is one with its uid."""
    told = getattr(error.__cause__, "diag", None)
    return told is not None and told.sqlstate == "23505" and "_uid_" in (told.constraint_name or "")


def understood(text: str) -> str | None:
    """The uid that a person meant (lower case, O for 0, no hyphens), or None where it can't be one."""
    plain = text.strip().upper().replace("-", "").replace(" ", "")
    prefix, letters = plain[:3], plain[3:].translate(_LOOKALIKE)
    if (
        not re.fullmatch("[A-Z]{3}", prefix)
        or len(letters) != 11
        or not set(letters) <= set(ALPHABET)
        or _check_letter(letters[:10]) != letters[10]
    ):
        return None
    return f"{prefix}-{letters[:5]}-{letters[5:]}"


def _check_letter(letters: str) -> str:
    total = 0
    for letter in letters:  # Horner's rule with x = 2 in GF(32), reduced by x⁵ + x² + 1
        total = _DOUBLED[total ^ _VALUES[letter]]
    return ALPHABET[total]


class UidField(models.CharField):  # type: ignore[type-arg]  # Django's fields take no arguments when run
    """The uid of a record; given when the record is first saved, by the `uid_prefix` of its class."""

    def __init__(self, **kwargs: Any) -> None:
        options = {"max_length": 16, "editable": False, "default": ""}
        super().__init__(**{**options, **kwargs})

    def pre_save(self, model_instance: Any, add: bool) -> str:
        value: str = getattr(model_instance, self.attname) or new_uid(model_instance.uid_prefix)
        setattr(model_instance, self.attname, value)
        return value
