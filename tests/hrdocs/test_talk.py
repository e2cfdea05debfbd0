"""Comments, tasks and notices: who says what to whom about a record, and who is told."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from hrdocs import notices, review, tasks
from hrdocs.access import Role, Sensitivity
from hrdocs.models import Assignment, Comment, Notice, User
from tests import factories
from tests.hrdocs.forms import page_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(analyst: User):
    return factories.make_party(analyst, name_en="Branch 215")


def page(user: User, record) -> str:
    return signed_in(user).get(page_of(record, "change")).content.decode()


def test_a_comment_on_a_field_is_answered_and_settled_in_its_thread(party, analyst, reviewer):
    signed_in(reviewer).post(page_of(party, "comment"), {"field": "name_ar", "text": "Is this how it writes itself?"})
    first = Comment.objects.get()
    assert "Is this how it writes itself?" in page(analyst, party)
    signed_in(analyst).post(page_of(party, "comment"), {"answers": first.pk, "text": "Yes, on its letterhead."})
    assert "Yes, on its letterhead." in page(reviewer, party)
    assert [(each.to, each.kind) for each in Notice.objects.order_by("pk")] == [(analyst, "comment"), (reviewer, "comment")]
    signed_in(analyst).post(page_of(party, "settle"), {"comment": first.pk})
    assert Comment.objects.get(pk=first.pk).settled


@pytest.mark.parametrize("entries", [{"text": ""}, {"text": "x", "field": "no_such"}, {"text": "x", "answers": 999}])
def test_a_comment_without_words_or_place_is_not_kept(party, reviewer, entries):
    signed_in(reviewer).post(page_of(party, "comment"), entries)
    assert not Comment.objects.exists()


def test_an_answer_belongs_to_a_remark_on_the_same_record(party, analyst, reviewer):
    other = factories.make_party(analyst)
    signed_in(reviewer).post(page_of(other, "comment"), {"text": "Elsewhere."})
    signed_in(reviewer).post(page_of(party, "comment"), {"text": "x", "answers": Comment.objects.get().pk})
    assert Comment.objects.count() == 1


def test_who_may_not_see_the_record_hears_and_says_nothing(analyst, reviewer):
    party = factories.make_party(analyst, sensitivity=Sensitivity.RESTRICTED)
    signed_in(reviewer).post(page_of(party, "comment"), {"text": "x"})
    assert not Comment.objects.exists()


def test_a_manager_asks_anybody_and_others_only_themselves(party, analyst, reviewer):
    task = {"to": reviewer.pk, "task": "Check the name.", "until": "2026-01-01"}
    signed_in(analyst).post(page_of(party, "assign"), task)
    assert not Assignment.objects.exists()
    signed_in(factories.make_user(Role.MANAGER)).post(page_of(party, "assign"), task)
    desk = signed_in(reviewer).get(reverse("admin:index")).content.decode()
    asked = desk.split("You are asked to")[1]
    assert "Check the name." in asked and "Overdue" in asked and "Branch 215" in asked
    assert "1 new notice" in desk
    signed_in(analyst).post(page_of(party, "done"), {"task": Assignment.objects.get().pk})
    assert Assignment.objects.get().done_at is None  # it is not hers
    signed_in(reviewer).post(page_of(party, "done"), {"task": Assignment.objects.get().pk})
    assert Assignment.objects.get().done_at is not None


def test_nobody_is_asked_to_work_on_what_she_may_not_see(reviewer):
    manager = factories.make_user(Role.MANAGER)
    party = factories.make_party(manager, sensitivity=Sensitivity.RESTRICTED)
    signed_in(manager).post(page_of(party, "assign"), {"to": reviewer.pk, "task": "x"})
    assert not Assignment.objects.exists() and not Notice.objects.exists()


def test_a_notice_is_new_until_its_owner_has_seen_the_list(party, analyst, reviewer):
    review.submit(party, by=analyst)
    review.return_(party, by=reviewer, reason="Mend the name.")
    client, url = signed_in(analyst), reverse("admin:hrdocs_notice_changelist")
    assert party.uid in client.get(url).content.decode()
    assert Notice.objects.get().seen_at is not None
    assert party.uid not in signed_in(reviewer).get(url).content.decode()


def test_a_notice_of_a_record_that_was_closed_to_her_names_nothing(party, analyst, reviewer):
    signed_in(analyst).post(page_of(party, "comment"), {"text": "x"})
    signed_in(reviewer).post(page_of(party, "comment"), {"text": "y", "answers": Comment.objects.get().pk})
    signed_in(analyst).post(page_of(party, "comment"), {"text": "z", "answers": Comment.objects.order_by("pk")[0].pk})
    Notice.objects.create(
        to=reviewer, by=analyst, kind="comment", **{k: getattr(Comment.objects.first(), k) for k in ("content_type", "object_id")}
    )
    type(party).objects.filter(pk=party.pk).update(sensitivity=Sensitivity.RESTRICTED)
    html = signed_in(reviewer).get(reverse("admin:hrdocs_notice_changelist")).content.decode()
    assert party.uid not in html and "Branch 215" not in html


def test_mails_name_the_record_and_nothing_of_it(party, analyst, reviewer, settings):
    settings.NOTICES_BY_MAIL = True
    User.objects.filter(pk=analyst.pk).update(email="analyst@example.org")
    review.submit(party, by=analyst)
    review.return_(party, by=reviewer, reason="The witness is named.")
    assert mail.outbox == []  # the worker sends it
    (job,) = ProcrastinateJob.objects.filter(task_name="hrdocs.tasks.mail_notice")
    assert job.args == {"notice": Notice.objects.get().pk}  # administrators see the jobs, and read no records
    tasks.mail_notice(**job.args)
    (sent,) = mail.outbox
    assert sent.to == ["analyst@example.org"] and party.uid in sent.body
    assert "Branch 215" not in sent.subject + sent.body and "witness" not in sent.body


def _mailed(record, kind, to, by, before=lambda: None):
    """What is sent to somebody of a notice, where something happened before the worker came to it."""
    User.objects.filter(pk=to.pk).update(email="x@example.org")
    to.refresh_from_db()
    notices.tell(record, kind, by=by, to=[to])
    before()
    mail.outbox.clear()
    tasks.mail_notice(**ProcrastinateJob.objects.filter(task_name="hrdocs.tasks.mail_notice").latest("id").args)
    return [sent.subject + sent.body for sent in mail.outbox]


def test_a_mail_is_not_sent_any_more_to_who_may_not_see_the_record_or_has_gone(party, reviewer, analyst, settings):
    settings.NOTICES_BY_MAIL = True

    def restricted():
        type(party).objects.filter(pk=party.pk).update(sensitivity=Sensitivity.RESTRICTED)

    def gone():
        User.objects.filter(pk=reviewer.pk).update(is_active=False)

    assert party.uid in _mailed(party, "comment", reviewer, analyst)[0]
    assert _mailed(party, "comment", reviewer, analyst, before=gone) == []
    User.objects.filter(pk=reviewer.pk).update(is_active=True)
    assert _mailed(party, "comment", reviewer, analyst, before=restricted) == []
    assert party.uid in _mailed(party, "comment", analyst, reviewer)[0]  # she wrote it


@pytest.mark.parametrize("kind", notices.DUTIES)
def test_a_custodian_is_mailed_that_she_is_asked_and_no_name_of_a_record(kind, party, analyst, settings):
    settings.NOTICES_BY_MAIL = True
    (sent,) = _mailed(party, kind, factories.make_user(Role.CUSTODIAN), analyst)
    assert str(kind.label) in sent and party.uid not in sent and analyst.username not in sent


def test_a_manager_sees_how_the_work_flows(party, analyst, reviewer):
    review.submit(party, by=analyst)
    html = signed_in(factories.make_user(Role.MANAGER)).get(reverse("admin:index")).content.decode()
    assert "Decisions per week" in html and "How long records have lain" in html
    assert "Decisions per week" not in signed_in(reviewer).get(reverse("admin:index")).content.decode()
