"""Figures for Prometheus, for whoever has the token: requests, slow queries, jobs. None of them is about a person or a record."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings
from django.db import Error
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob, ProcrastinateWorker
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from hrdocs.watching.of_replicas import OfTheReplicas

OURS = CollectorRegistry()
REQUESTS = Counter("hrdocs_requests", "Requests that were answered.", ["part", "method", "status"], registry=OURS)
SECONDS = Histogram("hrdocs_request_seconds", "Seconds until an answer began.", ["part"], registry=OURS)
SLOW = Counter("hrdocs_slow_queries", "Questions to the database that took longer than SLOW_QUERY_MS.", registry=OURS)

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
PARTS = {"api": "api", "admin": "desk", "static": "static", **dict.fromkeys(("sign-in", "account", "join", "custody"), "door")}


def method_of(request: HttpRequest) -> str:
    """The method, if it is one: a visitor may write any word in its place."""
    return request.method if request.method in METHODS else "other"


def count(request: HttpRequest, status: int, seconds: float) -> None:
    part = PARTS.get(request.path.split("/")[1], "pages")
    REQUESTS.labels(part, method_of(request), status).inc()
    SECONDS.labels(part).observe(seconds)


def answer(request: HttpRequest) -> HttpResponse:
    """The figures; to whoever does not bring the token there is no such page."""
    brought = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(brought, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse("There is nothing here.", status=404, content_type="text/plain")
    return HttpResponse(figures(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def figures() -> bytes:
    """Those of all processes of this server together, where gunicorn runs several (`hrdocs/serving.py`)."""
    shown = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(shown)
    else:
        shown.register(OURS)
    shown.register(OfTheJobs())
    shown.register(OfTheReplicas())
    return generate_latest(shown)


class OfTheJobs(Collector):
    """What the database knows of jobs and workers, asked when the figures are."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            yield from self._asked()
        except Error:
            return  # the others are told all the same: that the database is away is when they are needed

    def _asked(self) -> Iterator[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("hrdocs_jobs", "Jobs in the background, by how they stand.", labels=["status"])
        for status, number in ProcrastinateJob.objects.values_list("status").annotate(Count("pk")).order_by("status"):
            jobs.add_metric([status], number)
        yield jobs
        now = timezone.now()
        waiting = ProcrastinateEvent.objects.filter(job__status="todo", type="deferred").aggregate(Min("at"))["at__min"]
        yield GaugeMetricFamily("hrdocs_job_waiting_seconds", "How long the oldest job waits.",
                                (now - waiting).total_seconds() if waiting else 0)  # fmt: skip
        sign = ProcrastinateWorker.objects.aggregate(Max("last_heartbeat"))["last_heartbeat__max"]
        if sign:
            yield GaugeMetricFamily("hrdocs_worker_silent_seconds", "Since the last sign of a worker.",
                                    (now - sign).total_seconds())  # fmt: skip
