"""Jobs in the background as administrators see them: what waits, what runs, what failed; tried again or cancelled."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from unfold.decorators import display

from hrdocs.admin.only_read import OnlyRead

STATUSES = {
    "todo": gettext_lazy("waits for a worker"), "doing": gettext_lazy("is worked on"), "succeeded": gettext_lazy("was done"),
    "failed": gettext_lazy("failed"), "cancelled": gettext_lazy("cancelled"), "aborted": gettext_lazy("broken off"),
    "aborting": gettext_lazy("being broken off"),
}  # fmt: skip
NOT_OVER, CAN_BE_TRIED = ("todo", "doing"), ("failed",)

# The library's own pages show more than administrators need, to everybody at the desk.
for model in apps.get_app_config("procrastinate").get_models():
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(ProcrastinateJob)
class JobAdmin(OnlyRead):
    """A job names by number what it works on, and holds nothing of it."""

    list_display = ("task", "stands", "tries", "last_at", "not_before")
    list_filter = ("status", "queue_name")
    fields = ("task", "works_on", "stands", "tries", "not_before", "what_happened")
    readonly_fields = fields
    ordering = ("-id",)
    list_fullwidth = True
    change_form_outer_before_template = "hrdocs/admin/job.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/again/", view(require_POST(self.again_view)), name="procrastinate_procrastinatejob_again"),
            path("<int:pk>/cancel/", view(require_POST(self.cancel_view)), name="procrastinate_procrastinatejob_cancel"),
            *super().get_urls(),
        ]

    @display(description=gettext_lazy("task"))
    def task(self, job: ProcrastinateJob) -> str:
        return job.task_name

    @display(description=gettext_lazy("works on"))
    def works_on(self, job: ProcrastinateJob) -> str:
        return ", ".join(f"{name} {value}" for name, value in job.args.items())

    @display(description=gettext_lazy("tries"))
    def tries(self, job: ProcrastinateJob) -> int:
        return job.attempts

    @display(description=gettext_lazy("not before"))
    def not_before(self, job: ProcrastinateJob) -> Any:
        return job.scheduled_at

    @display(description=gettext_lazy("how it stands"), ordering="status")
    def stands(self, job: ProcrastinateJob) -> str:
        if job.status == "doing" and job.abort_requested:
            return str(STATUSES["aborting"])
        return str(STATUSES.get(job.status, job.status))

    @display(description=gettext_lazy("last sign"))
    def last_at(self, job: ProcrastinateJob) -> Any:
        return max((event.at for event in job.procrastinateevent_set.all() if event.at), default=None)

    @display(description=gettext_lazy("what happened"))
    def what_happened(self, job: ProcrastinateJob) -> str:
        events = [event for event in job.procrastinateevent_set.order_by("id") if event.at]
        return " · ".join(f"{event.at:%Y-%m-%d %H:%M:%S} {event.type}" for event in events)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("procrastinateevent_set")

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        can, job = {}, self.get_object(request, object_id)
        if job:
            ends = job.status in NOT_OVER and not job.abort_requested
            can = {"can_cancel": ends, "can_try_again": job.status in CAN_BE_TRIED}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **can})

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have a job that failed done once more, now."""
        if self._is(request, pk, CAN_BE_TRIED):
            app.job_manager.retry_job_by_id(pk, retry_at=timezone.now())
            messages.success(request, _("The job waits for the worker again."))
        return self._back(pk)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take back a job that waits; ask one that runs to end. What it had begun to write is taken back."""
        if self._is(request, pk, NOT_OVER):
            app.job_manager.cancel_job_by_id(pk, abort=True)
            messages.success(request, _("A job that waited is cancelled. One that runs ends when it next looks up, if it can."))
        return self._back(pk)

    def _is(self, request: HttpRequest, pk: int, statuses: tuple[str, ...]) -> bool:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if ProcrastinateJob.objects.filter(pk=pk, status__in=statuses).exists():
            return True
        messages.error(request, _("The job has moved on meanwhile. Look at it again."))
        return False

    def _back(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:procrastinate_procrastinatejob_change", args=[pk]))
