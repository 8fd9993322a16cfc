"""Where replicas stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from haplan.plots.frame import frame
from haplan.plots.letters import BELOW, Columns, Inscribed, Labels, Rows
from haplan.plots.style import GREY, INK, NOTEBOOK, PALETTE, axes, colours, dark
from haplan.plots.words import short, width

if TYPE_CHECKING:
    from haplan.figures import ComponentPlan
    from matplotlib.axes import Axes
    from matplotlib.text import Text

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
    across = 72.0 * (0.95 * NOTEBOOK if ax is None else ax.get_window_extent().width / ax.figure.dpi)
    widest = max(width(name, READABLE) for name in [*stacks, *components])
    if widest > BOX * across / max(1, len(stacks)) or highest > 16:
        return _matrix(components, stacks, ax)
    return _boxes(components, stacks, axes(ax, 0.9 + 0.36 * highest))


def _boxes(components: Mapping[str, ComponentPlan], stacks: Mapping[str, Sequence[str]], ax: Axes) -> Axes:
    from matplotlib.patches import Rectangle

    highest = max([1, *(len(stack) for stack in stacks.values())])
    paint = colours(list(components))
    names: list[Text] = []
    for column, (_, stack) in enumerate(stacks.items()):
        ax.add_patch(Rectangle((column + 0.02, 0.0), 0.96, highest + 0.1, facecolor="none", edgecolor=GREY))
        for row, name in enumerate(sorted(stack)):
            left = column + (1 - BOX) / 2
            ax.add_patch(Rectangle((left, row + 0.1), BOX, BOX, facecolor=paint[name], edgecolor="white"))
            ink = "white" if dark(paint[name]) else INK
            names.append(ax.text(column + 0.5, row + 0.1 + BOX / 2, name, ha="center", va="center", color=ink))
    ax.set_xlim(0, len(stacks))
    ax.set_ylim(-0.02, highest + 0.12)
    ax.set_yticks([])
    return frame(_bare(ax), [Labels(), Columns(ax, list(stacks), turn=False), Inscribed(names, BOX, BOX)])


def _matrix(components: Mapping[str, ComponentPlan], stacks: Mapping[str, Sequence[str]], ax: Axes | None) -> Axes:
    """One row per component, one column per node in use."""
    from matplotlib.patches import Rectangle

    used = [node for node, stack in stacks.items() if stack]
    rows = [name for name, component in reversed(list(components.items())) if component.nodes]
    names = [short(one) for one in used]
    below, beside = (max((width(short(name), 10.0) / 72.0 for name in some), default=0.0) for some in (names, rows))  # inches
    height = max(1.0 + 0.24 * len(rows) + below, (below + 0.2) / BELOW)
    ax = axes(ax, height, min(NOTEBOOK, max(NOTEBOOK / 2.0, beside + 0.9 * len(used))))
    counts: list[Text] = []
    for column, node in enumerate(used):
        for name, count in Counter(stacks[node]).items():
            row = rows.index(name)
            ax.add_patch(Rectangle((column + 0.06, row + 0.06), BOX, BOX, facecolor=PALETTE[0], edgecolor="white"))
            if count > 1:
                counts.append(ax.text(column + 0.5, row + 0.5, str(count), ha="center", va="center", color="white"))
    ax.set_xlim(0, max(1, len(used)))
    ax.set_ylim(0, max(1, len(rows)))
    for line in range(len(rows) + 1):
        ax.axhline(line, color=GREY, linewidth=0.4, zorder=0)
    empty = len(stacks) - len(used)
    ax.set_xlabel(f"{empty} nodes without replicas are left out" if empty > 1 else "one node without replicas is left out" if empty else "")
    under, left = Columns(ax, names, turn=True), Rows(ax, [short(one) for one in rows], 0.5)
    return frame(_bare(ax), [Labels(), under, left, Inscribed(counts, BOX, BOX)])


def _bare(ax: Axes) -> Axes:
    ax.tick_params(length=0)
    for side in ("top", "right", "left", "bottom"):
        ax.spines[side].set_visible(False)
    return ax
