"""The formats and languages of reports."""

from types import ModuleType

from cases.reports import pdf

FORMATS: dict[str, ModuleType] = {"pdf": pdf}
LANGUAGES = ("en", "ar")
