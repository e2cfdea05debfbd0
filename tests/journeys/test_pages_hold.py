"""Every page holds in both languages, light and dark, on a desk and on a telephone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from cases.models import Accused, Affiliation, Case, CaseFacility, CaseIncident, Estimate, OfficialAct, Operation
from hrdocs.joining import invite
from hrdocs.models import Invitation, Record, Scope, User
from hrdocs.searches import keep
from hrdocs.tokens import make
from sources.models import SourcePublisher
from tests import factories
from tests.hrdocs.forms import page_of
from tests.journeys.axe import barriers
from tests.journeys.conftest import SitDown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Size = dict[str, int]
DESK, TELEPHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}


@dataclass(frozen=True)
class World:
    """What the pages show: records that readers see, under the names of their pages, and a draft at the desk."""

    analyst: User
    published: dict[str, Record]
    draft: Estimate
    key: str  # of an invitation

    def for_readers(self) -> dict[str, str]:
        """The addresses of the pages for readers, all of them ours from top to bottom."""
        lists = {
            name: reverse(name)
            for name in ("start", "sign-in", "join", "records-cases", "records-facilities", "records-estimates")
        }
        lists |= {look: f"/incidents/{look}/" for look in ("entries", "map", "timeline")}
        lists |= {f"explore {look}": f"/explore/{look}?q=Saydnaya" for look in ("", "table/", "map/", "timeline/")}
        lists["accept"] = reverse("accept", args=[self.key])
        return lists | {name: reverse(f"pages:{name}", args=[record.uid]) for name, record in self.published.items()}

    def at_the_desk(self) -> dict[str, tuple[str, str]]:
        """The addresses of the pages at the desk, and the part of each that is ours and not the library's."""
        return {
            "overview": (reverse("admin:index"), ""),
            "list": (reverse("admin:cases_estimate_changelist"), ""),
            "form": (page_of(self.draft), ".hrdocs-panel"),
            "move": (reverse("admin:cases_estimate_move", args=[self.draft.pk, "submit"]), ".hrdocs-move"),
            "history": (page_of(self.draft, "history"), ".hrdocs-history"),
            "tokens": (reverse("tokens"), "html"),
            "account": (reverse("account"), "html"),
            "searches": (reverse("searches"), "html"),
            "password asked again": (reverse("account_reauthenticate"), "html"),
        }


@pytest.fixture
def world() -> World:
    """With all that makes pages wide: long words, two scripts, a figure handed on, an accusation and its answer."""
    analyst = factories.make_user(full_name="Amal the analyst", password="a long pass phrase 1")
    reviewer = factories.make_user("reviewer")
    facility, incident = (
        factories.make_facility(analyst),
        factories.make_incident(analyst, date="2011-09/2015-12", date_shown="day", place_shown="district"),
    )
    case = Case(title_en="Saydnaya", title_ar="صيدنايا", question_en="https://example.org/" + "x" * 120).save_by(analyst)
    CaseFacility.objects.create(case=case, facility=facility)
    CaseIncident.objects.create(case=case, incident=incident)
    party = factories.make_party(analyst, name_ar="وزارة العدل")
    long, arabic = (factories.make_source(analyst, title=title) for title in ("Human_slaughterhouse_" * 5, "مسلخ بشري"))
    SourcePublisher.objects.create(source=long, party=party)
    said = factories.make_estimate(analyst, source=arabic, value_text="من ٥٬٠٠٠ إلى ١٣٬٠٠٠", about_facility=facility)
    told = factories.make_estimate(analyst, source=long, value_text="5,000 to 11,000", upper=11000, about_facility=facility)
    factories.make_hand_on(told, said)
    allegation = factories.make_allegation(analyst, source=long, about_facility=facility)
    Accused.objects.create(allegation=allegation, party=party, wording="the ministry", modes=["ordered"])
    answer = factories.make_response(analyst, source=arabic, about_statement=allegation, spoken_for=party)
    factories.publish(facility, incident, case, party, long, arabic, said, told, allegation, answer, by=reviewer)

    army = factories.make_party(analyst, name_en="General_staff_" * 5)
    under = Affiliation(party=party, to_party=army, start="2011", end="2024-12-08", end_known="cited").save_by(analyst)
    runs = Operation(party=party, facility=facility, start="2011~").save_by(analyst)
    part = factories.make_facility(analyst, name_en="Red_building_" * 5, parent=facility)
    factories.publish(army, under, runs, part, by=reviewer)

    draft = factories.make_estimate(analyst, source=long, about_facility=facility)
    factories.make_hand_on(draft, said)
    draft.quotation = "Between 5,000 and 13,000."
    draft.save_by(analyst)
    place, victim = factories.make_place(analyst), factories.make_victim(analyst, label_en="a teacher from Homs")
    act = OfficialAct(title_en="Judgment_of_" * 8, kind="judgment", authority=party, date="2022-01-13").save_by(analyst)
    factories.publish(place, victim, act, by=reviewer)
    shown = {"case": case, "facility": facility, "incident": incident, "party": party, "source": long, "statement": told,
             "place": place, "victim": victim, "official-act": act}  # fmt: skip
    keep(analyst, name="Hangings_" * 8, kind="incidents", look="map", question="country=SY&q=" + "x" * 150)
    make(analyst, "notebook_" * 10, list(Scope), 90)
    key = invite(Invitation(email="someone_with_a_long_address@example.org"), by=factories.make_user("manager"))
    return World(analyst, shown, draft, key)


@pytest.mark.parametrize(
    ("language", "direction", "schemes", "sizes"),
    [("en", "ltr", ("light", "dark"), (DESK, TELEPHONE)), ("ar", "rtl", ("dark", "light"), (TELEPHONE, DESK))],
    ids=["English", "Arabic"],
)
def test_every_page_holds(
    language: str, direction: str, schemes: tuple[str, str], sizes: tuple[Size, Size], sit_down: SitDown, world: World
) -> None:
    """A page opens in the first scheme at the first size, where axe goes through it, and turns to the others."""
    reader, analyst = sit_down(locale=language), sit_down(world.analyst, locale=language)
    visits = [(reader, name, address, "html") for name, address in world.for_readers().items()]
    visits += [(analyst, name, address, ours) for name, (address, ours) in world.at_the_desk().items()]
    troubles: list[str] = []
    for page, name, address, ours in visits:
        page.set_viewport_size(sizes[0])
        page.emulate_media(color_scheme=schemes[0])
        assert page.goto(address).status == 200, name
        assert page.locator("html").get_attribute("dir") == direction, name
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        found = barriers(page, ours) if ours else []
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            if ours != "html" and scheme != schemes[0]:
                page.reload()  # the library looks at the scheme as a page of its own opens, and not again
            for size in sizes:
                page.set_viewport_size(size)
                found += overflows(page, scheme, size["width"])
        troubles += [f"{name}: {trouble}" for trouble in found]
    assert not troubles, "\n".join(troubles)


def overflows(page: Page, scheme: str, screen: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{wide} px wide on a {scheme} screen of {screen}"] if wide > screen else []
