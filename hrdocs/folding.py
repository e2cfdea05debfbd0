"""One folding of names across scripts and spellings, in Python and as the SQL function that indexes use.

A name is folded twice. The *folded text* forgets case, accents, vowel signs and the letters that Arabic
writers use for one another (أ إ آ ا, ة ه, ى ي), so that a name typed carelessly finds itself. The *skeleton*
keeps the consonants alone, in Latin letters, so that صيدنايا, Saydnaya, Sednaya and Седнайя meet: `sdn`. A
skeleton is coarse on purpose; it proposes, a person decides.

Both sides are made from the tables below, and a test holds them together.
"""

import re
import unicodedata
from collections.abc import Iterable

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
# Where this finds nothing, nothing stands twice: the rule itself compares letter with letter, which takes long.
_MAYBE_DOUBLED = "[^a-z0-9 ]|" + "|".join(2 * letter for letter in "abcdefghijklmnopqrstuvwxyz0123456789 ")
_ARTICLES = r"(^| )(al|el|ال)(?= |$)|(?<=^)ال|(?<= )ال"

# Cyrillic, Greek and Hebrew: how each letter is told in Latin, and those that may be another sound too.
_IN_LATIN = (
    "а:a б:b в:v г:g ґ:g д:d е:e є:e ж:zh з:z и:i і:i ј:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:sh "
    "ъ: ы:y ь: э:e ю:yu я:ya α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:ks ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f χ:kh "
    "ψ:ps ω:o א:a ב:b ג:g ד:d ה:h ו:w ז:z ח:kh ט:t י:y כ:k ך:k ל:l מ:m ם:m נ:n ן:n ס:s ע:a פ:f ף:f צ:s ץ:s ק:q ר:r ש:sh ת:t"
)
_OR = "г:h ж:j х:h ц:s β:b γ:y χ:h ג:j ח:h פ:b"
_READINGS = tuple(dict(pair.split(":") for pair in letters.split(" ")) for letters in (_IN_LATIN, f"{_IN_LATIN} {_OR}"))
_AS_FOREIGN = (("ντ", "d"), ("μπ", "b"))  # as foreign names are written in Greek
_OTHERS = f"[{''.join(sorted(_READINGS[0]))}]"


def fold(text: str) -> str:
    """The folded text: "Ṣaydnāyā" and "SAYDNAYA" give `saydnaya`, "إدلب" gives `ادلب`."""
    # Letter by letter, as the database does it: Python alone would lower a Greek Σ by its place in the word.
    lowered = "".join(map(str.lower, unicodedata.normalize("NFKD", text)))
    text = re.sub(_DROPPED, "", lowered)
    text = text.translate(str.maketrans(_PUNCTUATION + _ALIKE_FROM, " " * len(_PUNCTUATION) + _ALIKE_TO))
    return re.sub(r" +", " ", text).strip(" ")


def skeleton(text: str) -> str:
    """The consonants of each word in Latin letters: "صيدنايا", "Sednaya" and "Седнайя" all give `sdn`."""
    text = re.sub(_ARTICLES, " ", _read(fold(text), _READINGS[0]))
    for pair, letter in _DIGRAPHS:
        text = text.replace(pair, letter)
    text = text.translate(str.maketrans(_SOUND_FROM, _SOUND_TO))
    text = re.sub(r"(.)\1+", r"\1", re.sub(_SILENT, "", text))
    return re.sub(r" +", " ", text).strip(" ")


def spellings(typed: str) -> set[str]:
    """What somebody typed, folded, and also in Latin letters where it is Cyrillic, Greek or Hebrew. Some letters stand for two
    sounds, so all of them are tried as one and as the other."""
    folded = fold(typed)
    return {folded, *(_read(folded, reading) for reading in _READINGS)}


def _read(folded: str, reading: dict[str, str]) -> str:
    """Folded text in Latin letters, where it has others that are read so."""
    if not re.search(_OTHERS, folded):
        return folded
    for pair, letter in _AS_FOREIGN:
        folded = folded.replace(pair, letter)
    return re.sub(r" +", " ", "".join(reading.get(letter, letter) for letter in folded)).strip(" ")


def skeletons(typed: str) -> set[str]:
    """The skeletons of these. A j may be the y of a German or Slavic hand (Sajdnaja), so it is tried as both."""
    return {skeleton(hand) for text in spellings(typed) for hand in (text, re.sub("(?<!d)j", "y", text))}


