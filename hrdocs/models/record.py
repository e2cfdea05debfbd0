"""What any record in this house is: a uid, a state, a level, who entered it, and a version."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, Self
from unicodedata import normalize

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from hrdocs import uids
from hrdocs.access import Sensitivity, State, VisibleQuerySet
from hrdocs.models import fields
from hrdocs.models.triggers import BeginsClosed, KnowsItsAudience, MovesByDecision, TeamByWhoMay, TellsWhatHangsOnIt
from hrdocs.news import NewsOfTerms
from hrdocs.wording import own_text


class StaleVersion(Exception):
    """Somebody else saved the record in between; nothing was written."""


class Guarded(models.Model):
    """Anything that some may see and others may not: its own level and state count, and those of all it hangs on."""

    hangs_on: ClassVar[tuple[str, ...]] = ()
    not_in_history: ClassVar[tuple[str, ...]] = ("audience", "locks")
    is_content: ClassVar[bool] = True  # part of what review approves, and closed with it
    shown_as: ClassVar[dict[str, tuple[str, ...]]] = {}  # fields that say how much of another is shown: their values, least first
    narrowed: ClassVar[str] = ""  # SQL on NEW by which the audience may become stricter still
    identifying: ClassVar[tuple[str, ...]] = ()  # fields that may tell who somebody is, and can be erased
    walked_by: ClassVar[str] = ""  # of one kind of several in a table: the column of its own that repeats the uid
    erased_along: ClassVar[dict[str, tuple[str, ...]]] = {}  # fields that go when another one is erased

    audience = models.PositiveSmallIntegerField(
        default=Sensitivity.SEALED.rank, editable=False,
        help_text="The strictest level among its own and those of what it hangs on; 2 or more until published. Kept by the "
        "database.")  # fmt: skip
    locks = ArrayField(
        models.CharField(max_length=40), default=list, editable=False,
        help_text="The restricted records that must be open to a reader before this one is. Kept by the database.")  # fmt: skip

    objects = VisibleQuerySet.as_manager()

    class Meta:
        abstract = True
        triggers = [KnowsItsAudience(), TellsWhatHangsOnIt()]

    @classmethod
    def was_erased(cls, field: str, held: Iterable[Any]) -> None:
        """A field of a row was erased, which held these values at one time or another: the place to erase what lies elsewhere."""


class Record(Guarded):
    """Anything that is entered, reviewed and cited on its own. Never deleted: retracted, merged or erased."""

    uid_prefix: ClassVar[str]
    mergeable: ClassVar[bool] = False  # whether two of them can turn out to be one thing in the world
    is_somebody: ClassVar[bool] = False  # a person to whom harm can come: the desk always asks for the risk
    told_by: ClassVar[tuple[str, ...]] = ()  # links to whoever told it: a risk to her holds it back too

    uid = uids.UidField(unique=True, help_text="Public identifier, for URLs, exports and citing; never changes.")
    state = fields.choice(State, "Where the record stands in review; moved by the review buttons alone.",
                          default=State.DRAFT, editable=False)  # fmt: skip
    sensitivity = fields.choice(
        Sensitivity, "Who may see it. New records are internal; publishing chooses a wider level.",
        default=Sensitivity.INTERNAL)  # fmt: skip
    team = fields.link(
        "hrdocs.Team", "The team that works on it, where it belongs to one. At level restricted its members see it."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False,
                                   help_text="Who entered the record.")  # fmt: skip
    created_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When it was entered (UTC).")
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, db_index=False,
                                  help_text="Who last changed its content; review does not count.")  # fmt: skip
    edited_at = models.DateTimeField(default=timezone.now, editable=False,
                                     help_text="When its content last changed (UTC).")  # fmt: skip
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Counts the changes of its content; two editors can't overwrite one another."
    )

    class Meta(Guarded.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_uid_form",
                condition=Q(uid__regex=uids.PATTERN),
                violation_error_message="A uid looks like INC-7K3M9-QXD4TH; leave it to the program.",
            ),
        ]
        triggers = [*Guarded.Meta.triggers, BeginsClosed(), MovesByDecision(), TeamByWhoMay()]

    def __str__(self) -> str:
        return self.uid

    def clean(self) -> None:
        refuse_loops(self)

    def clean_fields(self, exclude: Any = None) -> None:
        self._meta.get_field("uid").pre_save(self, add=True)  # given before the constraints are asked
        super().clean_fields(exclude=exclude)

    def save_by(self, user: Any, *, seen_version: int | None = None) -> Self:
        """Save the content as entered or edited by `user`.

        `seen_version` is the version that the editor had before her; where another has been saved since,
        StaleVersion is raised and nothing is written.
        """
        with transaction.atomic():
            self.edited_by, self.edited_at = user, timezone.now()
            if self.pk is None:
                self.created_by = user
            else:
                table = self._meta.get_field("version").model
                stored = table._base_manager.select_for_update().values_list("version", flat=True).get(pk=self.pk)
                if seen_version is not None and seen_version != stored:
                    raise StaleVersion(f"{self.uid} was changed by somebody else after you opened it.")
                self.version = stored + 1
            self._store()
        return self

    def _store(self) -> None:
        """Save; where somebody has the uid that was drawn, which happens once in very long, draw another one."""
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError as error:
            if not (self._state.adding and uids.is_taken(error)):
                raise
            self.uid = ""
            self.save()

    def blockers(self, verb: str, level: Sensitivity | None = None) -> list[str]:
        """Why this record can't make the move `verb` now, in words; empty where nothing stands in the way."""
        if verb != "publish" or level is None:
            return []
        found = []
        for path in self.hangs_on:
            target = getattr(self, path)
            if target is not None and (target.state != State.PUBLISHED or Sensitivity(target.sensitivity).rank > level.rank):
                what = self._meta.get_field(path).verbose_name
                found.append(f"It hangs on the {what} {target.uid}, which is not published at this level. Publish that first.")
        return found


