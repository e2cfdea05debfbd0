"""Rows that are no records, and of which readers are told a few columns."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Told(models.Model):
    """Says of its table what readers of every level are told: these columns, of the rows that meet the condition."""

    told: ClassVar[tuple[str, ...]]
    told_where: ClassVar[str]  # SQL on the table's own columns

    class Meta:
        abstract = True
