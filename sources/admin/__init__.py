"""The analysts' door to parties, sources and informants."""

from django.contrib import admin

from hrdocs.admin.inlines import parts
from hrdocs.admin.records import RecordAdmin
from sources.admin import informants  # noqa: F401 - registers it
from sources.admin.copies import WithCopies
from sources.models import (
    Party,
    PartyIdentifier,
    PartyName,
    Relay,
    Source,
    SourceAuthor,
    SourceIdentifier,
    SourcePublisher,
)


@admin.register(Party)
class PartyAdmin(RecordAdmin):
    title_field = "name_en"
    list_before_state = ("name_ar", "kind")
    list_filter = ("kind", "state", "sensitivity")
    search_names = ("search",)
    search_parts = (PartyName,)
    alike_names = ("name_en", "name_ar")
    lead_fieldsets = (
        (None, {"fields": (("name_en", "name_ar"), ("kind", "country"), "note_en")}),
        ("Details", {"fields": ("placeholder", "gender", ("began", "ended"), "only_cited"), "classes": ["collapse"]}),
    )
    inlines = (parts(PartyName, "text", "language", "kind", "valid_from", "valid_to"), parts(PartyIdentifier, "scheme", "value"))


@admin.register(Source)
class SourceAdmin(WithCopies, RecordAdmin):
    title_field = "title"
    list_before_state = ("kind", "published", "read_as")
    list_filter = ("kind", "read_as", "state", "sensitivity")
    search_names = ("search",)
    alike_names, alike_date, alike_same = ("title", "title_en"), "published", "url"
    lead_fieldsets = (
        (None, {"fields": ("title", "title_en", ("kind", "languages", "number"), ("published", "event", "accessed"),
                           ("read_as", "access", "obtained"), "url", "archived_url")}),
        ("How it works and what it says of itself", {"fields": ("method", "own_note", "licence", ("edition_of", "edition"))}),
        ("Our grading", {"fields": ("reliability", "reliability_reason", "rated_by"), "classes": ["collapse"]}),
    )  # fmt: skip
    inlines = (
        parts(SourcePublisher, "party", "role"),
        parts(SourceAuthor, "party", "literal", "role"),
        parts(Relay, "draws_on", "party", "unnamed", "how", "stated", "note", fk_name="source"),
        parts(SourceIdentifier, "scheme", "value"),
    )
