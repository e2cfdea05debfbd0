"""A page that has not changed is not asked of the database again: the tag of each answer is kept, under a stamp of the data.

The stamp stands for all news that readers of a level were ever given (`hrdocs/news.py`): where it is the same, every answer
is. It stays inside the program. What leaves is the tag, made of the answer's bytes alone, as if there were no stamp.
"""

from __future__ import annotations

import functools
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpResponseNotModified
from django.utils.cache import set_response_etag
from django.utils.http import parse_etags
from django.utils.translation import get_language

from hrdocs.access import clearance, is_staff_reader
from hrdocs.readers import as_ourselves

KEPT = 20_000  # answers whose tags a process keeps; some 200 bytes each

# The last news, by the transaction that wrote it, and which transactions before that one are still open: their news is not
# seen yet, and comes with a lower number. A clock or a sequence alone would miss it. Each level is asked for its last
# news: of all levels together the database would pass by all news there ever was.
_STAMP = """
WITH last AS (
    SELECT newest.act, newest.id FROM unnest(%s::smallint[]) AS rank, LATERAL (
        SELECT act, id FROM public.hrdocs_news WHERE level = rank ORDER BY act DESC, id DESC LIMIT 1) newest
    ORDER BY act DESC, id DESC LIMIT 1)
SELECT coalesce((SELECT act || '.' || id FROM last), '') || ' ' || coalesce((
    SELECT string_agg(xip::text, ' ' ORDER BY xip::text)
    FROM pg_snapshot_xip(pg_current_snapshot()) xip WHERE xip::text::bigint < (SELECT act FROM last)), '')
"""


def now(rank: int) -> str:
    """The stamp of the data as readers of a level are shown them at this moment."""
    with as_ourselves(), connection.cursor() as cursor:
        cursor.execute(_STAMP, [list(range(rank + 1))])
        return str(cursor.fetchone()[0])


class Tags:
    """The tags of the answers that were given last, by what was asked and the stamp that they were given under."""

    def __init__(self, most: int) -> None:
        self.most, self.held, self.lock = most, OrderedDict[bytes, str](), threading.Lock()

    def get(self, key: bytes) -> str | None:
        with self.lock:
            if key in self.held:
                self.held.move_to_end(key)
            return self.held.get(key)

    def keep(self, key: bytes, tag: str) -> None:
        with self.lock:
            self.held[key] = tag
            while len(self.held) > self.most:
                self.held.popitem(last=False)


_tags = Tags(KEPT)


def unchanged_told(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Answer a page that its reader has already without asking for it again.

    Only of readers from outside: inside, a page depends on the day and on teams and grants too.
    """

    @functools.wraps(handler)
    def answer(view: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.accepted_renderer.format != "json" or is_staff_reader(request.user):
            return handler(view, request, *args, **kwargs)
        key = _key(request)
        tag = _tags.get(key)
        if tag is not None and tag in parse_etags(request.headers.get("If-None-Match", "")):
            return HttpResponseNotModified(headers={"ETag": tag})
        response = handler(view, request, *args, **kwargs)

        def kept(rendered: Any) -> None:
            if rendered.status_code == 200:
                set_response_etag(rendered)
                _tags.keep(key, rendered["ETag"])

        if hasattr(response, "add_post_render_callback"):
            response.add_post_render_callback(kept)
        return response

    return answer


def _key(request: Any) -> bytes:
    """All that an answer depends on, as one hash: what was asked, how, in which language, and the stamp."""
    rank = clearance(request.user).rank
    parts = (request.build_absolute_uri(), request.accepted_media_type, get_language(), rank, now(rank))
    return hashlib.sha256("\n".join(map(str, parts)).encode()).digest()
