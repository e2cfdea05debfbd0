"""A chain of command as a picture: each party under those that command it, with the dates of each tie beside its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from cases.lettering import text

BOX_WIDTH, BOX_HEIGHT, GAP, RISE, MARGIN = 236.0, 46.0, 24.0, 74.0, 8.0
MOST = 12  # boxes of one rank


@dataclass(frozen=True)
class Post:
    """One party of a chain of command, and its page."""

    uid: str
    name: str
    address: str


@dataclass(frozen=True)
class Tie:
    """One party under another, and from when to when, in words."""

    upper: str
    lower: str
    when: tuple[str, ...]


def ranks(ties: Sequence[Tie], of: str) -> dict[str, int]:
    """How many steps each party stands under the one whose chain it is; above it, less than nothing. A circle ends where it
    closes."""
    found = {of: 0}
    for step, near, far in ((-1, "lower", "upper"), (1, "upper", "lower")):
        ring = {of}
        while ring:
            reached = {getattr(tie, far): getattr(tie, near) for tie in ties if getattr(tie, near) in ring}
            ring = {uid for uid in reached if uid not in found}
            found |= {uid: found[reached[uid]] + step for uid in ring}
    return found


def hierarchy(posts: Sequence[Post], ties: Sequence[Tie], of: str, *, title: str) -> str:
    """The picture as SVG; each box is a link to its party's page. Ranks longer than `MOST` are cut."""
    rank_of = ranks(ties, of)
    rows = {rank: [post for post in posts if rank_of.get(post.uid) == rank][:MOST] for rank in sorted(set(rank_of.values()))}
    width = max(max(map(len, rows.values())) * (BOX_WIDTH + GAP) + 2 * MARGIN, 340.0)
    height = len(rows) * BOX_HEIGHT + (len(rows) - 1) * RISE + 2 * MARGIN
    places = {
        post.uid: (width * (place + 1) / (len(row) + 1), MARGIN + line * (BOX_HEIGHT + RISE))
        for line, row in enumerate(rows.values()) for place, post in enumerate(row)
    }  # fmt: skip
    return "".join(
        (
            f'<svg class="drawing ranks" role="group" aria-label="{escape(title)}" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" xmlns="http://www.w3.org/2000/svg" direction="ltr">',
            *_lines(ties, places), *(_box(post, *places[post.uid], post.uid == of) for post in posts if post.uid in places),
            "</svg>",
        )
    )  # fmt: skip


def _lines(ties: Sequence[Tie], places: dict[str, tuple[float, float]]) -> Iterator[str]:
    joined: dict[tuple[str, str], list[str]] = {}
    for tie in ties:
        joined.setdefault((tie.upper, tie.lower), []).extend(tie.when)
    for (upper, lower), dates in joined.items():
        if upper in places and lower in places and places[upper][1] < places[lower][1]:
            (x, y), (to_x, to_y) = places[upper], places[lower]
            start, middle = y + BOX_HEIGHT, (y + BOX_HEIGHT + to_y) / 2
            yield f'<path class="tie" fill="none" d="M{x:.1f} {start:.1f}V{middle:.1f}H{to_x:.1f}V{to_y:.1f}"/>'
            for line, when in enumerate(dict.fromkeys(dates)):
                yield text(when, to_x + 7, middle + 13 + 14 * line, BOX_WIDTH * 0.9, "note")


def _box(post: Post, x: float, y: float, own: bool) -> str:
    kind = "box own" if own else "box"
    named = text(post.name, x - BOX_WIDTH / 2 + 12, y + BOX_HEIGHT / 2 + 5, BOX_WIDTH - 20, "who")
    box = f'<rect class="{kind}" x="{x - BOX_WIDTH / 2:.1f}" y="{y:.1f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="3"/>'
    return f'<a href="{escape(post.address)}"><title>{escape(post.name)}</title>{box}{named}</a>'
