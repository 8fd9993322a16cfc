"""What requests see: error ratio, response times, recovery, data loss."""

import math

def error_ratio(system, placement, service, unavailability):
    cluster, path = system.cluster, [system.components[name] for name in sorted(service.path)]
    weights = [level.share * float(rate) for level, rate in zip(system.levels, service.rates)]
    if not sum(weights):
        weights = [level.share for level in system.levels]
    total = 0.0
    for l, weight in enumerate(weights):
        failed = unavailability[l]
        for c in path:
            if not c.replicated:
                continue
            lost = sum(mode.rate * window(c, mode, cluster) for mode in c.modes)
            for node in (placement.get(c.name) or [])[:c.n[l]]:
                for place in [cluster.nodes[node], *cluster.nodes[node].above]:
                    if not place.down:
                        lost += sum(mode.rate * min(cluster.detect_mean + cluster.propagation, mode.repair)
                                    for mode in place.modes) / c.n[l]
            failed += lost * (1 - c.retry)
        total += weight / sum(weights) * failed
    return total


def window(c, mode, cluster):
    if mode.detection == "exit":
        seconds = 1.0
    elif c.readiness:
        r = c.readiness
        seconds = r.period / 2 + (r.failures - 1) * max(r.period, r.timeout) + r.timeout
    else:
        seconds = mode.mean
    return min(seconds + cluster.propagation, mode.mean)


def response_times(system, service):
    """Per level; None where a station is saturated."""
    result = []
    for l, level in enumerate(system.levels):
        stations = []  # (service time, servers or None, rate)
        for name in sorted(service.path):
            c = system.components[name]
            servers = None
            if c.replicated and c.throughput:
                each = max(1, math.ceil(c.throughput * c.service_time))
                servers = each * (1 if c.type == "primary-replica" else c.n[l])
            stations.append((float(c.service_time), servers, float(c.rates[l])))
        if level.users is not None:
            users = level.users * (service.load if service.load is not None else 1)
            result.append(closed_response(stations, max(1, math.floor(users + type(users)(1, 2))), float(level.think)))
        else:
            result.append(open_response(stations))
    return result


def closed_response(stations, users, think):
    delay = sum(s if m is None else s * (m - 1) / m for s, m, _ in stations)
    demands = [s / m for s, m, _ in stations if m is not None]
    queues = [0.0] * len(demands)
    for n in range(1, users + 1):
        times = [d * (1 + q) for d, q in zip(demands, queues)]
        flow = n / (think + delay + sum(times)) if think + delay + sum(times) else 0.0
        queues = [flow * t for t in times]
    return delay + sum(times) if demands else delay


def open_response(stations):
    total = 0.0
    for s, m, rate in stations:
        offered = rate * s
        if m is not None and offered >= m:
            return None
        total += s
        if m is not None and offered > 0:
            blocked = 1.0  # Erlang's loss formula, one server after another
            for k in range(1, m + 1):
                blocked = offered * blocked / (k + offered * blocked)
            waits = m * blocked / (m - offered * (1 - blocked))
            total += waits * s / (m - offered)
    return total


def recovery(system, service):
    worst = [mode.worst for name in service.reach for mode in system.components[name].modes if mode.worst is not None]
    return max(worst, default=None)


def data_loss(system, service):
    return max((c.lag for c in map(system.components.get, service.reach)
                if c.type == "primary-replica" and c.replicas > 1 and not c.sync), default=0.0)
