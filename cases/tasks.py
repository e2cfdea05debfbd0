"""What workers do in the background (`manage.py procrastinate worker`): jobs stand in the same database as the records."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app

from cases.chains import settle_drift
from cases.consent import close_what_ran_out
from cases.imports import uploading, working

MINUTELY, DAILY, AT_MIDNIGHT = "* * * * *", "17 3 * * *", "0 0 * * *"
KEPT_FOR = dt.timedelta(days=30)


@app.task(queue="imports")
def look_at(upload: int) -> None:
    """Plan a file that somebody brought."""
    working.look_at(upload)


@app.task(queue="imports")
def bring_in(upload: int) -> None:
    """Bring in a file that was looked at."""
    working.bring_in(upload)


@app.periodic(cron=MINUTELY)
@app.task(queue="imports", queueing_lock="take_up_again", pass_context=False)
async def take_up_again(timestamp: int) -> None:
    """Jobs of a worker that died are begun again: what it had not finished was taken back by the database."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


@app.periodic(cron=DAILY)
@app.task(queue="imports", queueing_lock="forget_files")
def forget_files(timestamp: int) -> None:
    """What was brought and what was found in it holds names of people: it is not kept longer than it is of use."""
    uploading.forget(timezone.now() - KEPT_FOR)


@app.periodic(cron=MINUTELY)
@app.task(queue="house", queueing_lock="settle_drift")
def compare_hops(timestamp: int) -> None:
    """How claims changed when they were handed on is worked out soon, also where nobody at the desk asks for it."""
    settle_drift()


@app.periodic(cron=AT_MIDNIGHT)
@app.task(queue="house", queueing_lock="close_what_ran_out")
def keep_consent(timestamp: int) -> None:
    """Statements whose consent ran out are closed as the day begins, whether or not anybody asks for a page."""
    close_what_ran_out()
