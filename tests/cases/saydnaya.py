"""The figures and accusations of the founding case, as plain values: what each source says, no more."""

from datetime import date
from decimal import Decimal
from typing import Any

from cases.claims import Accusation, Accused, Figure
from cases.matter import Link

TREE = {
    "killed": "death",
    "executed": "killed",
    "extrajudicial_execution": "executed",
    "hanged": "killed",
    "death_in_custody": "death",
    "deprived_of_liberty": "liberty",
    "released": "liberty",
    "arrested": "deprived_of_liberty",
    "detained": "deprived_of_liberty",
    "enforced_disappearance": "deprived_of_liberty",
    "abducted": "deprived_of_liberty",
}
LABELS = {"death": "died"}

DETAINEES = frozenset({("status", "detainee")})
CIVILIANS = frozenset({("status", "civilian")})

SINCE_SEPTEMBER: dict[str, Any] = {
    "period": "2011-09/2015-12",
    "period_earliest": date(2011, 9, 1),
    "period_latest": date(2015, 12, 31),
}
WHOLE_YEARS: dict[str, Any] = {
    "period": "2011/2015",
    "period_earliest": date(2011, 1, 1),
    "period_latest": date(2015, 12, 31),
}
SINCE_MARCH: dict[str, Any] = {
    "period": "2011-03-15/2015-12-31",
    "period_earliest": date(2011, 3, 15),
    "period_latest": date(2015, 12, 31),
}

AT_THE_PRISON: dict[str, Any] = {
    "about": "FAC-SAYDNAYA",
    "about_kind": "facility",
    "about_label": "Saydnaya Military Prison",
    "within": ("PLC-RIF-DIMASHQ", "PLC-SYRIA"),
}
IN_SYRIA: dict[str, Any] = {"about": "PLC-SYRIA", "about_kind": "place", "about_label": "Syria"}

PUBLISHERS = {
    "S1": "Amnesty International",
    "S2": "State Department",
    "S5": "Business Standard",
    "S6": "Dnevnik",
    "S7": "Hespress",
    "S8": "The Washington Post",
    "S9": "The Associated Press",
    "S11": "TASS",
    "HRDAG": "HRDAG",
    "SNHR": "Syrian Network for Human Rights",
}


def figure(source: str, where: dict[str, Any] = AT_THE_PRISON, /, **fields: Any) -> Figure:
    """A figure of one source about the prison; whole numbers may be given as they are."""
    for bound in ("lower", "best", "upper"):
        if isinstance(fields.get(bound), int | str):
            fields[bound] = Decimal(fields[bound])
    if isinstance(fields.get("categories"), str):
        fields["categories"] = frozenset(fields["categories"].split())
    named = {"uid": source, "source": source, "publisher": PUBLISHERS.get(source, source)}
    return Figure(**(named | where | fields))


# How many died: one range, handed on
HANGED = figure(
    "S1",
    uid="S1-hanged",
    lower=5000,
    upper=13000,
    categories="hanged",
    certainty="estimate",
    **SINCE_SEPTEMBER,
)
CIVILIANS_EXECUTED = figure(
    "S8", uid="S8-executed", lower=5000, upper=13000, categories="extrajudicial_execution", who=CIVILIANS,
    attributed_to=("Amnesty International",), **SINCE_SEPTEMBER,
)  # fmt: skip
DIED_BY_BRIEFING = figure(
    "S2", uid="S2-died", lower=5000, upper=11000, categories="death", was_read=False, speaker="Stuart Jones",
    attributed_to=("Amnesty International",), **WHOLE_YEARS,
)  # fmt: skip
DIED_BY_NEWS_PAGE = figure(
    "S5", uid="S5-died", lower=5000, upper=11000, categories="death",
    attributed_to=("Amnesty International",), **WHOLE_YEARS,
)  # fmt: skip
DIED_IN_SLOVENIAN = figure(
    "S6", uid="S6-died", lower=5000, upper=11000, categories="death", who=DETAINEES,
    attributed_to=("Amnesty International",), **WHOLE_YEARS,
)  # fmt: skip
AS_MANY_AS_13000 = figure(
    "S9", uid="S9-hanged", upper=13000, upper_wording="as_many_as", categories="hanged",
    attributed_to=("Amnesty International",),
)  # fmt: skip

# How many a day, how many a week
WEEKLY = figure(
    "S1",
    uid="S1-weekly",
    lower=20,
    upper=50,
    categories="hanged",
    measure="rate",
    per_time="week",
    **WHOLE_YEARS,
)
A_DAY: dict[str, Any] = {"measure": "rate", "per_time": "day"}
CEILING_A_DAY = figure(
    "S2", uid="S2-daily", upper=50, upper_wording="as_many_as", categories="killed", who=DETAINEES,
    was_read=False, speaker="Stuart Jones", attributed_to=("multiple sources",), only_unnamed=True, **A_DAY,
)  # fmt: skip
FLOOR_A_DAY = figure(
    "S5", uid="S5-daily", lower=50, lower_wording="at_least", categories="executed", who=DETAINEES,
    attributed_to=("Stuart Jones",), **A_DAY,
)  # fmt: skip
PLAIN_A_DAY = figure(
    "S6",
    uid="S6-daily",
    best=50,
    categories="hanged",
    who=DETAINEES,
    attributed_to=("Stuart Jones",),
    **A_DAY,
)
FLOOR_IN_ARABIC = figure(
    "S7", uid="S7-daily", lower=50, lower_wording="at_least", categories="killed", who=DETAINEES,
    attributed_to=("State Department",), **A_DAY,
)  # fmt: skip
UP_TO_A_DAY = figure(
    "S11", uid="S11-daily", upper=50, upper_wording="up_to", categories="killed", who=DETAINEES,
    attributed_to=("State Department",), **A_DAY,
)  # fmt: skip

