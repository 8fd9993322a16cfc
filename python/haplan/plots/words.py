"""How wide words are, and how they are made to fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["FEWEST", "LINE", "fitted", "listed", "short", "width", "wrapped"]

LINE = 1.12  # height of a line of text, relative to the size of its font
SPARE = 1.04  # what rounding to pixels may add to a width
FEWEST = 8  # letters that a shortened name keeps


def width(words: str, size: float) -> float:
    """Of one line of text in the font of the pictures, at this size; both [points]."""
    from matplotlib import rcParams

    families = rcParams["font.family"]
    return SPARE * size / 100.0 * _width(words, tuple([families] if isinstance(families, str) else families))


@lru_cache(maxsize=4096)
def _width(words: str, families: tuple[str, ...]) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=list(families), size=100.0)
    return float(text_to_path.get_text_width_height_descent(words, font, ismath=False)[0])


def short(words: str, most: int = 34) -> str:
    """The words with their middle left out where they are longer than so many letters."""
    if len(words) <= most:
        return words
    tail = (most - 1) // 2
    return words[: most - 1 - tail] + "\u2026" + words[-tail:] if tail else words[: most - 1] + "\u2026"


def listed(names: Sequence[str]) -> str:
    """At most three names, and how many more there are."""
    shown = ", ".join(short(name, 24) for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def fitted(names: Sequence[str], size: float, room: float, fewest: int = FEWEST) -> list[str]:
    """The names as long as fit a room [points] at this size of letters, but not shorter than so many letters."""
    widest = max((width(name, size) for name in names), default=0.0)
    if widest <= room:
        return list(names)
    most = max(len(name) for name in names)
    letters = min(most, max(fewest, int(most * room / widest) + 2))
    while letters > fewest and max(width(short(name, letters), size) for name in names) > room:
        letters -= 1
    return [short(name, letters) for name in names]


def wrapped(words: str, size: float, room: float) -> list[str]:
    """Lines about equally long that fit a room [points] at this size of letters; a longer word is shortened.

    A unit in brackets is one word.
    """
    parts = [fitted([part], size, room)[0] for part in re.findall(r"\[[^\]]*\]\S*|\S+", words)]
    lines = _lines(parts, size, room)
    narrow, wide = room / max(1, len(lines)), room
    while wide - narrow > size:
        middle = (narrow + wide) / 2.0
        tried = _lines(parts, size, middle)
        if len(tried) == len(lines) and max(width(line, size) for line in tried) <= middle:
            lines, wide = tried, middle
        else:
            narrow = middle
    return lines


def _lines(parts: Sequence[str], size: float, room: float) -> list[str]:
    lines: list[str] = []
    for part in parts:
        if lines and width(f"{lines[-1]} {part}", size) <= room:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return lines
