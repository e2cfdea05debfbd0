"""What the arithmetic says is put together once, in English, and told in Arabic without being worked out again."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

from cases.pages.wording import spoken
from cases.sentences import Listed, Named, Sentence
from tests.cases import saydnaya

CASES = Path(__file__).resolve().parents[2] / "cases"
GAP = re.compile(r"%\(\w+\)s")


def templates() -> Iterator[str]:
    """The first argument of every Sentence that the program puts together, both sides where it chooses between two."""
    for path in CASES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sentence" and node.args:
                yield from (
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                )


def test_a_sentence_is_its_english_text():
    lost = Sentence("%(party)s, %(modes)s.", party=Named("General Staff", "الأركان"), modes=Listed(["a", "b", "c"]))
    assert lost == "General Staff, a, b and c." and spoken(lost) == "General Staff, a, b and c."


def test_nothing_listed_is_an_empty_text():
    assert not Listed([]) and spoken(Listed([])) == ""


def test_in_arabic_gaps_are_told_in_arabic_and_what_has_no_arabic_name_keeps_its_own_direction():
    said = Sentence(
        "%(figure)s by %(publisher)s", figure=saydnaya.HANGED, publisher=Listed([Named("Amnesty", "العفو"), Named("TASS")])
    )
    with translation.override("ar"):
        assert spoken(said) == "\u20665,000–13,000\u2069 بحسب العفو و\u2068TASS\u2069"


@pytest.mark.parametrize("template", sorted(set(templates())))
def test_every_sentence_is_told_in_arabic_with_the_same_gaps(template):
    with translation.override("ar"):
        arabic = gettext(template)
    assert sorted(GAP.findall(arabic)) == sorted(GAP.findall(template))
    assert re.search("[\u0600-\u06ff]", arabic) or not re.search("[A-Za-z]", GAP.sub("", template)), template
