#!/usr/bin/env python3
"""Plans against the real scheduler: kube-scheduler's own code places the rendered pods, and the figures must cover it.

usage: scheduler_test.py HAPLAN EXAMPLES [unittest arguments]

Each example is solved, rendered by helm and kustomize, and its pods arrive in 50 random orders among foreign pods. Every outcome obeys the
spread rules and capacities, and none is worse than the guaranteed figure. Then each node is lost, from each outcome:
what may move lands on the others as the headroom promised, after the tolerated time, and what may not stays away.
"""

import json
import tempfile
import unittest

from command import EXAMPLES, main
from decisions import missing, topology_key
from manifests import Plan, documents, named, placing, tool

ORDERS = 50
# From so many outcomes each Deployment is updated.
UPDATES = 5
# Foreign pods at most on a node: they ask for nothing, but the scheduler's scores count them, so that only hard rules spread.
OTHERS = 20


def nodes_of(plan):
    """The spec's nodes as the cluster shows them: named, labelled by domain, with their capacity."""
    out = []
    for node in plan.system.cluster.nodes:
        labels = {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
        labels.update({topology_key(domain.level): domain.name for domain in node.above})
        # What a spec does not limit, a cluster has plenty of; kubelet's own limit of pods is 110.
        capacity = {"cpu": "1000", "memory": "4Ti", "ephemeral-storage": "4Ti", "pods": "110"}
        capacity.update({key: f"{value}m" for key, value in node.capacity.items()})
        out.append({"name": node.name, "labels": labels, "capacity": capacity})
    return out


class Example:
    """One spec, planned, rendered and scheduled.

    names   {component: "Kind/name"} where a release deploys it under another name
    """

    def __init__(self, folder, spec, names=None, **options):
        self.plan = Plan(folder, spec, **options)
        self.text = self.plan.manifests()
        self.manifests = {named(document): document for document in documents(self.text)}
        self.names = {name: "Deployment/" + name if Plan.workload(c) == "deployment" else "StatefulSet/" + name
                      for name, c in self.plan.components.items()}
        self.names.update(names or {})
        self.index = {node.name: number for number, node in enumerate(self.plan.system.cluster.nodes)}
        question = {
            "nodes": nodes_of(self.plan), "manifests": self.text, "orders": ORDERS, "seed": 1,
            "others": OTHERS, "update": UPDATES,
            # An autoscaler's count at the largest level is the plan's; every other count is the manifest's own.
            "replicas": {self.names[name]: max(c.n) for name, c in self.plan.components.items() if c.autoscale},
            "onDisk": [self.names[name] for name, c in self.plan.components.items() if c.storage == "local"],
            "lose": sorted(self.index, key=self.index.get)}
        self.answer = json.loads(tool("scheduler", stdin=json.dumps(question)))

    def placement(self, nodes):
        """{component: [node, ...]} of what the scheduler did."""
        return {name: nodes[workload] for name, workload in self.names.items()}

    def indexed(self, nodes):
        return {name: [self.index[node] for node in where] for name, where in self.placement(nodes).items()}


class Placed(unittest.TestCase):
    """What must hold of every example; the classes below say which."""

    spec = None
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.example = Example(cls.scratch.name, cls.spec, **cls.options)
        cls.plan = cls.example.plan
        cls.outcomes = cls.example.answer["outcomes"]

    def test_decisions(self):
        """The manifests show all that the plan decided."""
        self.assertEqual(missing(self.plan, list(self.example.manifests.values()), self.example.names), [])

    def test_rules(self):
        """Every order ends with all pods placed, within capacities, spread as the rules say."""
        self.assertEqual(len(self.outcomes), ORDERS)
        seen = set()
        for outcome in self.outcomes:
            self.assertEqual(outcome["placement"]["pending"], {})
            where = self.example.indexed(outcome["placement"]["nodes"])
            seen.add(json.dumps(where, sort_keys=True))
            self.assertTrue(placing.fits(self.plan.system, where), where)
            for name, c in self.plan.components.items():
                self.assertEqual(len(where[name]), max(c.n), name)
                self.assertTrue(placing.spread_ok(self.plan.system, c, where[name]), (name, where[name]))
                self.assertLessEqual(set(where[name]), set(c.allowed), name)
        # Otherwise the orders would not be different ones, and the test would show little.
        self.assertGreater(len(seen), 1)

    def test_guarantee(self):
        """No outcome is less available than guaranteed, and none has other figures than haplan computes for it."""
        promised = {name: service["guaranteedUnavailability"] for name, service in self.plan.result["services"].items()}
        distinct = {json.dumps(self.example.placement(nodes), sort_keys=True)
                    for outcome in self.outcomes for nodes in self.placements(outcome)}
        for text in sorted(distinct):
            figures = self.plan.evaluated(self.plan.with_nodes(json.loads(text)))["services"]
            self.assertEqual(figures.keys(), promised.keys())
            for name, service in figures.items():
                actual = service["unavailability"]["value"]
                self.assertLessEqual(actual, promised[name] * (1 + 1e-9), (name, text))

    @staticmethod
    def placements(outcome):
        """Where the pods are at first, and after each update."""
        nodes = outcome["placement"]["nodes"]
        return [nodes, *({**nodes, update["workload"]: update["nodes"]} for update in outcome["updates"] or []
                         if not update["stuck"])]

    def test_updates(self):
        """A rolling update ends, keeps what is needed on nodes, and leaves a placement that obeys the rules."""
        component = {workload: self.plan.components[name] for name, workload in self.example.names.items()}
        planned = sorted(workload for workload in component if workload.startswith("Deployment/"))
        for outcome in self.outcomes[:UPDATES]:
            updates = [update for update in outcome["updates"] if update["workload"] in component]
            self.assertEqual(sorted(update["workload"] for update in updates), planned)
            for update in updates:
                c = component[update["workload"]]
                self.assertEqual(update["stuck"], "", update)
                self.assertGreaterEqual(update["least"], min(max(c.need), max(c.n)), update)
                where = [self.example.index[node] for node in update["nodes"]]
                self.assertEqual(len(where), max(c.n), update)
                self.assertTrue(placing.spread_ok(self.plan.system, c, where), update)

    def test_losses(self):
        """After the loss of any node what may move is on the others, after the tolerated time, and the rest stays away."""
        self.assertTrue(self.plan.result["headroom"], "these examples are planned with headroom")
        seconds = int(self.plan.system.cluster.toleration)
        for outcome in self.outcomes:
            before = self.example.indexed(outcome["placement"]["nodes"])
            self.assertEqual([loss["node"] for loss in outcome["losses"]], list(self.example.index))
            for loss in outcome["losses"]:
                lost = self.example.index[loss["node"]]
                after = self.example.indexed(loss["after"]["nodes"])
                told = (loss["node"], before, loss["after"])
                self.assertTrue(placing.refuge(self.plan.system, before, lost), told)
                self.assertTrue(placing.fits(self.plan.system, after), told)
                for name, c in self.plan.components.items():
                    stayed = len(before[name]) - before[name].count(lost)
                    self.assertNotIn(lost, after[name], told)
                    self.assertEqual(len(after[name]), len(before[name]) if c.movable else stayed, (name, told))
                    evicted = loss["evicted"].get(self.example.names[name], [])
                    self.assertEqual(len(evicted), before[name].count(lost), (name, told))
                    if c.movable:
                        self.assertLessEqual(set(evicted), {seconds}, (name, told))
                        self.assertTrue(placing.spread_ok(self.plan.system, c, after[name], lost), (name, told))


CHARTS = EXAMPLES.parent / "charts"
PLATFORM = {"charts": {"platform": CHARTS / "platform"}, "options": ["--profile", CHARTS / "platform" / "profile.yaml"]}


class Reference(Placed):
    """The reference system on the platform chart, and bare workloads for what that chart does not deploy."""

    spec = EXAMPLES / "dify.yaml"
    options = {
        **PLATFORM,
        "names": {"api": "Deployment/platform-api", "ingress": "Deployment/platform-proxy",
                  "weather-plugin": "Deployment/platform-plugin", "postgres": "StatefulSet/platform-postgresql",
                  "redis": "StatefulSet/platform-redis"},
        "layers": ["""\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: dify}
spec:
  output:
    releases:
      dify: null
      ingress: null
      plugin: null
      platform:
        profile: platform
        map: {api: api, ingress: proxy, weather-plugin: plugin, postgres: postgresql, redis: redis, keycloak: null, prometheus: null}
"""],
        # The chart's own limits are below what the reference asks for; a user who plans requests gives limits that fit.
        "values": {"platform": "\n".join(
            [f"{name}: {{resources: {{limits: null}}}}" for name in ("api", "proxy", "plugin", "postgresql", "redis")] +
            ["web: {enabled: false}", "worker: {enabled: false}", ""])}}


class Platform(Placed):
    """The platform chart as it comes, with every kind of setting planned."""

    spec = CHARTS / "platform.yaml"
    options = {
        **PLATFORM,
        "names": {**{name: f"Deployment/platform-{name}" for name in ("api", "worker", "web", "plugin", "proxy")},
                  "postgres": "StatefulSet/platform-postgresql", "redis": "StatefulSet/platform-redis"}}


class WebDatabase(Placed):
    spec = EXAMPLES / "web-database.yaml"


class ThreeZones(Placed):
    spec = EXAMPLES / "three-zones.yaml"


class Tenants(Placed):
    spec = EXAMPLES / "dify-tenants.yaml"


del Placed
if __name__ == "__main__":
    main()
