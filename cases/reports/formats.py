"""The formats of reports."""

from types import ModuleType

from cases.reports import docx, html, pdf

FORMATS: dict[str, ModuleType] = {"pdf": pdf, "docx": docx, "html": html}
