"""What the database refuses is told in the reader's language, with the records that it names."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext

from cases.models import Incident
from hrdocs.objections import in_the_readers_language, sentences
from hrdocs.wording import our_models, worded

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


@pytest.mark.parametrize("words", sorted({str(each.violation_error_message) for model in our_models() for each in worded(model)}))
def test_the_sentence_of_each_constraint_is_translated(words: str) -> None:
    with translation.override("ar"):
        assert gettext(words) != words


@pytest.mark.django_db
def test_what_a_constraint_refuses_is_told_in_the_readers_language() -> None:
    with translation.override("ar"), pytest.raises(ValidationError) as refused:
        Incident(utc_offset="3 hours").validate_constraints(exclude=["uid"])
    assert refused.value.messages == ["اكتب فارق التوقيت هكذا: +03:00."]
