"""What a rate comes to over a time, set beside the totals given for it: a shown check, never a new figure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from cases.claims import Figure, printed, who_covers
from cases.matter import Matter
from cases.sentences import Sentence
from cases.sums import ONCE_IN_A_LIFE

# A session has no length, so that a rate per session comes to nothing that could be shown.
DAYS = {
    "hour": Fraction(1, 24),
    "day": Fraction(1),
    "week": Fraction(7),
    "fortnight": Fraction(14),
    "month": Fraction(3652425, 120000),
    "year": Fraction(3652425, 10000),
}

_ONE = {
    "hour": Sentence("1 hour"), "day": Sentence("1 day"), "week": Sentence("1 week"), "fortnight": Sentence("1 fortnight"),
    "month": Sentence("1 month"), "year": Sentence("1 year"),
}  # fmt: skip

# Rates and periods are rough: a tenth apart is no contradiction. A ceiling three times as high is far off.
SLACK = Fraction(11, 10)
FAR = 3


class Verdict(StrEnum):
    """How what a rate comes to stands to a total for the same place and time."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    FAR_APART = "far_apart"  # a ceiling contradicts no lower number, but one so far above it says little


@dataclass(frozen=True)
class RateCheck:
    """A rate times the length of a period, beside the total that the period has."""

    rate: str
    total: str
    days: int
    lower: Decimal | None
    upper: Decimal | None
    verdict: Verdict
    arithmetic: Sentence
    words: Sentence


def span_of(number: str, unit: str) -> Sentence:
    """So many hours, days, weeks … in words."""
    if number == "1":
        return _ONE[unit]
    match unit:
        case "hour":
            return Sentence("%(number)s hours", number=number)
        case "day":
            return Sentence("%(number)s days", number=number)
        case "week":
            return Sentence("%(number)s weeks", number=number)
        case "fortnight":
            return Sentence("%(number)s fortnights", number=number)
        case "month":
            return Sentence("%(number)s months", number=number)
        case _:
            return Sentence("%(number)s years", number=number)


def rate_checks(matter: Matter) -> tuple[RateCheck, ...]:
    """Every rate beside the totals of its place: one check for each period for which totals are given."""
    return tuple(check for rate in matter.figures if rate.measure == "rate" for check in _checks(rate, matter))


def _checks(rate: Figure, matter: Matter) -> Iterator[RateCheck]:
    periods: dict[object, list[Figure]] = {}
    for total in matter.figures:
        if _can_be_multiplied(rate) and _is_total_beside(rate, total, matter) and _shared_days(rate, total):
            periods.setdefault((total.period_earliest, total.period_latest), []).append(total)
    for totals in periods.values():
        highest_first = sorted(totals, key=_reach, reverse=True)
        comparisons = [_Comparison(rate, total, matter) for total in highest_first]
        # A rate that fits any total is in no conflict; one that fits none is measured by the most generous.
        agreeing = [each for each in comparisons if each.verdict is not Verdict.CONTRADICTS]
        chosen = agreeing[0] if agreeing else comparisons[0 if comparisons[0].is_too_high else -1]
        yield chosen.check()


def _can_be_multiplied(rate: Figure) -> bool:
    return rate.per_time in DAYS and rate.per_persons is None


def _is_total_beside(rate: Figure, total: Figure, matter: Matter) -> bool:
    """Whether what the rate counts over time is among what the total counts, at the same place."""
    of_one_kind = (rate.counted, rate.about) == (total.counted, total.about)
    return (
        total.measure in ("total", "cumulative")
        and total.has_period
        and bool(total.parts)
        and of_one_kind
        and who_covers(total.who, rate.who)
        and _are_kin(rate, total, matter)
    )


def _are_kin(rate: Figure, total: Figure, matter: Matter) -> bool:
    """One act under the other, or both a way to die: "executed" and "hanged" are told for each other."""
    covers, family = matter.vocabulary.covers, matter.vocabulary.family
    if len(rate.categories) != 1 or len(total.categories) != 1:
        return rate.categories == total.categories
    return (
        covers(rate.categories, total.categories)
        or covers(total.categories, rate.categories)
        or family(rate.categories) == family(total.categories) <= ONCE_IN_A_LIFE
    )


def _shared_days(rate: Figure, total: Figure) -> int | None:
    """The days of the total where the rate holds on all of them; else its own where they lie inside."""
    if rate.covers_period_of(total):
        return total.period_days
    return rate.period_days if total.covers_period_of(rate) else None


def _reach(figure: Figure) -> Decimal:
    """The highest number that a figure gives, however it is worded."""
    return max(figure.numbers)


