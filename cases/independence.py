"""From how many origins a set of statements can come: corroboration counts origins, never outlets.

What a source says of its own origin (a stated link) settles that two statements are one voice. What we infer
settles nothing, but forbids us to be certain. So the count is an interval: so many for sure, so many at most.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cases.claims import Claim, Figure
from cases.matter import Link
from cases.sentences import Sentence

Earlier = Mapping[str, frozenset[str]]

# A finding of one's own that agrees with another: the two are not one voice, and neither proves the other.
OWN_FINDING = "claims_to_confirm"


@dataclass(frozen=True)
class Independence:
    """How many independent origins stand behind a set of statements, as far as the sources let us know.

    `at_most` is None where an origin rests only on sources that nobody names, so that there is no telling how
    many they are. `voices` are the origins, joined where they may be one; only `certain` of them count.
    """

    certain: int
    at_most: int | None
    origins: tuple[str, ...]
    unnamed: tuple[str, ...]
    voices: tuple[frozenset[str], ...]

    @property
    def words(self) -> Sentence:
        least = Sentence("%(number)s origins", number=self.certain)
        if self.certain < 2:
            least = Sentence("One origin") if self.certain else Sentence("No origin")
        if self.at_most is None:
            return Sentence(
                "%(least)s for certain; at most is open, since some rest only on sources that nobody names.", least=least
            )
        if self.certain == self.at_most:
            return Sentence("%(least)s, for certain and at most.", least=least)
        most = Sentence("one origin") if self.at_most == 1 else Sentence("%(number)s origins", number=self.at_most)
        return Sentence("%(least)s for certain, %(most)s at most.", least=least, most=most)


def independence(statements: Iterable[Claim], links: Iterable[Link]) -> Independence:
    """Count the origins behind statements; of those that links lead to, the ones given are known better."""
    known = {statement.uid: statement for statement in statements}
    links = tuple(links)
    stated, every = earlier_ones(links, stated_only=True), earlier_ones(links)
    found = tuple(dict.fromkeys(root for uid in known for root in origins(uid, stated)))
    unnamed = tuple(root for root in found if root in known and known[root].only_unnamed)
    voices = _joined({root: _marks(root, every, known) for root in found})

    def stands(root: str) -> bool:
        """Whether it rests on something named, and would even if all that we infer were true."""
        ends = origins(root, every)
        return root not in unnamed and any(uid not in known or not known[uid].only_unnamed for uid in ends)

    return Independence(
        certain=sum(any(stands(root) for root in voice) for voice in voices),
        at_most=None if unnamed else _most(found, known),
        origins=found,
        unnamed=unnamed,
        voices=voices,
    )


def _most(found: Iterable[str], known: Mapping[str, Claim]) -> int:
    """As many as there are publications and, in each, parties that it names: what it says itself is one voice."""
    claims = ((root, known.get(root)) for root in found)
    return len({(claim.source, claim.attributed_to) if claim and claim.source else root for root, claim in claims})


def earlier_ones(links: Iterable[Link], *, stated_only: bool = False) -> Earlier:
    """For each statement those that it hands on directly; a finding of one's own is no handing on."""
    found: dict[str, set[str]] = {}
    for link in links:
        if link.how != OWN_FINDING and (link.stated or not stated_only):
            found.setdefault(link.later, set()).add(link.earlier)
    return {later: frozenset(earlier) for later, earlier in found.items()}


def behind(uid: str, earlier: Earlier) -> frozenset[str]:
    """The statement itself and all that stand behind it."""
    seen, waiting = {uid}, [uid]
    while waiting:
        new = earlier.get(waiting.pop(), frozenset()) - seen
        seen |= new
        waiting.extend(new)
    return frozenset(seen)


def origins(uid: str, earlier: Earlier) -> frozenset[str]:
    """The statements at the far end of the links from this one: itself, where it hands on nothing."""
    return frozenset(each for each in behind(uid, earlier) if not earlier.get(each))


def _marks(root: str, every: Earlier, known: Mapping[str, Claim]) -> frozenset[tuple[str, str]]:
    """All that could show an origin to be one with another: statements behind it, sources, shared relays, evidence."""
    statements = behind(root, every)
    claims = [known[uid] for uid in statements if uid in known]
    return frozenset(
        [("statement", uid) for uid in statements]
        + [("source", claim.source) for claim in claims if claim.source]
        + [("relay", relay) for claim in claims for relay in claim.draws_on]
        + [("evidence", evidence) for claim in claims for evidence in claim.evidence]
    )


def _joined(marks: Mapping[str, frozenset[tuple[str, str]]]) -> tuple[frozenset[str], ...]:
    """Origins gathered into voices: two are one voice where they share a mark, also by way of a third."""
    voices: list[tuple[frozenset[str], frozenset[tuple[str, str]]]] = []
    for root, own in marks.items():
        touched = [voice for voice in voices if voice[1] & own]
        voices = [voice for voice in voices if voice not in touched]
        voices.append(
            (
                frozenset({root}).union(*(members for members, _ in touched)),
                own.union(*(theirs for _, theirs in touched)),
            )
        )
    return tuple(members for members, _ in voices)


def _counted(things: Collection[str], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


@dataclass(frozen=True)
class Spread:
    """How far a figure travelled: who tells it whole, who in part, and through which publications."""

    whole: tuple[str, ...]
    in_part: tuple[str, ...]
    publications: frozenset[str]

    @property
    def words(self) -> str:
        whole, publications = _counted(self.whole, "statement"), _counted(self.publications, "publication")
        in_part = f"; {len(self.in_part)} more only in part" if self.in_part else ""
        return f"Told whole in {whole}, by way of {publications}{in_part}."


def spread(origin: Figure, figures: Sequence[Figure], links: Iterable[Link], relays: Iterable[Link]) -> Spread:
    """Follow a figure to all that hand it on; `relays` are links between sources, by which texts travel."""
    earlier = earlier_ones(links)
    bounds = {part.bound for part in origin.parts}
    telling = [figure for figure in figures if origin.uid in behind(figure.uid, earlier)]
    whole = [figure for figure in telling if bounds <= {part.bound for part in figure.parts}]
    return Spread(
        whole=tuple(figure.uid for figure in whole),
        in_part=tuple(figure.uid for figure in telling if figure not in whole),
        publications=publications({figure.source for figure in whole}, relays),
    )


def publications(sources: Iterable[str], relays: Iterable[Link]) -> frozenset[str]:
    """The sources of a chain, and those through which a text passed on its way from one to another."""
    ends, earlier = frozenset(sources), earlier_ones(relays)
    passed = frozenset(source for end in ends for source in behind(end, earlier))
    return ends | {source for source in passed if behind(source, earlier) & ends}
