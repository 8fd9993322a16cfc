"""The high-availability checks of kube-linter and Polaris, by their names, over rendered manifests.

Neither tool can be had as a Go module from the registries, so what each check demands, by its published source and
documentation, is written down here: one function a check, which yields the objects that fail it. kube-score is the real one.
"""

import re
from fractions import Fraction

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


class Cluster:
    """Manifests, and the questions that checks ask of them."""

    def __init__(self, manifests):
        self.manifests = manifests
        self.workloads = self.of(*WORKLOADS)
        self.deployments = self.of("Deployment")
        self.budgets = self.of("PodDisruptionBudget")
        self.scalers = self.of("HorizontalPodAutoscaler")
        self.services = self.of("Service")

    def of(self, *kinds):
        return [manifest for manifest in self.manifests if manifest["kind"] in kinds]

    def scaler(self, workload):
        return next((scaler for scaler in self.scalers
                     if scaler["spec"]["scaleTargetRef"]["name"] == workload["metadata"]["name"]), None)

    def selected(self, budget):
        return [w for w in self.workloads if matches(budget["spec"].get("selector"), labels(w))]


def template(workload):
    return workload["spec"]["template"]


def labels(workload):
    return template(workload)["metadata"].get("labels") or {}


def containers(workload):
    return template(workload)["spec"]["containers"]


def replicas(workload):
    return workload["spec"].get("replicas", 1)


def matches(selector, have):
    """Whether a label selector selects these labels; one that says nothing selects nothing here."""
    selector = selector or {}
    wanted, expressions = selector.get("matchLabels") or {}, selector.get("matchExpressions") or []

    def holds(expression):
        key, values = expression["key"], expression.get("values") or []
        return {"In": have.get(key) in values, "NotIn": have.get(key) not in values, "Exists": key in have,
                "DoesNotExist": key not in have}[expression["operator"]]

    return bool(wanted or expressions) and all(have.get(k) == v for k, v in wanted.items()) and all(map(holds, expressions))


