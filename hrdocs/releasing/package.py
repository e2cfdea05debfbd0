"""What stands in a release beside its data: how to read, check and cite it, for people and for programs. Pure: plain values."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any

_TYPES = {"text": "string", "number": "number", "integer": "integer", "boolean": "string", "date": "date",
          "datetime": "datetime", "codes": "string"}  # fmt: skip
_MEDIA = {"csv": "text/csv", "ndjson": "application/x-ndjson", "parquet": "application/vnd.apache.parquet",
          "md": "text/markdown", "json": "application/json"}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One column of a flat file."""

    name: str
    kind: str
    help: str


@dataclass(frozen=True)
class DataFile:
    """One file of a release."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None
    cells: tuple[Cell, ...] = ()

    @property
    def ending(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def media_type(self) -> str:
        return _MEDIA.get(self.ending, "text/plain")


@dataclass(frozen=True)
class About:
    """What is said of a release as a whole."""

    number: int
    title: str
    description: str
    licence: str
    caveats: str
    audience: str
    asked: dict[str, str]
    version: int | None
    made_at: str  # ISO 8601, UTC
    house: str
    address: str
    terms: tuple[str, ...] = ()  # licences and namings of the data sets of others from which rows came

    @property
    def citation(self) -> str:
        """A line for a bibliography. The checksum of the whole is told beside the file, and can't stand within it."""
        return f"{self.house}: {self.title}. Release {self.number}, {self.made_at[:10]}. {self.address}"


def texts(about: About, data: list[DataFile]) -> dict[str, str]:
    """Everything that stands beside the data, by the name of its file; SHA256SUMS comes last and is made of all."""
    return {
        "README.md": _readme(about, data),
        "data-dictionary.csv": _dictionary(data),
        "datapackage.json": _json(datapackage(about, data)),
        "ro-crate-metadata.json": _json(crate(about, data)),
    }


def sums(files: list[DataFile]) -> str:
    """What `sha256sum --check` reads."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in sorted(files, key=lambda file: file.path))


def datapackage(about: About, data: list[DataFile]) -> dict[str, Any]:
    """Frictionless Data Package, version 1: the CSV files with their columns."""
    named = re.fullmatch(r"[-a-zA-Z0-9._]+", about.licence)
    return {
        "profile": "data-package", "name": f"release-{about.number}", "id": about.address, "title": about.title,
        "description": f"{about.description}\n\n{about.caveats}", "version": str(about.number), "created": about.made_at,
        "homepage": about.address, "licenses": [{"name": about.licence if named else "other", "title": about.licence}],
        "resources": [_resource(file) for file in data if file.ending == "csv"],
    }  # fmt: skip


def _resource(file: DataFile) -> dict[str, Any]:
    columns = [{"name": cell.name, "type": _TYPES[cell.kind], **({"format": "any"} if cell.kind == "datetime" else {}),
                "description": cell.help} for cell in file.cells]  # fmt: skip
    return {
        "profile": "tabular-data-resource", "name": file.path.rpartition("/")[2].removesuffix(".csv"), "path": file.path,
        "format": "csv", "mediatype": file.media_type, "encoding": "utf-8", "bytes": file.bytes, "hash": f"sha256:{file.sha256}",
        "schema": {"fields": columns, "primaryKey": "uid", "missingValues": [""]},
    }  # fmt: skip


def crate(about: About, data: list[DataFile]) -> dict[str, Any]:
    """RO-Crate 1.1: the release as a data set with its files."""
    crated = [
        {"@id": file.path, "@type": "File", "name": file.path, "encodingFormat": file.media_type, "contentSize": str(file.bytes),
         "sha256": file.sha256} for file in data
    ]  # fmt: skip
    root = {
        "@id": "./", "@type": "Dataset", "name": about.title, "description": f"{about.description}\n\n{about.caveats}",
        "datePublished": about.made_at, "version": str(about.number), "identifier": about.address, "url": about.address,
        "license": {"@id": "#licence"}, "publisher": {"@id": "#house"}, "creditText": about.citation,
        "hasPart": [{"@id": each["@id"]} for each in crated],
    }  # fmt: skip
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
             "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}},
            root,
            {"@id": "#licence", "@type": "CreativeWork", "name": about.licence},
            {"@id": "#house", "@type": "Organization", "name": about.house},
            *crated,
        ],
    }  # fmt: skip


def _readme(about: About, data: list[DataFile]) -> str:
    where = {path: f", where {asked}" if asked else ": all of it" for path, asked in sorted(about.asked.items())}
    lists = "\n".join(f"- `{path}`{how}" for path, how in where.items())
    files = "\n".join(f"| `{file.path}` | {file.rows} | {file.bytes} |" for file in data)
    terms = "".join(f"\n- {line}" for line in about.terms)
    others = (
        f"\nSome rows came from data sets of others, which keep their terms and want to be named:\n{terms}\n" if terms else ""
    )
    version = f" Version {about.version} of the data: the last sealed batch of history." if about.version else ""
    return f"""# {about.title}

Release {about.number}, made {about.made_at}, for level: {about.audience}.{version}

{about.description}

## Read this first

{about.caveats}

Each row is what some source said, or a conclusion that names what it rests on; nothing is a bare fact. Numbers must not be
added up: several may count the same people. An accusation is no verdict. Empty means: not stated.

## Cite as

{about.citation}

With the SHA-256 of the whole file, which stands at that address. There it is also told whether the release was withdrawn.

## Licence

{about.licence}

Words of documents keep the licence of the document, in the column `licence` of the sources, where it is noted.
{others}
## What is in it

{lists}

| file | rows | bytes |
|---|---|---|
{files}

`data-dictionary.csv` says what each column means, `datapackage.json` (Frictionless) and `ro-crate-metadata.json` (RO-Crate
1.1) tell it to programs. Check the files with `sha256sum --check SHA256SUMS`.

CSV is for spreadsheets: a text that one would run as a formula has an apostrophe in front. NDJSON and Parquet have the
texts as they are.
"""


def _dictionary(data: list[DataFile]) -> str:
    written = io.StringIO()
    sheet = csv.writer(written, lineterminator="\n")
    sheet.writerow(["file", "column", "type", "meaning"])
    for file in data:
        sheet.writerows([file.path, cell.name, cell.kind, cell.help] for cell in file.cells)
    return written.getvalue()


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
