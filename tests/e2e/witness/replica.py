"""One replica: its probes, the steps of its recovery, its failure modes."""

import math
from types import SimpleNamespace as Record
from cluster import normal_above

Z99 = 2.3263478740408411  # 99th percentile of the standard normal law

PROBE = {"initialDelaySeconds": 0, "periodSeconds": 10, "timeoutSeconds": 1, "failureThreshold": 3,
         "successThreshold": 1}


def probe_of(read, probes, kind):
    entry = (probes or {}).get(kind)
    if entry is None:
        return None
    values = {key: int(read.chosen(entry.get(key, str(standard)), read.number, standard))
              for key, standard in PROBE.items()}
    grace = entry.get("terminationGracePeriodSeconds")
    return Record(initial=values["initialDelaySeconds"], period=values["periodSeconds"],
                  timeout=values["timeoutSeconds"], failures=values["failureThreshold"],
                  successes=values["successThreshold"], grace_text=grace,
                  false_failure=read.probability(entry["falseFailure"]) if "falseFailure" in entry else None)


def replica_of(read, entry, c):
    """Adds the steps of a replica's recovery, its modes with their outages, and its unavailability."""
    probes = entry.get("probes")
    c.liveness, c.readiness, c.startup = (probe_of(read, probes, kind) for kind in ("liveness", "readiness", "startup"))
    pod_grace = int(read.text(entry.get("terminationGracePeriodSeconds", "30")))
    grace = pod_grace
    if c.liveness and c.liveness.grace_text is not None:
        grace = int(read.chosen(c.liveness.grace_text, read.number, pod_grace))
    shutdown = float(read.duration(entry.get("shutdown", "0s")))
    start = max(float(read.duration(entry.get("start", "0s"))), c.readiness.initial if c.readiness else 0)
    extra = (c.readiness.successes - 1) * c.readiness.period if c.readiness else 0
    if c.startup:
        period = c.startup.period
    else:
        period = c.readiness.period if c.readiness else 1
    ready_mean, ready_worst = period / 2 + extra, period + extra
    c.back_mean, c.back_worst = start + ready_mean, start + ready_worst
    c.drain_out = min(shutdown, pod_grace) + c.back_mean
    c.modes = []
    exits = sum(float(read.rate_of(mode)) for mode in (entry.get("failures") or {}).values()
                if mode.get("detection", "exit") == "exit")
    for name, mode in sorted((entry.get("failures") or {}).items()):
        detection = mode.get("detection", "exit")
        if "repair" in mode:
            mean, worst = float(read.duration(mode["repair"])), None
        elif detection == "exit":
            mean = 0.5 + c.back_mean + back_off(exits)
            worst = 1 + c.back_worst
        else:
            probe = c.liveness
            stop = grace if mode.get("ignoresSigterm", "true") == "true" else min(shutdown, grace)
            later = (probe.failures - 1) * max(probe.period, probe.timeout) + probe.timeout
            mean = probe.period / 2 + later + stop + c.back_mean
            worst = probe.period + later + stop + c.back_worst
        c.modes.append(Record(name=name, rate=float(read.rate_of(mode)), mean=mean, worst=worst, detection=detection,
                              spurious=False))
    if c.liveness:
        p = false_failure(read, entry, c.liveness)
        if p > 0:
            f = c.liveness.failures
            c.modes.append(Record(name="spurious", rate=(1 - p) * p**f / (c.liveness.period * (1 - p**f)),
                                  mean=min(shutdown, grace) + c.back_mean, worst=None, detection="exit", spurious=True))
    if "availability" in entry:
        c.u = float(1 - read.probability(entry["availability"]))
        c.a = 1 - c.u
        c.event_rate = c.u / 3600 / c.a  # out for an hour at a time
        c.modes = []
    else:
        load = sum(mode.rate * mode.mean for mode in c.modes)
        c.u, c.a = load / (1 + load), 1 / (1 + load)
        c.event_rate = sum(mode.rate for mode in c.modes)


def back_off(rate):
    q = -math.expm1(-600 * rate)
    waits = [10 * 2**i for i in range(5)]
    return sum((1 - q) * q**(i + 1) * wait for i, wait in enumerate(waits)) + q**6 * 300


def false_failure(read, entry, probe):
    if probe.false_failure is not None:
        return float(probe.false_failure)
    latency = entry.get("probeLatency")
    if not latency:
        return 0.0
    p50, p99 = (math.log(float(read.duration(latency[key]))) for key in ("p50", "p99"))
    return normal_above((math.log(probe.timeout) - p50) / ((p99 - p50) / Z99))
