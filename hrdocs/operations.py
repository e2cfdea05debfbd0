"""Migration operations of our own: many models, linked to one another, made or changed at once; triggers, and words, on many."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel
from django.db.models import DateField


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


class Together(Operation):
    """Carry these operations out one after the other, between two renderings of the models: one before all, one after all.

    Django renders the web of models anew after each. What is changed twice, or made and then changed, goes into two of these.
    """

    reversible = True

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations
        self.reduces_to_sql = all(each.reduces_to_sql for each in operations)

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # rendered again, once, when it is next asked for
        for each in self.operations:
            each.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for each in self.operations:
            each.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for each in reversed(self.operations):
            each.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(each.describe() for each in self.operations)


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


class FewerIndexes(Operation):
    """Let all columns of an app have the indexes that they would be given today (hrdocs/postgres/schema.py).

    These fields have none of their own any more, nor have first and last days, which are asked as ranges. What was taken away
    is not made again by going back.
    """

    reduces_to_sql = False
    reversible = False

    def __init__(self, fields: tuple[str, ...] = ()) -> None:
        self.fields = fields

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # rendered again, once, when it is next asked for
        for model in (model for (app, _name), model in state.models.items() if app == app_label):
            for name, field in model.fields.items():
                if field.db_index and self._is_meant(name, field):
                    model.fields[name] = field.clone()
                    model.fields[name].db_index = False

    def _is_meant(self, name: str, field: Any) -> bool:
        return name in self.fields or isinstance(field, DateField) and name.endswith(("_earliest", "_latest"))

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        declared = [index.name for (app, _name), model in from_state.models.items() if app == app_label
                    for index in model.options.get("indexes", [])]  # fmt: skip
        columns = [column for name in self.fields for column in (name, f"{name}_id")]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_OF_ONE_COLUMN, {"gone": columns, "tables": f"{app_label}_", "declared": declared})
            for name, table, column, may_be_empty, goes in cursor.fetchall():
                if goes or may_be_empty:
                    schema_editor.execute(f"DROP INDEX public.{name}")
                if may_be_empty and not goes:
                    schema_editor.execute(f"CREATE INDEX {name} ON public.{table} ({column}) WHERE {column} IS NOT NULL")

    def describe(self) -> str:
        return "Take away indexes that nothing asks"


# The whole indexes of one column that a table has for its fields, each with whether nobody asks it: it is of a field that has
# none any more, or for how a text begins, or another one answers for it.
_OF_ONE_COLUMN = """
SELECT quote_ident(c.relname), quote_ident(t.relname), quote_ident(a.attname), NOT a.attnotnull,
    a.attname = ANY (%(gone)s) OR a.attname ~ '_(earliest|latest)$' AND a.atttypid = 'date'::regtype
    OR c.relname ~ '_like$' OR EXISTS (
        SELECT FROM pg_index other WHERE other.indrelid = i.indrelid AND other.indkey[0] = i.indkey[0]
        AND other.indnatts > 1 AND other.indpred IS NULL AND other.indexprs IS NULL)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_am m ON m.oid = c.relam JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
WHERE t.relnamespace = 'public'::regnamespace AND starts_with(t.relname, %(tables)s) AND m.amname = 'btree' AND i.indnatts = 1
    AND NOT i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
    AND c.relname <> ALL (%(declared)s) AND obj_description(c.oid, 'pg_class') IS NULL
ORDER BY 2, 1
"""
