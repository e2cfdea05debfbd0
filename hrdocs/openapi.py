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

from hrdocs.formats.json import ProblemRenderer
from hrdocs.labels import LANGUAGES
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
_NAMED_OTHERWISE = {"Response": "ResponseRecord"}  # programs that make clients have a Response of their own


@functools.cache
def serializer_of(shape: Shape) -> type[serializers.Serializer]:
    """A serializer that describes the shape. It describes only: rows are built by the database.

    No column is required: `fields` leaves some out, and not every reader is shown all.
    """
    fields = {column.name: described(shape.model, column) for column in shape.columns}
    name = shape.model.__name__
    return type(_NAMED_OTHERWISE.get(name, name), (serializers.Serializer,), fields)


def described(model: type[models.Model], column: Column) -> serializers.Field:
    """One column as the document shows it, with its help."""
    help_text = help_of(model, column)
    if isinstance(column, Many):
        target = column.rows(NOBODY).model
        kind = _object(f"{model.__name__}{column.name.title()}", target, column.values)
        return kind(many=True, required=False, help_text=help_text)
    if isinstance(column, Nested):
        named = f"{model.__name__}{column.name.title()}"
        return _object(named, column.to or model, column.values)(allow_null=True, required=False, help_text=help_text)
    (kind,) = column.kinds(model)
    if kind == "codes":
        return serializers.ListField(child=serializers.CharField(), required=False, help_text=help_text)
    field = None if column.type else field_at(model, column.expression or column.name)
    return _FIELDS[kind](allow_null=field is None or field.null, required=False, help_text=help_text)


def _object(name: str, model: type[models.Model], values: Values) -> type[serializers.Serializer]:
    fields = {}
    for key, path in values:
        field = field_at(model, path) if path else None
        if isinstance(field, ArrayField):
            fields[key] = serializers.ListField(child=serializers.CharField(), required=False)
        else:
            kind = type_of(field) if isinstance(path, str) else "json"
            fields[key] = _FIELDS[kind](allow_null=True, required=False)
    return type(name.replace("_", ""), (serializers.Serializer,), fields)


class Problem(serializers.Serializer):
    """What was wrong, in words (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField(help_text="What was wrong.")
    status = serializers.IntegerField(help_text="The status of the answer.")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="For each parameter what to mend."
    )
    uid = serializers.CharField(required=False, help_text="The record that this one was merged into.")
    url = serializers.URLField(required=False, help_text="Where that record stands.")


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
        past = _PAST if self.view.knows_the_past else {}
        told = {"list": {**_SHAPING, **_GROUPS, **past, **_PROMISED}, "retrieve": {**_SHAPING, **past}}.get(
            getattr(self.view, "action", ""), {}
        )
        return [
            OpenApiParameter(name, str, description=words, many=name in _GROUPS, enum=_ONE_OF.get(name))
            for name, words in told.items()
        ]

    def get_operation_id(self) -> str:
        """What is made of a whole list is told apart from the same of one record."""
        named, view = super().get_operation_id(), self.view
        of_a_list = getattr(view, "detail", None) is False and getattr(view, "action", "list") != "list"
        return f"{named.removesuffix('_retrieve')}_of_list" if of_a_list else named

    def _is_list_view(self, serializer: Any = None) -> bool:
        return getattr(self.view, "action", "") == "list" and hasattr(self.view, "shape") and bool(self.view.pagination_class)

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        bodies["200"]["content"] |= {form.media_type: {"schema": _body_of(form)} for form in self._files()}
        for code, words in {**_ERRORS, **getattr(self.view, "errors", {})}.items():
            told = self._get_response_for_code(Problem, code, [ProblemRenderer.media_type])
            bodies[code] = {**told, "description": words}
        return bodies

    def _files(self) -> list[Any]:
        """The formats of this address that leave as files."""
        return [renderer.form for renderer in self.view.renderer_classes if hasattr(renderer, "form")]


def _body_of(form: Any) -> dict[str, Any]:
    """A file: of those that are JSON the document says no more than that, of a page that it is text, of all others that they
    are bytes."""
    if form.media_type.endswith("+json"):
        return {}
    return {"type": "string"} if form.media_type == "text/html" else {"type": "string", "format": "binary"}


_SHAPING = {
    "fields": "The columns to give, separated by commas, in this order. Parts by a dot: `source.uid`.",
    "expand": "Links, separated by commas, to give as whole records where they showed a few values: `source`.",
    "lang": "en or ar: labels in that language in place of codes, and headings in csv and xlsx. Without it codes stay codes.",
    "hxl": "1: a row of HXL tags below the header (csv, xlsx).",
    "raw": "1: texts as they are, without apostrophes before what a spreadsheet would run; for programs (csv).",
}
_ONE_OF = {"lang": LANGUAGES}
_GROUPS = {
    "any": "Filters as in an address, groups of them separated by `|`: rows that one of the groups finds. "
    "Encode `&`, `|` and `=` in it.",
    "not": "Filters as in an address: rows that they don't find. Encode `&` and `=` in it.",
}
_PAST = {
    "as_of": "The list or record as it was at a past moment, written in ISO 8601, or as a version as a manifest tells it, or as "
    "a release: release-3. What may not be seen any more is left out."
}
_PROMISED = {"manifest": "Which manifest a page of this site promised to a file; only from such a page."}
_ERRORS = {
    "301": "The record was merged into another: Location, `url` and `uid` name it.",
    "400": "A parameter is unknown or makes no sense; `errors` names it.",
    "401": "A token was brought that opens nothing: unknown, expired, revoked …",
    "403": "The token was made without the scope for this, as for a whole list as a file; or a second factor is missing.",
    "404": "There is no such record, or you may not see it; or the format is none of this address.",
    "406": "The header Accept names no format of this address.",
    "429": "Too many requests; the header Retry-After says how many seconds to wait.",
    "503": "Too many files are leaving at this moment, or the answer took too long; Retry-After says when to ask again.",
}
