"""The cluster of a spec: domains, nodes, claims and their repair laws. Times in s, rates in 1/s."""

import math
from types import SimpleNamespace as Record
from reading import natural

def normal_above(x):
    return 0.5 * math.erfc(x / math.sqrt(2.0))

def mean_up_to(mode, age):
    """E[min(R, age)] of a repair."""
    r = mode.repair
    if mode.law == "fixed":
        return min(r, age)
    if mode.law == "exponential":
        return -r * math.expm1(-age / r)
    mu = math.log(r) - mode.sigma ** 2 / 2
    z = (math.log(age) - mu) / mode.sigma
    return r * normal_above(-(z - mode.sigma)) + age * normal_above(z)


def domain_modes(read, failures):
    modes = []
    for name, mode in sorted((failures or {}).items()):
        modes.append(Record(name=name, rate=float(read.rate_of(mode)), repair=float(read.duration(mode["repair"])),
                            law=mode.get("distribution", "exponential"),
                            sigma=float(read.number(mode["sigma"])) if "sigma" in mode else 0.0))
    return modes


def two_state(place):
    """(P(down), P(up)) of a domain, node or claim."""
    if place.down:
        return 1.0, 0.0
    load = sum(mode.rate * mode.repair for mode in place.modes)
    return load / (1 + load), 1 / (1 + load)

def mean_beyond(mode, age):
    """E[max(R - age, 0)], without subtraction."""
    r = mode.repair
    if mode.law == "fixed":
        return max(r - age, 0.0)
    if mode.law == "exponential":
        return r * math.exp(-age / r)
    mu = math.log(r) - mode.sigma**2 / 2
    z = (math.log(age) - mu) / mode.sigma
    return r * normal_above(z - mode.sigma) - age * normal_above(z)

def names_in(value):
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def cluster_of(read, spec):
    cluster = spec.get("cluster") or {}
    domains, nodes = {}, []
    for name, entry in (cluster.get("domains") or {}).items():
        entry = entry or {}
        domains[name] = Record(name=name, level=entry.get("level", "domain"), parent=entry.get("in"),
                               modes=domain_modes(read, entry.get("failures")), down=entry.get("state") == "down")
    for name, entry in (cluster.get("nodes") or {}).items():
        entry = entry or {}
        parents = names_in(entry.get("in")) or [None]
        count = int(read.text(entry["count"])) if "count" in entry else None
        for i in range(count or 1):
            nodes.append(Record(
                name=name if count is None else f"{name}-{i + 1}", pool=name, parent=parents[i % len(parents)],
                modes=domain_modes(read, entry.get("failures")), down=entry.get("state") == "down",
                capacity={key: math.floor(read.quantity(value) * 1000)
                          for key, value in (entry.get("capacity") or {}).items()}))
    nodes.sort(key=lambda node: natural(node.name))
    detection = cluster.get("nodeDetection", {"mean": "47.4s", "worst": "55s"})
    if not (isinstance(detection, dict) and "mean" in detection):
        detection = {"mean": detection, "worst": detection}
    drain = (cluster.get("maintenance") or {}).get("drain")
    result = Record(domains=domains, nodes=nodes, propagation=float(read.duration(cluster.get("propagation", "1s"))),
                    detect_mean=float(read.duration(detection["mean"])),
                    detect_worst=float(read.duration(detection["worst"])),
                    toleration=float(read.chosen(cluster.get("tolerationSeconds", "300"), read.number, 300)),
                    drain=drain and Record(every=float(read.duration(drain["every"])),
                                           per_node=float(read.duration(drain["perNode"]))))
    for node in nodes:
        node.above = ancestors(result, node)
    return result


def ancestors(cluster, node):
    above, name = [], node.parent
    while name is not None:
        above.append(cluster.domains[name])
        name = cluster.domains[name].parent
    return above


def nodes_called(cluster, names):
    """Indices of nodes that a list of node, pool or domain names stands for."""
    return {i for i, node in enumerate(cluster.nodes)
            if {node.name, node.pool, *(domain.name for domain in node.above)} & set(names)}
