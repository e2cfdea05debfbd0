"""The docs are in step with the code: endpoints, filters, variables, the data dictionary, the OpenAPI document."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from hrdocs.filtersets import COMMON, PAST, SHAPING
from hrdocs.urls import ENDPOINTS

ROOT = Path(settings.ROOT)
DOCS = ROOT / "docs"
SKIPPED = {
    ".git",
    ".venv",
    ".local",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    "node_modules",
    "staticfiles",
}
# Folders of the machine on which this was written; put together here, so that this file does not name them itself.
ELSEWHERE = ["../" + "shared", "/" + "work" + "/", "/" + "tmp/" + "scratch", "/" + "root/"]


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def project_files() -> list[Path]:
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if not SKIPPED & set(parts) and path.is_file() and path.stat().st_size < 2_000_000:
            found.append(path)
    return found


MODULES = ("settings.py", "kept_files.py", "shared_cache.py")  # that read the environment


def variables_of_the_settings() -> set[str]:
    """Every name that the settings read from the environment."""
    read = [ast.parse((ROOT / "hrdocs" / name).read_text(encoding="utf-8")) for name in MODULES]
    return {
        node.args[0].value
        for tree in read
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


@pytest.fixture(scope="module")
def document() -> Any:
    """The OpenAPI document, and what drf-spectacular had to remark on it."""
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        made = SchemaGenerator().get_schema(request=None, public=True)
    remarks = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    GENERATOR_STATS.reset()
    return made, remarks


@pytest.mark.parametrize("name", ENDPOINTS)
def test_each_endpoint_is_in_the_docs_of_the_api(name):
    assert re.search(rf"/?{name}/?\b", text_of("api.md"))
    assert f"{name}" in re.findall(r"[\w-]+", text_of("api.md"))


@pytest.mark.parametrize("name", sorted(COMMON | {"q"}))
def test_each_parameter_that_all_lists_take_is_in_the_docs_of_the_api(name):
    assert f"`{name}" in text_of("api.md") or f"{name}=" in text_of("api.md")


def test_there_are_variables_to_look_for():
    assert {"DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS"} <= variables_of_the_settings()


@pytest.mark.parametrize("name", sorted(variables_of_the_settings() | {"PORT"}))
def test_each_variable_is_in_the_docs_of_operations(name):
    assert f"`{name}`" in text_of("operations.md")


def test_no_variable_is_in_the_docs_that_nothing_reads():
    described = set(re.findall(r"^\|\s*`([A-Z][A-Z_]+)`", text_of("operations.md"), re.MULTILINE))
    assert described - variables_of_the_settings() - {"PORT"} == set()


def test_the_data_dictionary_is_what_the_code_says():
    from hrdocs.dictionary import markdown

    assert text_of("data-dictionary.md") == markdown(), "run `make docs`"


@pytest.mark.parametrize("name", ENDPOINTS)
def test_the_data_dictionary_tells_every_column_that_leaves(name):
    shape = import_string(ENDPOINTS[name]).shape
    section = text_of("data-dictionary.md").split(f"### /api/v1/{name}/\n")[1].split("\n### ")[0]
    assert [column.name for column in shape.columns if f"| `{column.name}` |" not in section] == []


def test_no_file_speaks_of_folders_that_only_its_writers_had():
    naming = {}
    for path in project_files():
        text = path.read_bytes()
        found = [place for place in ELSEWHERE if place.encode() in text]
        if found:
            naming[path.relative_to(ROOT).as_posix()] = found
    assert naming == {}


def test_every_link_between_the_docs_leads_somewhere():
    broken = []
    for path in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith(("mailto:", "/")) and not (path.parent / target).exists():
                broken.append((path.name, target))
    assert broken == []


def test_the_docs_name_only_files_that_there_are():
    missing = []
    examples = DOCS / "adding-a-record.md"  # names the files that its reader is about to write
    for path in {*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"} - {examples}:
        for name in re.findall(
            r"`((?:hrdocs|sources|cases|docs|tests)/[\w./-]+\.(?:py|md|csv|html))`", path.read_text(encoding="utf-8")
        ):
            if not (ROOT / name).exists():
                missing.append((path.name, name))
    assert missing == []


# ── the OpenAPI document ──


def test_the_document_is_valid_and_was_made_without_a_remark(document):
    from openapi_spec_validator import validate

    made, remarks = document
    assert remarks == []
    validate(made)


def test_the_document_names_no_parameter_that_a_list_would_refuse(document):
    made, _ = document
    for name in ENDPOINTS:
        view = import_string(ENDPOINTS[name])
        told = {
            parameter["name"]
            for parameter in made["paths"][f"/api/v1/{name}/"]["get"]["parameters"]
            if parameter["in"] == "query"
        }
        assert told <= set(view.filterset_class.base_filters) | COMMON | PAST, name


def test_the_document_names_every_parameter_that_all_lists_and_records_take(document):
    made, _ = document
    for name in ENDPOINTS:
        for address, taken in ((f"/api/v1/{name}/", COMMON), (f"/api/v1/{name}/{{uid}}/", SHAPING | {"format"})):
            told = {each["name"] for each in made["paths"][address]["get"]["parameters"] if each["in"] == "query"}
            assert taken <= told, address
            assert (told >= PAST) == bool(import_string(ENDPOINTS[name]).knows_the_past), address


@pytest.mark.parametrize("name", ENDPOINTS)
def test_each_format_of_each_list_is_in_the_docs_of_the_api(name):
    for renderer in import_string(ENDPOINTS[name]).renderer_classes:
        assert f"`{renderer.format}`" in text_of("api.md")
        assert f"`{renderer.media_type}`" in text_of("api.md")


def test_the_document_is_served_as_it_is_made(db):
    answer = Client().get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
