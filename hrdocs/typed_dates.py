"""Dates as people type them, read into EDTF: “early March 2012”, “آذار 2011”, “before May 2013”, “2011-2015”.

Nothing is guessed: where a text has two readings, as 02/03/2012 has, it is refused and both are named. Words are read
in English and Arabic, months by their Levantine, Egyptian and Maghrebi names, digits in both scripts. Dates of the Hijri
calendar are refused: which day they mean depends on where the moon was seen.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs.folding import fold

HOW = gettext_lazy(
    "Write 2 March 2012, March 2012, early March 2012, 2011-2015, about 2011, before May 2013, or EDTF (2012-03-02)."
)
HALF_A_NAME = gettext_lazy(
    "names half a month: كانون الأول is December and كانون الثاني January, تشرين الأول October and تشرين الثاني November."
)
HIJRI = gettext_lazy(
    "is a date of the Hijri calendar. It is not converted, since the day depends on where the moon was seen: write the "
    "Gregorian date, and keep the words of the source in the wording."
)

# Each line: what the words mean, and the words. A month is m01 to m12, a season s21 to s23.
_MONTHS = (
    "january jan|كانون الثاني|كانون ثاني|يناير|جانفي", "february feb|شباط|فبراير|فيفري", "march mar|آذار|اذار|مارس",
    "april apr|نيسان|أبريل|إبريل|أفريل", "may|أيار|مايو|ماي", "june jun|حزيران|يونيو|يونيه|جوان",
    "july jul|تموز|يوليو|يوليه|يوليوز|جويلية", "august aug|آب|أغسطس|غشت|أوت", "september sept sep|أيلول|سبتمبر|شتنبر",
    "october oct|تشرين الأول|تشرين أول|أكتوبر", "november nov|تشرين الثاني|تشرين ثاني|نوفمبر|نونبر",
    "december dec|كانون الأول|كانون أول|ديسمبر|دجنبر",
)  # fmt: skip
_WORDS = {
    "s21": "spring|ربيع", "s22": "summer|صيف", "s23": "autumn fall|خريف", "winter": "winter|شتاء",
    "early": "early|أوائل|مطلع", "mid": "mid middle|منتصف|أواسط", "late": "late|أواخر",
    "about": "about around circa ca c approximately approx|حوالي|نحو|قرابة|تقريبا", "possibly": "possibly perhaps probably|ربما",
    "before": "before|قبل", "after": "after|بعد", "since": "since|منذ", "until": "until till by|حتى|لغاية",
    "from": "from|من", "to": "to through|إلى", "between": "between|بين", "and": "and",
    "": "of in on the year month|عام|سنة|شهر|في|ميلادي|ميلادية|م|يوم",
}  # fmt: skip
_HIJRI_MONTHS = (
    "muharram|safar|rabi|jumada|rajab|shaban|shaaban|ramadan|ramadhan|shawwal|dhu|zul|hijri|ah|محرم|صفر|ربيع الأول|"
    "ربيع الثاني|ربيع الآخر|جمادى|رجب|شعبان|رمضان|شوال|ذو|ذي|هجري|هجرية|ه"
)
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_THIRDS_OF_A_MONTH = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
_THIRDS_OF_A_YEAR = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}


def _phrases(line: str) -> list[str]:
    """The words of a line, folded; those in Latin letters stand between spaces, of the others each between strokes."""
    return [fold(each) for part in line.split("|") for each in (part.split() if part.isascii() else [part])]


_MEANS = {phrase: f"m{number:02}" for number, line in enumerate(_MONTHS, 1) for phrase in _phrases(line)}
_MEANS |= {phrase: meaning for meaning, line in _WORDS.items() for phrase in _phrases(line)}


def _any_of(phrases: list[str]) -> str:
    return "|".join(sorted(map(re.escape, phrases), key=len, reverse=True))


# In Arabic “and” is written onto the next word.
_KNOWN = re.compile(rf"(?<![^\W\d])(و)?({_any_of(list(_MEANS))})(?![^\W\d])")
_HIJRI = re.compile(rf"(?<![^\W\d])({_any_of(_phrases(_HIJRI_MONTHS))})(?![^\W\d])")


class NotUnderstood(ValueError):
    """A text that is no date in any reading that is known here."""


def edtf_of(typed: str) -> str:
    """The EDTF text of a date as somebody typed it.

    Raises ValueError with a sentence for people where it is not understood, or could be read in two ways.
    """
    try:
        text = _in_our_words(typed)
        found = _span(text) or _one(text) or _with_a_word_before(text) or _from_to(text)
    except ValueError as problem:
        raise ValueError(f"“{typed}” {problem}") from None
    if not found:
        raise NotUnderstood(_("“%s” is not a date that is understood here.") % typed + f" {HOW}")
    return found


def _in_our_words(typed: str) -> str:
    """The text with each word that is known as its meaning: “في أوائل آذار/مارس ٢٠١٢” is `early m03 2012`."""
    text = unicodedata.normalize("NFC", typed).translate(DIGITS).lower()
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r"[^\W\d_]+", lambda word: fold(word[0]), text.replace("ـ", ""))
    text = re.sub(r"[–—‑−]", "-", re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", text))
    if _HIJRI.search(text) or re.fullmatch(r"\D*1[34]\d\d\D*", text):
        raise ValueError(HIJRI)
    text = re.sub(r"(?<!\w)و(?=\d)", "and ", text)
    text = _KNOWN.sub(lambda known: f" {'and ' if known[1] else ''}{_MEANS[known[2]]} ", text)
    if re.search(r"كانون|تشرين", text):
        raise ValueError(HALF_A_NAME)
    text = re.sub(r"(m\d\d)\s*/\s*\1", r"\1", text)  # the United Nations write آذار/مارس
    text = re.sub(r"[,،]|(?<=[a-z0-9 ])\.(?!\d)", " ", text).replace("~", " about ")
    text = re.sub(r"\b(early|mid|late)\s*-\s*", r"\1 ", text)
    return " ".join(text.split())


def _span(text: str) -> str | None:
    """Spans that have a shape of their own: years with a dash, days of one month, a decade, a winter."""
    if match := re.fullmatch(r"(\d{4}) ?- ?(\d{4})", text):
        return f"{match[1]}/{match[2]}"
    if re.fullmatch(r"\d{4} ?- ?\d\d", text):
        raise ValueError(_("has a year of two digits. Write both with four: 2011-2015."))
    if match := re.fullmatch(
        r"(\d{1,2}) ?(?:-|to|and) ?(\d{1,2}) (m\d\d \d{4})", text.removeprefix("from ").removeprefix("between ")
    ):
        return f"{_one(f'{match[1]} {match[3]}')}/{_one(f'{match[2]} {match[3]}')}"
    if match := re.fullmatch(r"m(\d\d) (\d{1,2}) ?- ?(\d{1,2}) (\d{4})", text):
        return f"{_day(match[4], match[1], match[2])}/{_day(match[4], match[1], match[3])}"
    if match := re.fullmatch(r"(\d{3})0s", text):
        return f"{match[1]}X"
    if match := re.fullmatch(r"winter (\d{4}) ?[-/] ?(\d{2}|\d{4})", text):
        return f"{match[1]}-12/{int(match[1]) + 1}-02" if match[2][-2:] == f"{int(match[1]) + 1}"[-2:] else None
    if match := re.fullmatch(r"winter (\d{4})", text):
        year = int(match[1])
        raise ValueError(_("can be the winter %(one)s or the winter %(other)s. Write one of these.")
                         % {"one": f"{year - 1}-{year}", "other": f"{year}-{year + 1}"})  # fmt: skip
    return None


def _one(text: str) -> str | None:
    """One day, month, season, year, or third of a month or year."""
    if re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        return text
    if match := re.fullmatch(r"s(2[123]) (\d{4})", text):
        return f"{match[2]}-{match[1]}"
    if match := re.fullmatch(r"m(\d\d) (\d{4})|(\d{4}) m(\d\d)", text):
        return f"{match[2] or match[3]}-{match[1] or match[4]}"
    if match := re.fullmatch(r"(\d{1,2}) m(\d\d) (\d{4})", text):
        return _day(match[3], match[2], match[1])
    if match := re.fullmatch(r"m(\d\d) (\d{1,2}) (\d{4})", text):
        return _day(match[3], match[1], match[2])
    if match := re.fullmatch(r"(early|mid|late) (.+)", text):
        return _third(match[1], _one(match[2]) or "")
    if re.fullmatch(r"(\d{1,2} )?m\d\d( \d{1,2})?", text):
        raise ValueError(_("has no year. Write the year too."))
    return _in_digits(text)


def _in_digits(text: str) -> str | None:
    """A date in digits alone, where no other reading is possible."""
    if match := re.fullmatch(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})", text):
        return _day(match[1], match[3], match[4])
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{4})|(\d{4})[/.-](\d{1,2})", text):
        month = int(match[1] or match[4])
        return f"{match[2] or match[3]}-{month:02}" if month <= 12 else None
    if match := re.fullmatch(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", text):
        one, other, year = int(match[1]), int(match[3]), match[4]
        if one <= 12 and other <= 12 and one != other:
            readings = [f"{day} {_(calendar.month_name[month])} {year}" for day, month in ((one, other), (other, one))]
            raise ValueError(_("can be %(one)s or %(other)s. Write the month as a word.")
                             % dict(zip(("one", "other"), readings, strict=True)))  # fmt: skip
        return _day(year, other, one) if other <= 12 else _day(year, one, other)
    if re.fullmatch(r"\d{1,2}([/.-])\d{1,2}\1\d\d", text):
        raise ValueError(_("has a year of two digits. Write it with four, and the month as a word."))
    return None


def _day(year: str, month: str | int, day: str | int) -> str:
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise ValueError(_("is not a date: that month has no such day.")) from None


def _third(which: str, whole: str) -> str | None:
    if re.fullmatch(r"\d{4}", whole):
        first, last = _THIRDS_OF_A_YEAR[which]
        return f"{whole}-{first:02}/{whole}-{last:02}"
    if re.fullmatch(r"\d{4}-(0\d|1[012])", whole):
        first, last = _THIRDS_OF_A_MONTH[which]
        length = calendar.monthrange(int(whole[:4]), int(whole[5:]))[1]
        return f"{whole}-{first:02}/{whole}-{min(last, length):02}"
    return None


def _with_a_word_before(text: str) -> str | None:
    """About, possibly, before, after, since, until: a word, and one date."""
    match = re.fullmatch(r"(about|possibly|before|after|since|from|until|to) (.+)|(.+) (about)", text)
    one = _one(match[2] or match[3]) if match else None
    if not match or not one:
        return None
    start, _slash, end = one.partition("/")
    match match[1] or match[4]:
        case "about" | "possibly" as word:
            return None if end else f"{one}{'~' if word == 'about' else '?'}"
        case "before":
            return f"../{_beside(start, -1)}"
        case "after":
            return f"{_beside(end or start, 1)}/.."
        case "since" | "from":
            return f"{start}/.."
    return f"../{end or start}"


def _beside(date: str, step: int) -> str:
    """The day, month or year before or after one, as precise as it is."""
    year, *rest = (int(part) for part in date.split("-"))
    if not rest:
        return f"{year + step}"
    if rest[0] > 12:
        raise ValueError(_("counts from a season. Write the month."))
    if len(rest) == 1:
        months = year * 12 + rest[0] - 1 + step
        return f"{months // 12}-{months % 12 + 1:02}"
    return (dt.date(year, *rest) + dt.timedelta(days=step)).isoformat()


def _from_to(text: str) -> str | None:
    """Two dates and what joins them; the first may leave out the year that the second names."""
    framed = re.fullmatch(r"between (.+?) and (.+)|(?:from )?(.+?) (?:to|until|-) (.+)|(.+?)-(.+)", text)
    first, last = [end for end in framed.groups() if end] if framed else ("", "")
    end = _one(last)
    if not end:
        return None
    if not re.search(r"\d{4}", first):
        first = f"{first} {end[:4]}"
    start = _one(first)
    return f"{start.split('/')[0]}/{end.split('/')[-1]}" if start else None
