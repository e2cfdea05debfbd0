"""One folding of names across scripts and spellings, in Python and as the SQL function that indexes use.

A name is folded twice. The *folded text* forgets case, accents, vowel signs and the letters that Arabic
writers use for one another (أ إ آ ا, ة ه, ى ي), so that a name typed carelessly finds itself. The *skeleton*
keeps the consonants alone, in Latin letters, so that صيدنايا, Saydnaya and Sednaya meet: `sdn`. A skeleton
is coarse on purpose; it proposes, a person decides.

Both sides are made from the tables below, and a test holds them together.
"""

import re
import unicodedata

# Marks that carry no letter: combining accents, Arabic vowel signs and tatweel, apostrophes of every
# romanisation (ʿayn, hamza), joiners, direction controls, soft hyphen, byte-order mark.
_DROPPED = (
    r"[\u0300-\u036F\u0640\u064B-\u065F\u0670\u0621\u02BC-\u02BF\u0027\u0060\u00B4\u2018\u2019"
    r"\u00AD\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]"
)
_PUNCTUATION = '-_.,;:!?/\\|()[]{}<>"“”«»„…–—‑·•،؛؟٬٫*+=&#@%$€£\u00a0\t\r\n'
_ALIKE_FROM = "ةىٱیکۀھہ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹łøđß"
_ALIKE_TO = "هيايكههه01234567890123456789lods"

# Two Latin letters that stand for one sound, then every consonant to the letter of its family.
_DIGRAPHS = (("dj", "j"), ("sh", "s"), ("ch", "s"), ("kh", "k"), ("gh", "k"), ("th", "t"), ("dh", "d"), ("ph", "f"))
_SOUND_FROM = "بپتثجحخدذرزسشصضطظغفقكلمنه" + "cqgpv"
_SOUND_TO = "bbttj" + "hkddrzsssdtzkfkklmnh" + "kkkbf"
_SILENT = r"[aeiouywhاويعحه]"
_ARTICLES = r"(^| )(al|el|ال)(?= |$)|(?<=^)ال|(?<= )ال"


def fold(text: str) -> str:
    """The folded text: "Ṣaydnāyā" and "SAYDNAYA" give `saydnaya`, "إدلب" gives `ادلب`."""
    # Letter by letter, as the database does it: Python alone would lower a Greek Σ by its place in the word.
    lowered = "".join(map(str.lower, unicodedata.normalize("NFKD", text)))
    text = re.sub(_DROPPED, "", lowered)
    text = text.translate(str.maketrans(_PUNCTUATION + _ALIKE_FROM, " " * len(_PUNCTUATION) + _ALIKE_TO))
    return re.sub(r" +", " ", text).strip(" ")


def skeleton(text: str) -> str:
    """The consonants of each word in Latin letters: "صيدنايا" and "Sednaya" both give `sdn`."""
    text = re.sub(_ARTICLES, " ", fold(text))
    for pair, letter in _DIGRAPHS:
        text = text.replace(pair, letter)
    text = text.translate(str.maketrans(_SOUND_FROM, _SOUND_TO))
    text = re.sub(r"(.)\1+", r"\1", re.sub(_SILENT, "", text))
    return re.sub(r" +", " ", text).strip(" ")


def search_key(text: str) -> str:
    """What a name's index holds: folded text and skeleton, each word between spaces."""
    return f" {fold(text)} | {skeleton(text)} "


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def functions_sql() -> str:
    """The same three functions for PostgreSQL: immutable, so that generated columns and indexes may use them, and
    with their schema named, since a restored dump sets no search path."""
    alike = f"{_literal(_PUNCTUATION + _ALIKE_FROM)}, {_literal(' ' * len(_PUNCTUATION) + _ALIKE_TO)}"
    digraphs = "hrdocs_text"
    for pair, letter in _DIGRAPHS:
        digraphs = f"replace({digraphs}, '{pair}', '{letter}')"
    return f"""
CREATE OR REPLACE FUNCTION public.hrdocs_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $fold$
  SELECT btrim(regexp_replace(translate(
    regexp_replace(lower(normalize(value, NFKD)), {_literal(_DROPPED)}, '', 'g'), {alike}), ' +', ' ', 'g'))
$fold$;
CREATE OR REPLACE FUNCTION public.hrdocs_skeleton(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $skel$
  SELECT btrim(regexp_replace(regexp_replace(regexp_replace(translate({digraphs},
    {_literal(_SOUND_FROM)}, {_literal(_SOUND_TO)}), {_literal(_SILENT)}, '', 'g'), '(.)\\1+', '\\1', 'g'), ' +', ' ', 'g'))
  FROM (SELECT regexp_replace(public.hrdocs_fold(value), {_literal(_ARTICLES)}, ' ', 'g') AS hrdocs_text) AS folded
$skel$;
CREATE OR REPLACE FUNCTION public.hrdocs_search_key(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $key$
  SELECT ' ' || public.hrdocs_fold(value) || ' | ' || public.hrdocs_skeleton(value) || ' '
$key$;
"""
