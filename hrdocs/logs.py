"""What a log keeps of an error: where it happened and of which kind, never the values that it happened with."""

from __future__ import annotations

import logging
import traceback
from typing import Any


class WithoutValues(logging.Formatter):
    """Writes tracebacks without the messages of exceptions: the database's own quote the whole row that it refused."""

    def formatException(self, ei: Any) -> str:
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            told = getattr(getattr(error, "diag", None), "constraint_name", None)
            name = f"{type(error).__module__}.{type(error).__name__}" + (f" ({told})" if told else "")
            lines = [*(line.rstrip() for line in traceback.format_tb(error.__traceback__)), name, *lines]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)
