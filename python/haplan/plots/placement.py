"""Where replicas stand, and what needs what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from haplan.plots.style import GREY, INK, axes, colours

if TYPE_CHECKING:
    from haplan.figures import ComponentPlan
    from haplan.spec import Spec
    from matplotlib.axes import Axes

__all__ = ["placement", "topology"]

BOX = 0.88  # of a cell


def placement(components: Mapping[str, ComponentPlan], nodes: Sequence[str], ax: Axes | None) -> Axes:
    """One column per node, one box per replica."""
    from matplotlib.patches import Rectangle

    stacks: dict[str, list[str]] = {node: [] for node in nodes}
    for component in components.values():
        for node in component.nodes:
            stacks.setdefault(node, []).append(component.name)
    highest = max([1, *(len(stack) for stack in stacks.values())])
    ax = axes(ax, 1.2 + 0.36 * highest)
    paint = colours(list(components))
    size = _font_size(ax, len(stacks), [*stacks, *components])
    for column, (node, stack) in enumerate(stacks.items()):
        ax.add_patch(Rectangle((column + 0.02, 0.0), 0.96, highest + 0.1, facecolor="none", edgecolor=GREY))
        for row, name in enumerate(sorted(stack)):
            left = column + (1 - BOX) / 2
            ax.add_patch(Rectangle((left, row + 0.1), BOX, BOX, facecolor=paint[name], edgecolor="white"))
            ink = "white" if _dark(paint[name]) else INK
            ax.text(column + 0.5, row + 0.1 + BOX / 2, name, ha="center", va="center", color=ink, fontsize=size)
    ax.set_xlim(0, len(stacks))
    ax.set_ylim(0, highest + 0.12)
    ax.set_xticks([column + 0.5 for column in range(len(stacks))], list(stacks), fontsize=size)
    ax.set_yticks([])
    ax.tick_params(length=0)
    for side in ("top", "right", "left", "bottom"):
        ax.spines[side].set_visible(False)
    return ax


def _dark(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def _font_size(ax: Axes, columns: int, words: Sequence[str]) -> float:
    """Points at which the longest word fits a column: a letter is about 0.6 of its size wide."""
    figure = ax.get_figure(root=True)
    inches = (figure.get_size_inches()[0] if figure is not None else 9.0) * 0.95
    longest = max([1, *(len(word) for word in words)])
    return float(min(10.0, max(4.0, inches / max(1, columns) * BOX * 72.0 / (0.62 * longest))))


def topology(spec: Spec, ax: Axes | None) -> Axes:
    """Services above the components that they need; a dashed arrow is one of several that would do."""
    dependencies = spec.dependencies
    needed: dict[str, list[tuple[str, bool]]] = {}
    for one in dependencies:
        source = f"service {one.source}" if one.kind == "service" else one.source
        needed.setdefault(source, []).append((one.target, one.alternative))
    services = [f"service {name}" for name in spec.services]
    layers = _layers(services, list(spec.components), needed)
    place = _places(layers, needed)
    widest = max(len(layer) for layer in layers)
    ax = axes(ax, 0.6 + 0.95 * len(layers))
    longest = max(len(name) for name in place)
    size = _font_size(ax, widest, ["x" * (longest + 3)])
    kinds = ["service", *sorted({kind for kind in spec.types.values()})]
    paint = colours(kinds)
    boxes = {}
    for name, (x, y) in place.items():
        kind = "service" if name in services else spec.types[name]
        ink = "white" if _dark(paint[kind]) else INK
        label = name.removeprefix("service ") if name in services else name
        box = {"boxstyle": "round,pad=0.35", "facecolor": paint[kind], "edgecolor": "white"}
        boxes[name] = ax.text(x, y, label, ha="center", va="center", color=ink, fontsize=size, bbox=box, zorder=3)
    for source, targets in needed.items():
        for target, alternative in targets:
            # From the lower edge of what needs to the upper edge of what is needed.
            start, end = boxes[source].get_bbox_patch(), boxes[target].get_bbox_patch()
            arrow = {"arrowstyle": "-|>", "color": "#777777", "linestyle": "--" if alternative else "-", "patchA": start, "patchB": end}
            ax.annotate("", xy=place[target], xytext=place[source], arrowprops={**arrow, "shrinkA": 0, "shrinkB": 1})
    _kinds(ax, {kind: paint[kind] for kind in kinds})
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(-len(layers) + 0.5, 0.5)
    ax.set_axis_off()
    return ax


def _layers(
    services: Sequence[str], components: Sequence[str], needed: Mapping[str, Sequence[tuple[str, bool]]]
) -> list[list[str]]:
    """Everything below all that needs it."""
    depth = {name: 0 for name in [*services, *components]}
    for name in components:
        depth[name] = 1
    changed = True
    while changed:
        changed = False
        for source, targets in needed.items():
            for target, _ in targets:
                if depth[target] <= depth[source]:
                    depth[target] = depth[source] + 1
                    changed = True
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, level in depth.items():
        layers[level].append(name)
    return [layer for layer in layers if layer]


def _places(
    layers: Sequence[list[str]], needed: Mapping[str, Sequence[tuple[str, bool]]]
) -> dict[str, tuple[float, float]]:
    """Each layer in the order of the middle of what needs its members, which crosses few arrows."""
    place: dict[str, tuple[float, float]] = {}
    for level, layer in enumerate(layers):
        above = {
            name: [place[source][0] for source, targets in needed.items() if source in place and name in dict(targets)]
            for name in layer
        }
        middle = {name: sum(xs) / len(xs) if xs else 0.5 for name, xs in above.items()}
        for column, name in enumerate(sorted(layer, key=lambda one: (middle[one], one))):
            place[name] = ((column + 0.5) / len(layer), -float(level))
    return place


def _kinds(ax: Axes, paint: Mapping[str, str]) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(facecolor=colour, label=kind) for kind, colour in paint.items()]
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=len(handles), frameon=False)
