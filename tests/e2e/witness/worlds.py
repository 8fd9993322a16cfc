"""A placed system in every level, drain and state of its domains."""

import math
from cluster import mean_beyond, mean_up_to
from elements import Elements, States, lower_level
from structure import Structure

class Worlds:
    """A placed system: for every level and drain, how many replicas of each component are reachable."""

    def __init__(self, system, placement, credit):
        self.system, self.placement, self.states = system, placement, States(system)
        self.elements = Elements(system, placement)
        self.structures = {name: Structure(system, service) for name, service in system.services.items()}
        self.names = [name for name, c in system.components.items() if c.replicated]
        self.stages = [self.node_stages(i) if credit else [] for i in range(len(system.cluster.nodes))]
        self.memo = {}

    def node_stages(self, i):
        """Ascending ages at which components on node i serve again."""
        components = [self.system.components[name] for name in self.names]
        return sorted({c.tau for c in components if c.movable and i in (self.placement.get(c.name) or [])})

    def ages(self, i):
        """[(probability given down, age reached)]: the stages of a node that is down."""
        node, taus = self.system.cluster.nodes[i], self.stages[i]
        if node.down:
            return [(1.0, math.inf if taus else 0.0)]
        total = sum(mode.rate * mode.repair for mode in node.modes)
        below = [sum(mode.rate * mean_up_to(mode, t) for mode in node.modes) / total for t in taus]
        rest = sum(mode.rate * mean_beyond(mode, taus[-1]) for mode in node.modes) / total if taus else 1.0
        edges = [0.0, *below]
        return ([(edges[j + 1] - edges[j], taus[j - 1] if j else 0.0) for j in range(len(taus))]
                + [(rest, taus[-1] if taus else 0.0)])

    def reach(self, l, state, drain, age):
        """Reachable replicas per replicated component at level l.

        drain: None or (node, seconds since its start); age: of the only unreachable node, or None."""
        reachable = self.states.reachable(state)
        lonely = self.states.lonely(state, reachable) if drain is None else None
        counts = []
        for name in self.names:
            c = self.system.components[name]
            if c.claim and not state[self.states.index["claim", c.claim]]:
                counts.append(0)
                continue
            nodes = self.placement.get(name)
            if nodes is None:
                counts.append(c.n[l])
                continue
            nodes = nodes[:c.n[l]]
            if drain:
                nodes = self.drained(c, l, drain)
            counts.append(sum(1 for node in nodes if node is not None and (
                reachable[node] or (node == lonely and age is not None and c.movable and age >= c.tau))))
        return tuple(counts)

    def drained(self, c, l, drain):
        """Where the replicas are while a node is drained; None: nowhere."""
        node, seconds = drain
        nodes = self.placement[c.name][:c.n[l]]
        if node not in nodes:
            return nodes
        if not c.movable or seconds < c.drain_out:
            return [entry if entry != node else None for entry in nodes]
        once = c.claim and self.system.claims[c.claim].once
        users = self.system.claims[c.claim].users if once else [c]
        targets = [i for i in c.allowed if i != node and all(i in user.allowed for user in users)]
        if not targets:
            return [entry if entry != node else None for entry in nodes]
        if once:
            return [entry if entry != node else targets[0] for entry in nodes]
        counts = {i: nodes.count(i) for i in targets}
        result = []
        for entry in nodes:
            if entry == node:
                entry = min(targets, key=lambda i: (counts[i], i))
                counts[entry] += 1
            result.append(entry)
        return result

    def drains(self):
        """[(weight, drain)] of the mixture over no drain and every drained node and stage."""
        cluster = self.system.cluster
        if not cluster.drain or not cluster.nodes:
            return [(1.0, None)]
        share = cluster.drain.per_node / cluster.drain.every
        result = [(1 - len(cluster.nodes) * share, None)]
        for i in range(len(cluster.nodes)):
            ends = sorted({min(c.drain_out, cluster.drain.per_node) for c in map(self.system.components.get, self.names)
                           if c.movable and i in (self.placement.get(c.name) or [])} | {cluster.drain.per_node})
            begin = 0.0
            for end in ends:
                if end > begin:
                    result.append(((end - begin) / cluster.drain.every, (i, begin)))
                begin = end
        return result

    def situations(self, drain):
        """(probability, state, age) of everything that can be up or down while this drain holds."""
        forced = self.states.index["node", drain[0]] if drain else None
        for p, state in self.states.all(forced):
            lonely = self.states.lonely(state, self.states.reachable(state)) if drain is None else None
            if lonely is None:
                yield p, state, None
            else:
                for chance, age in self.ages(lonely):
                    yield p * chance, state, age

    def chances(self, service, l, counts):
        reach = dict(zip(self.names, counts))
        return [self.elements.numbers(element, l, reach.get(element, 0))
                for element in self.structures[service].elements]

    def down(self, service, l, counts):
        key = (service, l, counts)
        if key not in self.memo:
            self.memo[key] = self.structures[service].down([n[:2] for n in self.chances(service, l, counts)])
        return self.memo[key]

    def own_events(self, service, l, counts):
        """Frequency of replica, factor, chain and external events that take the service down."""
        key = (service, l, counts, "events")
        if key not in self.memo:
            numbers = self.chances(service, l, counts)
            structure, total = self.structures[service], 0.0
            for i, (_, _, events) in enumerate(numbers):
                if events:
                    pairs = [n[:2] for n in numbers]
                    pairs[i] = (1.0, 0.0)
                    with_it = structure.down(pairs)
                    pairs[i] = (0.0, 1.0)
                    total += events * (with_it - structure.down(pairs))
            self.memo[key] = total
        return self.memo[key]

    def unavailability(self, service):
        """Per level."""
        result = []
        for l in range(len(self.system.levels)):
            result.append(math.fsum(weight * p * self.down(service, l, self.reach(l, state, drain, age))
                                    for weight, drain in self.drains() for p, state, age in self.situations(drain)))
        return result

    def frequencies(self):
        """{service: outages per second}."""
        result = dict.fromkeys(self.system.services, 0.0)
        for l, level in enumerate(self.system.levels):
            before = lower_level([float(sum(s.rates[i] for s in self.system.services.values()))
                                  for i in range(len(self.system.levels))], l)
            for weight, drain in self.drains():
                for p, state, age in self.situations(drain):
                    counts = self.reach(l, state, drain, age)
                    later = self.later(l, state, drain, age, counts)
                    lower = self.reach(before, state, drain, age) if before is not None else None
                    for name in result:
                        now = self.down(name, l, counts)
                        events = self.own_events(name, l, counts)
                        events += sum(rate * (self.down(name, l, after) - now) for rate, after in later)
                        result[name] += level.share * weight * p * events
                        if lower is not None:
                            result[name] += weight * p / level.every * self.entry(name, before, l, lower, state, drain, age)
        return result

    def later(self, l, state, drain, age, counts):
        """[(rate, counts after)] of the domains, nodes and claims that may fail now, and of drains that may begin."""
        result = []
        for i, (kind, key, place) in enumerate(self.states.places):
            if state[i] and place.modes and not place.down and not (drain and (kind, key) == ("node", drain[0])):
                after = state[:i] + (False,) + state[i + 1:]
                counts_after = self.reach(l, after, drain, 0.0 if kind == "node" else age)
                if counts_after != counts:
                    result.append((sum(mode.rate for mode in place.modes), counts_after))
        if drain is None and self.system.cluster.drain:
            free = 1 - len(self.system.cluster.nodes) * self.system.cluster.drain.per_node / self.system.cluster.drain.every
            for i in range(len(self.system.cluster.nodes)):
                forced = self.states.index["node", i]
                after = state[:forced] + (True,) + state[forced + 1:]
                result.append((1 / self.system.cluster.drain.every / free, self.reach(l, after, (i, 0.0), None)))
        return result

    def entry(self, service, before, l, lower, state, drain, age):
        """P(up before, down after) when level l is entered, the same failures before and after."""
        joint = []
        after = dict(zip(self.names, self.reach(l, state, drain, age)))
        first = dict(zip(self.names, lower))
        for element in self.structures[service].elements:
            c = self.system.components.get(element) if isinstance(element, str) else None
            if c is None or not c.replicated:
                u, a, _ = self.elements.numbers(element, l, 0)
                joint.append(((u, 0.0), (0.0, a)))
            else:
                joint.append(self.joint_of(c, before, l, first[element], after[element]))
        return self.structures[service].up_then_down(joint)

    def joint_of(self, c, before, l, k0, k1):
        if c.n[before] == c.n[l] and c.need[before] == c.need[l] and not self.elements.ramp[l][c.name] \
                and not self.elements.ramp[before][c.name]:
            u, a, _ = self.elements.numbers(c.name, l, k1)
            return ((u, 0.0), (0.0, a))
        shared = math.prod(1 - u for u, rate in self.elements.factors(c, before) if rate)
        old_ramp = 1 - self.elements.ramp[before][c.name]
        short = self.elements.ramp[l][c.name] > 0
        common, table = min(k0, k1), [[0.0, 0.0], [0.0, 0.0]]
        for j in range(common + 1):
            p = math.comb(common, j) * c.a**j * c.u**(common - j)
            for extra in range(abs(k1 - k0) + 1):
                q = p * math.comb(abs(k1 - k0), extra) * c.a**extra * c.u**(abs(k1 - k0) - extra)
                was = j + (extra if k0 > k1 else 0) >= c.need[before] and c.need[before] <= c.n[before]
                will = j + (extra if k1 > k0 else 0) >= c.need[l] and c.need[l] <= c.n[l] and not short
                for ramp_up, r in ((1, old_ramp), (0, 1 - old_ramp)):
                    table[int(was and ramp_up)][int(will)] += q * shared * r
        table[0][0] += 1 - shared
        return table
