"""Every figure of a system by enumeration of its domains, drains and levels."""

import math
from types import SimpleNamespace as Record
from cluster import two_state
from elements import Elements, with_factors
from losses import Losses
from placing import headroom, placements
from structure import Structure
from traffic import data_loss, error_ratio, recovery, response_times
from worlds import Worlds

def independent(system, placement, service):
    elements = Elements(system, placement)
    structure = Structure(system, system.services[service])
    total = 0.0
    for l, level in enumerate(system.levels):
        pairs = []
        for element in structure.elements:
            c = system.components.get(element) if isinstance(element, str) else None
            if c is None or not c.replicated:
                pairs.append(elements.numbers(element, l, 0)[:2])
                continue
            counts = [1.0]  # P(j replicas serve)
            for node in (placement.get(c.name) or [None] * c.n[l])[:c.n[l]]:
                a, u = c.a, c.u
                for place in [] if node is None else [system.cluster.nodes[node], *system.cluster.nodes[node].above]:
                    down, up = two_state(place)
                    a, u = a * up, u + a * down
                counts = [(counts[j] * u if j < len(counts) else 0.0) + (counts[j - 1] * a if j else 0.0)
                          for j in range(len(counts) + 1)]
            down, up = sum(counts[:c.need[l]]), sum(counts[c.need[l]:])
            factors = [u for u, _ in elements.factors(c, l)]
            if c.claim:
                factors.append(two_state(system.claims[c.claim])[0])
            pairs.append(with_factors(down, up, factors))
        total += level.share * structure.down(pairs)
    return total

def figures(system, placement=None, most_placements=150):
    placement = placement or {name: c.nodes for name, c in system.components.items() if c.replicated and c.nodes is not None}
    credit = headroom(system, placement) if system.cluster.nodes else True
    worlds = Worlds(system, placement, credit)
    frequencies = worlds.frequencies()
    result = {}
    for name, service in system.services.items():
        by_level = worlds.unavailability(name)
        u = math.fsum(level.share * value for level, value in zip(system.levels, by_level))
        result[name] = Record(
            unavailability=u, by_level=by_level, independent=independent(system, placement, name),
            frequency=frequencies[name], error=error_ratio(system, placement, service, by_level),
            response=response_times(system, service), recovery=recovery(system, service),
            loss=data_loss(system, service),
            losses=Losses(system, worlds, credit).all_of(service),
            guaranteed=None)
    for name, value in guaranteed(system, placement, most_placements).items():
        result[name].guaranteed = value
    return result, credit


def guaranteed(system, placement, limit):
    """{service: largest unavailability over the placements that the rules allow}; empty when they are too many."""
    if not system.cluster.nodes:
        return {}
    pinned = {name: placement[name] for name, c in system.components.items() if c.replicated and c.pinned}
    choices = placements(system, pinned, limit)
    if not choices:
        return {}
    worst = dict.fromkeys(system.services, 0.0)
    for where in choices:
        worlds = Worlds(system, where, headroom(system, where))
        for name in worst:
            by_level = worlds.unavailability(name)
            worst[name] = max(worst[name], math.fsum(level.share * value for level, value in zip(system.levels, by_level)))
    return worst
