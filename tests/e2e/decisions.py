"""Whether manifests show what a plan decided: read from the plan and the spec, not from what haplan says it wrote."""

from ha_rules import amount, matches

KEYS = {"node": "kubernetes.io/hostname", "zone": "topology.kubernetes.io/zone", "region": "topology.kubernetes.io/region"}
LOST = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def topology_key(level):
    return KEYS.get(level, f"haplan.dev/{level}")


def scaler_of(manifests, workload):
    return next((m for m in manifests if m["kind"] == "HorizontalPodAutoscaler" and
                 (m["spec"]["scaleTargetRef"]["kind"], m["spec"]["scaleTargetRef"]["name"]) ==
                 (workload["kind"], workload["metadata"]["name"])), None)


def counts(planned, component, workload, manifests):
    scaler = scaler_of(manifests, workload)
    if component.autoscale is None:
        yield "replicas", workload["spec"].get("replicas", 1), planned.get("replicas", component.n[0])
        yield "autoscaler", scaler, None
        return
    yield "replicas beside an autoscaler", workload["spec"].get("replicas"), None
    scale = planned["autoscale"]
    spec = scaler["spec"] if scaler else {}
    yield "min", spec.get("minReplicas"), scale["min"]
    yield "max", spec.get("maxReplicas"), scale["max"]
    targets = [metric["resource"]["target"].get("averageUtilization") for metric in spec.get("metrics", [])
               if metric.get("type") == "Resource" and metric["resource"]["name"] == "cpu"]
    yield "CPU target", targets, [scale["targetCPUUtilizationPercentage"]]


def container_of(workload, name):
    """The container that serves: the one of this name, or the only one."""
    containers = workload["spec"]["template"]["spec"]["containers"]
    return next((c for c in containers if c["name"] == name), containers[0])


def probes(planned, container):
    for kind, settings in (planned.get("probes") or {}).items():
        shown = container.get(kind + "Probe") or {}
        handlers = {"httpGet", "tcpSocket", "grpc", "exec"} & shown.keys()
        yield f"{kind} probe: handlers", len(handlers), 1
        for field, value in settings.items():
            default = {"initialDelaySeconds": 0, "periodSeconds": 10, "timeoutSeconds": 1, "failureThreshold": 3,
                       "successThreshold": 1}.get(field)
            yield f"{kind} probe: {field}", shown.get(field, default), value


def tolerations(plan, component, pod):
    seconds = (plan.result["plan"].get("cluster") or {}).get("tolerationSeconds")
    if seconds is None or not component.movable:
        return
    for key in LOST:
        found = [t.get("tolerationSeconds") for t in pod.get("tolerations") or [] if t.get("key") == key]
        yield f"toleration of {key}", found or [300], [seconds]  # 300 is what the API server writes where nothing is said


