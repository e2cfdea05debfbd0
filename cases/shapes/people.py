"""What leaves of victims and harms. What tells who somebody is stays inside, unless a name's own level opens it."""

from __future__ import annotations

from cases import shown
from cases.models import Harm, Victim, VictimIdentifier, VictimName
from cases.shapes import links
from cases.shapes.counted import years_shown
from hrdocs.access import Sensitivity
from hrdocs.columns import coded, dated, plain, record
from hrdocs.shapes import Codes, Column, Shape
from sources.shapes import identifiers, names

_INSIDE = Sensitivity.INTERNAL

VICTIMS = Shape(
    Victim,
    "victims",
    (
        *record("victims"),
        *plain("kind", "label_en", "label_ar", "sex", "age_band", "status"),
        links.victim("part_of"),
        links.party("organisation"),
        names(VictimName, "victim"),
        *(Column(column.name, column.expression, guard=_INSIDE, type=column.type) for column in dated("born")),
        *plain("age", "occupation", "community", "member_role", "health", guard=_INSIDE),
        Codes("nationalities", guard=_INSIDE),
        links.Link("home", to=links.Place, values=links.PLACE, guard=_INSIDE),
        links.Link("also_party", to=links.Party, values=links.PARTY, guard=_INSIDE),
        links.Link("member_of", to=links.Party, values=links.PARTY, guard=_INSIDE),
        identifiers(VictimIdentifier, "victim"),
    ),
    lead=("label_en", "kind", "status"),
)

HARMS = Shape(
    Harm,
    "harms",
    (
        *record("harms"),
        *coded("act"),
        links.victim("victim"),
        links.facility("facility"),
        links.place("place"),
        *plain("object", "object_quantity", "object_owner", "object_returned"),
        links.incident("incident"),
        Codes("grounds"),
        Column("grounds_wording"),
        links.facility("held_at"),
        *coded("custody"),
        *shown.date(),
        Column("date_wording", guard=_INSIDE),
        *plain("date_meaning", "date_shown", "duration", "frequency"),
        Codes("means"),
        *plain("cause_of_death", "extent", guard=_INSIDE),
        *(Column(column.name, guard=_INSIDE) for column in dated("last_seen", "fate_date")),
        Column("last_seen_where", guard=_INSIDE),
        *plain("capture_acknowledged", "place_disclosed", "family_contact", "counsel_contact"),
        *coded("fate"),
        *plain("remains", "autopsy", "death_certificate", guard=_INSIDE),
        Column("standing"),
    ),
    facets=(years_shown(),),
    lead=("act", "victim", "incident", "facility", "date"),
)
