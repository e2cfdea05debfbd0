"""What the database refuses is told in the reader's language, with the records that it names."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.translation import gettext

from hrdocs.objections import in_the_readers_language, sentences

SENTENCES = sorted(set(sentences()))


def test_the_sentences_of_triggers_and_of_the_functions_that_they_ask_are_found() -> None:
    assert "Party {} stands accused and can not be a placeholder." in SENTENCES
    assert any(each.startswith("Record {} is {}, so what it says stays as it is.") for each in SENTENCES)
    assert not any("%" in each or "pgtrigger" in each for each in SENTENCES)


@pytest.mark.parametrize("words", SENTENCES)
def test_each_sentence_with_which_a_trigger_refuses_is_translated_and_names_as_much(words: str) -> None:
    with translation.override("ar"):
        assert gettext(words) != words and gettext(words).count("{}") == words.count("{}")


def test_what_a_trigger_said_is_told_in_the_readers_language() -> None:
    said = "Statement EST-1 (estimate) can not hand on ALL-2 (allegation): both must be of one kind."
    assert in_the_readers_language(said) == said
    with translation.override("ar"):
        told = in_the_readers_language(said)
        closed = in_the_readers_language("Record EST-1 is in review, so what it says stays as it is. Propose a change to it, or "
                                         "return or reopen it first.")  # fmt: skip
        assert "EST-1" in told and "ALL-2" in told and "نوع واحد" in told
        assert "EST-1" in closed and "قيد المراجعة" in closed
        assert in_the_readers_language("deadlock detected") == "deadlock detected"