# How many were detained in the country
HELD_BY_BRIEFING = figure(
    "S2", IN_SYRIA, uid="S2-held", lower=65000, upper=117000, categories="abducted detained", was_read=False,
    done_by=frozenset({"the regime"}), speaker="Stuart Jones", attributed_to=("numerous NGOs",),
    only_unnamed=True, **WHOLE_YEARS,
)  # fmt: skip
HELD_BY_NEWS_PAGE = figure(
    "S5", IN_SYRIA, uid="S5-held", lower=65000, upper=117000, categories="detained", about_known="context",
    attributed_to=("Stuart Jones",), period_length_text="the same four-year period", **WHOLE_YEARS,
)  # fmt: skip
HELD_IN_SLOVENIAN = figure(
    "S6", IN_SYRIA, uid="S6-held", lower=65000, upper=117000, categories="detained", about_known="context",
    attributed_to=("Amnesty International",), **WHOLE_YEARS,
)  # fmt: skip

# What others counted
IN_CUSTODY = figure("HRDAG", IN_SYRIA, uid="HRDAG-custody", best=17723, categories="death_in_custody", **SINCE_MARCH)
DOCUMENTED = figure("HRDAG", IN_SYRIA, uid="HRDAG-documented", best=12270, categories="death_in_custody", **SINCE_MARCH)
DISAPPEARED = figure(
    "SNHR", IN_SYRIA, uid="SNHR-disappeared", best=65116, categories="enforced_disappearance",
    period="2011-03/2015-08", period_earliest=date(2011, 3, 1), period_latest=date(2015, 8, 31),
)  # fmt: skip
ARRESTED = figure("SNHR", IN_SYRIA, uid="SNHR-arrested", best=117000, categories="arrested", counted="cases", **WHOLE_YEARS)

DEATHS = (
    HANGED,
    CIVILIANS_EXECUTED,
    DIED_BY_BRIEFING,
    DIED_BY_NEWS_PAGE,
    DIED_IN_SLOVENIAN,
    AS_MANY_AS_13000,
)
RATES = (WEEKLY, CEILING_A_DAY, FLOOR_A_DAY, PLAIN_A_DAY, FLOOR_IN_ARABIC, UP_TO_A_DAY)
HELD = (HELD_BY_BRIEFING, HELD_BY_NEWS_PAGE, HELD_IN_SLOVENIAN)
COUNTS = (IN_CUSTODY, DOCUMENTED, DISAPPEARED, ARRESTED)
ALL = (*DEATHS, *RATES, *HELD, *COUNTS)

LINKS = (
    Link("S8-executed", "S1-hanged", "cites"),
    Link("S2-died", "S1-hanged", "cites"),
    Link("S5-died", "S2-died", "paraphrases"),
    Link("S6-died", "S2-died", "translates"),
    Link("S9-hanged", "S1-hanged", "cites"),
    Link("S5-daily", "S2-daily", "paraphrases"),
    Link("S6-daily", "S2-daily", "translates"),
    Link("S7-daily", "S2-daily", "translates"),
    Link("S11-daily", "S2-daily", "paraphrases"),
    Link("S5-held", "S2-held", "paraphrases"),
    Link("S6-held", "S2-held", "translates"),
)
RELAYS = (
    Link("S8", "S1"), Link("S2", "S1"), Link("S3", "S2"), Link("S4", "S3"), Link("S5", "S4"),
    Link("S6", "S2"), Link("S7", "S2"), Link("S9", "S1"), Link("S14", "S2"),
)  # fmt: skip

# Who is accused of what
BACKING = Accusation(
    uid="S5-accuses", source="S5", publisher="Business Standard", attributed_to=("Stuart Jones",),
    acts=frozenset({"killed"}), **AT_THE_PRISON,
    accused=(Accused("Russia", frozenset({"backed"})), Accused("Iran", frozenset({"backed"}))),
)  # fmt: skip
AIDED_OR_LOOKED_AWAY = Accusation(
    uid="S13-accuses", source="S13", publisher="Grasswire", attributed_to=("Stuart Jones",),
    acts=frozenset({"attack_on_convoy", "chemical_attack"}), **AT_THE_PRISON,
    accused=(Accused("Russia", frozenset({"aided", "acquiesced"}), alternatives=True),),
)  # fmt: skip