def amount(value, of, up=True):
    """A count, or a percentage of one, rounded as Kubernetes rounds a budget."""
    if isinstance(value, str) and value.endswith("%"):
        part = Fraction(value[:-1]) * of / 100
        return -(-part.numerator // part.denominator) if up else part.numerator // part.denominator
    return int(value)


def probes(container):
    return {kind: container[kind] for kind in ("livenessProbe", "readinessProbe", "startupProbe") if container.get(kind)}


def requested(container, kind, name):
    return ((container.get("resources") or {}).get(kind) or {}).get(name) not in (None, 0, "0")


def any_container(cluster, fails):
    return [w for w in cluster.workloads if any(fails(container) for container in containers(w))]


def probe_missing(kind):
    def check(cluster):
        return any_container(cluster, lambda container: kind not in probes(container))
    check.__doc__ = f"Every container has a {kind}."
    return check


# --- kube-linter ---------------------------------------------------------------------------------------------------


def pdb_min_available(cluster):
    """minAvailable below the number of replicas, an autoscaler's least where the workload gives none; never 100 %."""
    for budget in cluster.budgets:
        least = budget["spec"].get("minAvailable")
        if least is None:
            continue
        for workload in cluster.selected(budget):
            count = replicas(workload)
            scaler = cluster.scaler(workload)
            if count == 1 and scaler:
                count = scaler["spec"].get("minReplicas", 1)
            if least == "100%" or amount(least, count) >= count:
                yield budget


def pdb_max_unavailable(cluster):
    """maxUnavailable lets at least one pod go."""
    return [b for b in cluster.budgets if "maxUnavailable" in b["spec"]
            and amount(b["spec"]["maxUnavailable"], 100, up=False) == 0]


def pdb_unhealthy_pod_eviction_policy(cluster):
    """The policy for pods that run but are not ready is said."""
    return [b for b in cluster.budgets if "unhealthyPodEvictionPolicy" not in b["spec"]]


def no_anti_affinity(cluster):
    """Two or more replicas keep away from each other's node, preferably at least."""
    for workload in cluster.workloads:
        anti = ((template(workload)["spec"].get("affinity") or {}).get("podAntiAffinity")) or {}
        terms = [entry["podAffinityTerm"] for entry in anti.get("preferredDuringSchedulingIgnoredDuringExecution") or []]
        terms += anti.get("requiredDuringSchedulingIgnoredDuringExecution") or []
        if replicas(workload) >= 2 and not any(term["topologyKey"] == "kubernetes.io/hostname" and
                                               matches(term.get("labelSelector"), labels(workload)) for term in terms):
            yield workload


def probe_port(kind):
    def check(cluster):
        def fails(container):
            probe = probes(container).get(kind) or {}
            port = next((probe[how]["port"] for how in ("httpGet", "tcpSocket", "grpc") if how in probe), None)
            known = {port[field] for port in container.get("ports") or [] for field in ("name", "containerPort")
                     if field in port}
            return port is not None and port not in known
        return any_container(cluster, fails)
    check.__doc__ = f"The port of a {kind} is one of the container's."
    return check


def unset_cpu_requirements(cluster):
    """Every container asks for CPU."""
    return any_container(cluster, lambda container: not requested(container, "requests", "cpu"))


def unset_memory_requirements(cluster):
    """Every container has a limit of memory."""
    return any_container(cluster, lambda container: not requested(container, "limits", "memory"))


def dangling_service(cluster):
    """A Service selects pods of some workload."""
    pods = [labels(w) for w in cluster.workloads]
    return [s for s in cluster.services if s["spec"].get("selector")
            and not any(matches({"matchLabels": s["spec"]["selector"]}, have) for have in pods)]


def mismatching_selector(cluster):
    """A workload selects its own pods."""
    return [w for w in cluster.workloads if not matches(w["spec"].get("selector"), labels(w))]


def latest_tag(cluster):
    """Every image says its tag, and another than latest."""
    return any_container(cluster, lambda container: re.search(r":latest$|^[^:]*$|/[^:]+$", container.get("image", "")))


def invalid_target_ports(cluster):
    """Names of ports are such as Services may have."""
    def valid(name):
        return bool(re.fullmatch(r"(?!-)[a-z0-9-]{1,15}(?<!-)", name) and "--" not in name and re.search("[a-z]", name))

    yield from any_container(cluster, lambda container: any(
        not valid(port["name"]) for port in container.get("ports") or [] if port.get("name")))
    for service in cluster.services:
        targets = [port.get("targetPort") for port in service["spec"].get("ports") or []]
        if any(not (valid(target) if isinstance(target, str) else 0 < target < 65536) for target in targets if target):
            yield service


def minimum_three_replicas(cluster):
    """Three replicas or more; none given is one, whatever an autoscaler does."""
    return [w for w in cluster.workloads if w["kind"] != "DaemonSet" and replicas(w) < 3]


def hpa_minimum_three_replicas(cluster):
    """An autoscaler keeps three or more."""
    return [s for s in cluster.scalers if s["spec"].get("minReplicas", 1) < 3]


def dangling_horizontalpodautoscaler(cluster):
    """An autoscaler's target is there."""
    there = {(w["apiVersion"], w["kind"], w["metadata"]["name"]) for w in cluster.workloads}
    return [s for s in cluster.scalers
            if tuple(s["spec"]["scaleTargetRef"].get(key) for key in ("apiVersion", "kind", "name")) not in there]


def dangling_ingress(cluster):
    """What an Ingress sends requests to is a port of a Service."""
    there = {(service["metadata"]["name"], port.get(key)) for service in cluster.services
             for port in service["spec"].get("ports") or [] for key in ("name", "port")}
    for ingress in cluster.of("Ingress"):
        paths = [path for rule in ingress["spec"].get("rules") or [] for path in (rule.get("http") or {}).get("paths") or []]
        backends = [ingress["spec"].get("defaultBackend"), *(path.get("backend") for path in paths)]
        wanted = [backend["service"] for backend in backends if backend and "service" in backend]
        if any((one["name"], (one.get("port") or {}).get("name") or (one.get("port") or {}).get("number")) not in there
               for one in wanted):
            yield ingress


def no_rolling_update_strategy(cluster):
    """Updates go pod by pod, as they do where nothing is said."""
    return [w for w in cluster.workloads
            if (w["spec"].get("strategy") or w["spec"].get("updateStrategy") or {}).get("type", "RollingUpdate") != "RollingUpdate"]


def no_node_affinity(cluster):
    """Every workload has some node affinity."""
    return [w for w in cluster.workloads if not (template(w)["spec"].get("affinity") or {}).get("nodeAffinity")]


def priority_class_name(cluster):
    """A priority class is one of Kubernetes' own, or none."""
    return [w for w in cluster.workloads if (template(w)["spec"].get("priorityClassName") or "").strip()
            not in ("", "system-cluster-critical", "system-node-critical")]


def restart_policy(cluster):
    """The restart policy is written out."""
    return [w for w in cluster.workloads if template(w)["spec"].get("restartPolicy") not in ("Always", "OnFailure")]


# Those that are on by default, then those that have to be asked for.
KUBE_LINTER = {
    "pdb-min-available": pdb_min_available, "pdb-max-unavailable": pdb_max_unavailable,
    "pdb-unhealthy-pod-eviction-policy": pdb_unhealthy_pod_eviction_policy, "no-anti-affinity": no_anti_affinity,
    "liveness-port": probe_port("livenessProbe"), "readiness-port": probe_port("readinessProbe"),
    "startup-port": probe_port("startupProbe"), "unset-cpu-requirements": unset_cpu_requirements,
    "unset-memory-requirements": unset_memory_requirements, "dangling-service": dangling_service,
    "mismatching-selector": mismatching_selector, "latest-tag": latest_tag, "invalid-target-ports": invalid_target_ports,
    "minimum-three-replicas": minimum_three_replicas, "hpa-minimum-three-replicas": hpa_minimum_three_replicas,
    "dangling-horizontalpodautoscaler": dangling_horizontalpodautoscaler, "no-liveness-probe": probe_missing("livenessProbe"),
    "no-readiness-probe": probe_missing("readinessProbe"), "dangling-ingress": dangling_ingress, "no-rolling-update-strategy": no_rolling_update_strategy,
    "no-node-affinity": no_node_affinity, "priority-class-name": priority_class_name, "restart-policy": restart_policy,
}

# --- Polaris -------------------------------------------------------------------------------------------------------


def deployment_missing_replicas(cluster):
    """A Deployment says that it has two replicas or more."""
    return [d for d in cluster.deployments if d["spec"].get("replicas", 0) < 2]


def hpa_min_availability(cluster):
    """An autoscaler keeps two or more."""
    return [s for s in cluster.scalers if s["spec"].get("minReplicas", 2) < 2]


def hpa_max_availability(cluster):
    """An autoscaler has somewhere to go."""
    return [s for s in cluster.scalers if s["spec"]["maxReplicas"] <= s["spec"].get("minReplicas", 0)]


def pdb_min_available_greater_than_hpa_min_replicas(cluster):
    """A budget does not ask for more than the autoscaler keeps."""
    for deployment in cluster.deployments:
        scaler = cluster.scaler(deployment)
        for budget in cluster.budgets if scaler else []:
            least, kept = budget["spec"].get("minAvailable"), scaler["spec"].get("minReplicas")
            if deployment in cluster.selected(budget) and None not in (least, kept) and amount(least, kept) > kept:
                yield deployment


def missing_pod_disruption_budget(cluster):
    """Every Deployment has a budget, whatever its number of replicas."""
    return [d for d in cluster.deployments
            if not any(set((b["spec"]["selector"].get("matchLabels") or {}).items()) & set(labels(d).items())
                       for b in cluster.budgets)]


def pdb_disruptions_is_zero(cluster):
    """A budget lets somebody go."""
    return [b for b in cluster.budgets
            if b["spec"].get("minAvailable") == "100%" or b["spec"].get("maxUnavailable") in (0, "0%")]


def topology_spread_constraint(cluster):
    """Every workload has a spread rule."""
    return [w for w in cluster.workloads if not template(w)["spec"].get("topologySpreadConstraints")]


def missing_resource(kind, name):
    def check(cluster):
        return any_container(cluster, lambda container: not requested(container, kind, name))
    check.__doc__ = f"Every container has {kind} of {name}."
    return check


def priority_class_not_set(cluster):
    """Every pod says how important it is."""
    return [w for w in cluster.workloads if not template(w)["spec"].get("priorityClassName")]


def metadata_and_instance_mismatched(cluster):
    """The label app.kubernetes.io/instance is the object's name."""
    return [w for w in cluster.workloads
            if (w["metadata"].get("labels") or {}).get("app.kubernetes.io/instance") != w["metadata"]["name"]]


def tag_not_specified(cluster):
    """Every image says its tag, and another than latest."""
    return any_container(cluster, lambda container: not re.match(r".+:.+$", container.get("image", "")) or
                         container["image"].endswith(":latest"))


def pull_policy_not_always(cluster):
    """Images are pulled anew at every start."""
    return any_container(cluster, lambda container: container.get("imagePullPolicy") != "Always")


POLARIS = {
    "deploymentMissingReplicas": deployment_missing_replicas, "hpaMinAvailability": hpa_min_availability,
    "hpaMaxAvailability": hpa_max_availability, "missingPodDisruptionBudget": missing_pod_disruption_budget,
    "pdbMinAvailableGreaterThanHPAMinReplicas": pdb_min_available_greater_than_hpa_min_replicas,
    "pdbDisruptionsIsZero": pdb_disruptions_is_zero, "topologySpreadConstraint": topology_spread_constraint,
    "livenessProbeMissing": probe_missing("livenessProbe"), "readinessProbeMissing": probe_missing("readinessProbe"),
    "cpuRequestsMissing": missing_resource("requests", "cpu"), "cpuLimitsMissing": missing_resource("limits", "cpu"),
    "memoryRequestsMissing": missing_resource("requests", "memory"),
    "memoryLimitsMissing": missing_resource("limits", "memory"), "priorityClassNotSet": priority_class_not_set,
    "metadataAndInstanceMismatched": metadata_and_instance_mismatched, "tagNotSpecified": tag_not_specified,
    "pullPolicyNotAlways": pull_policy_not_always,
}


def findings(manifests):
    """{(tool, check, "Kind/name")} of what fails."""
    cluster = Cluster(manifests)
    return {(tool, check, f"{failed['kind']}/{failed['metadata']['name']}")
            for tool, checks in (("kube-linter", KUBE_LINTER), ("polaris", POLARIS))
            for check, rule in checks.items() for failed in rule(cluster)}
