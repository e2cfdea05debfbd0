"""Which indexes a column brings with it: none that another answers for, and of what may be empty only what is there.

A table of records has dozens of links, most of them empty in most rows, and an insert pays for each index. What filters and
orders of lists ask stands in indexes of their own (hrdocs/quick_filters.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.postgresql import schema


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    def _field_should_be_indexed(self, model: type[models.Model], field: models.Field) -> bool:
        return super()._field_should_be_indexed(model, field) and field.name not in _leading(model)

    def _create_index_sql(self, model: type[models.Model], *, fields: Any = None, **how: Any) -> Any:
        """An index of a Meta has a name and stays as it is declared; that of a column has none yet."""
        if fields and "name" not in how and fields[0].null:
            how["condition"] = f"{self.quote_name(fields[0].column)} IS NOT NULL"
        return super()._create_index_sql(model, fields=fields, **how)

    def _create_like_index_sql(self, model: type[models.Model], field: models.Field) -> None:
        """Nobody asks how a uid or a code begins: they are asked whole, and texts by any letters within."""


def _leading(model: type[models.Model]) -> Iterator[str]:
    """The columns by which an index of several is read, which serves them as one of their own would."""
    yield from (names[0] for names in model._meta.unique_together)
    for declared in (*model._meta.indexes, *model._meta.constraints):
        if getattr(declared, "fields", ()) and declared.condition is None:
            yield declared.fields[0]
