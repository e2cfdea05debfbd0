"""What a worker does for any record: it sends mails, tells what is new in a search, seals history, and forgets what is past
its time."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from hrdocs import manifests, notices, sealing, searches
from hrdocs.making_files import holding, working

QUARTERLY, HOURLY, DAILY = "*/15 * * * *", "41 * * * *", "43 2 * * *"
AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)  # after 4 seconds, 16 … the last time after hours
FINISHED_JOBS_STAY = 7 * 24  # hours


@app.task(queue="mail", retry=AGAIN)
def mail_notice(notice: int) -> None:
    """Mail a notice that was left for somebody."""
    notices.mail_notice(notice)


@app.task(queue="mail", retry=AGAIN)
def mail_person(person: int, what: str) -> None:
    """Mail somebody what happened to her account."""
    notices.mail_person(person, what)


@app.task(queue="mail", retry=AGAIN)
def mail_of_searches(person: int) -> None:
    """Mail somebody that there is something new in a search that she keeps."""
    notices.mail_of_searches(person)


@app.task(queue="files", retry=RetryStrategy(max_attempts=3, wait=30))
def make_file(file: int) -> None:
    """Make a file that somebody ordered."""
    working.make(file)


@app.periodic(cron=QUARTERLY)
@app.task(queue="house", queueing_lock="seal")
def seal(timestamp: int) -> None:
    """History is sealed soon after it is written."""
    sealing.seal()


@app.periodic(cron=HOURLY)
@app.task(queue="mail", queueing_lock="tell_of_searches")
def tell_of_searches(timestamp: int) -> None:
    """Mail those who want it that there is something new in a search of theirs."""
    searches.tell_of_news()


@app.periodic(cron=DAILY)
@app.task(queue="house", queueing_lock="forget")
def forget(timestamp: int) -> None:
    """Sessions that are over, manifests of files that anybody could take, and files that were made for somebody."""
    call_command("clearsessions")
    manifests.forget(days=settings.MANIFEST_DAYS)
    holding.forget()


@app.periodic(cron=DAILY)
@app.task(queue="house", queueing_lock="forget_jobs")
async def forget_jobs(timestamp: int) -> None:
    """Jobs that are done; those that failed stay, for somebody to look at."""
    await app.job_manager.delete_old_jobs(nb_hours=FINISHED_JOBS_STAY)
