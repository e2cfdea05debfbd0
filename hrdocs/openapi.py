"""The OpenAPI document, made from shapes and filtersets."""

from __future__ import annotations

import functools
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from hrdocs.shapes import Codes, Column, Many, Nested, Reader, Shape, Values

_FIELDS = {
    "text": serializers.CharField,
    "number": serializers.FloatField,
    "integer": serializers.IntegerField,
    "boolean": serializers.BooleanField,
    "date": serializers.DateField,
    "datetime": serializers.DateTimeField,
    "json": serializers.JSONField,
}
_TYPES = (
    (models.BooleanField, "boolean"),
    (models.IntegerField, "integer"),
    (models.DecimalField, "number"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
)
NOBODY = Reader(AnonymousUser())


def type_of(field: models.Field | None) -> str:
    """The type by which a field of a model leaves."""
    return next((name for kind, name in _TYPES if isinstance(field, kind)), "text")


def field_at(model: type[models.Model], path: Any) -> models.Field | None:
    """The field that a path of a model ends in, or None where it is no path."""
    if not isinstance(path, str):
        return None
    found: models.Field | None = None
    for step in path.split("__"):
        found = model._meta.get_field(step)
        model = found.related_model or model
    return found


@functools.cache
def serializer_of(shape: Shape) -> type[serializers.Serializer]:
    """A serializer that describes the shape. It describes only: rows are built by the database."""
    fields = {column.name: described(shape.model, column) for column in shape.columns}
    return type(shape.model.__name__, (serializers.Serializer,), fields)


def described(model: type[models.Model], column: Column) -> serializers.Field:
    """One column as the document shows it, with its help."""
    help_text = help_of(model, column)
    if isinstance(column, Many):
        target = column.rows(NOBODY).model
        return _object(f"{model.__name__}{column.name.title()}", target, column.values)(many=True, help_text=help_text)
    if isinstance(column, Nested):
        named = f"{model.__name__}{column.name.title()}"
        return _object(named, column.to or model, column.values)(allow_null=True, help_text=help_text)
    field = None if column.type else field_at(model, column.expression or column.name)
    if isinstance(column, Codes) or isinstance(field, ArrayField) or column.type == "codes":
        return serializers.ListField(child=serializers.CharField(), help_text=help_text)
    nullable = field is None or field.null
    return _FIELDS[column.type or type_of(field)](allow_null=nullable, help_text=help_text)


def help_of(model: type[models.Model], column: Column) -> str:
    """What a column means: its own words, or the help of the model's field."""
    if column.help:
        return column.help
    try:
        return str(model._meta.get_field(column.name).help_text)
    except FieldDoesNotExist:
        return ""


def _object(name: str, model: type[models.Model], values: Values) -> type[serializers.Serializer]:
    fields = {}
    for key, path in values:
        field = field_at(model, path) if path else None
        if isinstance(field, ArrayField):
            fields[key] = serializers.ListField(child=serializers.CharField())
        else:
            kind = type_of(field) if isinstance(path, str) else "json"
            fields[key] = _FIELDS[kind](allow_null=True)
    return type(name.replace("_", ""), (serializers.Serializer,), fields)


class TokenScheme(OpenApiAuthenticationExtension):
    """How the document names the tokens."""

    target_class = "hrdocs.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        words = "A token made at /account/tokens/, in the header: `Authorization: Bearer hrd_…`. Without one: what is public."
        return {"type": "http", "scheme": "bearer", "description": words}


class RecordSchema(AutoSchema):
    """Adds to each operation the errors that it can answer."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return getattr(self.view, "action", "") == "list"

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        if hasattr(self.view, "shape"):
            bodies |= {code: {"description": words} for code, words in _ERRORS.items()}
        return bodies


_ERRORS = {
    "400": "A parameter is unknown or makes no sense; the answer names it (application/problem+json).",
    "401": "A token was brought that opens nothing: unknown, expired, revoked … (application/problem+json).",
    "403": "The token was made without the scope for this, as for a whole list as a file (application/problem+json).",
    "404": "There is no such record, or you may not see it (application/problem+json).",
    "429": "Too many requests; the header Retry-After says how many seconds to wait (application/problem+json).",
}
