"""The page of a statement: its words, who says them where, by which hands it came, and what was answered."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cases.charts import changes, tree
from cases.models import Response, Statement
from cases.pages import reading
from hrdocs.pages import Row, in_own_language, record_page
from hrdocs.uids import understood


@require_safe
def statement(request: HttpRequest, uid: str) -> HttpResponse:
    """One statement of any kind."""
    kind = reading.OF_PREFIX.get((understood(uid) or "").split("-")[0])
    if kind is None:
        raise Http404
    return record_page(request, uid, reading.KINDS[kind], "cases/pages/statement.html", _around)


def _around(request: HttpRequest, record: Statement, row: Row) -> dict[str, Any]:
    user = request.user
    row["kind"] = record.kind
    steps = tree(reading.chain_of(record, user))
    told = reading.by_uid([step.claim.uid for step in steps], user)
    answers = reading.statements(Response.objects.filter(about_statement=record).order_by("date_earliest", "id"), user)
    answered = reading.by_uid([row["about"]["uid"]], user) if row["about"] and row["about"]["kind"] == "statement" else {}
    in_own_language(user, reading.NAMED, row, told, answers, answered)
    return {
        "chain": steps, "told": told, "changes": changes(steps).items(), "answers": answers,
        "answered": next(iter(answered.values()), None),
    }  # fmt: skip
