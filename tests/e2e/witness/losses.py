"""The loss drill: what is lost on top of what is down for good, and when a service is up again."""

import math
from types import SimpleNamespace as Record


class Losses:
    """Every single loss of a placed system."""

    def __init__(self, system, worlds, credit):
        self.system, self.worlds, self.credit = system, worlds, credit
        self.calm = tuple(not place.down for _, _, place in worlds.states.places)

    def counts(self, l, lost=None, age=math.inf):
        """{component: replicas that serve}, nothing failed but what is down for good and `lost`, `age` seconds ago."""
        state = self.calm
        if lost is not None:
            at = self.worlds.states.index[lost]
            if state[at]:
                state = state[:at] + (False,) + state[at + 1:]
            else:
                age = math.inf  # it was down for good
        counts = self.worlds.reach(l, state, None, age if self.credit else 0.0)
        return dict(zip(self.worlds.names, counts))

    def toll(self, name, l, kind, subject):
        """(replicas that serve before, after, and long after a loss)."""
        if kind in ("node", "domain"):
            return tuple(c[name] for c in (self.counts(l), self.counts(l, (kind, subject), 0.0),
                                           self.counts(l, (kind, subject))))
        before = self.counts(l)[name]
        after = before - (subject == name and before > 0)
        return before, after, after

    def majority(self, c, l, kind, subject, after):
        """Whether more than half of all Sentinels are left: one goes with each replica, one with each other node."""
        f = c.entry["failover"]
        if f.get("controller") != "redis-sentinel":
            return True
        total = int(self.system.read.text(f.get("sentinels", str(c.n[l]))))
        held = set((self.worlds.placement.get(c.name) or [])[:c.n[l]])
        others = 0
        for i, node in enumerate(self.system.cluster.nodes):
            gone = (node.down or any(d.down for d in node.above) or (kind, subject) == ("node", i)
                    or (kind == "domain" and subject in [d.name for d in node.above]))
            others += gone and i not in held
        left = total - min(c.n[l] - after, total) - min(others, max(0, total - c.n[l]))
        return left > total / 2

    def repair(self, kind, subject):
        if kind == "external":
            c = self.system.components[subject]
            return float(self.system.read.duration(c.entry.get("repair", "1h")))
        modes = (self.system.cluster.nodes[subject] if kind == "node" else self.system.cluster.domains[subject]).modes
        total = sum(mode.rate for mode in modes)
        return sum(mode.rate * mode.repair for mode in modes) / total if total else math.inf

    def own(self, c, l, kind, subject):
        """(seconds until a component serves, is a mean)."""
        if kind == "external" and c.name == subject:
            return self.repair(kind, subject), True
        if not c.replicated:
            return 0.0, False
        before, after, finally_ = self.toll(c.name, l, kind, subject)
        if before < c.need[l]:
            return math.inf, True
        if after == before:
            return 0.0, False
        placed = kind in ("node", "domain")
        if after < c.need[l]:
            if not placed:
                return self.restart(c)
            return (c.tau_worst, False) if finally_ >= c.need[l] else (self.repair(kind, subject), True)
        if c.type not in ("primary-replica", "quorum") or kind == "replica":
            return 0.0, False
        if self.majority(c, l, kind, subject, after) and c.failover_works:
            return c.failover_worst, False
        return min(c.manual, self.repair(kind, subject) if placed else self.mean_outage(c)), True

    @staticmethod
    def restart(c):
        if "availability" in c.entry:
            return 3600.0, True
        slowest = 0.0, False
        for mode in c.modes:
            if mode.spurious:
                continue
            time = mode.mean if mode.worst is None else mode.worst
            if time > slowest[0]:
                slowest = time, mode.worst is None
        return slowest

    @staticmethod
    def mean_outage(c):
        if "availability" in c.entry:
            return 3600.0
        total = sum(mode.rate for mode in c.modes)
        return sum(mode.rate * mode.mean for mode in c.modes) / total if total else 0.0

    def joined(self, terminals):
        links = [link.ends for link in self.system.network.links.values()]
        known = {terminals[0]}
        for _ in links:
            for a, b in links:
                if a in known or b in known:
                    known |= {a, b}
        return known.issuperset(terminals)

    def up_before(self, requirement, l):
        if requirement[0] == "component":
            c = self.system.components[requirement[1]]
            if c.replicated and self.counts(l)[c.name] < c.need[l]:
                return False
            return (not c.gate or self.up_before(c.gate, l)) and self.up_before(c.depends, l)
        if requirement[0] == "connected":
            return self.joined(requirement[1])
        members = [self.up_before(member, l) for member in requirement[1]]
        if requirement[0] in ("all", "any"):
            return all(members) if requirement[0] == "all" or not members else any(members)
        return sum(members) >= requirement[0]

    def back(self, requirement, l, kind, subject):
        if requirement[0] == "component":
            c = self.system.components[requirement[1]]
            own = self.back(c.gate, l, kind, subject) if c.gate else self.own(c, l, kind, subject)
            return max(own, self.back(c.depends, l, kind, subject))
        if requirement[0] == "connected":
            return (0.0, False) if self.joined(requirement[1]) else (math.inf, True)
        times = [self.back(member, l, kind, subject) for member in requirement[1]]
        if not times:
            return 0.0, False
        if len(requirement) > 2 and requirement[2] is not None and kind == "external":
            first, cost = self.system.switches[requirement[2]]
            if first == subject:
                times[1:] = [max(time, (cost, False)) for time in times[1:]]
        times.sort()
        return times[-1] if requirement[0] == "all" else times[0 if requirement[0] == "any" else requirement[0] - 1]

    def failing(self, service, kind, subject):
        """Share of requests that meet what is lost, at the level with the highest rate."""
        l = max(range(len(self.system.levels)), key=lambda i: service.rates[i])
        kept = 1.0
        for name in service.path:
            c = self.system.components[name]
            if kind == "external" and name == subject:
                kept = 0.0
            if not c.replicated:
                continue
            before, after, _ = self.toll(name, l, kind, subject)
            if before == after:
                continue
            share = (before - after) / before
            if c.type == "primary-replica":
                share = 0.0 if kind == "replica" and before > 1 else 1.0
            kept *= 1 - share * (1 - c.retry)
        return 1 - kept

    def of(self, service, kind, subject):
        result = Record(kind=kind, subject=subject, already=False, until=0.0, mean=False)
        for l in range(len(self.system.levels)):
            result.already = result.already or not self.up_before(service.requires, l)
            result.until, result.mean = max((result.until, result.mean), self.back(service.requires, l, kind, subject),
                                            key=lambda pair: pair[0])
        if result.already:
            result.until, result.mean = math.inf, False
        result.failing = self.failing(service, kind, subject)
        return result

    def all_of(self, service):
        losses = [("node", i) for i in range(len(self.system.cluster.nodes))]
        losses += [("domain", name) for name in self.system.cluster.domains]
        for name in service.reach:
            c = self.system.components[name]
            if c.replicated and (c.modes or "availability" in c.entry):
                losses.append(("replica", name))
            if c.type in ("primary-replica", "quorum"):
                losses.append(("primary", name))
            if c.type == "external":
                losses.append(("external", name))
        return [self.of(service, *loss) for loss in losses]
