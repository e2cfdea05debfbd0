"""The house style: logo, colours, imprint, fonts and templates, from a folder that an organisation can change.

A file that stands in its folder is taken from there, any other from ours, so that a logo alone is a whole style.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

_LEFTWARDS = re.compile('text-anchor="(start|end)" direction="rtl">(.*?)</text>')
_OTHER_END = {"start": "end", "end": "start"}
OURS = Path(__file__).parent / "house"


def file(name: str) -> Path:
    """The file of the organisation's style, or ours."""
    theirs = Path(settings.REPORT_STYLE) / name if settings.REPORT_STYLE else OURS / name
    return theirs if theirs.exists() else OURS / name


def told() -> dict[str, Any]:
    """Names, colours and imprint; what an organisation's file does not say is as in ours."""
    ours, theirs = (orjson.loads(path.read_bytes()) for path in (OURS / "style.json", file("style.json")))
    imprint = {**ours["imprint"], **theirs.get("imprint", {})}  # in a language that theirs does not speak, ours
    return {**ours, **theirs, "imprint": imprint, "logo": file("logo.svg").read_text(encoding="utf-8")}


def fonts() -> list[str]:
    """Where fonts lie: ours, and the organisation's."""
    return [str(folder) for folder in dict.fromkeys((OURS / "fonts", file("fonts")))]


def styled(svg: str) -> str:
    """A chart with its colours in it, for where no style sheet of a page reaches.

    The library that draws it there takes no `direction`: the side from which a text is set is told by its anchor alone, and
    the way it reads by a sign before and after it.
    """
    before, mark, after = svg.partition("<title")
    drawn = _LEFTWARDS.sub(lambda found: f'text-anchor="{_OTHER_END[found[1]]}">\u2067{found[2]}\u2069</text>', after)
    return f"{before}<style>{file('chart.css').read_text(encoding='utf-8')}</style>{mark}{drawn}"
