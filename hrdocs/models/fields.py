"""The kinds of field that records are made of, so that a model reads as a list of what it says.

All are ordinary Django fields. Text that is not known is empty, never null; a link that is not known is null.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models

LARGEST_NUMBER = 10**12  # more than all people who ever lived, ten times over


def line(help_text: str, **options: Any) -> models.CharField:
    """One line of text, at most 500 characters, optional unless `blank=False`."""
    return models.CharField(help_text=help_text, **{"max_length": 500, "blank": True, "default": "", **options})


def prose(help_text: str, **options: Any) -> models.TextField:
    """Text of any length, optional."""
    return models.TextField(help_text=help_text, **{"blank": True, "default": "", **options})


def choice(choices: type[models.TextChoices], help_text: str, **options: Any) -> models.CharField:
    """One of a closed list that the code knows; empty where nothing is said, unless a default is given."""
    given = {"max_length": 40, "choices": choices.choices, "blank": "default" not in options, "default": ""}
    return models.CharField(help_text=help_text, **{**given, **options})


def several(choices: type[models.TextChoices], help_text: str, **options: Any) -> ArrayField:
    """Any number of a closed list, in no order."""
    item = models.CharField(max_length=40, choices=choices.choices)
    return ArrayField(item, help_text=help_text, **{"blank": True, "default": list, **options})


class NumberField(models.DecimalField):
    """A decimal of PostgreSQL's own kind, which keeps the decimals that were given: 50 stays 50, 0.5 stays 0.5."""

    def check(self, **kwargs: Any) -> list[Any]:
        return models.Field.check(self, **kwargs)  # without the questions for digits and decimal places

    def db_type(self, connection: Any) -> str:
        return "numeric"

    cast_db_type = db_type


def number(help_text: str, **options: Any) -> NumberField:
    """A number as a source gives it, with as many decimals as it has; zero is a value, empty is "not stated"."""
    given = {"null": True, "blank": True, "validators": [MaxValueValidator(LARGEST_NUMBER)]}
    return NumberField(help_text=help_text, **{**given, **options})


def link(to: str, help_text: str, **options: Any) -> models.ForeignKey:
    """A link to another record, optional; what is linked to can't be deleted."""
    given = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+"}
    return models.ForeignKey(to, help_text=help_text, **{**given, **options})


def owner(to: str, help_text: str, related_name: str, **options: Any) -> models.ForeignKey:
    """The record that this row is a part of, or stands on: required."""
    return models.ForeignKey(to, models.PROTECT, help_text=help_text, related_name=related_name, **options)


def links(to: str, help_text: str, **options: Any) -> models.ManyToManyField:
    """Any number of links to other records."""
    return models.ManyToManyField(to, help_text=help_text, **{"blank": True, "related_name": "+", **options})


def term(vocabulary: str, help_text: str, **options: Any) -> models.ForeignKey:
    """One term of a vocabulary that people curate."""
    return link("hrdocs.Term", help_text, limit_choices_to={"vocabulary": vocabulary}, **options)


def terms(vocabulary: str, help_text: str, **options: Any) -> models.ManyToManyField:
    """Any number of terms of one vocabulary."""
    return links("hrdocs.Term", help_text, limit_choices_to={"vocabulary": vocabulary}, **options)


def language(help_text: str, **options: Any) -> models.CharField:
    """A language and script tag (BCP 47): en, ar, ar-Latn, sl."""
    return models.CharField(help_text=help_text, **{"max_length": 35, "blank": True, "default": "", **options})
