"""Components and switchovers as two-state elements, and the states of nodes, domains and claims."""

import itertools
import math
from cluster import two_state
from failover import failover_of

def at_least(k, need, u, a):
    """(P(fewer than need of k serve), P(at least need serve))."""
    terms = [math.comb(k, j) * a**j * u**(k - j) for j in range(k + 1)]
    return sum(terms[:min(max(need, 0), k + 1)]), sum(terms[need:]) if need <= k else 0.0


def with_factors(down, up, factors):
    for u in factors:
        down, up = down + up * u, up * (1 - u)
    return down, up


class Elements:
    """Per level: the two-state numbers of every component and switchover of a placed system."""

    def __init__(self, system, placement):
        self.system, self.placement = system, placement
        self.failover = {name: failover_of(system.read, c, system.cluster, placement.get(name))
                         for name, c in system.components.items() if c.replicated}
        self.ramp = [{name: self.shortage(c, l) for name, c in system.components.items() if c.replicated}
                     for l in range(len(system.levels))]
        self.memo = {}

    def shortage(self, c, l):
        """Unavailability of the ramp's factor at level l."""
        lower = lower_level(c.rates, l)
        if not c.autoscale or lower is None or not c.throughput or c.n[lower] >= c.need[l]:
            return 0.0
        level = self.system.levels[l]
        lag = c.autoscale.lag + c.back_mean
        rho = float(c.utilization / c.autoscale.target)
        slope = float(c.rates[l] - c.rates[lower]) / level.ramp if level.ramp else math.inf
        longest = level.ramp + lag
        short = longest if rho <= 1 else min(longest, max(0.0, rho * (lag / (rho - 1) - float(c.rates[lower]) / slope)))
        return min(1.0, short / (level.share * level.every))

    def factors(self, c, l):
        """[(unavailability, event rate while up)], the ramp's factor last and without events of its own."""
        pairs = list(c.causes)
        if c.replicated and self.failover[c.name]:
            pairs.append(self.failover[c.name])
        result = [(rate * d / (1 + rate * d), rate) for rate, d in pairs]
        if c.replicated and self.ramp[l][c.name] > 0:
            result.append((self.ramp[l][c.name], 0.0))
        return result

    def numbers(self, element, l, k):
        """(P(down), P(up), frequency of its own up-to-down events) with k reachable replicas."""
        key = (element, l, k)
        if key not in self.memo:
            self.memo[key] = self.compute(element, l, k)
        return self.memo[key]

    def compute(self, element, l, k):
        if isinstance(element, tuple) and element[0] == "net":
            place = getattr(self.system.network, element[1])[element[2]]
            u, a = two_state(place)
            return u, a, a * sum(mode.rate for mode in place.modes)
        if isinstance(element, tuple):
            name, cost = self.system.switches[element[1]]
            rate = self.system.components[name].rate
            u = rate * cost / (1 + rate * cost)
            return u, 1 - u, rate * (1 - u)
        c = self.system.components[element]
        factors = self.factors(c, l)
        if c.replicated:
            down, up = at_least(k, c.need[l], c.u, c.a)
            if c.need[l] > c.n[l]:
                down, up = 1.0, 0.0
            own = (k * c.event_rate * c.a * math.comb(k - 1, c.need[l] - 1) * c.a**(c.need[l] - 1)
                   * c.u**(k - c.need[l])) if k >= c.need[l] else 0.0
        else:
            down, up, own = c.u, c.a, c.frequency
        events = own * math.prod(1 - u for u, _ in factors)
        events += up * sum(rate for _, rate in factors) * math.prod(1 - u for u, _ in factors)
        return (*with_factors(down, up, [u for u, _ in factors]), events)


def lower_level(rates, l):
    """The level with the next lower rate."""
    lower = [i for i in range(len(rates)) if rates[i] < rates[l]]
    return max(lower, key=lambda i: rates[i]) if lower else None

class States:
    """All combinations of up and down, with their probabilities."""

    def __init__(self, system):
        self.system = system
        cluster = system.cluster
        self.places = ([("domain", name, place) for name, place in cluster.domains.items()]
                       + [("node", i, node) for i, node in enumerate(cluster.nodes)]
                       + [("claim", name, claim) for name, claim in system.claims.items()])
        self.chances = [two_state(place) for _, _, place in self.places]
        self.index = {(kind, key): i for i, (kind, key, _) in enumerate(self.places)}

    def all(self, forced_up=None):
        """(probability, states); a state is a tuple of booleans, True for up."""
        options = []
        for i, (down, up) in enumerate(self.chances):
            if i == forced_up:
                options.append([(True, 1.0)])
            else:
                options.append([(state, p) for state, p in ((True, up), (False, down)) if p > 0])
        for combination in itertools.product(*options):
            yield math.prod(p for _, p in combination), tuple(state for state, _ in combination)

    def reachable(self, state):
        cluster = self.system.cluster
        return [state[self.index["node", i]] and all(state[self.index["domain", d.name]] for d in node.above)
                for i, node in enumerate(cluster.nodes)]

    def lonely(self, state, reachable):
        """The node that alone is unreachable, because it is down itself; or None."""
        gone = [i for i, ok in enumerate(reachable) if not ok]
        if len(gone) != 1:
            return None
        node = self.system.cluster.nodes[gone[0]]
        return gone[0] if all(state[self.index["domain", d.name]] for d in node.above) else None
