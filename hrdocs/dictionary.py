"""The data dictionary: every record, every field, every column that leaves, from the declarations themselves."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hrdocs.access import Sensitivity
from hrdocs.endpoints import views
from hrdocs.models import Term
from hrdocs.shapes import Column, Many, Nested, Shape, help_of, type_of
from hrdocs.wording import our_models

HEAD = """# Data dictionary

Made from the code by `manage.py data_dictionary --write`; a test holds it in step. First what leaves through the
API and the exports, then what the database keeps. “Inside” columns are for analysts, reviewers and managers alone.
"""


def markdown() -> str:
    """The whole dictionary as one Markdown text."""
    parts = [HEAD, "## What leaves", *(_shape(view.shape) for view in views().values())]
    parts += ["## What the database keeps", *(_model(model) for model in our_models() if not model._meta.proxy)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _shape(shape: Shape) -> str:
    rows = [f"| `{name}` | {kind} | {words} |" for column in shape.columns for name, kind, words in _column(shape, column)]
    title = f"### /api/v1/{shape.path}/"
    return "\n".join([title, "", _sentence(shape.model), "", "| column | type | meaning |", "|---|---|---|", *rows])


def _column(shape: Shape, column: Column) -> Iterator[tuple[str, str, str]]:
    words = help_of(shape.model, column) + (" Inside." if column.guard == Sensitivity.INTERNAL else "")
    yield column.name, _type(shape.model, column), words.strip()


def _type(model: type[models.Model], column: Column) -> str:
    if isinstance(column, Many):
        return "list of " + ", ".join(f"`{name}`" for name, _ in column.values)
    if isinstance(column, Nested):
        return "object of " + ", ".join(f"`{name}`" for name, _ in column.values)
    (kind,) = column.kinds(model)
    return "list of codes" if kind == "codes" else kind


def _model(model: type[models.Model]) -> str:
    rows = [_field(field) for field in [*model._meta.local_concrete_fields, *model._meta.local_many_to_many] if field.help_text]
    head = f"### {str(model._meta.verbose_name).capitalize()} (`{model._meta.db_table}`)"
    return "\n".join([head, "", _sentence(model), "", "| field | kind | meaning |", "|---|---|---|", *rows])


def _field(field: models.Field) -> str:
    return f"| `{field.name}` | {_kind(field)} | {field.help_text} |"


def _kind(field: models.Field) -> str:
    if field.related_model is Term:
        return f"term of `{field.get_limit_choices_to().get('vocabulary', 'any')}`"
    if field.related_model:
        return f"link to {field.related_model._meta.verbose_name}"
    listed = field.base_field if isinstance(field, ArrayField) else field
    if listed.choices:
        return "one of " + ", ".join(f"`{value}`" for value, _ in listed.flatchoices if value)
    return type_of(field)


def _sentence(model: type[models.Model]) -> str:
    return " ".join((model.__doc__ or "").split())
