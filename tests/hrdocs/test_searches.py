"""A search that is kept tells its owner what is new in it, as she may see it, and nobody else anything."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from hrdocs import searches, tasks
from hrdocs.access import Role, Sensitivity
from hrdocs.models import SavedSearch
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
EARLIER = dt.timedelta(hours=3)


@pytest.fixture
def researcher() -> Any:
    return factories.make_user(Role.RESEARCHER, email="reader@example.org")


def kept(user: Any, **given: str) -> SavedSearch:
    """A search that its owner last looked at before anything of the test was there."""
    search = searches.keep(user, **{"name": "Mine", "kind": "sources", **given})
    search.seen_at = timezone.now() - EARLIER
    search.save()
    return search


def published(title: str, level: Sensitivity = Sensitivity.PUBLIC) -> Any:
    analyst, reviewer = factories.make_user(), factories.make_user("reviewer")
    source = factories.make_source(analyst, title=title)
    factories.publish(source, by=reviewer, level=level)
    return source


def test_what_opened_since_is_new_where_the_search_finds_it(researcher):
    search, everything, other = (
        kept(researcher, question="title=Prison"),
        kept(researcher, name="All", kind="explore", question="q=Prison"),
        kept(researcher, name="Other", question="title=Grave"),
    )
    source = published("Prison report")
    factories.make_source(factories.make_user(), title="Prison draft")
    assert searches.new_in(search) == {"sources": [source.uid]}
    assert searches.new_in(everything) == {"sources": [source.uid]}
    assert searches.new_in(other) == {}


@pytest.mark.parametrize(("role", "level", "is_told"), [
    (Role.RESEARCHER, Sensitivity.REGISTERED, True), (Role.ANALYST, Sensitivity.REGISTERED, True),
    (Role.CUSTODIAN, Sensitivity.REGISTERED, False), (Role.RESEARCHER, Sensitivity.INTERNAL, False)])  # fmt: skip
def test_nobody_is_told_of_more_than_she_may_see(role, level, is_told):
    search = kept(factories.make_user(role))
    if level == Sensitivity.INTERNAL:
        factories.make_source(factories.make_user())
    else:
        published("Report", level)
    assert bool(searches.new_in(search)) == is_told


def test_a_search_keeps_what_was_asked_and_not_the_place_on_a_page(researcher):
    search = kept(researcher, kind="incidents", look="map", question="country=SY&cursor=abc&page_size=3&window=1,2,3,4&q=a+b")
    assert search.address == "/incidents/map/?country=SY&q=a+b"


def test_there_are_not_too_many_nor_two_of_one_name_nor_any_of_no_list(researcher):
    kept(researcher)
    with pytest.raises(ValidationError, match="of this name already"):
        searches.keep(researcher, name="Mine", kind="sources")
    with pytest.raises(ValidationError, match="no such list"):
        searches.keep(researcher, name="x", kind="secrets")
    SavedSearch.objects.bulk_create(SavedSearch(user=researcher, name=str(number), kind="sources") for number in range(49))
    with pytest.raises(ValidationError, match="Forget one"):
        searches.keep(researcher, name="one more", kind="sources")


def test_the_page_tells_what_is_new_until_she_says_that_she_has_seen_it(client: Client, researcher):
    client.force_login(researcher)
    assert "Keep this search" in client.get("/sources/?title=Prison").content.decode()
    client.post("/account/searches/", {"name": "Prisons & <graves>", "kind": "sources", "look": "", "question": "title=Prison"})
    search = SavedSearch.objects.get()
    SavedSearch.objects.update(seen_at=timezone.now() - EARLIER)
    source = published("Prison report")
    text = b"".join(client.get("/account/searches/").streaming_content).decode()
    assert "New or corrected: 1" in text and f"/sources/{source.uid}/" in text and "Prisons & <graves>" in html.unescape(text)
    client.post(f"/account/searches/{search.pk}/", {"seen": ""})
    SavedSearch.objects.update(seen_at=timezone.now() + EARLIER)  # what was just committed is told for an hour
    assert "Nothing new" in b"".join(client.get("/account/searches/").streaming_content).decode()
    client.post(f"/account/searches/{search.pk}/", {"forget": ""})
    assert not SavedSearch.objects.exists()


def test_nobody_reads_or_changes_the_searches_of_another(client: Client, researcher):
    search = kept(researcher, name="Secret interest")
    client.force_login(factories.make_user("manager"))
    assert "Secret interest" not in b"".join(client.get("/account/searches/").streaming_content).decode()
    assert client.post(f"/account/searches/{search.pk}/", {"forget": ""}).status_code == 404
    assert Client().get("/account/searches/").status_code == 302


def test_a_mail_goes_once_to_who_wants_it_and_names_nothing(researcher, settings):
    settings.NOTICES_BY_MAIL = True
    wanted, unwanted = kept(researcher, question="title=Prison"), kept(researcher, name="Quiet")
    SavedSearch.objects.filter(pk=wanted.pk).update(by_mail=True)
    published("Prison report")
    for _ in range(2):
        call_command("tell_of_searches")
    (job,) = ProcrastinateJob.objects.filter(task_name="hrdocs.tasks.mail_of_searches")
    tasks.mail_of_searches(**job.args)
    (sent,) = mail.outbox
    assert sent.to == ["reader@example.org"] and "/account/searches/" in sent.body
    assert not any(word in sent.body + sent.subject for word in ("Prison", "Mine", "sources", unwanted.name))
    assert SavedSearch.objects.get(pk=wanted.pk).told_at and not SavedSearch.objects.get(pk=unwanted.pk).told_at


def test_a_search_that_its_list_does_not_understand_any_more_says_so(client: Client, researcher):
    kept(researcher, question="colour=red")
    client.force_login(researcher)
    assert "takes no such parameter" in b"".join(client.get("/account/searches/").streaming_content).decode()
    SavedSearch.objects.update(by_mail=True)
    call_command("tell_of_searches")


def asking(sql: str) -> Any:
    """In place of looking for what is new: one statement to the database."""

    def new_in(search: SavedSearch) -> dict[str, list[str]]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return {"sources": [str(cursor.fetchone()[0])]}

    return new_in


def test_a_value_that_the_database_can_not_work_with_is_said_and_the_next_search_is_told(client: Client, researcher, monkeypatch):
    search = kept(researcher)
    monkeypatch.setattr(searches, "new_in", asking("SELECT 1 / 0"))
    client.force_login(researcher)
    text = b"".join(client.get("/account/searches/").streaming_content).decode()
    assert "work with a value of this search" in text and f'action="/account/searches/{search.pk}/"' in text


def test_the_worker_asks_no_longer_than_a_page_may(researcher, monkeypatch, settings):
    settings.PAGE_SECONDS = 17
    SavedSearch.objects.filter(pk=kept(researcher).pk).update(by_mail=True)
    found = []
    ask = asking("SHOW statement_timeout")
    monkeypatch.setattr(searches, "new_in", lambda search: found.append(ask(search)))
    searches.tell_of_news()
    assert found == [{"sources": ["17s"]}]
