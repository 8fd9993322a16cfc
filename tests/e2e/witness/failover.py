"""Failovers: how long they take and how often they happen."""

from cluster import mean_up_to

def failover_times(read, f, cluster):
    """(mean, worst) seconds of a failover."""
    def seconds(key, standard):
        return float(read.chosen(f.get(key, standard), read.duration, read.duration(standard)))

    controller = f.get("controller", "none")
    if controller == "patroni":
        ttl = seconds("ttl", "30s")
        return ttl + 6.5, ttl + seconds("loopWait", "10s") + 10
    if controller == "cloudnative-pg":
        delay, lease, retry = seconds("failoverDelay", "0s"), seconds("lease", "15s"), seconds("retryPeriod", "2s")
        return cluster.detect_mean + delay + lease + retry / 2 + 2, cluster.detect_worst + delay + lease + retry + 5
    if controller == "redis-sentinel":
        after = seconds("downAfter", "30s")
        return after + 2.3, after + 5
    if controller == "redis-cluster":
        timeout = seconds("nodeTimeout", "15s")
        return 1.25 * timeout + 1.25, 1.5 * timeout + 2
    if controller == "repmgr":
        attempts = float(read.chosen(f.get("reconnectAttempts", "2"), read.number, 2))
        interval, connect = seconds("reconnectInterval", "3s"), seconds("connectTimeout", "5s")
        return attempts * (interval + connect / 2) + 2, attempts * (interval + connect) + 5
    mean = worst = 0.0
    for key in ("detect", "promote"):
        value = f.get(key)
        if value is None:
            continue
        both = value if isinstance(value, dict) and "mean" in value else {"mean": value, "worst": value}
        mean += float(read.duration(both["mean"]))
        worst += float(read.duration(both["worst"]))
    return mean, worst


def failover_of(read, c, cluster, nodes):
    """(rate, outage) of the failovers of instances on these nodes, or None; sets what the loss drill needs."""
    n = max(c.n)
    if c.type not in ("primary-replica", "quorum") or n < 2:
        return None
    f = c.entry["failover"]
    mean, c.failover_worst = failover_times(read, f, cluster)
    success = 1.0 if c.type == "quorum" else float(read.probability(f.get("success", "100%")))
    c.manual = float(read.duration(f.get("manual", "30m")))
    c.failover_works = True
    if f.get("controller") == "redis-sentinel" and int(read.text(f.get("sentinels", str(n)))) < 3:
        success = 0.0
        c.failover_works = False
    total = weighted = 0.0

    def cause(rate, within):
        nonlocal total, weighted
        total += rate
        weighted += rate * (success * within(mean) + (1 - success) * within(c.manual))

    for mode in c.modes:
        cause(mode.rate, lambda t, mode=mode: min(t, mode.mean))
    for index in nodes or []:
        for place in [cluster.nodes[index], *cluster.nodes[index].above]:
            for mode in ([] if place.down else place.modes):
                cause(mode.rate / n, lambda t, mode=mode: mean_up_to(mode, t) if t > 0 else 0.0)
    if cluster.drain and nodes:
        outage = float(read.duration(f.get("switchover", "5s")))
        rate = sum(not cluster.nodes[index].down for index in nodes) / n / cluster.drain.every
        total += rate
        weighted += outage * rate
    return (total, weighted / total) if total else None
