"""What happened, to whom, who runs what, who is tied to whom, and who is accused, as FollowTheMoney entities.

Pure: a row as the API shows it in, entities out. An accusation never becomes a fact: it is an event that names who says
so, and the accused are tied to it as “alleged”.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hrdocs.formats.ftm import Entity, Row, day, entity, link, record, span, when
from sources.entities import PARTY_SCHEMAS, party, wikidata

_VICTIM_SCHEMAS = {"person": "Person", "organisation": "Organization"}
_BODIES = {"Organization", "Company", "PublicBody"}
# What a statement is about that is a thing there; ties and other statements are not.
_THINGS = {"incident", "facility", "place", "victim", "party", "source"}
ALLEGED = "alleged"


def _uid(linked: Row | None) -> str:
    return linked["uid"] if linked else ""


def place(row: Row) -> Iterator[Entity]:
    """A place as an address, with its point as precisely as it is shown."""
    yield _address(row, row)


def facility(row: Row) -> Iterator[Entity]:
    """A facility as an address: a building is no body that acts, and who runs it is a link of its own."""
    yield _address(row, row["point"] or {}, description=[row["description_en"], row["description_ar"]], keywords=row["kind"])


def _address(row: Row, point: Row, **more: Any) -> Entity:
    precision = point.get("precision")
    return entity(
        "Address", row["uid"], name=[row["name_en"], row["name_ar"]], full=row["name_en"],
        alias=[each["text"] for each in row["names"]], country=(row["country"] or "").lower(),
        latitude=point.get("latitude"), longitude=point.get("longitude"), wikidataId=wikidata(row), **record(row), **more,
        remarks=f"The point is as precise as: {precision}." if precision else "",
    )  # fmt: skip


def incident(row: Row) -> Iterator[Entity]:
    """An incident as an event; the parties present are tied to it in their role, without any accusation."""
    yield entity(
        "Event", row["uid"], name=[row["title_en"], row["title_ar"]], description=[row["narrative_en"], row["narrative_ar"]],
        country=(row["country"] or "").lower(), addressEntity=_uid(row["place"]), keywords=row["violations"], **record(row),
        **span(row["date"]), summary="What sources say happened; a record of ours, and no finding.",
        notes=[when("Date", row["date"]), f"Stands for: {row['extent']}" if row["extent"] != "event" else ""],
    )  # fmt: skip
    for each in row["parties_present"]:
        yield link(f"{row['uid']}.present.{each['uid']}", each["uid"], row["uid"], role=f"present: {each['role']}", **record(row))
    for each in row["facilities"]:
        yield link(f"{row['uid']}.facility.{each['uid']}", row["uid"], each["uid"], role=each["role"], **record(row))


def victim(row: Row) -> Iterator[Entity]:
    """A victim under the label, and the names that the reader is shown."""
    schema = _VICTIM_SCHEMAS.get(row["kind"], "LegalEntity")
    gender = row["sex"] if schema == "Person" and row["sex"] in ("female", "male") else ""
    yield entity(
        schema, row["uid"], name=[row["label_en"], row["label_ar"]], alias=[each["text"] for each in row["names"]], **record(row),
        **({"gender": gender} if gender else {}), notes=[f"Victim ({row['kind']}), as sources say.", row["status"]],
    )  # fmt: skip


def operation(row: Row) -> Iterator[Entity]:
    """Who runs or guards what."""
    target = _uid(row["facility"]) or _uid(row["place"])
    if row["party"] and target:
        yield link(row["uid"], row["party"]["uid"], target, role=row["role"], **_tie(row))


def affiliation(row: Row) -> Iterator[Entity]:
    """Who belongs to or commands whom; a kind of tie that is neither stays a link with its role."""
    if not row["party"] or not row["to_party"]:
        return
    one, other = row["party"]["uid"], row["to_party"]["uid"]
    told = {"role": [row["kind"], row["post"], row["rank"]], **_tie(row)}
    body = PARTY_SCHEMAS.get(row["to_party"]["kind"]) in _BODIES
    if row["kind"] == "member_of" and body:
        yield entity("Membership", row["uid"], member=one, organization=other, **told)
    elif row["kind"] in ("commands", "deputy_of") and body and PARTY_SCHEMAS.get(row["party"]["kind"]) == "Person":
        yield entity("Directorship", row["uid"], director=one, organization=other, **told)
    elif row["kind"] == "successor_of":
        yield entity("Succession", row["uid"], predecessor=other, successor=one, **told)
    else:
        yield link(row["uid"], one, other, **told)


def _tie(row: Row) -> dict[str, Any]:
    said = [when("Start", row["start"]), when("End", row["end"]), row["start_wording"], row["end_wording"], row["meaning"]]
    return {"startDate": day(row["start"]), "endDate": day(row["end"]), "description": said, **record(row)}


def official_act(row: Row) -> Iterator[Entity]:
    """A sanction as a sanction of each one designated; any other act of an authority as a court case with its parties."""
    authority = row["authority"]["name"] if row["authority"] else ""
    ends = [(each["party"] or each["victim"] or each["facility"], each) for each in row["concerned"]]
    if row["kind"] in ("sanction", "delisting"):
        for number, (end, each) in enumerate(ends):
            if end and each["role"] == "designated":
                yield entity("Sanction", f"{row['uid']}.{number}", entity=end, authority=authority, program=row["title_en"],
                             status=row["kind"], listingDate=day(row["date"]), reason=each["count"],
                             provisions=[row["penalty"], each["penalty"]], description=row["legal_basis"],
                             recordId=row["uid"], **record(row))  # fmt: skip
        return
    yield entity(
        "CourtCase", row["uid"], name=[row["title_en"], row["title_ar"]], type=row["kind"], caseNumber=row["docket"],
        court=authority, fileDate=day(row["date"]), status=[row["outcome"], f"final: {row['final']}" if row["final"] else ""],
        summary=[row["legal_basis"], when("Date", row["date"])], **record(row),
    )  # fmt: skip
    for number, (end, each) in enumerate(ends):
        if end:
            said = [each["count"], each["mode"], each["penalty"]]
            yield entity("CourtCaseParty", f"{row['uid']}.{number}", party=end, case=row["uid"], role=each["role"],
                         status=each["outcome"], description=said, **record(row))  # fmt: skip


def allegation(row: Row) -> Iterator[Entity]:
    """An accusation: an event that says whose words it is, to which each accused and what it is about are tied as alleged."""
    title = row["source"]["title"] if row["source"] else ""
    yield _alleged(row["uid"], row["acts_wording"], title, _uid(row["source"]), row["answers"], **record(row),
                   description=[row["quotation"], row["translation"]])  # fmt: skip
    for each in row["accused"]:
        if each["uid"]:
            yield link(f"{row['uid']}.by.{each['uid']}", each["uid"], row["uid"], **_part(each, title), **record(row))
    if row["about"] and row["about"]["kind"] in _THINGS:
        yield link(f"{row['uid']}.about", row["uid"], row["about"]["uid"], role="about", status=ALLEGED, **record(row))


def perpetrator(row: Row) -> Iterator[Entity]:
    """A party that is accused, as the party that it is, and each accusation as the event that it is in `allegations/`."""
    yield from party(row)
    for each in row["accusations"]:
        yield _alleged(each["allegation"], each["acts_wording"], each["title"], each["source"], each["answers"])
        tie = f"{each['allegation']}.by.{row['uid']}"
        yield link(tie, row["uid"], each["allegation"], **_part(each, each["title"]), **record(row))


def _alleged(uid: str, acts: str, title: str, source: str, answers: list[Row], **more: Any) -> Entity:
    said_by = f"Alleged by “{title}”" if title else "Alleged"
    answered = [f"{each['by'] or 'Answer'}: {each['answer']} “{each['wording']}” ({each['uid']})" for each in answers]
    return entity(
        "Event", uid, name=f"{said_by}: {acts or 'no act named'}", summary=f"{said_by}. An accusation, and no finding of ours.",
        notes=[f"status: {ALLEGED}", *answered], proof=source, keywords=ALLEGED, **more,
    )  # fmt: skip


def _part(accused: Row, title: str) -> dict[str, Any]:
    modes = ", ".join(accused["modes"] or ["unspecified"])
    return {"role": f"{ALLEGED}: {modes}", "status": ALLEGED, "summary": f"Accused by “{title}”. No verdict of ours.",
            "description": accused["wording"]}  # fmt: skip
