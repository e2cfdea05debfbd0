"""Imports only go down; the pure modules know no model; and no page asks another host for anything."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

ROOT = Path(settings.ROOT)
FLOORS = ("hrdocs", "sources", "cases")  # each stands on those before it
ABOVE = [(floor, upper) for number, floor in enumerate(FLOORS) for upper in FLOORS[number + 1 :]]

# Upward wiring is a string, and only here.
MAY_NAME_UPWARDS = {"hrdocs/settings.py", "hrdocs/urls.py"}

PURE = [
    "cases/charts.py", "cases/choices.py", "cases/claims.py", "cases/difference.py", "cases/drift.py", "cases/independence.py", "cases/matter.py",
    "cases/hierarchies.py", "cases/lettering.py", "cases/plans.py",
    "cases/numbers.py", "cases/questions.py", "cases/sentences.py", "cases/rates.py", "cases/reconciliation.py", "cases/contradictions.py", "cases/steps.py", "cases/sums.py",
    "hrdocs/folding.py", "hrdocs/formats/json.py", "hrdocs/proof.py", "hrdocs/typed_dates.py",
    "sources/choices.py", "sources/evidence/kinds.py",
]  # fmt: skip
# What a pure module may import besides Python's own: one another, and what renders or parses without a database.
PURE_LIBRARIES = {"orjson", "django.utils.translation", "rest_framework.renderers", "dateutil.relativedelta"}
LISTS = {"django.db.models": {"TextChoices"}}  # the closed lists are Django's, and hold no rows


def files(folder: str, suffix: str = ".py") -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob(f"*{suffix}") if "__pycache__" not in path.parts)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of every import of a file, also those inside functions; relative ones made absolute."""
    package = list(path.relative_to(ROOT).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level]) if node.level else ""
            module = ".".join(filter(None, [base, node.module or ""]))
            yield from ((module, alias.name) for alias in node.names)


def strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize(("floor", "upper"), ABOVE)
def test_no_floor_imports_one_above_it(floor, upper):
    climbing = {named(path) for path in files(floor) for module, _ in imported(path) if module.split(".")[0] == upper}
    assert climbing == set()


@pytest.mark.parametrize(("floor", "upper"), ABOVE)
def test_no_floor_names_one_above_it_except_where_the_wiring_is(floor, upper):
    dotted = re.compile(rf"{upper}(\.\w+)+")
    naming = {(named(path), text) for path in files(floor) for text in strings(path) if dotted.fullmatch(text)}
    assert {(path, text) for path, text in naming if path not in MAY_NAME_UPWARDS} == set()


@pytest.mark.parametrize(("floor", "upper"), ABOVE)
def test_no_migration_depends_on_a_floor_above(floor, upper):
    for path in files(f"{floor}/migrations"):
        assert f'("{upper}", "' not in path.read_text(encoding="utf-8").replace("'", '"'), named(path)


@pytest.mark.parametrize("path", PURE)
def test_a_pure_module_imports_nothing_that_needs_a_database(path):
    own = {name.removesuffix(".py").replace("/", ".") for name in PURE}
    for module, name in imported(ROOT / path):
        allowed = (
            module.split(".")[0] in sys.stdlib_module_names
            or module in own
            or f"{module}.{name}" in own
            or module in PURE_LIBRARIES
            or name in LISTS.get(module, ())
        )
        assert allowed, f"{path} imports {name} from {module}"


def test_the_arithmetic_runs_where_no_model_was_ever_loaded():
    modules = [path.removesuffix(".py").replace("/", ".") for path in PURE]
    program = (
        f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('hrdocs', 'sources', 'cases') and '.models' in name])"
    )
    quiet = {
        **os.environ,
        "DATABASE_URL": "postgresql:///nowhere",
        "DJANGO_SETTINGS_MODULE": "hrdocs.settings",
        "HRDOCS_LOCAL": "1",
    }
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr


# ── other hosts ──

ASKED_OF_OTHERS = re.compile(
    r"""<(?:script|link|img|iframe|source|video|audio|object|embed|use|image)\b[^>]*?(?:src|href|srcset|data|poster)\s*=\s*["']?(?:https?:)?//[^\s"'>]+"""
    r"""|url\(\s*["']?(?:https?:)?//[^)]+|@import\s+["'](?:https?:)?//[^"']+|(?:fetch|import|importScripts|open)\(\s*["'](?:https?:)?//[^"']+"""
    r"""|<form\b[^>]*?action\s*=\s*["']?(?:https?:)?//[^\s"'>]+""",
    re.IGNORECASE,
)


def ours() -> list[Path]:
    """Templates, styles and scripts that we serve, vendored ones too."""
    return [
        path
        for floor in FLOORS
        for room in ("templates", "static")
        for path in (ROOT / floor / room).rglob("*")
        if path.suffix in (".html", ".css", ".js", ".svg", ".txt", ".xml")
    ]


def test_our_own_templates_and_styles_are_found_by_this_test():
    assert {path.suffix for path in ours()} >= {".html", ".css"}


@pytest.mark.parametrize("path", ours(), ids=named)
def test_no_template_style_or_script_asks_another_host(path):
    assert ASKED_OF_OTHERS.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "page",
    ["/", "/sign-in/", "/account/", "/account/second-factor/app/", "/api/v1/docs/", "/admin/", "/admin/cases/incident/add/"],
)
def test_no_page_as_served_asks_another_host_and_none_may(page, people):
    client = Client()
    if page.startswith(("/admin/", "/account/")):
        client.force_login(people["analyst"])
    if page.startswith("/account/second-factor/"):
        people["analyst"].set_password("a long pass phrase 1")
        people["analyst"].save()
        client.force_login(people["analyst"])
        client.post("/account/confirm/", {"password": "a long pass phrase 1"})
    answer = client.get(page)
    assert answer.status_code == 200
    assert ASKED_OF_OTHERS.findall(answer.content.decode()) == []
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert not re.findall(r"https?:|\*|//", policy), policy
    assert ("'unsafe-inline'" in policy) == (page.startswith(("/admin/", "/api/v1/docs/"))), policy
    script = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "'unsafe-inline'" not in script


@pytest.mark.parametrize(
    "text",
    ['<script src="https://cdn.example/x.js">', "<link rel=stylesheet href=//fonts.example/css>", "url(https://x.example/a.png)",
     '@import "https://x.example/a.css"', "fetch('https://x.example/')", '<img alt="" src="http://x.example/pixel">',
     '<form method=post action="https://x.example/">'],
)  # fmt: skip
def test_this_test_would_find_such_a_request(text):
    assert ASKED_OF_OTHERS.search(text)


@pytest.mark.parametrize(
    "text", ['<a href="https://www.example.org/report">', 'xmlns="http://www.w3.org/2000/svg"', '<script src="/static/x.js">']
)
def test_this_test_lets_links_for_people_pass(text):
    assert not ASKED_OF_OTHERS.search(text)
