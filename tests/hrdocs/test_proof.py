"""Five thousand forgeries of a sealed history, each found by the check that an outsider runs."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter

from hrdocs import proof
from tests.hrdocs.history_made import event, seal_up, sealed_world

TRIALS = 5000


def found(tables, heads=()):
    return proof.verify(lambda history: ((name, dict(row)) for name, rows in tables.items() for row in rows
                                         if (name.endswith("event")) == history), heads).problems  # fmt: skip


def one_letter(tables, dice):
    name = dice.choice([name for name in tables if name != "pghistory_context"])
    row = dice.choice(tables[name])
    column = dice.choice([column for column, value in row.items() if value and _bound(name, column)])
    value = row[column]
    place = dice.randrange(len(value))
    other = dice.choice([letter for letter in "0123456789abcdefx" if letter != value[place]])
    row[column] = value[:place] + other + value[place + 1 :]


def _bound(name, column):
    """All but the list of columns, which is read before it is bound: the same JSON may be written in another way."""
    return (name, column) != ("hrdocs_seal", "columns")


def another_actor(tables, dice):
    row = dice.choice(tables["pghistory_context"])
    row["metadata"] = json.dumps({**json.loads(row["metadata"]), "user": dice.randrange(100, 999)})


def another_reason(tables, dice):
    row = dice.choice(tables["pghistory_context"])
    row["metadata"] = json.dumps({**json.loads(row["metadata"]), "reason": f"Page {dice.randrange(100, 999)}."})


def of_another_act(tables, dice):
    """Who and why stay as they are, but a row is laid to somebody else's act."""
    row = dice.choice(tables["cases_incidentevent"])
    others = [each["id"] for each in tables["pghistory_context"] if each["id"] != row["pgh_context_id"]]
    row["pgh_context_id"] = dice.choice(others)


def removed(tables, dice):
    name = dice.choice([name for name in tables if name != "pghistory_context"])
    tables[name].pop(dice.randrange(len(tables[name])))


def emptied(tables, dice):
    row = dice.choice(tables["cases_incidentevent"])
    row["title_en"] = None if row["title_en"] is not None else ""


def put_in(tables, dice):
    row = dict(dice.choice(tables["cases_incidentevent"]))
    row["pgh_id"], row["pgh_created_at"] = str(dice.randrange(1000, 9999)), f"2026-01-01 0{dice.randrange(4)}:00:00.5+00"
    tables["cases_incidentevent"].append(row)


def swapped(tables, dice):
    one, two = dice.sample(tables["cases_incidentevent"], 2)
    one["title_en"], two["title_en"] = two["title_en"], one["title_en"]


def reordered(tables, dice):
    one, two = dice.sample(tables["hrdocs_sealedrow"], 2)
    one["position"], two["position"], one["seal_id"], two["seal_id"] = (
        two["position"],
        one["position"],
        two["seal_id"],
        one["seal_id"],
    )


def cut(tables, dice):
    """The end is gone, as after a restore of an older backup, with or without what was written since."""
    last = dice.randrange(1, 4)
    gone = {(row["events"], row["row"]) for row in tables["hrdocs_sealedrow"] if int(row["seal_id"]) > last}
    tables["hrdocs_seal"] = [row for row in tables["hrdocs_seal"] if int(row["number"]) <= last]
    tables["hrdocs_sealedrow"] = [row for row in tables["hrdocs_sealedrow"] if int(row["seal_id"]) <= last]
    for name in tables:
        tables[name] = [row for row in tables[name] if (name, row.get("pgh_id")) not in gone]


def all_gone(tables, dice):
    """Truncated: one table of history, or all that there is."""
    for name in dice.choice([list(tables), ["hrdocs_seal"], ["hrdocs_sealedrow"], ["cases_incidentevent"]]):
        tables[name] = []


def older_backup(tables, dice):
    """Restored as it was at an earlier seal, and gone on with from there: other rows, in seals that follow one another."""
    cut(tables, dice)
    last = max(int(row["number"]) for row in tables["hrdocs_seal"])
    _rows_again(tables, last, dice, also=1)


def made_anew(tables, dice):
    """A word is changed, and the whole chain is made again over it, without a fault in itself."""
    row = dice.choice(tables["cases_incidentevent"])
    row["title_en"] = f"{row['title_en']}, or so"
    _rows_again(tables, len(tables["hrdocs_seal"]), dice)


def _rows_again(tables, last, dice, also=0):
    """Seal all rows again, as they stand now, and `also` so many seals of rows that were written afterwards."""
    order = [(row["seal_id"], row["events"], row["row"]) for row in tables["hrdocs_sealedrow"]]
    kept = {(name, row["pgh_id"]): row for name in tables if name.endswith("event") for row in tables[name]}
    contexts = tables["pghistory_context"]
    for name in tables:
        tables[name] = []
    previous = proof.FIRST
    for number in range(1, last + 1):
        new = [(events, kept[events, row]) for seal, events, row in order if seal == str(number)]
        tables["pghistory_context"].append(next(each for each in contexts if each["id"] == new[0][1]["pgh_context_id"]))
        previous = seal_up(tables, number, new, previous)
    for number in range(last + 1, last + 1 + also):
        tables["pghistory_context"].append(contexts[number - 1])
        row = event("cases_incidentevent", number, dice.randrange(3), contexts[number - 1]["id"])
        previous = seal_up(tables, number, [("cases_incidentevent", row)], previous)


FORGERIES = (
    one_letter, another_actor, another_reason, of_another_act, removed, emptied, put_in, swapped, reordered, cut, all_gone,
    older_backup, made_anew,
)  # fmt: skip


def test_a_history_that_nobody_touched_is_whole():
    tables, heads = sealed_world()
    assert found(tables, heads) == []


def test_of_five_thousand_forgeries_each_is_found(capsys):
    whole, heads = sealed_world()
    dice = random.Random(4)
    missed, tried = [], Counter()
    for trial in range(TRIALS):
        tables = copy.deepcopy(whole)
        forgery = FORGERIES[trial % len(FORGERIES)]
        forgery(tables, dice)
        tried[forgery.__name__] += tables != whole
        if not found(tables, heads):
            missed.append((trial, forgery.__name__))
    with capsys.disabled():
        print(f"\n{tried.total()} forgeries, {len(missed)} missed: {dict(tried)}")
    assert missed == []
    assert tried.total() == TRIALS, "a forgery that changed nothing"


def test_a_chain_made_anew_or_grown_from_an_older_backup_is_whole_in_itself():
    """Nothing but a head outside tells these: they are as good as the first."""
    for forgery in (older_backup, made_anew):
        tables, heads = sealed_world()
        forgery(tables, random.Random(2))
        assert found(tables) == [] and found(tables, heads)


def test_without_the_head_a_cut_end_is_not_found():
    """Why the head has to be kept outside."""
    tables, heads = sealed_world()
    cut(tables, random.Random(1))
    assert found(tables) == [] and found(tables, heads)


def test_a_value_and_its_absence_are_told_apart():
    salt = b"0" * 16
    assert [*proof.committed(salt, ["a"], {"a": None})] != [*proof.committed(salt, ["a"], {"a": ""})]


def test_a_commitment_can_not_be_guessed_without_its_salt():
    one, two = (proof.commitment(proof.field_salt(salt, "name"), "Zeinab") for salt in (b"1" * 16, b"2" * 16))
    assert one != two