@dataclass(frozen=True)
class _Comparison:
    """One rate beside one total over the days that they share."""

    rate: Figure
    total: Figure
    matter: Matter

    @property
    def days(self) -> int:
        return _shared_days(self.rate, self.total) or 0

    @property
    def units(self) -> Fraction:
        return self.days / DAYS[self.rate.per_time]

    @property
    def is_too_high(self) -> bool:
        least, most = self.rate.span[0], self.total.span[1]
        return least is not None and most is not None and Fraction(least) * self.units > Fraction(most) * SLACK

    @property
    def is_too_low(self) -> bool:
        """Only a rate for all that the total counts, over all of its days, can fall short of it."""
        most, least = self.rate.span[1], self.total.span[0]
        whole = (
            self.rate.covers_period_of(self.total)
            and self.rate.who == self.total.who
            and self.matter.vocabulary.covers(self.rate.categories, self.total.categories)
        )
        return whole and most is not None and least is not None and Fraction(most) * self.units * SLACK < Fraction(least)

    @property
    def verdict(self) -> Verdict:
        if self.is_too_high or self.is_too_low:
            return Verdict.CONTRADICTS
        ceiling, highest = self.rate.span[1], self.total.span[1]
        only_a_ceiling = self.rate.span[0] is None and ceiling is not None
        if only_a_ceiling and ceiling and highest and Fraction(ceiling) * self.units > FAR * highest:
            return Verdict.FAR_APART
        return Verdict.AGREES

    def check(self) -> RateCheck:
        rate, over_the_time = self.rate, self._multiplied()
        lower, upper = over_the_time.span
        shown = self._in_round_numbers(over_the_time)
        about = Sentence("%(number)s" if shown.text[0].isalpha() else "about %(number)s", number=shown)
        return RateCheck(
            rate=self.rate.uid,
            total=self.total.uid,
            days=self.days,
            lower=lower,
            upper=upper,
            verdict=self.verdict,
            arithmetic=Sentence(
                "%(rate)s × %(time)s = %(result)s" if self.units.denominator == 1 else "%(rate)s × %(time)s ≈ %(result)s",
                rate=rate,
                time=self._time(),
                result=shown,
            ),  # fmt: skip
            words=Sentence(
                "%(rate)s over %(time)s (%(whose)s) would be %(result)s%(judged)s",
                rate=rate,
                time=self._time(),
                whose=self._whose_time(),
                result=about,
                judged=self._judged(),
            ),  # fmt: skip
        )

    def _multiplied(self) -> Figure:
        def times(number: Decimal | None) -> Decimal | None:
            product = None if number is None else Fraction(number) * self.units
            return product if product is None else Decimal(product.numerator) / Decimal(product.denominator)

        rate = self.rate
        return replace(
            rate,
            lower=times(rate.lower),
            best=times(rate.best),
            upper=times(rate.upper),
            measure="total",
            per_time="",
        )

    def _in_round_numbers(self, figure: Figure) -> Figure:
        """Over a broken number of weeks or months, three digits are all that the product can mean."""
        if self.units.denominator == 1:
            return figure
        place = Decimal(1).scaleb(_reach(figure).adjusted() - 2)

        def rounded(number: Decimal | None) -> Decimal | None:
            return None if number is None else number.quantize(place)

        return replace(figure, lower=rounded(figure.lower), best=rounded(figure.best), upper=rounded(figure.upper))

    def _time(self) -> Sentence:
        units = round(self.units) if self.units >= 10 else round(float(self.units), 1)
        return span_of(printed(Decimal(str(units))), self.rate.per_time)

    def _whose_time(self) -> Sentence:
        if self.days == self.rate.period_days:
            return Sentence("its own period, %(period)s", period=self.rate.period_text)
        return Sentence("%(period)s, the period of the total beside it", period=self.total.period_text)

    def _judged(self) -> Sentence:
        total, highest = self.matter.told(self.total), _reach(self.total)
        if self.verdict is Verdict.AGREES:
            return self._agreed(total)
        if self.is_too_low:
            lowest = printed(min(self.total.numbers))
            return Sentence("; the lowest total given is %(lowest)s, in %(total)s.", lowest=lowest, total=total)
        given = Sentence("; the highest total given is %(highest)s, in %(total)s.", highest=printed(highest), total=total)
        ratio = _ratio(_reach(self._multiplied()), highest)
        if self.verdict is Verdict.FAR_APART:
            return Sentence(
                "%(given)s A ceiling contradicts no lower number, but this one is %(ratio)s as high.", given=given, ratio=ratio
            )
        return Sentence("%(given)s The rate comes to %(ratio)s as many.", given=given, ratio=ratio)

    def _agreed(self, total: Sentence) -> Sentence:
        (lower, upper), (least, most) = self._multiplied().span, self.total.span
        if lower is not None and upper is not None and least is not None and most is not None:
            if lower < least and upper < most:
                return Sentence(", in agreement with %(total)s at its lower end.", total=total)
            if lower > least and upper > most:
                return Sentence(", in agreement with %(total)s at its upper end.", total=total)
        return Sentence(", in agreement with %(total)s.", total=total)


def _ratio(number: Decimal, of: Decimal) -> Sentence:
    if not of:
        return Sentence("many times")
    ratio = number / of
    return Sentence("about %(number)s times", number=printed(round(ratio, 0 if ratio >= FAR else 1)))
