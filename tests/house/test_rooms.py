"""Every record has its rooms: shape, filterset, endpoint, admin, constraints, triggers, history, and words on everything."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import connection, models
from django.utils.module_loading import import_string

from hrdocs.filtersets import RecordFilterSet
from hrdocs.models import Part, Record
from hrdocs.models.record import texts_in_words
from hrdocs.shapes import Shape
from hrdocs.urls import ENDPOINTS
from hrdocs.wording import our_models

OURS = list(our_models())
RECORDS = [model for model in OURS if issubclass(model, Record) and not model._meta.proxy]
PARTS = [model for model in OURS if issubclass(model, Part) and not model._meta.proxy]
VIEWS = {name: import_string(view) for name, view in ENDPOINTS.items()}
SHOWN = {name: view for name, view in VIEWS.items() if issubclass(view.shape.model, Record)}

NO_ENDPOINT = {
    "sources.Informant": "who spoke to us is not a subject of any list; a pseudonym leaves with the statement alone, if at all",
    "cases.Conclusion": "shown as adopted figures; the other kinds show as the standing of the record that they are about",
}
LONGER = {
    "cases/choices.py": "closed lists alone, one after another, and nothing that runs: no second noun in it",
}


def label(model: type[models.Model]) -> str:
    return model._meta.label


def own_fields(model: type[models.Model]) -> list[models.Field]:
    """The fields that a model declares itself."""
    given = [*model._meta.local_concrete_fields, *model._meta.local_many_to_many]
    inherited = {"password", "last_login"} if label(model) == "hrdocs.User" else set()  # Django's own, with its own words
    return [
        f for f in given if not f.primary_key and not getattr(f.remote_field, "parent_link", False) and f.name not in inherited
    ]


def triggers_of(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'", [table]
        )
        return {name for (name,) in cursor.fetchall()}


def constraints_of(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass", [table])
        return dict(cursor.fetchall())


# ── rooms ──


def test_there_are_records_and_parts_to_look_at():
    assert len(RECORDS) >= 19
    assert len(PARTS) >= 25


def test_exemptions_speak_of_what_there_is_and_give_a_reason():
    assert set(NO_ENDPOINT) <= {label(model) for model in RECORDS}
    assert all(len(reason.split()) >= 5 for reason in (*NO_ENDPOINT.values(), *LONGER.values()))
    assert all((Path(settings.ROOT) / path).exists() for path in LONGER)


@pytest.mark.parametrize("model", RECORDS, ids=label)
def test_a_record_has_an_endpoint_or_a_reason_to_have_none(model):
    has_one = model in {view.shape.model for view in VIEWS.values()}
    assert has_one != (label(model) in NO_ENDPOINT)


@pytest.mark.parametrize("model", RECORDS, ids=label)
def test_a_record_has_a_form_in_the_admin(model):
    assert model in admin.site._registry


@pytest.mark.parametrize(("name", "view"), VIEWS.items(), ids=VIEWS)
def test_an_endpoint_has_a_shape_and_a_filterset_of_its_own(name, view):
    assert isinstance(view.shape, Shape)
    assert view.shape.path == name
    assert issubclass(view.filterset_class, RecordFilterSet)
    assert view.filterset_class.shape is view.shape
    assert view.filterset_class._meta.model is view.shape.model


@pytest.mark.parametrize(("name", "view"), VIEWS.items(), ids=VIEWS)
def test_the_columns_of_a_shape_have_names_of_their_own_and_begin_with_the_uid(name, view):
    columns = [column.name for column in view.shape.columns]
    assert len(set(columns)) == len(columns)
    assert columns[:2] == ["uid", "url"]
    cells = [cell for column in view.shape.columns for cell in column.cells()]
    assert len(set(cells)) == len(cells)


# ── what the database holds ──


@pytest.mark.parametrize("model", RECORDS, ids=label)
def test_the_database_holds_the_form_of_a_records_uid(model, db):
    table = model._meta.get_field("uid").model
    held = constraints_of(table._meta.db_table)
    assert any(name.endswith("_uid_form") and "~" in rule for name, rule in held.items())
    assert any(rule == "UNIQUE (uid)" for rule in held.values())


@pytest.mark.parametrize("model", RECORDS, ids=label)
def test_the_database_lets_a_record_begin_closed_and_move_by_decision_alone(model, db):
    table = model._meta.get_field("state").model
    held = triggers_of(table._meta.db_table)
    for rule in ("begins_closed", "moves_by_decision"):
        assert any(rule in name for name in held), rule


@pytest.mark.parametrize("model", [*RECORDS, *PARTS], ids=label)
def test_a_record_and_a_part_keep_their_history(model, db):
    events = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    held = triggers_of(model._meta.db_table)
    for what in ("insert", "update", "delete"):
        assert any(what in name for name in held), what
    kept = {field.name for field in events._meta.get_fields()}
    own = {f.name for f in model._meta.local_concrete_fields if not f.generated}
    assert own - kept == own & set(getattr(model, "not_in_history", ()))


@pytest.mark.parametrize("model", [*RECORDS, *PARTS], ids=label)
def test_links_of_many_to_many_fields_keep_their_history(model, db):
    for field in model._meta.local_many_to_many:
        held = triggers_of(field.remote_field.through._meta.db_table)
        for what in ("insert", "delete"):
            assert any(what in name for name in held), (field.name, what)


@pytest.mark.parametrize("model", [*RECORDS, *PARTS], ids=label)
def test_evidence_is_never_deleted_along_with_something_else(model):
    cascading = [
        f.name for f in own_fields(model) if isinstance(f, models.ForeignKey) and f.remote_field.on_delete is models.CASCADE
    ]
    assert cascading == []


@pytest.mark.parametrize("model", [model for model in OURS if not model._meta.proxy], ids=label)
def test_each_constraint_says_in_words_what_it_wants(model):
    for constraint in model._meta.constraints:
        assert constraint.violation_error_message != constraint.default_violation_error_message, constraint.name
        assert str(constraint.violation_error_message).endswith((".", ")")), constraint.name


@pytest.mark.parametrize("model", [*RECORDS, *PARTS], ids=label)
def test_what_a_row_hangs_on_are_links_that_it_has(model):
    for path in model.hangs_on:
        target = model._meta.get_field(path)
        assert isinstance(target, models.ForeignKey)
        assert issubclass(target.related_model, Record | Part), path


@pytest.mark.parametrize("model", PARTS, ids=label)
def test_a_part_hangs_on_every_record_that_it_joins(model):
    """Else it would show one end of a link to somebody who may not see the other."""
    ends = {f.name for f in model._meta.concrete_fields if f.related_model and issubclass(f.related_model, Record | Part)}
    assert ends == set(model.hangs_on)


# ── words ──


@pytest.mark.parametrize("model", [model for model in OURS if not model._meta.concrete_model._meta.auto_created], ids=label)
def test_each_model_opens_with_a_sentence(model):
    words = " ".join((model.__doc__ or "").split())
    assert not words.startswith(f"{model.__name__}("), "Django's own listing of the fields"
    assert words[:1].isupper()
    assert words.endswith((".", "”", '"'))
    assert len(words.split()) >= 4


@pytest.mark.parametrize("model", OURS, ids=label)
def test_each_field_has_a_help_text_that_says_something(model):
    for field in own_fields(model) if not model._meta.proxy else []:
        words = str(field.help_text)
        assert words, field.name
        assert words[0].isupper() or words[0] in "“(", (field.name, words)
        assert words.rstrip().endswith((".", "?", "…", "”", ")")), (field.name, words)


@pytest.mark.parametrize(("name", "view"), VIEWS.items(), ids=VIEWS)
def test_each_column_has_its_words(name, view):
    from hrdocs.openapi import help_of

    assert [column.name for column in view.shape.columns if not help_of(view.shape.model, column)] == []
    assert (view.__doc__ or "").strip().endswith(".")


# ── filters ──


@pytest.mark.parametrize(("name", "view"), SHOWN.items(), ids=SHOWN)
def test_each_field_is_a_filter_or_exempt_with_a_reason(name, view):
    filterset, model = view.filterset_class, view.shape.model
    fields = {
        field.name
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]
        if not field.primary_key
        and not field.generated
        and not getattr(field.remote_field, "parent_link", False)
        and not field.name.endswith(("_earliest", "_latest", "_precision"))  # asked through the date that they are derived from
        or field.name in ("time_earliest", "time_latest")
    }
    filtered = set(filterset.base_filters)
    assert fields - filtered - set(filterset.exempt) - texts_in_words(model) == set()
    assert {key for key, reason in filterset.exempt.items() if len(reason.split()) < 3} == set()
    assert filtered & set(filterset.exempt) == set(), "both a filter and exempt"


@pytest.mark.parametrize(("name", "view"), SHOWN.items(), ids=SHOWN)
def test_each_filter_of_a_field_asks_for_a_column_that_is_shown(name, view):
    """A filter without its column would tell what no page shows."""
    columns = {column.name for column in view.shape.columns}
    asked = {key for fields in [view.filterset_class.Meta.fields] for key in fields}
    unseen = {key for key in asked - columns if not (key.startswith("about_") and "about" in columns)}
    assert unseen == set()


# ── proportion ──

MODULES = [
    path
    for floor in ("hrdocs", "sources", "cases")
    for path in sorted((Path(settings.ROOT) / floor).rglob("*.py"))
    if "migrations" not in path.parts and "__pycache__" not in path.parts
]


def placed(path: Path) -> str:
    return path.relative_to(settings.ROOT).as_posix()


def test_no_module_is_longer_than_350_lines():
    long = {placed(path): lines for path in MODULES if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 350}
    assert set(long) == set(LONGER), long


def test_what_is_longer_for_a_reason_runs_nothing():
    for path in LONGER:
        tree = ast.parse((Path(settings.ROOT) / path).read_text(encoding="utf-8"))
        assert not [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)], path


def test_no_function_is_longer_than_60_lines():
    long = {
        f"{placed(path)}:{node.name}": lines
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (lines := (node.end_lineno or 0) - node.lineno + 1) > 60
    }
    assert long == {}


def test_every_test_folder_is_a_package():
    """Else `tests/cases` would shadow `cases`."""
    folders = {path.parent for path in (Path(settings.ROOT) / "tests").rglob("*.py") if "__pycache__" not in path.parts}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_app_is_known_to_these_tests():
    assert {config.label for config in apps.get_app_configs() if Path(config.path).is_relative_to(settings.ROOT) and ".venv" not in config.path} == {
        "hrdocs", "sources", "cases",
    }  # fmt: skip
