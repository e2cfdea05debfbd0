"""The OpenAPI document, made from shapes and filtersets."""

from __future__ import annotations

import functools
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from hrdocs.shapes import Column, Many, Nested, Reader, Shape, Values, field_at, help_of, type_of

_FIELDS = {
    "text": serializers.CharField,
    "number": serializers.FloatField,
    "integer": serializers.IntegerField,
    "boolean": serializers.BooleanField,
    "date": serializers.DateField,
    "datetime": serializers.DateTimeField,
    "json": serializers.JSONField,
}
NOBODY = Reader(AnonymousUser())


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
    (kind,) = column.kinds(model)
    if kind == "codes":
        return serializers.ListField(child=serializers.CharField(), help_text=help_text)
    field = None if column.type else field_at(model, column.expression or column.name)
    return _FIELDS[kind](allow_null=field is None or field.null, help_text=help_text)


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
    """Adds to each operation the parameters of its columns and groups, and the errors that it can answer."""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        if not hasattr(self.view, "shape"):
            return []
        told = {"list": {**_SHAPING, **_GROUPS}, "retrieve": _SHAPING}.get(getattr(self.view, "action", ""), {})
        return [OpenApiParameter(name, str, description=words, many=name in _GROUPS) for name, words in told.items()]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return getattr(self.view, "action", "") == "list"

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        if hasattr(self.view, "shape"):
            bodies |= {code: {"description": words} for code, words in _ERRORS.items()}
        return bodies


_SHAPING = {
    "fields": "The columns to give, separated by commas, in this order. Parts by a dot: `source.uid`.",
    "expand": "Links, separated by commas, to give as whole records where they showed a few values: `source`.",
    "hxl": "1: a row of HXL tags below the header (csv, xlsx).",
    "raw": "1: texts as they are, without apostrophes before what a spreadsheet would run; for programs (csv).",
}
_GROUPS = {
    "any": "Filters as in an address, groups of them separated by `|`: rows that one of the groups finds. "
    "Encode `&`, `|` and `=` in it.",
    "not": "Filters as in an address: rows that they don't find. Encode `&` and `=` in it.",
}
_ERRORS = {
    "400": "A parameter is unknown or makes no sense; the answer names it (application/problem+json).",
    "401": "A token was brought that opens nothing: unknown, expired, revoked … (application/problem+json).",
    "403": "The token was made without the scope for this, as for a whole list as a file (application/problem+json).",
    "404": "There is no such record, or you may not see it (application/problem+json).",
    "429": "Too many requests; the header Retry-After says how many seconds to wait (application/problem+json).",
}
