"""Two editors of one record: whoever saves second sees what the other did beside what she typed, and loses nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hrdocs import review
from hrdocs.admin.proposals import is_open
from hrdocs.admin.sides import OWN, Sides
from hrdocs.admin.told import Telling, words
from hrdocs.changes import CLOSED_TO_FORMS
from hrdocs.models import Record, Unsaved
from hrdocs.three_way import WHOLE, Difference, Side, differences, merged

CHOOSE, NOT_SENT_ON = "choose-", ("csrfmiddlewaretoken", "merge", "shown_version")


@dataclass(frozen=True)
class Choice:
    """One difference as it stands on the page: what it is, the three values, and which is taken."""

    name: str
    title: str
    part: str
    whose: str
    base: str
    theirs: str
    mine: str
    their_words: list[tuple[str, str]]
    my_words: list[tuple[str, str]]
    chosen: str


class Conflict:
    """What she typed since version `base`, and what others saved until version `shown`."""

    def __init__(self, admin: Any, request: HttpRequest, record: Record, base: str, shown: int) -> None:
        self.request, self.shown = request, shown
        self.sides = Sides(admin, request, record)
        self.begun = self.sides.act_of(int(base)) if base.isdecimal() and len(base) < 10 else None
        self.ended = self.sides.act_of(shown)
        if self.is_known:
            self._compare()

    @property
    def is_known(self) -> bool:
        """Whether both versions stand in history: else nobody can say what she began with."""
        return self.begun is not None and self.ended is not None

    def _compare(self) -> None:
        not_hers = self.sides.not_shown(self.begun)
        base, self.theirs = self.sides.at(self.begun, not_hers), self.sides.at(self.ended, not_hers)
        self.mine: Side = self.sides.typed(base)
        self.found = list(differences(base, self.theirs, self.mine))
        self.chosen = {
            each.key: said for each in self.found if (said := self.request.POST.get(_name(each))) in ("theirs", "mine")
        }

    def open_questions(self) -> list[Difference]:
        return [each for each in self.found if each.whose == "both" and each.key not in self.chosen]

    def put_together(self) -> Any:
        """The merged entries, as if she had typed them into the version that was shown."""
        return self.sides.as_sent(merged(self.mine, self.found, self.chosen), self.theirs, self.shown)

    def choices(self) -> list[Choice]:
        return [self._choice(each) for each in self.found]

    def _choice(self, each: Difference) -> Choice:
        base, theirs, mine = (self._told(each, value) for value in (each.base, each.theirs, each.mine))
        part = "" if each.row == OWN else str(self.sides.rows[each.row[0]].model._meta.verbose_name)
        title = _("the whole row") if each.field == WHOLE else str(self.sides.field(each.row, each.field).label)
        chosen = self.chosen.get(each.key, "" if each.whose == "both" else each.whose)
        return Choice(_name(each), title, part, each.whose, base, theirs, mine, words(base, theirs), words(base, mine), chosen)

    def _told(self, each: Difference, value: Any) -> str:
        if each.field != WHOLE:
            return self.sides.shown(each.row, each.field, value)
        told = [
            (self.sides.field(each.row, name).label, self.sides.shown(each.row, name, entry))
            for name, entry in (value or {}).items()
        ]
        return " · ".join(f"{label}: {text}" for label, text in told if text) or _("not there")

    def saved_between(self) -> list[tuple[Any, str]]:
        """The acts of others, or of hers in another window, each with who did it."""
        telling, user = Telling(self.request.user), self.request.user.pk
        acts = self.sides.history.acts[self.begun : self.ended]
        return [(act, _("you, in another window") if act.user == user else telling.person(act.user)) for act in acts]


class WithConflicts:
    """One kind of record whose form, when it is stale, shows both versions instead of a refusal."""

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> HttpResponse:
        sent = request.method == "POST" and object_id and not getattr(request, "proposing", False)
        if sent and (answer := self.instead_of_saving(request, object_id)):
            return answer
        return super().changeform_view(request, object_id, *args, **kwargs)

    def instead_of_saving(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """The page that stands in for the form where saving would overwrite somebody, or can't be done any more."""
        record, seen = self.get_object(request, unquote(object_id)), request.POST.get("seen_version", "")
        if record is None:
            return self._gone(request) if seen else None
        if not self.has_change_permission(request, record):
            return None
        if not is_open(request, record):
            return self._closed(request, record, seen)
        if "merge" in request.POST:
            if answer := self._merge(request, record, seen):
                return answer
            seen = request.POST["seen_version"]
        if seen == str(record.version) or getattr(request, "refused", ""):
            return None
        conflict = Conflict(self, request, record, seen, record.version)
        return self._choose(request, conflict) if conflict.is_known else None

    def _merge(self, request: HttpRequest, record: Record, seen: str) -> HttpResponse | None:
        """Put together what was chosen, and go on as if that had been typed; or ask again for what was not chosen."""
        shown = request.POST.get("shown_version", "")
        conflict = Conflict(self, request, record, seen, int(shown) if shown.isdecimal() and len(shown) < 10 else 0)
        if not conflict.is_known:
            return None
        questions, to_form = conflict.open_questions(), request.POST["merge"] == "form"
        if questions and not to_form:
            return self._choose(request, conflict, asked=True)
        if to_form:
            request.refused = _both_changed(conflict, questions)
        request.POST = conflict.put_together()
        return None

    def _choose(self, request: HttpRequest, conflict: Conflict, asked: bool = False) -> HttpResponse | None:
        if not conflict.found:  # both did the same, or only she did anything: nothing to choose
            request.POST = conflict.put_together()
            return None
        record = conflict.sides.record
        if asked:
            messages.error(request, _("Choose a value where both of you changed the same, or go back to the form."))
        return self._stand_in(request, "conflict", record, title=_("Somebody else saved it while you were typing"),
                              conflict=conflict, choices=conflict.choices(), shown_version=conflict.shown)  # fmt: skip

    def _closed(self, request: HttpRequest, record: Record, seen: str) -> HttpResponse | None:
        """It was handed in, approved or published while she typed: what she typed can be proposed, or waits for her."""
        request.proposing = True  # to read her entries as what they are: a change to a closed record
        conflict = Conflict(self, request, record, seen, record.version)
        request.proposing = False
        hers = [each for each in conflict.choices() if each.whose != "theirs"] if conflict.is_known else []
        if not hers:
            return None
        address = reverse(f"admin:{self._url('propose')}", args=[record.pk]) if record.state in CLOSED_TO_FORMS else ""
        return self._stand_in(request, "closed", record, title=_("It was closed while you were typing"), choices=hers,
                              propose_url=address, decision=review.last_decision(record))  # fmt: skip

    def _gone(self, request: HttpRequest) -> HttpResponse:
        labels = {name: field.label for name, field in self.get_form(request, None).base_fields.items()}
        typed = [(labels[name], text) for name, texts in request.POST.lists() if name in labels for text in texts if text]
        return self._stand_in(request, "gone", None, title=_("This record is not here any more"), typed=typed)

    def _stand_in(self, request: HttpRequest, name: str, record: Record | None, **shown: Any) -> HttpResponse:
        """A page in place of the form. It holds all that was typed, and what was typed is kept besides."""
        page = request.POST.get("typed_on") or uuid.uuid4().hex
        sent = [(key, text) for key, texts in request.POST.lists() for text in texts
                if key not in (*NOT_SENT_ON, "typed_on") and not key.startswith(CHOOSE)]  # fmt: skip
        held = [*sent, ("typed_on", page)]
        Unsaved.objects.keep(request.user, request.path, page[:36], [[key, text] for key, text in held])
        back = reverse(f"admin:{self._url('change')}", args=[record.pk]) if record else ""
        context = {**self.admin_site.each_context(request), "opts": self.opts, "record": record, "held": held, "back": back,
                   "typed_reason": request.POST.get("reason", ""), **shown}  # fmt: skip
        return TemplateResponse(request, f"hrdocs/admin/{name}.html", context, status=200 if record else 404)


def _name(each: Difference) -> str:
    return f"{CHOOSE}{'-'.join(each.row)}-{each.field}"


def _both_changed(conflict: Conflict, questions: list[Difference]) -> str:
    """What is said above the form that holds the merged values: where to look again."""
    text = _("Both versions are put together below. It is not saved yet: look through it, and save.")
    hers = [choice for choice in conflict.choices() if choice.name in {_name(each) for each in questions}]
    if not hers:
        return text
    told = "; ".join(_("%(field)s (they saved: %(value)s)") % {"field": each.title, "value": each.theirs or "–"} for each in hers)
    return f"{text} " + _("What you typed stands in: %s.") % told
