"""Where replicas stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from haplan.plots.style import GREY, INK, LETTER, PALETTE, axes, colours, dark, short, width_of

if TYPE_CHECKING:
    from haplan.figures import ComponentPlan
    from matplotlib.axes import Axes

__all__ = ["placement"]

BOX = 0.88  # of a cell
READABLE = 7.0  # points


def placement(components: Mapping[str, ComponentPlan], nodes: Sequence[str], ax: Axes | None) -> Axes:
    """One column per node, one box per replica; with many nodes one row per component, and the number of replicas."""
    stacks: dict[str, list[str]] = {node: [] for node in nodes}
    for component in components.values():
        for node in component.nodes:
            stacks.setdefault(node, []).append(component.name)
    highest = max([1, *(len(stack) for stack in stacks.values())])
    width = width_of(ax) if ax is not None else 9.0
    size = _font_size(width, len(stacks), [*stacks, *components])
    if size < READABLE or highest > 16:
        return _matrix(components, stacks, ax)
    return _boxes(components, stacks, axes(ax, 0.9 + 0.36 * highest), size)


def _boxes(components: Mapping[str, ComponentPlan], stacks: Mapping[str, Sequence[str]], ax: Axes, size: float) -> Axes:
    from matplotlib.patches import Rectangle

    highest = max([1, *(len(stack) for stack in stacks.values())])
    paint = colours(list(components))
    for column, (_, stack) in enumerate(stacks.items()):
        ax.add_patch(Rectangle((column + 0.02, 0.0), 0.96, highest + 0.1, facecolor="none", edgecolor=GREY))
        for row, name in enumerate(sorted(stack)):
            left = column + (1 - BOX) / 2
            ax.add_patch(Rectangle((left, row + 0.1), BOX, BOX, facecolor=paint[name], edgecolor="white"))
            ink = "white" if dark(paint[name]) else INK
            ax.text(column + 0.5, row + 0.1 + BOX / 2, name, ha="center", va="center", color=ink, fontsize=size)
    ax.set_xlim(0, len(stacks))
    ax.set_ylim(-0.02, highest + 0.12)
    ax.set_xticks([column + 0.5 for column in range(len(stacks))], list(stacks), fontsize=size)
    ax.set_yticks([])
    return _bare(ax)


def _matrix(components: Mapping[str, ComponentPlan], stacks: Mapping[str, Sequence[str]], ax: Axes | None) -> Axes:
    """One row per component, one column per node in use."""
    from matplotlib.patches import Rectangle

    used = [node for node, stack in stacks.items() if stack]
    rows = [name for name, component in reversed(list(components.items())) if component.nodes]
    letters = max([1, *(min(34, len(name)) for name in rows)])
    names = [short(one) for one in used]
    longest = max([1, *(len(name) for name in names)])
    beside = letters * 10.0 * LETTER / 72.0  # inches
    ax = axes(ax, 1.0 + 0.24 * len(rows) + 0.07 * longest, min(9.0, max(4.5, beside + 0.9 * len(used))))
    cell = (width_of(ax) - beside) * 72.0 / max(1, len(used))  # points
    size = min(10.0, max(4.0, 0.85 * cell))
    turned = 90.0 if longest * size * LETTER > cell else 0.0
    for column, node in enumerate(used):
        for name, count in Counter(stacks[node]).items():
            row = rows.index(name)
            ax.add_patch(Rectangle((column + 0.06, row + 0.06), BOX, BOX, facecolor=PALETTE[0], edgecolor="white"))
            if count > 1:
                ax.text(column + 0.5, row + 0.5, str(count), ha="center", va="center", color="white", fontsize=size)
    ax.set_xlim(0, max(1, len(used)))
    ax.set_ylim(0, max(1, len(rows)))
    ax.set_xticks([column + 0.5 for column in range(len(used))], names, rotation=turned, fontsize=size)
    ax.set_yticks([row + 0.5 for row in range(len(rows))], [short(one) for one in rows])
    for line in range(len(rows) + 1):
        ax.axhline(line, color=GREY, linewidth=0.4, zorder=0)
    empty = len(stacks) - len(used)
    ax.set_xlabel(f"{empty} nodes without replicas are left out" if empty > 1 else "one node without replicas is left out" if empty else "")
    return _bare(ax)


def _bare(ax: Axes) -> Axes:
    ax.tick_params(length=0)
    for side in ("top", "right", "left", "bottom"):
        ax.spines[side].set_visible(False)
    return ax


def _font_size(width: float, columns: int, words: Sequence[str]) -> float:
    """Points at which the longest word fits a column of a picture so many inches wide."""
    longest = max([1, *(len(word) for word in words)])
    return float(min(10.0, width * 0.95 / max(1, columns) * BOX * 72.0 / (LETTER * longest)))