def spread(plan, component, workload, pod):
    """The spec's hard rule, and for a pinned component one over nodes, by which its replicas stay where the plan has them."""
    wanted = [(component.over, component.skew)] if component.hard else []
    if component.pinned:
        wanted = [rule for rule in wanted if rule[0] != "node"] + [("node", 1)]
    if max(component.n) < 2 or claimed(plan, component):
        return
    labels = workload["spec"]["template"]["metadata"].get("labels") or {}
    anti = ((pod.get("affinity") or {}).get("podAntiAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    for over, skew in wanted:
        key = topology_key(over)
        rules = [rule for rule in pod.get("topologySpreadConstraints") or [] if rule["topologyKey"] == key]
        if anti and not rules:  # stricter than a rule: one per domain
            found = [(term["topologyKey"], matches(term["labelSelector"], labels)) for term in anti]
            yield "anti-affinity", found, [(key, True)]
            continue
        yield "spread rules", len(rules), 1
        for rule in rules:
            yield "maxSkew", rule["maxSkew"], skew
            yield "whenUnsatisfiable", rule["whenUnsatisfiable"], "DoNotSchedule"
            yield "nodeTaintsPolicy", rule.get("nodeTaintsPolicy"), "Honor"
            yield "selects its own pods", matches(rule.get("labelSelector"), labels), True
            if workload["kind"] == "Deployment":
                yield "matchLabelKeys", rule.get("matchLabelKeys"), ["pod-template-hash"]


def claimed(plan, component):
    """Whether the component's pods share one node with all others of their claim."""
    return bool(component.claim) and plan.system.claims[component.claim].once


def together(plan, component, pod, by_name, names):
    """The pods of a claim that one node has are held together, whichever of them comes first, and with no others."""
    users = plan.system.claims[component.claim].users if claimed(plan, component) else []
    terms = ((pod.get("affinity") or {}).get("podAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution") or []
    yield "affinity terms", len(terms), 1 if sum(max(user.n) for user in users) > 1 else 0
    for term in terms:
        yield "topologyKey", term["topologyKey"], KEYS["node"]
        chosen = {name for name, workload in names.items() if matches(
            term["labelSelector"], by_name[workload]["spec"]["template"]["metadata"].get("labels") or {})}
        yield "pods that share the node", chosen, {user.name for user in users}


def budgets(plan, component, workload, manifests):
    """Two or more replicas have a budget that lets a drain go on and never one that lets the component go below its need."""
    labels = workload["spec"]["template"]["metadata"].get("labels") or {}
    found = [m["spec"] for m in manifests if m["kind"] == "PodDisruptionBudget" and matches(m["spec"]["selector"], labels)]
    if claimed(plan, component):  # there is no other node to start on while one of them stays
        yield "budgets", len(found), 0
        return
    if max(component.n) < 2:
        return
    yield "budgets", len(found), 1
    for spec in found:
        yield "unhealthyPodEvictionPolicy", spec.get("unhealthyPodEvictionPolicy"), "AlwaysAllow"
        for level, count in enumerate(component.n):
            if "maxUnavailable" in spec:
                allowed = amount(spec["maxUnavailable"], count)
            else:
                allowed = count - amount(spec["minAvailable"], count)
            yield "a drain goes on", allowed >= 1, True
            need = component.need[level]
            yield "enough stay", count - allowed >= min(need, count - 1), True


def limits(plan, workload):
    """No container asks for more than its limit: the API server would refuse the pod."""
    for container in workload["spec"]["template"]["spec"]["containers"]:
        resources = container.get("resources") or {}
        for key, most in (resources.get("limits") or {}).items():
            asked = (resources.get("requests") or {}).get(key)
            if asked is not None:
                yield f"request of {key} within the limit", plan.milli(asked) <= plan.milli(most), True


def rollout(component, workload):
    """A rolling update ends, and keeps what is needed serving."""
    if workload["kind"] != "Deployment":
        return
    strategy = workload["spec"].get("strategy") or {}
    yield "strategy", strategy.get("type", "RollingUpdate"), "RollingUpdate"
    rolling = strategy.get("rollingUpdate") or {}
    for level, count in enumerate(component.n):
        surge = amount(rolling.get("maxSurge", "25%"), count)
        out = amount(rolling.get("maxUnavailable", "25%"), count, up=False)
        yield "an update goes on", max(surge, out) >= 1, True
        yield "enough serve during an update", count - out >= min(component.need[level], count), True


def missing(plan, manifests, names):
    """[(component, what, shown, decided)] of every decision that the manifests do not show. names: {component: "Kind/name"}."""
    by_name = {f"{m['kind']}/{m['metadata']['name']}": m for m in manifests}
    out = []
    for name, component in plan.components.items():
        workload = by_name[names[name]]
        planned = plan.result["plan"]["components"][name]
        pod = workload["spec"]["template"]["spec"]
        container = container_of(workload, name)
        requests = (container.get("resources") or {}).get("requests") or {}
        checks = [*counts(planned, component, workload, manifests), *probes(planned, container),
                  *tolerations(plan, component, pod), *spread(plan, component, workload, pod),
                  *together(plan, component, pod, by_name, names),
                  *budgets(plan, component, workload, manifests), *rollout(component, workload),
                  *limits(plan, workload)]
        checks += [(f"request of {key}", plan.milli(requests.get(key)), value) for key, value in component.requests.items()]
        out += [(name, what, shown, decided) for what, shown, decided in checks if shown != decided]
    return out
