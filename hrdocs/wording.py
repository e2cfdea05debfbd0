"""The texts of the models, in the reader's language.

A field's label, help and choices, and the sentence of a constraint, are written once, in plain English, where they
are declared; the data dictionary, the forms and the API read them from there. So that they need no marks around
each of some thousand strings, they are looked up in the catalogue (hrdocs/locale) by their English text when shown.
"""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

OUR_APPS = ("hrdocs", "sources", "cases")


def our_models() -> Iterator[type[models.Model]]:
    """The models a person meets: ours, without the history tables and the tables behind many-to-many fields."""
    for label in OUR_APPS:
        for model in apps.get_app_config(label).get_models():
            if not hasattr(model, "pgh_tracked_model"):
                yield model


def model_texts() -> Iterator[str]:
    """Every English text of our models that the catalogue should hold, repeats included."""
    for model in our_models():
        yield str(model._meta.verbose_name)
        yield str(model._meta.verbose_name_plural)
        for field in model._meta.get_fields():  # what is derived from dates is computed, and shown nowhere by itself
            if isinstance(field, models.Field) and not field.name.endswith(("_earliest", "_latest", "_precision")):
                yield from filter(None, (str(field.verbose_name), str(field.help_text)))
                yield from (str(label) for value, label in _listed(field).flatchoices if value not in ("", None))
        yield from (str(constraint.violation_error_message) for constraint in worded(model))


# What the libraries say in English alone: that of the admin's interface has no catalogue of its own.
LIBRARY_TEXTS = (
    "Add row", "All applications", "Apply Filters", "Clear all filters", "Clear selection", "Filter navigation items",
    "General", "Go back", "Light", "Dark", "System", "Loading more results...", "More actions", "Next", "Previous",
    "No data", "No recent searches", "No results found", "No results matching your query", "Objects", "Recent searches",
    "Record picture", "Reset filters", "Run", "Save and view", "Search apps and models...", "Select all rows",
    "Select record", "Select value", "This page yielded into no results. Create a new item or reset your filters.",
    "Toggle password visibility", "Type to search",
    # What the library of signing in says; its own Arabic is not complete.
    "Username", "Code", "Authenticator code", "Current Password", "New Password", "New Password (again)",
    "Incorrect code.", "Incorrect password.", "The username and/or password you specified are not correct.",
    "Please type your current password.", "You must type the same password each time.",
)  # fmt: skip


def form_texts() -> Iterator[str]:
    """The headings of the admin's forms, and the texts of its interface."""
    from django.contrib import admin

    yield from LIBRARY_TEXTS
    for record_admin in admin.site._registry.values():
        for heading, _ in getattr(record_admin, "lead_fieldsets", ()):
            if heading:
                yield heading


def translate_model_texts() -> None:
    """Make every text of our models a lazy look-up in the catalogue. Called once, when the apps are ready."""
    for model in our_models():
        options = model._meta
        options.verbose_name = _lazy(options.verbose_name)
        options.verbose_name_plural = _lazy(options.verbose_name_plural)
        for field in options.get_fields():
            if isinstance(field, models.Field):
                field.verbose_name = _lazy(field.verbose_name)
                field.help_text = _lazy(field.help_text)
                listed = _listed(field)
                if listed.choices and not listed.remote_field:
                    listed.choices = [(value, _lazy(label)) for value, label in listed.flatchoices]
        for constraint in worded(model):
            constraint.violation_error_message = _lazy(constraint.violation_error_message)


def own_text(record: models.Model, name: str) -> str:
    """One of our own texts (name, title, label) in the reader's language, or in English where it has none."""
    arabic = getattr(record, f"{name}_ar") if (get_language() or "").startswith("ar") else ""
    return arabic or getattr(record, f"{name}_en")


def translated(choices: Iterable[models.TextChoices]) -> list[tuple[str, str | Promise]]:
    """A closed list for a form that is no model's own."""
    return [(choice.value, _lazy(choice.label)) for choice in choices]


def worded(model: type[models.Model]) -> list[models.BaseConstraint]:
    """The constraints of a model that have a sentence of their own."""
    own = [constraint for constraint in model._meta.constraints if isinstance(constraint, models.BaseConstraint)]
    return [each for each in own if each.violation_error_message != each.default_violation_error_message]


def _listed(field: models.Field) -> models.Field:
    """The field that has the closed list: of several choices, each one of them."""
    return getattr(field, "base_field", field)


def _lazy(text: str | Promise) -> str | Promise:
    return gettext_lazy(str(text)) if text else text  # a plural that Django derives is lazy already, in English
