"""A person's own files: ordering one, seeing how far each is, having it, and letting it go."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hrdocs.making_files import ordering
from hrdocs.models import MadeFile
from hrdocs.refusal import Refused

LOOK_AGAIN = "5"  # seconds, while one is being made


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest) -> HttpResponse:
    """Her files; or one more is ordered."""
    user: Any = request.user
    if request.method == "POST":
        try:
            ordering.order(request.POST.get("address", ""), by=user)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("It is being made. Look here again later."))
        return redirect("files")
    mine = list(MadeFile.objects.of(user))
    answer = render(request, "hrdocs/made_files.html", {"files": mine})
    if any(file.under_way for file in mine):
        answer["Refresh"] = LOOK_AGAIN
    return answer


@login_required
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One of her files is not wanted any more."""
    file = get_object_or_404(MadeFile.objects.of(request.user), pk=pk)
    if "cancel" in request.POST:
        ordering.cancel(file)
    elif "forget" in request.POST:
        ordering.forget(file)
    return redirect("files")


@never_cache
@login_required
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, if she may still see all that is in it."""
    file = get_object_or_404(MadeFile.objects.of(request.user), pk=pk)
    try:
        path = ordering.had(file)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("files")
    return FileResponse(path.open("rb"), as_attachment=True, filename=file.file_name, content_type=file.media_type)
