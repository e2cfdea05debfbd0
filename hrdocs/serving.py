"""How gunicorn runs the program: `gunicorn --config python:hrdocs.serving hrdocs.wsgi`. What is typed after it goes first."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

from hrdocs.logs import configured

bind = "127.0.0.1:8000"
workers = 2
threads = 4
timeout = 120
graceful_timeout = 30
max_requests, max_requests_jitter = 20_000, 2_000  # a process that grew is replaced in time
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # a slow disk must not look like a dead process
limit_request_line, limit_request_fields, limit_request_field_size = 8190, 60, 8190
logconfig_dict: dict[str, Any] = {
    **configured(os.environ.get("LOG_LEVEL", "WARNING"), for_people=bool(os.environ.get("HRDOCS_LOCAL"))),
    # gunicorn's own: as ours, so that an address that it could not answer stands in no log
    "loggers": {name: {"level": os.environ.get("LOG_LEVEL", "WARNING"), "handlers": [], "propagate": name == "gunicorn.error"}
                for name in ("gunicorn.error", "gunicorn.access")},
}  # fmt: skip

# Each process writes its figures here, so that any of them can tell those of all (hrdocs/watching/metrics.py).
os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="hrdocs-figures-")


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess  # which looks for the folder when it is loaded

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
