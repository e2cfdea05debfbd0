"""Held: what the records of a batch hold now in the columns of its sheet, as far as the one who imports may see it.

To her a link to what is hidden looks like none. What she leaves empty stays, what she writes takes its place, and a list of
links keeps those that she does not see (decision 0018).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models

from cases.imports import storing
from cases.imports.filling import Filling, Values
from hrdocs.history import shown_keys


class Held:
    """The columns of some records of one kind, by their keys; of records that she may not see, nothing."""

    def __init__(self, filling: Filling, keys: Sequence[int], *, by: Any) -> None:
        self.filling = filling
        shown = filling.model._default_manager.visible_to(by).filter(storing.one_of("pk", keys)).order_by()
        columns = [each.attname for each in filling.single.values()]
        self.rows = {pk: tuple(rest) for pk, *rest in shown.values_list("pk", *columns)}
        self.linked = {name: storing.leads_to(each, keys) for name, each in filling.many.items()}
        self.hidden = dict(self._hidden_from(by))

    def _hidden_from(self, by: Any) -> Iterator[tuple[str, set[int]]]:
        """The keys to which links lead that she may not see, by column. What a row hangs on, whoever sees the row sees."""
        single = zip(self.filling.single, zip(*self.rows.values(), strict=True), strict=False)
        leads_to = {name: set(keys) - {None} for name, keys in single if name in self.filling.linking}
        leads_to |= {name: set().union(*links.values()) for name, links in self.linked.items()}
        for name, keys in leads_to.items():
            if keys and name not in self.filling.model.hangs_on:
                yield name, keys - shown_keys(self.filling.fields[name].related_model, keys, by)

    def differing(self, key: int, values: Values) -> dict[str, Any]:
        """What the columns of a record hold now that these values would change."""
        held, told = self.rows[key], self.filling.content(values)
        found = {} if held == told else {
            name: old for name, old, new in zip(self.filling.single, held, told, strict=True)
            if old != new and not (new is None and old in self.hidden.get(name, ()))
        }  # fmt: skip
        for name, links in self.linked.items():
            if links[key] != self.with_hidden(name, key, values):
                found[name] = sorted(links[key])
        return found

    def with_hidden(self, name: str, key: int, values: Values) -> set[int]:
        """Where a record shall lead by a list of links: to what the values say, and on to what she does not see."""
        kept = self.linked.get(name, {}).get(key, set()) & self.hidden.get(name, set())
        return kept | {each.pk for each in values[name]}

    def in_words(self, name: str, old: Any) -> str:
        """What a column held, as she reads it."""
        field = self.filling.fields[name]
        if not field.is_relation:
            return words(old)
        keys = (set(old) if field.many_to_many else {old} - {None}) - self.hidden.get(name, set())
        return words(field.related_model._base_manager.filter(pk__in=keys))


def words(value: Any) -> str:
    """A value of a column as a person reads it: of a record its uid, of a term its code."""
    if value is None:
        return ""
    if isinstance(value, list | models.QuerySet):
        return "; ".join(map(words, value))
    return str(getattr(value, "uid", None) or getattr(value, "code", None) or value)
