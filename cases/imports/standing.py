"""Standing: what others built on what an import made. It is named to whoever may see all of it, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from cases.imports.kinds import owner_of
from cases.imports.storing import one_of
from cases.models import Import, ImportedRow
from hrdocs.access import shown_rows
from hrdocs.models import Match, Record, User, reviewed_model
from hrdocs.relinking import links_to, work_on

TOLD = 20  # of what stands in the way
Keys = dict[type[models.Model], list[int]]


@dataclass(frozen=True)
class InTheWay:
    """Rows that stand on what an import made, the sentence that names one, and what one must see to be told of them."""

    rows: models.QuerySet
    words: Callable[[models.Model], str]
    ends: tuple[tuple[type[models.Model], str], ...]  # kinds of record, and the column of the rows that leads to them

    def is_open_to(self, user: User) -> bool:
        """Whether she may see all of them."""
        return all(all_open(kind, set(self.rows.values_list(column, flat=True)), user) for kind, column in self.ends)

    def told(self) -> Iterator[str]:
        """A sentence for each, of very many for some."""
        yield from (self.words(row) for row in self.rows[: TOLD + 1])


def all_open(kind: type[models.Model], keys: Iterable[int], user: User) -> bool:
    """Whether a person may see all rows with these keys, as far as they are there."""
    asked = one_of("pk", keys)
    return shown_rows(kind, user).filter(asked).count() == kind._base_manager.filter(asked).count()


def hidden() -> str:
    """What is said, word for word, wherever something that is not open to a person has a part in it."""
    return _("Not all that it made or changed, or that stands on it, is open to you. Ask a manager to undo it.")


def standing_on(run: Import, made: Keys, *, by: User) -> list[str]:
    """What leads to the rows that an import made, and what work there is on its records: one sentence alone where some of
    that is hidden."""
    found = [*_leading_to(made), *_worked_on(run, made)]
    if not all(each.is_open_to(by) for each in found):
        return [hidden()]
    return [words for each in found for words in each.told()]


def _leading_to(made: Keys) -> Iterator[InTheWay]:
    """Rows that lead to what the import made, and that it did not make itself."""
    everything = {table: set(pks) for model, pks in made.items() for table in (model, *model._meta.get_parent_list())}
    for model, pks in made.items():
        for table in (model, *model._meta.get_parent_list()):
            for link in links_to(table):
                end = _says(link)
                if end is None or link.remote_field.parent_link:
                    continue  # its own list of links goes with it
                kind, column = (link.model, "pk") if end is link else (end.related_model, end.attname)
                rows = link.model._base_manager.filter(one_of(link.attname, pks))
                foreign = rows.exclude(one_of(column, everything.get(kind, set()))).select_related()
                yield InTheWay(foreign, _leads(link, end), ((kind, column),))


def _leads(link: models.ForeignKey, end: models.ForeignKey) -> Callable[[models.Model], str]:
    return lambda row: _("%(other)s leads to %(uid)s.") % {
        "other": _name(row if end is link else getattr(row, end.name)), "uid": owner_of(getattr(row, link.name)).uid}  # fmt: skip


def _says(link: models.ForeignKey) -> models.ForeignKey | None:
    """By which key the row that a link stands in is somebody's: its own, or of a many-to-many link that of the record that
    declares it; None where that is the very record that the link leads to."""
    if not link.model._meta.auto_created:
        return link
    declared = next(field for field in link.model._meta.auto_created._meta.local_many_to_many
                    if field.remote_field.through is link.model)  # fmt: skip
    source = link.model._meta.get_field(declared.m2m_field_name())
    return None if source.name == link.name else source


def _worked_on(run: Import, made: Keys) -> Iterator[InTheWay]:
    """Comments, notes and judgements on records that the import made; of a judgement both its records count."""
    for model, pks in made.items():
        if not issubclass(model, Record):
            continue
        kinds, work = ContentType.objects.get_for_models(model, reviewed_model(model)).values(), work_on(model)
        for table, kind, key in work:
            if table is not ImportedRow:
                rows = table._base_manager.filter(one_of(key, pks), **{f"{kind}__in": kinds})
                named = {column for other, _kind, column in work if other is table}
                yield InTheWay(rows.exclude(pk__in=judged_by(run)) if table is Match else rows, _work(model, key),
                               ((table, "pk"), *((model, column) for column in sorted(named))))  # fmt: skip


def _work(model: type[Record], key: str) -> Callable[[models.Model], str]:
    return lambda row: _("There is work on %(uid)s: %(what)s.") % {
        "uid": model._base_manager.get(pk=getattr(row, key)).uid, "what": row._meta.verbose_name}  # fmt: skip


def judged_by(run: Import) -> models.QuerySet:
    """The judgements that the import itself noted, from what was decided before it."""
    events = apps.get_model("hrdocs.MatchEvent").objects.filter(pgh_context=run.act, pgh_label="insert")
    return events.values("pgh_obj_id")


def _name(row: models.Model) -> str:
    try:
        return owner_of(row).uid
    except (AttributeError, IndexError):
        return f"{row._meta.verbose_name} {row}"
