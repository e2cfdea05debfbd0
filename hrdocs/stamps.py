"""What has not changed is not asked of the database again: the tag of each answer is kept, what was counted of a list, and what
was answered to nobody in particular, under a stamp of the data.

The stamp stands for all news that readers of a level were ever given (`hrdocs/news.py`): where it is the same, every answer
is. It stays inside the program. What leaves is the tag, made of the answer's bytes alone, as if there were no stamp.
"""

from __future__ import annotations

import functools
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import orjson
import pgtrigger
from django.db import connection, transaction
from django.http import HttpResponseNotModified
from django.utils.cache import set_response_etag
from django.utils.http import parse_etags
from django.utils.translation import get_language
from rest_framework.response import Response

from hrdocs.access import clearance, is_staff_reader
from hrdocs.kept_answers import Answer, KeptAnswers
from hrdocs.readers import as_ourselves

KEPT = 20_000  # answers whose tags a process keeps; some 200 bytes each
COUNTED = 1_000  # counts that a process keeps; a facet has 100 values at most, some 10 kB
DRAWN = 100  # maps and lines of time that it keeps; a map has 600 cells at most, some 120 kB

Value = TypeVar("Value")

# The last news, by the transaction that wrote it, and which transactions before that one are still open: their news is not
# seen yet, and comes with a lower number. A clock or a sequence alone would miss it. Each level is asked for its last
# news: of all levels together the database would pass by all news there ever was. What was erased is counted besides, so
# that nothing which was kept of it outlives it, whether or not it was news to a reader. A replica can't
# tell which transactions are open, only whether some are: then how far it has come stands in their place.
_STAMP = """
WITH last AS (
    SELECT newest.act, newest.id FROM unnest(%s::smallint[]) AS rank, LATERAL (
        SELECT act, id FROM public.hrdocs_news WHERE level = rank ORDER BY act DESC, id DESC LIMIT 1) newest
    ORDER BY act DESC, id DESC LIMIT 1)
SELECT coalesce((SELECT act || '.' || id FROM last), '') || '~' || (SELECT count(at) FROM public.hrdocs_erasure)
    || ' ' || coalesce((
    SELECT string_agg(xip::text, ' ' ORDER BY xip::text)
    FROM pg_snapshot_xip(pg_current_snapshot()) xip WHERE xip::text::bigint < (SELECT act FROM last)), '')
    || CASE WHEN pg_is_in_recovery() AND pg_snapshot_xmin(pg_current_snapshot())::text::bigint < (SELECT act FROM last)
       THEN ' at ' || pg_last_wal_replay_lsn() ELSE '' END
"""


def now(rank: int) -> str:
    """The stamp of the data as readers of a level are shown them at this moment."""
    with as_ourselves(), connection.cursor() as cursor:
        cursor.execute(_STAMP, [list(range(rank + 1))])
        return str(cursor.fetchone()[0])


# All by one number, so that their order stays; below zero, where no server counts.
_PUT_BEHIND = """
UPDATE public.hrdocs_news SET act = act - (SELECT max(act) + 1 FROM public.hrdocs_news)
WHERE (SELECT max(act) FROM public.hrdocs_news) > pg_current_xact_id()::text::bigint
"""


def put_behind() -> int:
    """Put news of a former server, whose transactions had higher numbers, behind what this one writes; how many they were.

    Else its own news would not be the last, and the stamp would stay as it is until the numbers have caught up.
    """
    past_the_guard = pgtrigger.ignore("hrdocs.News:stays_as_it_is", "hrdocs.News:is_sealed_once")
    with transaction.atomic(), past_the_guard, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE public.hrdocs_news IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_PUT_BEHIND)
        return int(cursor.rowcount)


class Kept(Generic[Value]):
    """What was found last, by what was asked and the stamp under which it was found. In memory alone, so that nothing which
    is erased stays in it longer than the process."""

    def __init__(self, most: int) -> None:
        self.most, self.held, self.lock = most, OrderedDict[bytes, Value](), threading.Lock()

    def get(self, key: bytes) -> Value | None:
        with self.lock:
            if key in self.held:
                self.held.move_to_end(key)
            return self.held.get(key)

    def keep(self, key: bytes, value: Value) -> None:
        with self.lock:
            self.held[key] = value
            while len(self.held) > self.most:
                self.held.popitem(last=False)


_tags = Kept[str](KEPT)
_counts = Kept[Any](COUNTED)
_drawn = Kept[Any](DRAWN)
_answers = KeptAnswers(0.4)


class Counts:
    """What is counted of a list under some filters: worked out once for all readers of a level, until there is
    news for them. For who works on the records each time anew."""

    held = _counts

    def __init__(self, kind: str, user: Any, filters: dict[str, Any]) -> None:
        self.kind, self.user, self.filters = kind, user, filters

    @functools.cached_property
    def asked(self) -> tuple[Any, ...]:
        """All that a number depends on, but what is counted."""
        rank = clearance(self.user).rank
        return self.kind, sorted(self.filters.items()), rank, now(rank)

    def once(self, what: str, work: Callable[[], Any]) -> Any:
        if is_staff_reader(self.user):
            return work()
        key = hashed(*self.asked, what)
        found = self.held.get(key)
        if found is None:
            found = work()
            self.held.keep(key, found)
        return found


class Drawn(Counts):
    """What a map or a line of time of a list is drawn from, kept in the same way."""

    held = _drawn


def unchanged_told(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Answer a page that its reader has already, or that nobody in particular was given before, without asking for it again.

    Only of readers from outside: inside, a page depends on the day and on teams and grants too. What is answered to an
    account or a token is kept for nobody; of it the tag alone is known.
    """

    @functools.wraps(handler)
    def answer(view: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.accepted_renderer.format != "json" or is_staff_reader(request.user):
            return handler(view, request, *args, **kwargs)
        rank = clearance(request.user).rank
        stamp = now(rank)
        key = _key(view, request, rank, stamp)
        tag = _tags.get(key)
        if tag is not None and tag in parse_etags(request.headers.get("If-None-Match", "")):
            return HttpResponseNotModified(headers={"ETag": tag})
        response = _given(request, functools.partial(handler, view, request, *args, **kwargs), key, stamp)

        def kept(rendered: Any) -> None:
            if rendered.status_code == 200:
                set_response_etag(rendered)
                _tags.keep(key, rendered["ETag"])

        if hasattr(response, "add_post_render_callback"):
            response.add_post_render_callback(kept)
        return response

    return answer


def _given(request: Any, make: Callable[[], Any], key: bytes, stamp: str) -> Any:
    """The answer that was kept, or a new one, which is kept from now on where nobody in particular asked."""
    if request.user.is_authenticated or request.auth is not None:
        return make()
    if (before := _answers.get(key, stamp)) is not None:
        return Response(orjson.Fragment(before.body), headers=before.headers)
    response = make()
    if response.status_code == 200:
        body = request.accepted_renderer.render(response.data)
        response.data = orjson.Fragment(body)  # written once, whoever reads it
        _answers.keep(key, stamp, Answer(body, dict(response.items())))
    return response


def _key(view: Any, request: Any, rank: int, stamp: str) -> bytes:
    """All that an answer depends on, as one hash: what was asked of which list, how, in which language, and the stamp."""
    asked = view.shape.path, view.action, sorted(view.kwargs.items()), request.build_absolute_uri()
    return hashed(*asked, request.accepted_media_type, get_language(), rank, stamp)


def hashed(*parts: Any) -> bytes:
    """All that something depends on, as one key."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).digest()
