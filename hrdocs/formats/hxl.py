"""HXL tags (hxlstandard.org), by which humanitarian programs know a column whatever it is called."""

from __future__ import annotations

# By the name of a cell, or of its last part. What has no tag here has none in HXL that says the same.
_TAGS = {
    "uid": "#meta+id", "url": "#meta+url", "state": "#status+state", "sensitivity": "#meta+sensitivity",
    "edited_at": "#date+updated", "source.uid": "#meta+source+id", "source.title": "#meta+source+name",
    "source.publishers": "#meta+source+org", "source.published": "#date+published", "source_url": "#meta+source+url",
    "title": "#event+name", "title_en": "#event+name+i_en", "title_ar": "#event+name+i_ar", "incident.uid": "#event+id",
    "narrative_en": "#description+i_en", "narrative_ar": "#description+i_ar", "description_en": "#description+i_en",
    "description_ar": "#description+i_ar", "violations": "#event+type+list", "country": "#country+code",
    "place.uid": "#loc+id", "place.name": "#loc+name+i_en", "place.name_ar": "#loc+name+i_ar", "facility.uid": "#loc+facility+id",
    "facility.name": "#loc+facility+name+i_en", "facility.name_ar": "#loc+facility+name+i_ar", "about.uid": "#meta+subject+id",
    "about.label": "#meta+subject+name", "longitude": "#geo+lon", "latitude": "#geo+lat", "radius_m": "#geo+radius",
    "lower": "#affected+num+min", "best": "#affected+num+best", "upper": "#affected+num+max", "counted": "#affected+type",
    "value_text": "#affected+text", "categories": "#affected+harm+list", "measure": "#indicator+measure",
    "who_sex": "#affected+sex", "who_age": "#affected+age", "quotation": "#description+quotation",
    "party.uid": "#org+id", "party.name": "#org+name+i_en", "party.name_ar": "#org+name+i_ar",
}  # fmt: skip
# By the ending of a cell's name.
_ENDINGS = {"_earliest": "#date+start", "_latest": "#date+end"}
_ANYWHERE = {"longitude", "latitude", "radius_m"}  # of a point, whatever has it


def tag(cell: str, cells: list[str]) -> str:
    """The tag of a cell, or nothing. A date stands as EDTF before its two ends, which say which one it is."""
    last = cell.rpartition(".")[2]
    if found := _TAGS.get(cell) or (_TAGS[last] if last in _ANYWHERE else ""):
        return found
    for ending, found in _ENDINGS.items():
        if cell.endswith(ending):
            return f"{found}+{_attribute(cell.removesuffix(ending))}"
    return f"#date+edtf+{_attribute(cell)}" if f"{cell}_earliest" in cells else ""


def _attribute(name: str) -> str:
    """A name as HXL's attributes are written: letters and digits."""
    return name.replace("_", "").replace(".", "")
