"""What leaves of cases, incidents, facilities, victims, structure, statements and conclusions."""

from cases.shapes.happenings import CASES, FACILITIES, INCIDENTS, PLACES
from cases.shapes.people import HARMS, VICTIMS
from cases.shapes.statements import ALLEGATIONS, CHARACTERISATIONS, CITATIONS, ESTIMATES, LIES, RESPONSES, STATEMENTS
from cases.shapes.structure import AFFILIATIONS, FIGURES, OFFICIAL_ACTS, OPERATIONS, PERPETRATORS

__all__ = [
    "AFFILIATIONS",
    "ALLEGATIONS",
    "CASES",
    "CHARACTERISATIONS",
    "CITATIONS",
    "ESTIMATES",
    "FACILITIES",
    "FIGURES",
    "HARMS",
    "INCIDENTS",
    "LIES",
    "OFFICIAL_ACTS",
    "OPERATIONS",
    "PERPETRATORS",
    "PLACES",
    "RESPONSES",
    "STATEMENTS",
    "VICTIMS",
]
