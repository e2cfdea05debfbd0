"""One server, whole, by the very commands of its files: nginx with TLS in front, the web, the worker. Somebody signs in with a
second factor, brings a sheet, has it brought in, and takes a file.
"""

from __future__ import annotations

import http.cookiejar
import io
import json
import re
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from hrdocs.drills.processes import Processes, free_port, wait_for
from hrdocs.models import User
from tests.served.processes import command_of, database_of_its_own, nginx_in

pytestmark = pytest.mark.django_db
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
PUBLIC_ACCOUNT = "hrdocs_of_a_public_site"
NAME, PASSWORD = "canary-amal", "a long pass phrase 1"
SHEET = "ref,title_en,date\ni1,Shelling canary88x,2013-02\ni2,Second canary88x,2013-03\n"


class Visitor:
    """A browser without a screen: it keeps cookies, trusts this one certificate, and sends forms back."""

    def __init__(self, home: str, certificate: Path) -> None:
        self.home, self.jar = home, http.cookiejar.CookieJar()
        tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=str(certificate)))
        self.opener = urllib.request.build_opener(tls, urllib.request.HTTPCookieProcessor(self.jar))

    def ask(self, path: str, body: bytes | None = None, kind: str = "application/x-www-form-urlencoded") -> tuple[int, str, Any]:
        """Status, address and text in the end."""
        headers = {"Referer": self.home + path, **({"Content-Type": kind} if body else {})}
        asked = urllib.request.Request(path if "://" in path else self.home + path, body, headers)
        try:
            with self.opener.open(asked, timeout=60) as answer:
                self.headers = answer.headers
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as refused:
            self.headers = refused.headers
            return refused.code, refused.url, refused.read().decode()

    def send(self, path: str, **fields: str) -> tuple[int, str, str]:
        return self.ask(path, urlencode({**fields, "csrfmiddlewaretoken": self.token(path)}).encode())

    def bring(self, path: str, name: str, content: str) -> tuple[int, str, str]:
        edge = uuid.uuid4().hex
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{self.token(path)}\r\n',
                 f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n{content}\r\n--{edge}--\r\n']  # fmt: skip
        return self.ask(path, "".join(parts).encode(), f"multipart/form-data; boundary={edge}")

    def token(self, path: str) -> str:
        return re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask(path)[2])[0]