class Part(Guarded):
    """A row that belongs to a record: a name, a link, an identifier. Its state is its owner's."""

    sensitivity = fields.choice(
        Sensitivity, "Who may see this row, where it is more sensitive than what it belongs to; otherwise leave it at public.",
        default=Sensitivity.PUBLIC)  # fmt: skip

    class Meta(Guarded.Meta):
        abstract = True

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


def refuse_loops(row: models.Model) -> None:
    """Say what no constraint on one row can see: that a link to another of its kind leads back to the row itself."""
    if row.pk is None:
        return
    for link in _to_their_own(type(row)):
        seen: set[int] = set()
        linked = getattr(row, link.name)
        while linked is not None and linked.pk not in seen:
            if linked.pk == row.pk:
                raise ValidationError(f"“{link.verbose_name}” would lead back to the record itself. Choose another, or none.")
            seen.add(linked.pk)
            linked = getattr(linked, link.name)


@cache
def _to_their_own(model: type[models.Model]) -> list[models.Field]:
    """The links of a model that lead to another row of the table they stand in."""
    return [link for link in model._meta.concrete_fields if link.related_model is link.model]


def search_column(*columns: str) -> models.GeneratedField:
    """A column that the database keeps: the folded text and the consonant skeleton of these columns."""
    return models.GeneratedField(
        expression=Func(_joined(columns), function="hrdocs_search_key", output_field=models.TextField()),
        output_field=models.TextField(), db_persist=True,
        help_text="Folded for search across scripts and spellings; kept by the database.")  # fmt: skip


def search_index(name: str) -> GinIndex:
    return GinIndex(name=f"{name}_search", fields=["search"], opclasses=["gin_trgm_ops"])


def words_column(*titles: str, texts: tuple[str, ...] = ()) -> models.GeneratedField:
    """A column that the database keeps: the words of these titles and texts, by their stems, titles before texts."""
    both = [_joined(columns, output_field=models.TextField()) if columns else Value("") for columns in (titles, texts)]
    return models.GeneratedField(
        expression=Func(*both, function="public.hrdocs_words", output_field=SearchVectorField()),
        output_field=SearchVectorField(), db_persist=True,
        help_text="The words of its texts, English and Arabic, for search; kept by the database.")  # fmt: skip


