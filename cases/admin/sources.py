"""The form of a source, from up here: it leads to the screen where what the source says is entered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sources.admin import SourceAdmin
from sources.models import Source

admin.site.unregister(Source)


@admin.register(Source)
class SayingSourceAdmin(SourceAdmin):
    """The floor of the sources knows nothing of statements."""

    def doors(self, request: HttpRequest, record: Any) -> list[tuple[str, str]]:
        address = f"{reverse('admin:cases_statement_entering')}?source={record.pk}"
        return [(_("Enter what it says"), address), *super().doors(request, record)]
