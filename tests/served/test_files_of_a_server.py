"""The files that put a server together say what the code reads, keep secrets out of sight, and start what there is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from tests.house.test_docs_in_step import variables_of_the_settings
from tests.served.processes import COMPOSE, ROOT, SERVICES, command_of

OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "hrdocs"}
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
TIMERS = sorted((ROOT / "deploy" / "systemd").glob("*.timer"))
SECRET = {"DATABASE_URL", "SECRET_KEY", "METRICS_TOKEN", "EMAIL_URL"}
OF_THE_SHELL = {"sh", "-c", "while", ":", "do", "if", "then", "else", "fi", "done"}
OF_PYTHON = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "HOME"}


def read_by_the_code(name: str) -> bool:
    return name.removesuffix("_FILE") in variables_of_the_settings() or name in OF_PYTHON


def environment_of(unit: Path) -> dict[str, str]:
    said = " ".join(re.findall(r"^Environment=(.*)$", unit.read_text(), re.MULTILINE))
    return dict(pair.split("=", 1) for pair in said.split())


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_given_variables_that_are_read_and_no_secret_in_clear(name: str) -> None:
    given: dict[str, str] = OURS[name]["environment"]
    assert [each for each in given if not read_by_the_code(each)] == []
    assert not SECRET & set(given)
    for variable, path in given.items():
        if variable.endswith("_FILE"):
            assert path.removeprefix("/run/secrets/") in OURS[name]["secrets"]
    assert "SECRET_KEY_FILE" in given and "DATABASE_URL_FILE" in given


def test_the_image_is_given_variables_that_are_read_and_does_not_run_as_root() -> None:
    text = (ROOT / "Dockerfile").read_text()
    stage = text.split("\nFROM ")[-1]
    said = " ".join(re.findall(r"^ENV ((?:.*\\\n)*.*)$", stage, re.MULTILINE)).replace("\\\n", " ")
    assert [name for name in re.findall(r"(\w+)=", said) if not read_by_the_code(name)] == []
    assert re.findall(r"^USER (.*)$", stage, re.MULTILINE) == ["10001"]
    assert "--require-hashes" in text and "HEALTHCHECK" in stage


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_may_do_as_little_as_it_can(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["networks"] == ["inside"]
    assert "ports" not in service and "privileged" not in service
    written = {mount.split(":")[1] for mount in service.get("volumes", [])}
    assert all(path.startswith("/var/lib/hrdocs/") for path in written)


def test_only_proxies_can_be_reached_from_outside_and_the_program_reaches_nobody() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy", "public_proxy"]
    assert [name for name, service in SERVICES.items() if "outside" in service["networks"]] == ["proxy", "public_proxy"]
    assert COMPOSE["networks"]["inside"]["internal"]


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_a_command_that_there_is(name: str) -> None:
    for words in (part.split() for part in re.split(r"&&|;", " ".join(command_of(name)))):
        program = next((each for each in words if each not in OF_THE_SHELL), "true")
        assert shutil.which(program, path=f"{Path(settings.ROOT)}/.venv/bin:{os.environ['PATH']}"), words
        if "manage.py" in words:
            command = words[words.index("manage.py") + 1]
            assert load_command_class(get_commands()[command], command)


def test_every_secret_and_volume_that_is_named_is_declared() -> None:
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])
    named = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", []) if mount[0] not in "./"}
    assert named == set(COMPOSE["volumes"])
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            if mount.startswith("./deploy"):
                assert (ROOT / mount.split(":")[0]).exists()


@pytest.mark.skipif(
    not shutil.which("docker-compose"), reason="There is no docker-compose here. On Debian: apt install docker-compose"
)
def test_compose_itself_takes_the_file() -> None:
    asked: dict[str, Any] = {"cwd": ROOT, "capture_output": True, "text": True}
    for also in ({}, {"COMPOSE_PROFILES": "public", "PUBLIC": "data.example.org"}):
        with_a_site = subprocess.run(
            ["docker-compose", "config", "-q"], check=False, env={**os.environ, "SITE": "docs.example.org", **also}, **asked
        )
        assert (with_a_site.returncode, with_a_site.stderr) == (0, "")
    without = subprocess.run(["docker-compose", "config", "-q"], check=False, env={**os.environ, "SITE": ""}, **asked)
    assert without.returncode and "Set SITE" in without.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_given_variables_that_are_read_and_secrets_by_credentials(unit: Path) -> None:
    text, given = unit.read_text(), environment_of(unit)
    assert [each for each in given if not read_by_the_code(each)] == []
    assert not SECRET & set(given)
    credentials = set(re.findall(r"^LoadCredential=(\w+):/etc/hrdocs/secrets/\1$", text, re.MULTILINE))
    assert {value.removeprefix("%d/") for value in given.values() if value.startswith("%d/")} == credentials
    assert "ProtectSystem=strict" in text and "User=hrdocs" in text and "NoNewPrivileges=yes" in text


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_there_is_with_options_that_it_takes(unit: Path) -> None:
    (started,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    program, *words = started.removeprefix("/srv/hrdocs/.venv/bin/").split()
    assert shutil.which(program, path=f"{Path(settings.ROOT)}/.venv/bin"), started
    if words[0] == "manage.py":
        command = load_command_class(get_commands()[words[1]], words[1])
        if words[1] != "procrastinate":  # a library's own, which the tests of a server start
            assert command.create_parser("manage.py", words[1]).parse_args(words[2:])


def test_what_runs_by_the_clock_has_a_timer_and_each_unit_is_in_the_docs() -> None:
    told = (ROOT / "docs" / "operations.md").read_text()
    once = {unit.stem for unit in UNITS if "Type=oneshot" in unit.read_text()}
    assert once == {timer.stem for timer in TIMERS}
    for name in once:
        assert f"{name}.timer" in told
    for timer in TIMERS:
        assert re.search(r"^OnCalendar=.* UTC$", timer.read_text(), re.MULTILINE) and "Persistent=yes" in timer.read_text()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="There is no systemd here.")
def test_systemd_takes_each_unit_and_each_timer(tmp_path: Path) -> None:
    for unit in (*UNITS, *TIMERS):
        text = unit.read_text().replace("ExecStart=/srv/hrdocs/.venv/bin/", "ExecStart=/bin/true ")
        (tmp_path / unit.name).write_text(text)
    made = [str(tmp_path / unit.name) for unit in (*UNITS, *TIMERS)]
    looked = subprocess.run(["systemd-analyze", "verify", *made], capture_output=True, text=True, check=False)
    assert looked.returncode == 0 and "hrdocs-" not in looked.stderr, looked.stderr
