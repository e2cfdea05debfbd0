"""Remarks of colleagues on a record or on one field of it, in threads, and asking somebody to work on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hrdocs import notices
from hrdocs.access import STAFF, Role
from hrdocs.audit import acting_as
from hrdocs.models import Assignment, Comment, Record, User, on


class CommentForm(forms.ModelForm):
    class Meta:
        model = Comment
        fields = ("field", "text", "answers")


class AssignmentForm(forms.ModelForm):
    class Meta:
        model = Assignment
        fields = ("to", "task", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.filter(role__in=STAFF, is_active=True)


class WithComments:
    """The talk about one kind of record, below its form."""

    def get_urls(self) -> list[Any]:
        def own(name: str, view: Any) -> Any:
            return path(f"<path:object_id>/{name}/", self.admin_site.admin_view(require_POST(view)), name=self._url(name))

        views = {"comment": self.comment_view, "settle": self.settle_view, "assign": self.assign_view, "done": self.done_view}
        return [*(own(name, view) for name, view in views.items()), *super().get_urls()]

    def talk(self, request: HttpRequest, record: Record) -> dict[str, Any]:
        """What the panel shows: threads, each a remark with its answers, and who is asked to do what."""
        said = list(Comment.objects.filter(**on(record)).select_related("by").order_by("pk"))
        names = {name: str(field.verbose_name) for name, field in _fields(record)}
        threads = [
            (first, names.get(first.field, first.field), [each for each in said if each.answers_id == first.pk])
            for first in said if first.answers_id is None
        ]  # fmt: skip
        remarks: dict[str, list[Comment]] = {}
        for first, _name, _answers in threads:
            if first.field and not first.settled:
                remarks.setdefault(first.field, []).append(first)
        return {
            "threads": threads,
            "remarks": remarks,  # beside the fields that they speak of
            "commentable": sorted(names.items(), key=lambda item: item[1]),
            "tasks": Assignment.objects.filter(**on(record), done_at=None).select_related("to", "by").order_by("until", "pk"),
            "colleagues": AssignmentForm().fields["to"].queryset if request.user.role == Role.MANAGER else [request.user],
            "today": timezone.now().date(),
            "talk_urls": {
                name: reverse(f"admin:{self._url(name)}", args=[record.pk]) for name in ("comment", "settle", "assign", "done")
            },
        }  # fmt: skip

    def comment_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say something of the record, of a field, or in answer to a colleague."""
        record, form = self._spoken_of(request, object_id), CommentForm(request.POST)
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        first = form.is_valid() and form.cleaned_data["answers"]
        known = form.is_valid() and form.cleaned_data["field"] in ("", *(name for name, _field in _fields(record)))
        if not known or (first and Comment.objects.filter(**on(record), pk=first.pk, answers=None).count() == 0):
            messages.error(request, _("Write what you have to say; nothing was kept."))
            return self._back(record)
        with transaction.atomic(), acting_as(request.user):
            Comment.objects.create(**on(record), **form.cleaned_data, by=request.user)
            to = [record.created_by, record.edited_by, first and first.by]
            notices.tell(record, notices.Kind.COMMENTED, by=request.user, to=to)
        return self._back(record)

    def settle_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mark a remark as settled, or open it again."""
        record = self._spoken_of(request, object_id)
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        with acting_as(request.user):
            for comment in Comment.objects.filter(**on(record), pk=_number(request.POST.get("comment"))):
                comment.settled = not comment.settled
                comment.save(update_fields=["settled"])
        return self._back(record)

    def assign_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask somebody to work on the record until a day: a manager anybody, anybody herself."""
        record, form = self._spoken_of(request, object_id), AssignmentForm(request.POST)
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not form.is_valid():
            messages.error(request, " ".join(f"{name}: {' '.join(said)}" for name, said in form.errors.items()))
        elif request.user.role != Role.MANAGER and form.cleaned_data["to"] != request.user:
            messages.error(request, _("Only a manager asks somebody else; you may take it on yourself."))
        elif not type(record)._default_manager.visible_to(form.cleaned_data["to"]).filter(pk=record.pk).exists():
            messages.error(request, _("This person may not see the record. Give a grant first."))
        else:
            with transaction.atomic(), acting_as(request.user):
                Assignment.objects.create(**on(record), **form.cleaned_data, by=request.user)
                notices.tell(record, notices.Kind.ASSIGNED, by=request.user, to=[form.cleaned_data["to"]])
        return self._back(record)

    def done_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say that a task is done: whoever it was given to, or a manager."""
        record = self._spoken_of(request, object_id)
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        with acting_as(request.user):
            for task in Assignment.objects.filter(**on(record), pk=_number(request.POST.get("task")), done_at=None):
                if request.user.pk == task.to_id or request.user.role == Role.MANAGER:
                    task.done_at = timezone.now()
                    task.save(update_fields=["done_at"])
        return self._back(record)

    def _spoken_of(self, request: HttpRequest, object_id: str) -> Any:
        record = self.get_object(request, unquote(object_id))
        return record if record is not None and self.has_change_permission(request, record) else None

    def _back(self, record: Record) -> HttpResponse:
        return redirect(reverse(f"admin:{self._url('change')}", args=[record.pk]) + "#talk")


def _fields(record: Record) -> list[tuple[str, Any]]:
    """The fields that a remark may speak of."""
    own = [field for field in record._meta.get_fields() if field.concrete and field.editable and not field.primary_key]
    return [(field.name, field) for field in own if not getattr(field.remote_field, "parent_link", False)]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0
