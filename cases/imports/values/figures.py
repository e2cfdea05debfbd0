"""Numbers as sources give them: “5,000–13,000”, “at least 50”, “ما لا يقل عن ٥٠” into lower, best and upper, with their words.

“Dozens” names no number, and 13.000 names two: both are refused, with what to do.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs.folding import fold
from hrdocs.typed_dates import DIGITS

HOW = gettext_lazy("Write 13,000, 5,000–13,000, at least 50, up to 50 or about 50.")
WORDS = {
    ("lower", "at_least"): "at least|no fewer than|no less than|not less than|a minimum of|minimum|≥"
    "|على الأقل|ما لا يقل عن|لا يقل عن|بما لا يقل عن",
    ("lower", "more_than"): "more than|over|above|exceeding|in excess of|>|أكثر من|اكثر من|ما يزيد عن|ما يزيد على|يزيد على|فوق",
    (
        "upper",
        "up_to",
    ): "up to|at most|no more than|not more than|a maximum of|maximum|≤|حتى|ما يصل إلى|على الأكثر|لا يزيد عن|بحد أقصى",
    ("upper", "as_many_as"): "as many as|بلغ عددهم",
    ("upper", "fewer_than"): "fewer than|less than|under|below|<|أقل من|اقل من",
    ("best", "about"): "about|around|approximately|approx|some|circa|ca|c|roughly|an estimated|estimated|~|≈|حوالي|نحو|زهاء"
    "|تقريبا|ما يقارب",
    ("best", "nearly"): "nearly|almost|close to|ما يقرب من|قرابة",
    ("best", "exactly"): "exactly|precisely|بالضبط|تحديدا",
}
AFTER = {("lower", "at_least"): "or more|at least|\\+|على الأقل|أو أكثر", ("best", "about"): "تقريبا",
         ("upper", "up_to"): "at most|على الأكثر"}  # fmt: skip
VAGUE = (
    "dozens|scores|hundreds|thousands|tens|several|many|few|a few|numerous|some|countless|unknown|various|"
    "عشرات|العشرات|مئات|المئات|آلاف|الآلاف|عدة|عدد من|العديد|بضعة|كثير|مجهول"
)
COUNTED = (
    "people|persons|killed|dead|deaths|civilians|victims|bodies|detainees|men|women|children|"
    "شخص|شخصا|أشخاص|قتيل|قتيلا|قتلى|شهيد|شهيدا|شهداء|ضحية|مدني|مدنيا|معتقل|معتقلا"
)
TIMES = {"k": 1_000, "thousand": 1_000, "million": 1_000_000, "m": 1_000_000, "ألف": 1_000, "ألفا": 1_000, "آلاف": 1_000,
         "مليون": 1_000_000}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A number with its bounds, each empty unless the words give it."""

    lower: str = ""
    lower_wording: str = ""
    best: str = ""
    best_wording: str = ""
    upper: str = ""
    upper_wording: str = ""

    def cells(self) -> dict[str, str]:
        """The same as cells of the sheet of estimates."""
        return asdict(self)


def _folded(line: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda word: fold(word[0]), line.lower())


def _any_of(line: str) -> str:
    return "|".join(sorted((_folded(each) for each in line.split("|")), key=len, reverse=True))


_TIMES = {fold(word): times for word, times in TIMES.items()}
_NUMBER = rf"\d+(?:\.\d+)?(?: ?(?:{'|'.join(sorted(_TIMES, key=len, reverse=True))})\b)?"
_BEFORE = [(means, re.compile(rf"(?:{_any_of(line)})\.? ?({_NUMBER})")) for means, line in WORDS.items()]
_AFTER = [(means, re.compile(rf"({_NUMBER}) ?(?:{_any_of(line)})")) for means, line in AFTER.items()]
_RANGE = re.compile(
    rf"(?:between |from |بين |من )?({_NUMBER}) ?(?:-| to | and | or |\s*{fold('إلى')} ?|\s*و ?|\s*{fold('حتى')} ?) ?({_NUMBER})"
)
_VAGUE = re.compile(rf"(?:{_any_of(VAGUE)})(?: (?:of|من)?.*)?")
_COUNTED = re.compile(rf" ?(?:{_any_of(COUNTED)})$")


def figure_of(text: str) -> Figure:
    """The figure that a text names. Raises ValueError, in words for people, where it names none or can be read in two ways."""
    plain = _plain(text)
    if match := _RANGE.fullmatch(plain):
        return _between(text, match[1], match[2])
    for (part, wording), pattern in (*_BEFORE, *_AFTER):
        if match := pattern.fullmatch(plain):
            return Figure(**{part: _times(match[1]), f"{part}_wording": wording})
    if re.fullmatch(_NUMBER, plain):
        return Figure(best=_times(plain))
    if _VAGUE.fullmatch(plain):
        raise ValueError(_("“%s” names no number. Keep the words in “value_text”, and leave the numbers empty.") % text)
    raise ValueError(_("“%s” is not a number that is understood here.") % text + f" {HOW}")


def _plain(text: str) -> str:
    """The text with one way to write each number, dash and word."""
    line = unicodedata.normalize("NFKC", text).translate(DIGITS).replace("٫", ".")
    line = "".join(letter for letter in line if unicodedata.category(letter) not in ("Cf", "Mn"))
    if dotted := re.search(r"(?<![\d.])\d{1,3}(?:\.\d{3})+(?![\d.])", line):
        number = dotted[0]
        raise ValueError(
            _("“%(text)s”: %(number)s can be %(whole)s or a fraction. Write thousands as %(commas)s.")
            % {"text": text, "number": number, "whole": number.replace(".", ""), "commas": number.replace(".", ",")}
        )
    line = re.sub(r"(?<=\d)[,٬،'’ ](?=\d{3}(?!\d))", "", line)
    if re.search(r"\d[,،]\d", line):
        raise ValueError(_("“%s” has a comma that parts no thousands.") % text + f" {HOW}")
    line = re.sub(r"\s*[–—‑−‒-]\s*", "-", line)
    return _COUNTED.sub("", " ".join(_folded(line).split()))


def _times(number: str) -> str:
    """The number in digits: 13 thousand is 13000."""
    match = re.fullmatch(r"(\d+)(?:\.(\d+))? ?(\D*)", number)
    whole, fraction, word = match[1], match[2] or "", match[3].strip()  # type: ignore[index]
    if not word:
        return number.strip()
    zeros = len(str(_TIMES[word])) - 1
    return str(int(whole + fraction.ljust(zeros, "0"))) if len(fraction) <= zeros else number


def _between(text: str, first: str, last: str) -> Figure:
    unit = re.fullmatch(r"[\d.]+ ?(\D*)", last)
    if unit and unit[1] and re.fullmatch(r"[\d.]+", first):  # 5-13 thousand
        first = f"{first} {unit[1]}"
    lower, upper = _times(first), _times(last)
    if float(lower) > float(upper):
        raise ValueError(_("“%(text)s” runs from the higher number to the lower. Write %(upper)s–%(lower)s, if that is meant.")
                         % {"text": text, "upper": upper, "lower": lower})  # fmt: skip
    return Figure(lower=lower, lower_wording="between", upper=upper, upper_wording="between")
