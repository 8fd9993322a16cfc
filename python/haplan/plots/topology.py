"""What needs what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from haplan.plots.frame import frame
from haplan.plots.legend import LegendBelow
from haplan.plots.letters import Inscribed
from haplan.plots.style import INK, NOTEBOOK, axes, colours, dark
from haplan.plots.words import width

if TYPE_CHECKING:
    from haplan.spec import Spec
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["topology"]

Needs = Mapping[str, Sequence[tuple[str, bool]]]
"""What each name needs, and whether another one would do, too."""

ROW = 0.34  # inches
WIDEST = 0.39  # half of a box, relative to its column
SWEEPS = 12


def topology(spec: Spec, ax: Axes | None) -> Axes:
    """Services on the left, what they need to their right; a dashed arrow is one of several that would do.

    Arrows over several columns keep a place of their own in each, so that none runs through a name.
    """
    from matplotlib.patches import Patch, Rectangle

    needed: dict[str, list[tuple[str, bool]]] = {}
    for one in spec.dependencies:
        source = f"service {one.source}" if one.kind == "service" else one.source
        needed.setdefault(source, []).append((one.target, one.alternative))
    services = [f"service {name}" for name in spec.services]
    depth = _depths([*services, *spec.components], services, needed)
    layers, routes = _layers(depth, needed)
    _order(layers, routes)
    tallest = max(len(layer) for layer in layers)
    labels = {name: name.removeprefix("service ") for name in depth}
    half = _half(ax is None, len(layers), labels)
    ax = axes(ax, 0.9 + ROW * max(4, tallest))
    place = {
        name: (float(column), (len(layer) - 1) / 2.0 - row)
        for column, layer in enumerate(layers)
        for row, name in enumerate(layer)
    }
    kinds = ["service", *sorted(set(spec.types.values()))]
    paint = colours(kinds)
    names: list[Text] = []
    for name, (x, y) in place.items():
        if name not in depth:
            continue
        colour = paint["service" if name in services else spec.types[name]]
        ax.add_patch(Rectangle((x - half, y - 0.33), 2 * half, 0.66, facecolor=colour, edgecolor="white", zorder=2))
        ink = "white" if dark(colour) else INK
        names.append(ax.text(x, y, labels[name], ha="center", va="center", color=ink, zorder=3))
    ax.set_xlim(-0.5, len(layers) - 0.5)
    ax.set_ylim(-tallest / 2.0, tallest / 2.0)
    ax.set_axis_off()
    for source, targets in needed.items():
        for target, alternative in targets:
            _arrow(ax, [place[name] for name in routes[source, target]], half, "--" if alternative else "-")
    legend = LegendBelow(ax, [Patch(facecolor=paint[kind], label=kind) for kind in kinds])
    return frame(ax, [Inscribed(names, 2.0 * half, 0.66)], legend)


def _half(own: bool, columns: int, labels: Mapping[str, str]) -> float:
    """Half the width of a box, relative to a column's: as the longest name needs, in a figure of its own."""
    if not own:
        return WIDEST
    longest = max(width(label, 10.0) for label in labels.values())
    return min(WIDEST, 0.5 * (longest + 12.0) * columns / (0.95 * NOTEBOOK * 72.0))


def _arrow(ax: Axes, way: Sequence[tuple[float, float]], half: float, style: str) -> None:
    """From the right edge of the first place to the left edge of the last, level at every place between."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    points = [(way[0][0] + half, way[0][1])]
    codes = [Path.MOVETO]
    for i, (a, b) in enumerate(zip(way, way[1:])):
        left = a[0] + half
        right = b[0] - half
        middle = (left + right) / 2.0
        if i > 0:  # level through the place of a name
            points.append((left, a[1]))
            codes.append(Path.LINETO)
        points += [(middle, a[1]), (middle, b[1]), (right, b[1])]
        codes += [Path.CURVE4, Path.CURVE4, Path.CURVE4]
    arrow = FancyArrowPatch(path=Path(points, codes), arrowstyle="-|>", mutation_scale=9, color="#777777", linestyle=style)
    arrow.set(linewidth=1.0, zorder=1)
    ax.add_patch(arrow)


def _depths(names: Sequence[str], services: Sequence[str], needed: Needs) -> dict[str, int]:
    """Everything to the right of all that needs it; what nothing needs stands beside the services' own needs."""
    depth = {name: 0 if name in services else 1 for name in names}
    changed = True
    while changed:
        changed = False
        for source, targets in needed.items():
            for target, _ in targets:
                if depth[target] <= depth[source]:
                    depth[target] = depth[source] + 1
                    changed = True
    return depth


def _layers(
    depth: Mapping[str, int], needed: Needs
) -> tuple[list[list[str]], dict[tuple[str, str], list[str]]]:
    """Names by column, with a place for each arrow that passes; and the places on the way of every arrow."""
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, column in depth.items():
        layers[column].append(name)
    routes: dict[tuple[str, str], list[str]] = {}
    for source, targets in needed.items():
        for target, _ in targets:
            # Arrows to one target share their way: a name that no component can have.
            way = [f"{target} <- {column}" for column in range(depth[source] + 1, depth[target])]
            for column, name in enumerate(way, depth[source] + 1):
                if name not in layers[column]:
                    layers[column].append(name)
            routes[source, target] = [source, *way, target]
    return layers, routes


def _order(layers: list[list[str]], routes: Mapping[tuple[str, str], Sequence[str]]) -> None:
    """Sorts each column by the middle of its neighbours, to and fro, which crosses few arrows."""
    before: dict[str, set[str]] = {}
    after: dict[str, set[str]] = {}
    for way in routes.values():
        for a, b in zip(way, way[1:]):
            after.setdefault(a, set()).add(b)
            before.setdefault(b, set()).add(a)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for layer in layers if forward else reversed(layers):
            height = {name: row - (len(one) - 1) / 2.0 for one in layers for row, name in enumerate(one)}
            beside = before if forward else after
            middle = {
                name: sum(sorted(height[one] for one in beside[name])) / len(beside[name]) if name in beside else height[name]
                for name in layer
            }
            layer.sort(key=lambda name: (middle[name], height[name]))
