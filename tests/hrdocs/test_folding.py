"""Names across scripts and spellings: one folding in Python and in the database."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck, example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from hrdocs.folding import fold, search_key, skeleton, skeletons, spellings
from tests import factories

# Names of the same thing that must meet, by their consonants.
MEET = {
    "the prison": ["صيدنايا", "Sednaya", "Saidnaya", "Saydnaya", "Ṣaydnāyā", "SAYDNAYA", "Sidnaya", "ṢAYDNĀYĀ"],
    "the prison, as others write it": ["صيدنايا", "Седнайя", "Сајднаја", "סידנאיה"],
    "with its article": ["القصير", "al-Qusayr", "Al Qusair", "Qusayr"],
    "the general": ["محمد", "Mohammed", "Muhammad", "Mohamad", "MOHAMMED"],
    "a leader": ["بشار", "Bashar", "Bachar"],
    "a town": ["دوما", "Douma", "Duma"],
}
# Typed in another script than names are kept in, and what each must find.
TYPED = {
    "Седнайя": "صيدنايا", "Сайдная": "Saydnaya", "Сајднаја": "Saydnaya", "סידנאיה": "صيدنايا", "Мухаммед": "محمد", "Халед": "خالد", "Джазира": "الجزيرة",
    "Дамаск": "دمشق", "Μοχάμεντ Ράσλαν": "محمد رسلان", "Σεντνάγια": "Sednaya", "Башар Асад": "بشار الأسد",
}  # fmt: skip
# Kept in other letters alone, and what each must be found by.
KEPT = {
    "Седнайя": ["Sednaya", "صيدنايا", "Седнайя", "סידנאיה"], "Дамаск": ["Damas", "دمشق"], "Хомс": ["Homs"],
    "Хасан": ["Hasan"], "Халед": ["Khaled", "خالد"], "Джазира": ["Jazira", "الجزيرة"], "Ράσλαν": ["Raslan", "رسلان"], "דמשק": ["دمشق"],
}  # fmt: skip
# Written carelessly, and still the same letters.
SAME_LETTERS = [
    ("إدلب", "ادلب"),
    ("أحمد", "احمد"),
    ("حماة", "حماه"),
    ("مصطفى", "مصطفي"),
    ("مُحَمَّد", "محمد"),
    ("محـــمد", "محمد"),
    ("١٢٣", "123"),
    ("۱۲۳", "123"),
    ("کریم", "كريم"),
    ("Ṣaydnāyā", "saydnaya"),
    ("Šćepanović", "scepanovic"),
    ("Hangings — at  Saydnaya!", "hangings at saydnaya"),
    ("Al-Mujtahid’s", "al mujtahids"),
    ("Straße", "strase"),
    ("Łódź", "lodz"),
    ("\u202bصيدنايا\u202c", "صيدنايا"),
    ("a\u00adb\u200bc", "abc"),
    ("  two   words ", "two words"),
]
CORPUS = [
    "", " ", "-", "'", "ʿAyn", "O'Brien", "al", "al al", "ال", "الال ال", "el al ال", "aa bb", "ssh shs", "dj dh th gh kh ph",
    "المجلس الوطني", "ΟΔΥΣΣΕΥΣ", "ΣΑΣ ΣΑΣ", "İstanbul", "ISPARTA ısparta", "Ǆ ǅ ǆ", "ﷲ ﷺ ﻻ", "ﬁn ﬀ", "①②", "Ⅷ", "ẞß", "K\u212a", "\u00c5\u212b",
    "a\x0bb", "a\x0cb", "\x0cx\x0c", "\x1f", "\x85a", "a\u2028b\u2029", "\u3000wide\u3000", "tab\tnew\nline\r", "\ufeffbom", "𝕊𝕒𝕪", "👩‍👩‍👧", "\U0001e900",
    "e\u0301" * 20, "\u0301\u0301", "٣٫٥", "1,000.50", "%_\\", "$fold$", "Седнайя", "Мухаммед аль-Хатиб", "Ъь ъ", "Μπασάρ ντε", "µ", "ℵ", "ᾠδή", "שׁלום", "'; DROP TABLE--",
]  # fmt: skip


def names_of_the_founding_case() -> list[str]:
    """Every text of the founding case, in four scripts."""
    found: set[str] = set()
    for path in sorted((Path(settings.ROOT) / "cases" / "demo").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found |= {cell for row in csv.reader(lines) for cell in row}
    return sorted(found)


def by_the_database(texts: list[str]) -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hrdocs_fold(t), hrdocs_skeleton(t), hrdocs_search_key(t) FROM unnest(%s::text[]) WITH ORDINALITY AS given(t, n) "
            "ORDER BY n",
            [texts],
        )
        return cursor.fetchall()


def by_python(texts: list[str]) -> list[tuple[str, str, str]]:
    return [(fold(text), skeleton(text), search_key(text)) for text in texts]


def assert_both_agree(texts: list[str]) -> None:
    apart = [
        (text, ours, theirs)
        for text, ours, theirs in zip(texts, by_python(texts), by_the_database(texts), strict=True)
        if ours != theirs
    ]
    assert not apart, "Python and the database fold differently (text, Python, database)"


@pytest.mark.parametrize("names", MEET.values(), ids=MEET)
def test_spellings_of_one_name_meet_in_their_consonants(names):
    assert {skeleton(name) for name in names} == {skeleton(names[0])}
    assert skeleton(names[0])


@pytest.mark.parametrize(("typed", "name"), TYPED.items(), ids=TYPED.values())
def test_a_name_typed_in_another_script_has_the_consonants_of_the_name(typed, name):
    assert skeleton(name) in skeletons(typed), skeletons(typed)


@pytest.mark.parametrize(("kept", "typed"), KEPT.items(), ids=KEPT)
def test_a_name_that_is_kept_in_another_script_is_found_by_its_letters_or_consonants_in_latin_and_arabic(kept, typed):
    key = search_key(kept)
    for name in typed:
        assert fold(name) in key or f" {skeleton(name)} " in key, name


def test_letters_alone_find_a_short_name_in_another_script_and_latin_stays_as_it_is():
    assert "homs" in spellings("Хомс")
    assert spellings("Šajdnāyā صيدنايا") == {"sajdnaya صيدنايا"}


@pytest.mark.parametrize(("one", "other"), SAME_LETTERS)
def test_a_name_typed_carelessly_finds_itself(one, other):
    assert fold(one) == fold(other) == other


@pytest.mark.parametrize(("one", "other"), [("Homs", "Hama"), ("Douma", "Damascus"), ("دوما", "درعا"), ("Saydnaya", "Sarajevo")])
def test_different_names_stay_apart(one, other):
    assert skeleton(one) != skeleton(other)
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", CORPUS)
def test_python_and_the_database_fold_a_hard_text_alike(db, text):
    assert_both_agree([text])


def test_python_and_the_database_fold_the_founding_case_alike(db):
    assert_both_agree(names_of_the_founding_case())


@effort(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(texts=["\x0c"])
@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"], exclude_characters="\x00")), min_size=1, max_size=20
    )
)
def test_python_and_the_database_fold_any_text_alike(db, texts):
    assert_both_agree(texts)


@effort(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts=st.lists(st.text("اأإآىيةهكقصضطظعغسشثذزدجخحملبنتء ُّـ aelsdnyhkghSHTwr-'٠٩ʿḥāṣ"), min_size=1, max_size=30))
def test_python_and_the_database_fold_names_alike(db, texts):
    assert_both_agree(texts)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_folding_what_is_folded_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_the_search_column_is_kept_by_the_database_whoever_writes(db):
    party = factories.make_party(factories.make_user(), name_en="Sednaya", name_ar="صيدنايا")
    party.refresh_from_db()
    assert party.search == search_key("Sednaya صيدنايا")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sources_party SET name_en = 'Damascus', name_ar = '' WHERE id = %s", [party.pk])
    party.refresh_from_db()
    assert party.search == search_key("Damascus ")
