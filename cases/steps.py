"""Running counts: whether a counter's cumulative numbers grow by what it says is new.

Who counts day by day gives two series, so many new and so many in all, and the one should be the sum of the other.
Where they part, a correction was made, a day was left out, or a number was mistyped; nothing here says which.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from cases.claims import Figure, printed
from cases.matter import Finding, FindingKind, Matter
from cases.sentences import Sentence

Series = dict[date, tuple[Figure, Decimal]]


def steps_of_running_counts(matter: Matter) -> Iterator[Finding]:
    """Numbers of what is new that differ from the step between the cumulative numbers before and after."""
    running = _series(matter, "cumulative")
    for kind, new in _series(matter, "new").items():
        totals = running.get(kind, {})
        for last, (figure, number) in new.items():
            start = figure.period_earliest
            before = totals.get(start - timedelta(days=1)) if start else None
            after = totals.get(last)
            if before and after and after[1] - before[1] != number:
                yield _finding(figure, number, before, after, matter)


def _series(matter: Matter, measure: str) -> dict[object, Series]:
    """Plain numbers of one measure by who counts what, and in that by the last day that they speak of.

    Of several numbers of one counter for one day the first entered stands for all; that they differ is said elsewhere.
    """
    found: dict[object, Series] = {}
    for figure in matter.figures:
        if figure.measure == measure and figure.best is not None and figure.period_latest:
            kind = (figure.publisher, figure.source, figure.attributed_to, figure.counted, figure.categories, figure.who,
                    figure.about, figure.done_by)  # fmt: skip
            found.setdefault(kind, {}).setdefault(figure.period_latest, (figure, figure.best))
    return found


def _finding(
    figure: Figure, number: Decimal, before: tuple[Figure, Decimal], after: tuple[Figure, Decimal], matter: Matter
) -> Finding:
    step = after[1] - before[1]
    return Finding(
        FindingKind.STEP,
        (figure.uid, before[0].uid, after[0].uid),
        Sentence(
            "%(figure)s is given as new in %(period)s, and the count of all so far went from %(old)s to %(new)s, "
            "a step of %(step)s.",
            figure=matter.told(figure),
            period=figure.period_text,
            old=printed(before[1]),
            new=printed(after[1]),
            step=printed(step),
        ),  # fmt: skip
        Sentence(
            "%(arithmetic)s, not %(number)s",
            arithmetic=f"{printed(after[1])} − {printed(before[1])} = {printed(step)}",
            number=printed(number),
        ),  # fmt: skip,
    )
