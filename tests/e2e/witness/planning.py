"""Tiny specs with open decisions, and their best plans by trying everything."""

import copy
import itertools
import math
import random
from types import SimpleNamespace as Record

import figures
import placing
import system as model
import traffic


def random_spec(seed):
    """(tree under spec, {path: [values]} of its open decisions)."""
    r = random.Random(seed)
    levels = {"peak": {"share": "20%", "rate": f"{r.randint(60, 260)}/s"}, "rest": {"share": "80%", "rate": "50/s"}}
    nodes = {"worker": {"count": r.choice([2, 2, 3]), "capacity": {"cpu": r.choice([2, 3]), "memory": "4Gi"},
                        "failures": {"reboot": {"mtbf": f"{r.randint(5, 40)}d", "repair": r.choice(["5m", "30m"])}}}}
    cluster = {"nodes": nodes}
    if r.random() < 0.3:
        cluster["domains"] = {"zone-a": {"level": "zone", "failures": {"power": {"mtbf": "300d", "repair": "1h"}}},
                              "zone-b": {"level": "zone"}}
        nodes["worker"]["in"] = ["zone-a", "zone-b"]
    if r.random() < 0.3:
        cluster["maintenance"] = {"drain": {"every": "30d", "perNode": "10m"}}
    web = {"type": "stateless", "throughput": "100/s", "serviceTime": "5ms", "start": "4s", "shutdown": "1s",
           "resources": {"cpu": r.choice(["500m", "750m"]), "memory": "1Gi"},
           "failures": {"crash": {"mtbf": "10d"}, "hang": {"mtbf": f"{r.randint(8, 60)}d", "detection": "liveness"}},
           "probes": {"liveness": {"httpGet": {"path": "/", "port": 80}, "periodSeconds": {"oneOf": [2, 5, 10]},
                                   "failureThreshold": 2}}}
    decisions = {("components", "web", "probes", "liveness", "periodSeconds"): [2, 5, 10]}
    if r.random() < 0.5:
        web["replicas"] = "1..4"
        decisions["components", "web", "replicas"] = [1, 2, 3, 4]
    else:
        web["autoscale"] = {"min": "1..3", "max": 4, "targetCPUUtilizationPercentage": {"oneOf": [60, 80]}}
        decisions["components", "web", "autoscale", "min"] = [1, 2, 3]
        decisions["components", "web", "autoscale", "targetCPUUtilizationPercentage"] = [60, 80]
    for key, value in (("spread", {"over": "zone"} if "domains" in cluster and r.random() < 0.6 else {"maxSkew": 1}),
                       ("placement", "pinned")):
        if r.random() < 0.4:
            web[key] = value
    components = {"web": web}
    if r.random() < 0.75:
        web["dependsOn"] = ["db"]
        components["db"] = {"type": "primary-replica", "replicas": "1..2", "storage": "local",
                            "resources": {"cpu": "1", "memory": "1Gi"}, "failures": {"crash": {"mtbf": "30d"}},
                            "failover": {"detect": "5s", "promote": "3s"}}
        decisions["components", "db", "replicas"] = [1, 2]
        if r.random() < 0.3:
            components["db"]["placement"] = "pinned"
    objective = {"availability": r.choice(["99%", "99.9%", "99.95%", "99.99%", "99.999%"])}
    if r.random() < 0.5:
        objective["recoveryTime"] = r.choice(["48s", "55s", "40s"])
    if r.random() < 0.3:
        objective["errorRate"] = r.choice(["0.1%", "0.02%"])
    if r.random() < 0.3:
        objective["responseTime"] = r.choice(["5.5ms", "7ms"])
    if r.random() < 0.2:
        objective["loss"] = {"node": r.choice(["400s", "30s"])}
    spec = {"objectives": {"shop": objective}, "cluster": cluster, "workload": {"levels": levels},
            "components": components, "services": {"shop": {"requires": ["web"]}}}
    return spec, decisions


def texts(tree):
    """The tree with every scalar as a text, as the reader gives it."""
    if isinstance(tree, dict):
        return {key: texts(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [texts(value) for value in tree]
    return str(tree)


def criteria(system):
    """(largest number of replicas, its mean, cpu and memory there), exactly."""
    running = [c for c in system.components.values() if c.replicated]
    totals = [sum(c.n[l] for c in running) for l in range(len(system.levels))]
    most = totals.index(max(totals))
    shares = [system.read.probability(level.share_text) for level in system.levels]
    asked = [sum(c.n[most] * c.requests.get(key, 0) for c in running) for key in ("cpu", "memory")]
    return (max(totals), sum(share * total for share, total in zip(shares, totals)), *asked)


def meets(spec, system, where, known):
    """Whether a placed system meets every objective, the availability in every placement that may come about.

    known: guaranteed figures by where the pinned components are, filled as they are needed."""
    pinned = tuple((name, tuple(where[name])) for name, c in system.components.items() if c.replicated and c.pinned)
    if pinned not in known:
        known[pinned] = figures.guaranteed(system, where, math.inf)
    read = system.read
    if any(known[pinned][name] > float(1 - read.probability(objective["availability"]))
           for name, objective in spec["objectives"].items()):
        return False
    result, _ = figures.figures(system, where, 0)
    for name, objective in spec["objectives"].items():
        mine = result[name]
        if "recoveryTime" in objective and (mine.recovery or 0) > read.duration(objective["recoveryTime"]):
            return False
        if "errorRate" in objective and mine.error > read.probability(objective["errorRate"]):
            return False
        if "responseTime" in objective and any(value is None or value > read.duration(objective["responseTime"])
                                               for value in mine.response):
            return False
        if "loss" in objective and any(
            loss.kind == "node" and loss.until > read.duration(objective["loss"]["node"]) for loss in mine.losses):
            return False
    return True


def best(spec, decisions):
    """Criteria of the best plan, or None, by trying all decisions and placements in order of their criteria."""
    candidates = []
    for values in itertools.product(*decisions.values()):
        fixed = copy.deepcopy(spec)
        for path, value in zip(decisions, values):
            place = fixed
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
        tree = texts(fixed)
        system = model.system_of(tree)
        if all(n >= need for c in system.components.values() if c.replicated for n, need in zip(c.n, c.need)):
            candidates.append(Record(criteria=criteria(system), tree=tree, system=system))
    for candidate in sorted(candidates, key=lambda entry: entry.criteria):
        if hopeless(candidate):
            continue
        known = {}
        for where in placing.placements(candidate.system, {}, math.inf):
            if meets(candidate.tree, candidate.system, where, known):
                return candidate.criteria
    return None


def hopeless(candidate):
    """No placement can help: what does not depend on it misses already."""
    objective = candidate.tree["objectives"]["shop"]
    slowest = traffic.recovery(candidate.system, candidate.system.services["shop"])
    return "recoveryTime" in objective and (slowest or 0) > candidate.system.read.duration(objective["recoveryTime"])
