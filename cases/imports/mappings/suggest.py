"""A first mapping for a file, from the names of its columns, in English or Arabic. A person mends it and saves it."""

from __future__ import annotations

import difflib
from typing import Any

from django.utils import translation

from cases.imports.columns import columns_of
from cases.imports.kinds import model_of
from cases.imports.mappings.cells import FIGURE, POINT
from cases.imports.tables import Sheet
from hrdocs.folding import fold
from hrdocs.models import Record

CLOSE = 0.84
# What people call a field besides its own name and label. Where a kind of record lacks a field, its line says nothing.
SYNONYMS = {
    "ref": "id|key|code|number|no|event id|case number|record id|الرقم|رقم|رمز|المعرف|رقم الحالة",
    "name_en": "name|name in english|english name|en name|name latin|full name|facility|prison|place|location"
    "|الاسم بالانكليزية|الاسم بالإنجليزية",
    "name_ar": "arabic name|name in arabic|ar name|الاسم|الاسم بالعربية|اسم|اسم السجن|اسم المكان",
    "text": "name|full name|spelling|الاسم|الاسم الكامل|الاسم الثلاثي",
    "title_en": "title|event|incident|headline|description|summary|الحدث|الواقعة",
    "title_ar": "title in arabic|العنوان|الحادثة|عنوان الحادثة",
    "title": "headline|source|document|report|العنوان|المصدر",
    "narrative_en": "narrative|notes|details|account|what happened",
    "narrative_ar": "التفاصيل|الرواية|الوصف|تفاصيل",
    "date": "day|event date|incident date|date of incident|when|التاريخ|تاريخ الحادثة|اليوم|تاريخ",
    "published": "date|publication date|date published|تاريخ النشر",
    "period": "date|dates|from to|الفترة|المدة",
    "latitude": "lat|y|north|خط العرض|العرض",
    "longitude": "lon|long|lng|x|east|خط الطول|الطول",
    "url": "link|address|web|website|الرابط|رابط",
    "sex": "gender|male female|الجنس|النوع",
    "age": "age in years|العمر|السن",
    "born": "date of birth|birth date|dob|birth year|year of birth|تاريخ الولادة|سنة الولادة|المواليد",
    "occupation": "job|profession|work|المهنة|العمل",
    "kind": "type|category|النوع|الصنف",
    "place": "location|city|town|village|where|المكان|الموقع|المدينة|البلدة|القرية",
    "home": "home town|origin|residence|مكان الإقامة|الأصل|البلدة",
    "country": "nation|state|البلد|الدولة",
    "source": "source name|reported by|المصدر",
    "quotation": "quote|words|text|نص|الاقتباس",
    "lower": "low|min|minimum|from|الحد الأدنى",
    "best": "number|count|figure|estimate|best estimate|total|killed|deaths|fatalities|العدد|القتلى|عدد القتلى|الضحايا",
    "upper": "high|max|maximum|to|الحد الأعلى",
    "value_text": "number as printed|figure as printed|العدد كما ورد",
    "languages": "language|اللغة",
    "licence": "license|الترخيص",
}  # fmt: skip
FIGURES = (
    "number",
    "count",
    "figure",
    "killed",
    "deaths",
    "casualties",
    "العدد",
    "القتلى",
    "عدد القتلى",
    "الضحايا",
    "القتلى والجرحى",
)
POINTS = ("coordinates", "coordinate", "location gps", "gps", "point", "latlon", "lat lon", "الإحداثيات", "احداثيات")


def suggested(table: Sheet, sheet: str) -> dict[str, Any]:
    """A mapping of the columns whose names tell what they are; the others are named as left out, for a person to place."""
    model = model_of(sheet)
    known, taken = _names(model), dict[str, str]()
    spread = []
    for column in table.header:
        called = fold(column.replace("_", " "))
        if "latitude" in columns_of(model) and called in map(fold, POINTS):
            spread.append({"text": f"{{{column}}}", "as": POINT})
        elif "value_text" in columns_of(model) and called in map(fold, FIGURES):
            spread.append({"text": f"{{{column}}}", "as": FIGURE})
        elif (field := _field(called, known)) and field not in taken.values():
            taken[column] = field
    cells = {field: f"{{{column}}}" for column, field in taken.items()}
    used = {*taken, *(each["text"][1:-1] for each in spread)}
    rule = {"sheet": sheet, "cells": cells, **({"spread": spread} if spread else {})}
    left = {column: "Nobody has said yet what it means." for column in table.header if column not in used}
    return {"title": table.file_name, "needs": list(used & set(table.header)), "left_out": left, "rows": [rule]}


def _field(called: str, known: dict[str, str]) -> str | None:
    if called in known:
        return known[called]
    near = difflib.get_close_matches(called, known, 1, CLOSE)
    return known[near[0]] if near else None


def _names(model: Any) -> dict[str, str]:
    """The fields of a kind of record by all names that they go by, folded: synonyms, then labels, then their own names."""
    fields = columns_of(model)
    names: dict[str, str] = {}
    for field in (*fields, *(["ref"] if issubclass(model, Record) else [])):
        names |= {fold(each): field for each in SYNONYMS.get(field, "").split("|") if each and fold(each) not in names}
    for name, field in fields.items():
        for language in ("ar", "en"):
            with translation.override(language):
                names[fold(str(field.verbose_name))] = name
    return names | {fold(name.replace("_", " ")): name for name in (*fields, "ref")}
