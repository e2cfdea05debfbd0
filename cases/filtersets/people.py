"""Filters of victims and harms."""

from __future__ import annotations

from cases import shapes
from cases.filtersets.common import ShownDateFilter
from cases.filtersets.told import told_of
from cases.models import Harm, Incident, Victim, VictimName
from hrdocs.filtersets import lookups
from hrdocs.linked import LinkedFilter, PartFilter, Via
from hrdocs.searching import SearchFilter


class VictimFilterSet(told_of("about_victim")):
    shape = shapes.VICTIMS
    q = SearchFilter(texts="words", parts=[("pk", VictimName)],
                     help_text="Public labels, and those names that you may see.")  # fmt: skip
    act = LinkedFilter(Via("harms", there="victim", only="act"), help_text="Victims to whom this or a narrower act was done.")
    at = LinkedFilter(Via("harms", there="victim", only="at"), help_text="Victims harmed or held at this facility or its parts.")
    incident = PartFilter(to=Incident, by=Harm, here="victim", there="incident", help_text="Victims harmed in this incident.")
    harms = LinkedFilter(Via("harms", there="victim"), help_text="Filters of harms: one done to them is found by all of them.")

    class Meta:
        model = Victim
        fields = lookups(Victim)


class HarmFilterSet(told_of("about_harm", lists=("statements", "allegations", "characterisations", "responses", "citations"))):
    shape = shapes.HARMS
    q = LinkedFilter(
        Via("victims", here="victim", only="q"), Via("facilities", here="facility", only="q"),
        Via("facilities", here="held_at", only="q"), Via("places", here="place", only="q"),
        Via("incidents", here="incident", only="q"),
        help_text="To whom or what, where, and in which incident: as these lists search.")  # fmt: skip
    date = ShownDateFilter(field_name="date", help_text="EDTF; finds harms that can share a day with it.")
    date__within = ShownDateFilter(field_name="date", lookup_expr="within", help_text="EDTF; finds harms wholly inside it.")
    at = LinkedFilter(
        Via("facilities", here="held_at", only="within"), Via("facilities", here="facility", only="within"),
        Via("incidents", here="incident", only="facility"),
        help_text="Harms done or begun at this facility or its parts, by the harm itself or its incident.")  # fmt: skip
    country = LinkedFilter(
        Via("facilities", here="held_at", only="country"), Via("facilities", here="facility", only="country"),
        Via("incidents", here="incident", only="country"), Via("places", here="place", only="country"),
        help_text="Country of where it was done, as far as the records tell.")  # fmt: skip
    victims = LinkedFilter(Via("victims", here="victim"), help_text="Filters of victims: the one harmed is found by all of them.")
    incidents = LinkedFilter(Via("incidents", here="incident"), help_text="Filters of incidents: its incident is found by them.")

    class Meta:
        model = Harm
        fields = lookups(Harm)
