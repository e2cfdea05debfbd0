"""`as_of=`: lists and records as they were at a past moment, for whoever may see them today (`past.py`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.http import http_date
from rest_framework import exceptions, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from hrdocs import versions


class AskedForThePast(viewsets.GenericViewSet):
    """Addresses of which some actions can be asked for a past moment; all others refuse that by name."""

    knows_the_past: frozenset[str] = frozenset()
    as_of: dt.datetime | None = None

    def moment(self, request: Request) -> dt.datetime | None:
        """The past moment that is asked for."""
        asked = request.query_params.get("as_of")
        if asked is None:
            return None
        if self.action not in self.knows_the_past:
            raise exceptions.ValidationError({"as_of": "No past is told here, only of lists of records and of their records."})
        try:
            return versions.moment(asked, request.user)
        except ValidationError as error:
            raise exceptions.ValidationError({"as_of": error.messages}) from None

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.as_of is not None and response.status_code == 200:
            response["Memento-Datetime"] = http_date(self.as_of.timestamp())  # RFC 7089
        return response
