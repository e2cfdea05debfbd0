"""Migration operations of our own: many models that link to one another, created at once; triggers, and words, on many."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel


class CreateModels(Operation):
    """Create all these models, each with its constraints, indexes and triggers among its options.

    Django renders every model that is linked to the changed one anew after each operation. Our 160 tables are
    one web, and creating it with the usual operations took a minute, in each test database too. Here the web
    is rendered once. What `makemigrations` compares is the same.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # rendered again, once, when it is next asked for
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)
        for model in self.models:
            for trigger in model.options.get("triggers", []):
                schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.models)} models"


class AddTriggers(Operation):
    """Add a trigger to each of many models, given as pairs of model and trigger, in place of one of the same name.

    The usual operation renders a model and all that is linked to it anew, for each trigger.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, triggers: list[tuple[str, Any]]) -> None:
        self.triggers = triggers

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # rendered again, once, when it is next asked for
        for model, trigger in self.triggers:
            options = state.models[app_label, model].options
            others = [each for each in options.get("triggers", []) if each.name != trigger.name]
            options["triggers"] = [*others, trigger]

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for _model, trigger in self.triggers:
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model, trigger in self.triggers:
            before = [each for each in to_state.models[app_label, model].options.get("triggers", []) if each.name == trigger.name]
            schema_editor.execute(before[0].install_sql if before else trigger.uninstall_sql, params=None)

    def describe(self) -> str:
        return f"Add {len(self.triggers)} triggers"


class Reword(Operation):
    """Say something otherwise in the help texts and choices of all models of an app; the database knows none of them."""

    reduces_to_sql = False
    reversible = True

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # rendered again, once, when it is next asked for
        for model in (model for (app, _name), model in state.models.items() if app == app_label):
            for name, field in model.fields.items():
                model.fields[name] = self._reworded(field)

    def _reworded(self, field: Any) -> Any:
        said = field.clone()
        said.help_text = self.texts.get(field.help_text, field.help_text)
        if field.choices:
            said.choices = [(value, self.texts.get(label, label)) for value, label in field.choices]
        return said

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing to do."""

    database_backwards = database_forwards

    def describe(self) -> str:
        return f"Reword {len(self.texts)} texts"
