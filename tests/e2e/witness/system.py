"""A spec's tree as a system of numbers: defaults, components, load, placement. Times in s, rates in 1/s."""

from fractions import Fraction
from types import SimpleNamespace as Record
from cluster import cluster_of, domain_modes, names_in, nodes_called
from reading import Reader
from replica import replica_of

REPLICATED = ("stateless", "primary-replica", "quorum")


def ceiling(fraction):
    return -((-fraction.numerator) // fraction.denominator)

def component_of(read, name, entry, system):
    c = Record(name=name, type=entry["type"], entry=entry, causes=[], nodes=None, modes=[],
               service_time=read.duration(entry.get("serviceTime", "0s")),
               throughput=read.rate(entry["throughput"]) if "throughput" in entry else None,
               utilization=read.probability(entry.get("maxUtilization", "90%")))
    c.replicated = c.type in REPLICATED
    if "releases" in entry:
        r = entry["releases"]
        rate = (read.probability(r["failureRate"]) * read.probability(r.get("exposure", "100%"))
                / read.duration(r["every"]))
        c.causes.append((float(rate), float(read.duration(r["restore"]))))
    for cause in (entry.get("commonCause") or {}).values():
        c.causes.append((float(read.rate_of(cause)), float(read.duration(cause["repair"]))))
    if c.type == "external":
        external_of(read, entry, c)
    elif c.type == "markov":
        chain_of(read, entry, c)
    elif c.replicated:
        replica_of(read, entry, c)
        counts_of(read, entry, c)
        place_of(read, entry, c, system.cluster)
    return c


def external_of(read, entry, c):
    repair = read.duration(entry.get("repair", "1h"))
    if "availability" in entry:
        a = read.probability(entry["availability"])
    else:
        mtbf = read.duration(entry["mtbf"])
        a = mtbf / (mtbf + repair)
    c.u, c.a = float(1 - a), float(a)
    c.frequency = float((1 - a) / repair)
    c.rate = float((1 - a) / repair / a) if a else 0.0


def chain_of(read, entry, c):
    """Steady state by exact elimination over the rationals."""
    states = sorted(entry["states"])
    n = len(states)
    rates = [[Fraction(0)] * n for _ in range(n)]
    for step in entry["transitions"]:
        if "rate" in step:
            rate = read.rate(step["rate"])
        else:
            rate = 1 / read.duration(step.get("mtbf", step.get("mean")))
        rates[states.index(step["from"])][states.index(step["to"])] += rate
    # pi Q = 0 and sum pi = 1, by Gauss-Jordan
    rows = [[(rates[j][i] if i != j else -sum(rates[i][k] for k in range(n) if k != i)) for j in range(n)] + [Fraction(0)]
            for i in range(n)]
    rows[-1] = [Fraction(1)] * (n + 1)
    for i in range(n):
        pivot = next(r for r in range(i, n) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(n):
            if r != i and rows[r][i]:
                rows[r] = [x - rows[r][i] * y for x, y in zip(rows[r], rows[i])]
    pi = [row[-1] for row in rows]
    serves = [entry["states"][state]["serves"] == "true" for state in states]
    c.u = float(sum(p for p, up in zip(pi, serves) if not up))
    c.a = float(sum(p for p, up in zip(pi, serves) if up))
    c.frequency = float(sum(pi[i] * rates[i][j] for i in range(n) for j in range(n)
                            if i != j and serves[i] and not serves[j]))


def counts_of(read, entry, c):
    c.autoscale = None
    if "autoscale" in entry:
        scale = entry["autoscale"]
        c.autoscale = Record(least=int(read.chosen(scale["min"], read.number)),
                             most=int(read.chosen(scale["max"], read.number)),
                             target=read.chosen(scale.get("targetCPUUtilizationPercentage", "80"), read.number, 80) / 100,
                             lag=float(read.duration(scale.get("lag", "30s"))))
    else:
        c.replicas = int(read.chosen(entry.get("replicas", "1"), read.number))
    c.retry = float(read.probability(entry.get("retry", "0%")))
    c.requests = {key: ceiling(read.quantity(value) * 1000) for key, value in (entry.get("resources") or {}).items()}
    replication = entry.get("replication") or {}
    c.sync = replication.get("mode", "async") == "sync"
    c.lag = float(read.duration(replication.get("lag", "0s")))
    c.strict = c.sync and replication.get("strict", "false") == "true"
    c.standbys = int(read.text(replication.get("standbys", "1")))


def place_of(read, entry, c, cluster):
    storage = entry.get("storage") or {}
    if isinstance(storage, str):
        storage = {"kind": storage}
    c.storage = storage.get("kind", "none")
    c.claim = storage.get("claim")
    c.once = storage.get("accessMode", "ReadWriteOnce") in ("ReadWriteOnce", "ReadWriteOncePod")
    c.claim_failures = storage.get("failures")
    c.reattach = float(read.duration(storage.get("reattach", "360s"))) if c.storage == "network" else 0.0
    workload = entry.get("workload", "deployment" if c.type == "stateless" else "statefulset")
    c.movable = entry["movable"] == "true" if "movable" in entry else workload == "deployment" and c.storage != "local"
    spread = entry.get("spread") or {}
    c.over = spread.get("over", "node")
    c.skew = int(read.text(spread.get("maxSkew", "1")))
    c.hard = spread.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"
    c.pinned = entry.get("placement") == "pinned"
    allowed = nodes_called(cluster, names_in(entry["pin"])) if "pin" in entry else set(range(len(cluster.nodes)))
    c.allowed = sorted(allowed - nodes_called(cluster, names_in(entry.get("forbid"))))
    c.tau = cluster.detect_mean + cluster.toleration + c.back_mean + c.reattach
    c.tau_worst = cluster.detect_worst + cluster.toleration + c.back_worst + c.reattach

def requirement_of(read, value, system, inherited=None):
    """A tree of ("component", name), ("connected", vertices, None), ("all" | "any" | n, members, switch).

    `switch` indexes system.switches."""
    if value is None:
        return ("all", [], None)
    if isinstance(value, str):
        return ("component", value)
    if isinstance(value, list):
        return ("all", [requirement_of(read, entry, system) for entry in value], None)
    if "all" in value:
        return ("all", requirement_of(read, names_or_list(value["all"]), system)[1], None)
    if "any" in value:
        members = requirement_of(read, names_or_list(value["any"]), system)[1]
        switch = None
        if "switchover" in value:
            system.switches.append((members[0][1], float(read.duration(value["switchover"]))))
            switch = len(system.switches) - 1
        return ("any", members, switch)
    if "connected" in value:
        return ("connected", list(value["connected"]), None)
    gate = value["atLeast"]
    return (int(read.text(gate["n"])), requirement_of(read, names_or_list(gate["of"]), system)[1], None)


def names_or_list(value):
    return value if isinstance(value, list) else [value]


def system_of(spec):
    read = Reader(spec)
    system = Record(read=read, cluster=cluster_of(read, spec), switches=[], levels=levels_of(read, spec))
    system.network = network_of(read, spec.get("network") or {})
    system.components = {name: component_of(read, name, entry, system)
                         for name, entry in sorted(spec["components"].items())}
    for name, c in system.components.items():
        c.gate = requirement_of(read, c.entry, system) if c.type == "gate" else None
        c.depends = requirement_of(read, names_or_list(c.entry["dependsOn"]) if "dependsOn" in c.entry else None, system)
    system.services = {name: Record(name=name, requires=requirement_of(read, names_or_list(entry["requires"]), system),
                                    load=read.probability(entry["load"]) if "load" in entry else None)
                       for name, entry in sorted(spec["services"].items())}
    system.claims = {}
    for c in system.components.values():
        if c.replicated and c.claim:
            claim = system.claims.setdefault(c.claim, Record(modes=[], down=False, once=c.once, users=[]))
            claim.users.append(c)
            if c.claim_failures:
                claim.modes = domain_modes(read, c.claim_failures)
    load(system)
    default_placement(system)
    return system


def network_of(read, entry):
    """Vertices and links by name, as places that fail; a link has `ends`."""
    def place(value):
        value = value or {}
        return Record(modes=domain_modes(read, value.get("failures")), down=False, ends=value.get("between"))
    return Record(vertices={name: place(value) for name, value in (entry.get("vertices") or {}).items()},
                  links={name: place(value) for name, value in (entry.get("links") or {}).items()})


def levels_of(read, spec):
    levels = ((spec.get("workload") or {}).get("levels") or {"always": {}})
    return [Record(name=name, share=float(read.probability(entry.get("share", "100%"))),
                   share_text=entry.get("share", "100%"),
                   users=read.number(entry["users"]) if "users" in entry else None,
                   think=read.duration(entry.get("thinkTime", "0s")),
                   rate=read.rate(entry["rate"]) if "rate" in entry else None,
                   ramp=float(read.duration(entry.get("ramp", "30m"))),
                   every=float(read.duration(entry.get("every", "1d"))))
            for name, entry in ((key, value or {}) for key, value in levels.items())]


def closure(system, requirement, first_only, seen):
    """Components that a requirement leads to; of `any` gates the first member only, on request."""
    if requirement[0] == "component":
        name = requirement[1]
        if name in seen:
            return seen
        seen.add(name)
        c = system.components[name]
        if c.gate:
            closure(system, c.gate, first_only, seen)
        return closure(system, c.depends, first_only, seen)
    if requirement[0] == "connected":
        return seen
    members = requirement[1]
    for member in members[:1] if requirement[0] == "any" and first_only else members:
        closure(system, member, first_only, seen)
    return seen


def load(system):
    """Rates, needs and counts per level."""
    for service in system.services.values():
        service.path = closure(system, service.requires, True, set())
        service.reach = closure(system, service.requires, False, set())
        service.rates = []
        for level in system.levels:
            if level.users is not None:
                span = level.think + sum(system.components[name].service_time for name in service.path)
                service.rates.append(level.users / span)
            else:
                service.rates.append(level.rate or Fraction(0))
    for name, c in system.components.items():
        c.rates, c.need, c.n = [], [], []
        users = [service for service in system.services.values() if name in service.path]
        for i, level in enumerate(system.levels):
            rates = [service.rates[i] * (1 if service.load is None else service.load) for service in users]
            loaded = any(service.load is not None for service in system.services.values())
            c.rates.append((sum(rates) if loaded else max(rates)) if rates else Fraction(0))
            if c.replicated:
                c.n.append(count_at(c, i))
                c.need.append(need_at(system.read, c, i, level))


def count_at(c, i):
    if not c.autoscale:
        return c.replicas
    wanted = ceiling(c.rates[i] / (c.throughput * c.autoscale.target)) if c.throughput else 0
    return min(max(wanted, c.autoscale.least), c.autoscale.most)


def need_at(read, c, i, level):
    if c.type == "primary-replica":
        return 1 + c.standbys if c.strict else 1
    if c.type == "quorum":
        return c.n[i] // 2 + 1
    given = c.entry.get("need")
    if isinstance(given, dict) and not {"value", "param"} & set(given):
        given = given.get(level.name)
    if given is not None:
        return int(read.text(given))
    if not c.throughput:
        return 1
    return max(1, ceiling(c.rates[i] / (c.throughput * c.utilization)))


def default_placement(system):
    """Round robin over the allowed nodes in natural order; users of a ReadWriteOnce claim on their first common one."""
    if not system.cluster.nodes:
        return
    index = {node.name: i for i, node in enumerate(system.cluster.nodes)}
    for c in system.components.values():
        if not c.replicated:
            continue
        count = max(c.n)
        if "nodes" in c.entry:
            c.nodes = [index[name] for name in c.entry["nodes"]]
        elif c.claim and system.claims[c.claim].once:
            common = set.intersection(*(set(user.allowed) for user in system.claims[c.claim].users))
            c.nodes = [min(common)] * count
        else:
            c.nodes = [c.allowed[i % len(c.allowed)] for i in range(count)]
