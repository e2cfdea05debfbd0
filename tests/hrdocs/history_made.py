"""A small sealed history in plain Python, as a dump would hold it: three kinds of table, four seals, heads noted outside."""

from __future__ import annotations

import json

from hrdocs import proof

Tables = dict[str, list[proof.Row]]


def sealed_world() -> tuple[Tables, list[tuple[int, str]]]:
    tables: Tables = {
        "cases_incidentevent": [],
        "cases_facilityevent": [],
        proof.SEALS: [],
        proof.SEALED: [],
        proof.TOMBSTONES: [],
        proof.CONTEXTS: [],
    }
    previous, heads = proof.FIRST, []
    for number in range(1, 5):
        context = f"00000000-0000-4000-8000-{number:012}"
        tables[proof.CONTEXTS].append({"id": context, "metadata": json.dumps({"user": number, "reason": f"Page {number}."})})
        new = [
            (name, event(name, number, n, context)) for name in ("cases_facilityevent", "cases_incidentevent") for n in range(3)
        ]
        previous = seal_up(tables, number, new, previous)
        heads.append((number, previous))
    del tables[proof.TOMBSTONES]
    return tables, heads


def event(name: str, number: int, n: int, context: str) -> proof.Row:
    return {
        "pgh_id": str(number * 10 + n), "pgh_created_at": f"2026-01-01 0{number + 3}:00:00.1+00", "pgh_label": "update",
        "pgh_obj_id": str(n + 1), "pgh_context_id": context, "uid": f"{name[6:9].upper()}-{n}", "title_en": f"{number}-{n}", "place_id": None,
    }  # fmt: skip


def seal_up(tables: Tables, number: int, new: list[tuple[str, proof.Row]], previous: str) -> str:
    why = tables[proof.CONTEXTS][-1]["metadata"]
    columns = {name: [*row, proof.WHY] for name, row in new}
    hashes = []
    for position, (name, row) in enumerate(new):
        salt = bytes([number, position]) * 8
        hashes.append(proof.row_hash(name, row["pgh_id"] or "", proof.committed(salt, columns[name], {**row, proof.WHY: why})))
        tables[name].append(row)
        tables[proof.SEALED].append({"seal_id": str(number), "position": str(position), "events": name, "row": row["pgh_id"],
                                     "salt": f"\\x{salt.hex()}", "hash": f"\\x{hashes[-1].hex()}"})  # fmt: skip
    made = {"number": number, "sealed_at": f"2026-01-01 0{number + 3}:30:00.1+00", "horizon": f"2026-01-01 0{number + 3}:20:00+00",
            "columns": columns, "rows": len(new), "root": proof.root_of(hashes), "previous": previous}  # fmt: skip
    hash = proof.seal_hash(made)
    tables[proof.SEALS].append(
        {**{name: str(value) for name, value in made.items()}, "columns": json.dumps(columns), "hash": hash}
    )
    return hash