@cache
def texts_in_words(model: type[models.Model]) -> frozenset[str]:
    """The long texts of a record whose words are kept: what is in them is asked by `q`."""
    kept = next((field for field in model._meta.fields if field.name == "words"), None)
    said = {part.name for part in kept.expression.flatten() if isinstance(part, F)} if kept else set()
    return frozenset(field.name for field in model._meta.fields if field.name in said and isinstance(field, models.TextField))


def stems_index(name: str) -> GinIndex:
    """What finds the rows that have given words in a column of kept words."""
    return GinIndex(name=f"{name}_stems", fields=["words"])


def _joined(columns: tuple[str, ...], **kind: Any) -> Any:
    text: Any = F(columns[0])
    for column in columns[1:]:
        text = Concat(text, Value(" "), F(column), **kind)
    return text


class NameKind(models.TextChoices):
    OFFICIAL = "official", "Official name"
    ALIAS = "alias", "Other name"
    TRANSLITERATION = "transliteration", "Transliteration"
    SPELLING = "spelling", "Spelling met in a source"
    WAR_NAME = "war_name", "War name"
    PSEUDONYM = "pseudonym", "Pseudonym given by a source"
    REDACTED = "redacted", "Redacted"


def in_one_form(text: str) -> str:
    """A name as it is kept: what no eye can tell apart, as vowel signs in another order, is one name."""
    return normalize("NFC", text)


class Name(Part):
    """One spelling of a name, in one language and script, as it stands somewhere."""

    text = models.CharField(max_length=300, help_text="The name exactly as written, in its own script.")
    language = fields.language("Language and script (BCP 47): ar, en, ar-Latn for Arabic in Latin letters.")
    kind = fields.choice(NameKind, "What kind of name it is.", default=NameKind.SPELLING)
    search = search_column("text")

    class Meta(Part.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        self.text = in_one_form(self.text)


class Identifier(Part):
    """A number or code by which another system knows the record."""

    scheme = models.CharField(max_length=60, help_text="Whose numbering: wikidata, geonames, iso3166-2, ucdp-ged …")
    value = models.CharField(max_length=300, help_text="The number or code as that system writes it.")
    release = fields.line("The release or edition in which it stands, where that matters.", max_length=60)

    class Meta(Part.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.scheme}: {self.value}"


class Vocabulary(models.TextChoices):
    ACT = "act", "Acts and harms"
    MEANS = "means", "Means and methods"
    COUNTED = "counted", "What a number counts"
    COUNTING_METHOD = "counting_method", "How it was counted"
    GROUND = "ground", "Grounds: why this person"
    CUSTODY = "custody", "Kinds and stages of custody"
    FACILITY_KIND = "facility_kind", "Kinds of facility"
    NORM = "norm", "Norms of law"
    FATE = "fate", "Fates of a victim"
    COUNTRY = "country", "Countries"


class Term(models.Model):
    """One entry of a list that people curate, with its labels and its place under a broader term."""

    vocabulary = fields.choice(Vocabulary, "The list that it belongs to.", default=Vocabulary.ACT)
    code = models.CharField(max_length=60, help_text="Stable code, used in exports and imports.")
    parent = fields.link("self", "The broader term.", related_name="narrower")
    label_en = models.CharField(max_length=200, help_text="Label in English.")
    label_ar = fields.line("Label in Arabic.", max_length=200)
    definition_en = fields.prose("One sentence, where the label alone could be misunderstood.")
    codes = fields.line("Codes of other systems, as system:code, separated by semicolons.")
    search = search_column("label_en", "label_ar", "code")

    class Meta:
        ordering = ["vocabulary", "code"]
        constraints = [
            models.UniqueConstraint(
                name="hrdocs_term_code_once", fields=["vocabulary", "code"],
                violation_error_message="This vocabulary has a term with this code already."),
            models.CheckConstraint(
                name="hrdocs_term_not_its_own_parent", condition=~Q(parent=F("id")),
                violation_error_message="A term can't be its own broader term."),
        ]  # fmt: skip
        indexes = [search_index("hrdocs_term")]
        triggers = [NewsOfTerms()]

    def __str__(self) -> str:
        return own_text(self, "label")

    def clean(self) -> None:
        refuse_loops(self)