def certificate_in(folder: Path) -> Path:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True)  # fmt: skip
    return folder / "fullchain.pem"


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    if NGINX is None:
        pytest.skip("There is no nginx here. On Debian: apt install nginx-light")
    folder = tmp_path_factory.mktemp("served")
    plain, tls, inside = free_port(), free_port(), free_port()
    secret = generate_totp_secret()
    with django_db_blocker.unblock(), database_of_its_own("hrdocs_served") as url:
        TOTP.activate(User.objects.create_user(NAME, PASSWORD, role="analyst"), secret)
        secrets = {"DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY, "METRICS_TOKEN": "a token of this test"}
        for name, value in secrets.items():
            (folder / name).write_text(f"{value}\n")
        processes = Processes(folder, {
            **{f"{name}_FILE": str(folder / name) for name in secrets}, "ALLOWED_HOSTS": "localhost", "BEHIND_PROXY": "1", "LOG_LEVEL": "INFO",
            "SITE_ADDRESS": f"https://localhost:{tls}", "STATIC_ROOT": str(folder / "static"), "RELEASES_ROOT": str(folder / "releases"),
            "EVIDENCE_ROOT": str(folder / "evidence"),
        })  # fmt: skip
        processes.run("python", "manage.py", "collectstatic", "--noinput")
        try:
            processes.start("worker", *command_of("worker"))
            web = command_of("web")
            web[web.index("--bind") + 1] = f"127.0.0.1:{inside}"
            processes.start("web", *web)
            values = {
                "SITE": "localhost",
                "UPSTREAM": f"127.0.0.1:{inside}",
                "PLAIN_PORT": str(plain),
                "TLS_PORT": str(tls),
                "TLS_FOLDER": str(folder),
            }
            certificate = certificate_in(folder)
            processes.start("nginx", *nginx_in(folder, values))
            beside = f"http://127.0.0.1:{inside}"
            wait_for(lambda: urllib.request.urlopen(f"{beside}/health/ready", timeout=20).read() == b"ok", "ready")
            public = public_site(processes, folder, url)
            wait_for(lambda: urllib.request.urlopen(f"{public}/health/ready", timeout=20).read() == b"ok", "ready")
            yield {"home": f"https://localhost:{tls}", "plain": plain, "beside": beside, "certificate": certificate,
                   "processes": processes, "secret": secret, "public": public}  # fmt: skip
        finally:
            ended = processes.stop()
    assert ended == dict.fromkeys(ended, 0)
    assert not list(Path("/tmp").glob(f"hrdocs-figures-*/counter_{processes.running['web'].pid}.db"))


def public_site(processes: Processes, folder: Path, url: str) -> str:
    """A public site beside it, with an account of the database and a key of its own."""
    account = re.sub("//[^@]*@", f"//{PUBLIC_ACCOUNT}:a%20password@", url)
    (folder / "site_url").write_text(account)
    (folder / "site_key").write_text("a key of its own " * 5)
    call_command("database_roles", site=folder / "site_url", stdout=io.StringIO())
    port, web = free_port(), command_of("public")
    processes.start("public", *web, "--bind", f"127.0.0.1:{port}", PUBLIC_SITE="1",
                    DATABASE_URL_FILE=str(folder / "site_url"), SECRET_KEY_FILE=str(folder / "site_key"))  # fmt: skip
    return f"http://127.0.0.1:{port}"


def test_a_server_that_is_started_as_its_files_say_serves_people_and_operators(server: dict[str, Any]) -> None:
    """One test, so that one of the test processes starts all of it, once."""
    somebody_signs_in_brings_a_sheet_and_takes_a_file(server)
    plain_addresses_lead_to_tls_and_what_is_for_operators_stays_inside(server)
    a_public_site_beside_it_shows_what_is_public_to_who_is_signed_in_elsewhere_too(server)
    figures_are_those_of_all_processes_together(server)


def somebody_signs_in_brings_a_sheet_and_takes_a_file(server: dict[str, Any]) -> None:
    visitor = Visitor(server["home"], server["certificate"])
    visitor.send("/sign-in/", login=NAME, password=PASSWORD)
    code = format_hotp_value(hotp_value(server["secret"], int(time.time()) // 30))
    assert visitor.send("/sign-in/second-factor/", code=code)[0] == 200
    assert all(cookie.secure for cookie in visitor.jar)
    assert "max-age=31536000" in visitor.headers["Strict-Transport-Security"]

    status, upload, _page = visitor.bring("/admin/cases/upload/add/", "incidents.csv", SHEET)
    assert status == 200 and re.search(r"/upload/\d+/change/$", upload)

    def step() -> dict[str, Any]:
        return json.loads(visitor.ask(upload.replace("/change/", "/progress/"))[2])

    wait_for(lambda: not step()["under_way"], "looked at")
    page = upload.removeprefix(server["home"])
    visitor.send(page, bring_in="1")
    wait_for(lambda: not step()["under_way"], "brought in")

    status, _url, taken = visitor.ask("/api/v1/incidents/?format=csv&q=canary88x")
    assert status == 200 and taken.count("canary88x") >= 2
    assert visitor.headers["X-Request-Id"]
    _no_log_names_anybody(server)


def plain_addresses_lead_to_tls_and_what_is_for_operators_stays_inside(server: dict[str, Any]) -> None:
    visitor = Visitor(server["home"], server["certificate"])
    assert visitor.ask("/health/live")[2] == "ok"
    assert visitor.ask("/metrics")[0] == visitor.ask("/health/ready")[0] == 404

    class Stays(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *given: Any) -> None:
            return None

    with pytest.raises(urllib.error.HTTPError) as led:
        urllib.request.build_opener(Stays).open(f"http://localhost:{server['plain']}/lists/?q=x", timeout=10)
    assert (led.value.code, led.value.headers["Location"]) == (301, "https://localhost/lists/?q=x")


def a_public_site_beside_it_shows_what_is_public_to_who_is_signed_in_elsewhere_too(server: dict[str, Any]) -> None:
    visitor = Visitor(server["home"], server["certificate"])
    visitor.send("/sign-in/", login=NAME, password=PASSWORD)
    cookies = "; ".join(f"{each.name}={each.value}" for each in visitor.jar)

    def asked(path: str) -> tuple[int, str]:
        given = {"Cookie": cookies, "Host": "localhost", "X-Forwarded-Proto": "https"}
        try:
            with urllib.request.urlopen(urllib.request.Request(server["public"] + path, headers=given), timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    status, page = asked("/")
    assert status == 200 and NAME not in page and "/sign-in/" not in page
    assert asked("/api/v1/incidents/?format=csv")[0] == 200
    assert asked("/admin/")[0] == asked("/account/")[0] == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [PUBLIC_ACCOUNT])
        assert cursor.fetchone()[0]


def figures_are_those_of_all_processes_together(server: dict[str, Any]) -> None:
    visitor = Visitor(server["home"], server["certificate"])

    def figures() -> dict[str, float]:
        asked = urllib.request.Request(f"{server['beside']}/metrics", headers={"Authorization": "Bearer a token of this test"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    name = 'hrdocs_requests_total{method="GET",part="api",status="200"}'
    before = figures().get(name, 0)
    for _ in range(6):
        assert visitor.ask("/api/v1/cases/")[0] == 200
    assert {figures().get(name) for _ in range(6)} == {before + 6}
    assert figures()["hrdocs_worker_silent_seconds"] < 60


def _no_log_names_anybody(server: dict[str, Any]) -> None:
    processes = server["processes"]

    def numbers() -> set[str]:
        lines = [json.loads(line) for line in processes.log_of("web").splitlines()]
        return {line["request"] for line in lines if line["event"] == "Answered" and line.get("request")}

    wait_for(lambda: all(number in processes.log_of("nginx") for number in numbers()), "nginx names the last request too")
    assert len(numbers()) > 10
    logs = {name: processes.log_of(name) for name in processes.running}
    assert "canary" not in "".join(logs.values()) and "127.0.0.1" not in logs["nginx"] + logs["web"]
