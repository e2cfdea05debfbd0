"""What workers do for sources in the background."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sources.evidence import fetching, stamping

QUARTERLY = "7-59/15 * * * *"


@app.task(queue="evidence")
def fetch_page(page: int) -> None:
    """Fetch a page of the web that somebody wants to keep."""
    fetching.fetch(page)


@app.periodic(cron=QUARTERLY)
@app.task(queue="evidence", queueing_lock="stamp")
def stamp(timestamp: int) -> None:
    """Copies that were kept since are time-stamped, where the operator names an authority."""
    stamping.stamp_what_has_none()