def search_key(text: str) -> str:
    """What a name's index holds: folded text, in Latin letters too where it is Cyrillic, Greek or Hebrew, and the skeleton, each
    word between spaces."""
    folded = fold(text)
    latin = [_read(folded, reading) for reading in _READINGS] if re.search(_OTHERS, folded) else []
    return f" {' '.join([folded, *latin, *map(skeleton, latin[1:])])} | {skeleton(text)} "


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def functions_sql() -> str:
    """The same functions for PostgreSQL: immutable, so that generated columns and indexes may use them, and
    with their schema named, since a restored dump sets no search path.

    A bulk insert spends much of its time here. So what is ASCII alone skips what ASCII never needs, and letters are
    replaced one by one: a `replace` that finds nothing costs a fortieth of a `translate` that looks for as many. In
    PL/pgSQL each stays prepared for a transaction, where SQL would prepare it for each row.
    """
    whole = f"regexp_replace(lower(normalize(value, NFKD)), {_literal(_DROPPED)}, '', 'g')"
    name = f"regexp_replace(value, {_literal(_ARTICLES)}, ' ', 'g')"
    latin, or_latin = (_reading(reading) for reading in _READINGS)
    others = f"octet_length(folded) <> length(folded) AND folded ~ {_literal(_OTHERS)}"
    functions = {
        "fold": f"""btrim(regexp_replace(CASE WHEN octet_length(value) = length(value) THEN translate(lower(value), '''`', '')
            ELSE {_replacing(zip(_ALIKE_FROM, _ALIKE_TO, strict=True), whole)} END, {_literal(_gaps())}, ' ', 'g'))""",
        "once": f"CASE WHEN value ~ {_literal(_MAYBE_DOUBLED)} THEN regexp_replace(value, '(.)\\1+', '\\1', 'g') ELSE value END",
        "bones": f"btrim(public.hrdocs_once(translate({_replacing(_DIGRAPHS, name)}, {_sounds()})))",
        "latin": f"CASE WHEN value ~ {_literal(_OTHERS)} THEN {latin} ELSE value END",
        "or_latin": or_latin,
        "skeleton": "public.hrdocs_bones(public.hrdocs_latin(public.hrdocs_fold(value)))",
    }
    return "".join(_function(name, f"BEGIN RETURN {returned}; END") for name, returned in functions.items()) + _function(
        "search_key",
        f"""DECLARE folded text := public.hrdocs_fold(value); latin text; or_latin text;
        BEGIN
            IF {others} THEN
                latin := public.hrdocs_latin(folded);
                or_latin := public.hrdocs_or_latin(folded);
                RETURN concat(' ', concat_ws(' ', folded, latin, or_latin, public.hrdocs_bones(or_latin)), ' | ',
                    public.hrdocs_bones(latin), ' ');
            END IF;
            RETURN ' ' || folded || ' | ' || public.hrdocs_bones(folded) || ' ';
        END""",
    )


def _function(name: str, body: str) -> str:
    return (f"CREATE OR REPLACE FUNCTION public.hrdocs_{name}(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE "
            f"AS $body$ {body} $body$;\n")  # fmt: skip


def _replacing(pairs: Iterable[tuple[str, str]], text: str) -> str:
    for found, put in pairs:
        text = f"replace({text}, '{found}', '{put}')"
    return text


def _reading(reading: dict[str, str]) -> str:
    """What turns other letters into Latin ones: those that become one letter or none at once, the others one by one."""
    single = {letter: told for letter, told in reading.items() if len(told) == 1}
    dropped = "".join(letter for letter, told in reading.items() if not told)
    spelt = _replacing([*_AS_FOREIGN, *((letter, told) for letter, told in reading.items() if len(told) > 1)], "value")
    letters = f"translate({spelt}, '{''.join(single)}{dropped}', '{''.join(single.values())}')"
    return f"btrim(regexp_replace({letters}, ' +', ' ', 'g'))"


def _gaps() -> str:
    """A pattern for what becomes one space: punctuation with what stands around it, and more than one space."""
    marks = "".join(f"\\u{ord(mark):04x}" for mark in _PUNCTUATION)
    return f"[{marks}][ {marks}]*| [ {marks}]+"


def _sounds() -> str:
    """What `translate` is given, to turn consonants into those of their families and to drop silent letters, at once."""
    silent = _SILENT.strip("[]")
    heard = {letter: sound for letter, sound in zip(_SOUND_FROM, _SOUND_TO, strict=True) if sound not in silent}
    dropped = "".join(dict.fromkeys(letter for letter in _SOUND_FROM + silent if letter not in heard))
    return f"'{''.join(heard)}{dropped}', '{''.join(heard.values())}'"
