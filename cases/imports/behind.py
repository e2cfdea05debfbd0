"""Behind: the database works on what was said to it while Python reads and checks the rows that follow."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from django.db import connection


class Behind:
    """Statements whose answer nobody needs, in their order; whoever asks the database anything else waits for them.

    An execute wrapper of the connection: it hands what is said by `say` to one thread, and lets nothing else pass before
    that has come back. After a statement that fails, those behind it are not said any more, and `wait` raises its error.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._said: list[Future[None]] = []
        self._saying = self._failed = False

    def say(self, sql: str, params: Sequence[Any]) -> None:
        """Queue a statement. Its cursor is not closed here, since it is at work for some time yet."""
        self._saying = True
        try:
            connection.cursor().execute(sql, params)
        finally:
            self._saying = False

    def wait(self) -> None:
        """Let all that was said come back, and raise the error of the first that failed."""
        said, self._said = self._said, []
        wait(said)
        self._failed = False
        for each in said:
            each.result()

    def __call__(self, execute: Callable[..., Any], *asked: Any) -> Any:
        if self._saying:
            self._said.append(self._thread.submit(self._execute, execute, *asked))
            return None
        self.wait()
        return execute(*asked)

    def _execute(self, execute: Callable[..., Any], *asked: Any) -> None:
        if self._failed:
            return
        try:
            execute(*asked)
        except BaseException:
            self._failed = True
            raise


@contextlib.contextmanager
def behind() -> Iterator[Behind]:
    """Work behind, until the block ends; then nothing is under way any more, also after an error."""
    working = Behind()
    with working._thread, connection.execute_wrapper(working):
        yield working
