"""Every kind of report in every format and language: nothing hidden in any byte, and the same bytes when made again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import QueryDict

from cases.models import Accused, Case, Incident
from cases.reports.contents import LANGUAGES
from cases.reports.formats import FORMATS
from cases.reports.listing import Listing
from cases.reports.parts import Chart, Paragraph, runs
from hrdocs.access import Role
from sources.models import Party
from tests import factories
from tests.cases.test_reports import NOBODY, in_words, plain_report, saydnaya, told, unpacked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("founding_case")]

KINDS = {
    "case": lambda user: Case.objects.get(title_en__startswith="Saydnaya"),
    "facility": lambda user: saydnaya(),
    "incident": lambda user: Incident.objects.get(title_en__startswith="Mass hangings"),
    "party": lambda user: Party.objects.get(name_en="Military Police (Syria)"),
    "list": lambda user: Listing("facilities", QueryDict("q=Saydnaya"), user),
}


@pytest.fixture
def hidden(founding_case) -> dict[str, Any]:
    """What an analyst has entered about each of these and nobody has reviewed, each with a word that is found nowhere else."""
    analyst = factories.make_user(Role.ANALYST)
    source = factories.make_source(analyst, title="Canary title xqzv", url="https://canary-xqzv.example/")
    told = {"source": source, "quotation": "canary words xqzv"}
    number = {"value_text": "4,711 xqzv", "best": 4711}
    incident = KINDS["incident"](analyst)
    made = [
        factories.make_estimate(analyst, **told, **number, about_facility=saydnaya(), about_incident=None),
        factories.make_estimate(analyst, **told, **number, about_incident=incident),
        factories.make_allegation(analyst, **told, about_incident=incident, acts_wording="acts xqzv"),
        factories.make_incident(analyst, title_en="Incident xqzv"),
    ]
    Accused.objects.create(allegation=made[2], party=KINDS["party"](analyst), wording="wording xqzv")
    return {"analyst": analyst, "uids": [source.uid, *(each.uid for each in made)]}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("kind", "language"), list(zip(KINDS, [LANGUAGES[0], LANGUAGES[2], LANGUAGES[1], LANGUAGES[0], LANGUAGES[2]],
                                                        strict=True)))  # fmt: skip
def test_nothing_hidden_stands_in_any_byte_and_the_same_gives_the_same_bytes(kind, language, form, hidden):
    open_to_all = told(KINDS[kind](NOBODY), language)
    file = FORMATS[form].write(open_to_all)
    found = unpacked(form, file)
    assert not [each for each in ("xqzv", "4,711", *hidden["uids"]) if each in found]
    assert in_words(open_to_all).count("What may be withheld, and why") == (language != "ar")
    assert FORMATS[form].write(told(KINDS[kind](NOBODY), language)) == file
    if form == "html":
        hers = in_words(told(KINDS[kind](hidden["analyst"]), language, hidden["analyst"]))
        assert "xqzv" in hers


# ── in an organisation's own style ──

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="#ab12cd"/></svg>'


@pytest.fixture
def style(settings, tmp_path) -> None:
    """A folder with a logo, a name, a colour and an imprint in English; all else is ours."""
    (tmp_path / "logo.svg").write_text(LOGO)
    (tmp_path / "style.json").write_text(json.dumps({"name": "Our Archive", "accent": "#ab12cd", "paper": "us-letter",
                                                     "imprint": {"en": "Published by Our Archive."}}))  # fmt: skip
    (tmp_path / "report.css").write_text("body { --of-our-own: 1; }")
    (tmp_path / "chart.css").write_text(".bar { fill: #12ab34; }")
    settings.REPORT_STYLE = str(tmp_path)


def trial(language: str) -> Any:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>t</title><rect class="bar" width="9" height="9"/></svg>'
    )
    return plain_report([Paragraph(runs("Words")), Chart(svg, "A bar")], language=language)


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_takes_from_the_folder_of_the_organisation_what_stands_in_it_and_all_else_from_ours(form, style):
    english, arabic = (FORMATS[form].write(trial(language)) for language in ("en", "ar"))
    text = unpacked(form, english)
    assert "Our Archive" in text and "Published by Our Archive." in text and "Made by hrdocs" not in text
    assert "قاعدة بيانات" in unpacked(form, arabic) or form == "pdf"  # the imprint that the organisation has not in Arabic
    if form == "html":
        assert "--of-our-own" in text and "#12ab34" in text
    elif form == "pdf":
        assert "612" in text  # the paper's width
        assert _painted(text, "#ab12cd") and _painted(text, "#12ab34")
    else:
        assert "<w:drawing>" in text


def _painted(content: str, colour: str) -> bool:
    """Whether something is filled with a colour, as PDF writes it: three parts of one."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return all(f"{part:.3f}".rstrip("0").lstrip("0")[:3] in content for part in parts)
