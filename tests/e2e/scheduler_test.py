#!/usr/bin/env python3
"""Plans against the real scheduler: kube-scheduler's own code places the rendered pods, and the figures must cover it.

usage: scheduler_test.py HAPLAN EXAMPLES [unittest arguments]

Each example is solved, rendered by helm and kustomize, and its pods arrive in 50 random orders among foreign pods. Every outcome obeys the
spread rules and capacities, and none is worse than the guaranteed figure. Then each node is lost, from each outcome:
what may move lands on the others as the headroom promised, after the tolerated time, and what may not stays away.
Then all nodes are drained in turn: no budget holds a drain up for good, and none lets more go than one replica.
"""

import json
import tempfile
import unittest
from pathlib import Path

from command import EXAMPLES, haplan, main
from decisions import missing, topology_key
from manifests import Plan, bare, documents, named, placing, tool

ORDERS = 50
# From so many outcomes each Deployment is updated.
UPDATES = 5
# From so many all nodes are drained, one after another.
DRAINS = 3
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
            "others": OTHERS, "update": UPDATES, "drain": DRAINS,
            # An autoscaler's count at the largest level is the plan's; every other count is the manifest's own.
            "replicas": {self.names[name]: max(c.n) for name, c in self.plan.components.items() if c.autoscale},
            "onDisk": [self.names[name] for name, c in self.plan.components.items() if c.storage == "local"],
            "onClaim": [self.names[name] for name, c in self.plan.components.items() if placing.once(self.plan.system, c)],
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
            for claim in self.plan.system.claims.values():
                if claim.once:
                    self.assertEqual(len({node for user in claim.users for node in where[user.name]}), 1, (claim, where))
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

    def test_drains(self):
        """Every node can be drained in turn, never more than one replica of a component is out, and all come back."""
        component = {workload: self.plan.components[name] for name, workload in self.example.names.items()}
        for outcome in self.outcomes[:DRAINS]:
            self.assertEqual(sorted(drain["node"] for drain in outcome["drains"]), sorted(self.example.index))
            for drain in outcome["drains"]:
                self.assertEqual((drain["stuck"], drain["after"]["pending"]), ("", {}), drain)
                self.assertTrue(placing.fits(self.plan.system, self.example.indexed(drain["after"]["nodes"])), drain)
                for workload, c in component.items():
                    if placing.once(self.plan.system, c):  # the volume moves when all that use it have left
                        continue
                    self.assertGreaterEqual(drain["least"][workload], max(c.n) - 1, (workload, drain))
                    self.assertGreaterEqual(drain["least"][workload], min(max(c.need), max(c.n) - 1), (workload, drain))

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
                        if c.pinned:  # what is left of its nodes takes the rest, wherever these are
                            self.assertLessEqual(set(after[name]), set(before[name]), (name, told))
                        else:
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


class Releases(Placed):
    """One chart twice, whose patches name its workloads; one of them is scaled, and one needs all its replicas."""

    spec = CHARTS / "releases.yaml"
    options = {"charts": {"front": CHARTS / "scaffold", "back": CHARTS / "scaffold"},
               "names": {"front": "Deployment/front-scaffold", "back": "Deployment/back-scaffold"}}


class Pinned(Placed):
    """Components that are pinned, whatever their own rule of spreading: softly, by two, or over zones."""

    spec = CHARTS / "pinned.yaml"


class Claims(Placed):
    """A volume that one node at a time has, used by several workloads and by replicas of one."""

    spec = CHARTS / "claims.yaml"
    options = {"charts": {"files": CHARTS / "platform"}, "options": PLATFORM["options"],
               "names": {"upload": "Deployment/files-platform-api", "convert": "Deployment/files-platform-worker"},
               "values": {"files": "\n".join(f"{name}: {{enabled: false}}" for name in
                                             ("web", "plugin", "proxy", "postgresql", "redis")) + "\n"}}


class WebDatabase(Placed):
    spec = EXAMPLES / "web-database.yaml"


class ThreeZones(Placed):
    spec = EXAMPLES / "three-zones.yaml"


class Tenants(Placed):
    spec = EXAMPLES / "dify-tenants.yaml"


class Updated(unittest.TestCase):
    """Updates where few nodes have room: the strategy that is written ends, another one would not."""

    # Three replicas on three nodes, two of which are full.
    SPEC = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: full}
spec:
  cluster:
    nodes: {n: {count: 3, capacity: {cpu: 4}, failures: {crash: {mtbf: 90d, repair: 20m}}}}
  components:
    web: {type: stateless, replicas: 3, need: NEED, resources: {cpu: 500m}, failures: {crash: {mtbf: 30d}}}
    fill: {type: stateless, replicas: 2, movable: false, workload: statefulset, pin: [n-2, n-3], resources: {cpu: 3200m},
           failures: {crash: {mtbf: 30d}}}
  services: {site: {requires: [web, fill]}}
"""

    def updated(self, need, strategy=None):
        with tempfile.TemporaryDirectory() as folder:
            spec = Path(folder) / "full.yaml"
            spec.write_text(self.SPEC.replace("NEED", str(need)), encoding="utf-8")
            plan = Plan(folder, spec)
            objects = documents(plan.manifests())
        for one in objects:
            if strategy and one["kind"] == "Deployment":
                one["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": strategy}
        question = {"nodes": nodes_of(plan), "manifests": "\n---\n".join(map(json.dumps, objects)), "orders": 10, "seed": 1,
                    "others": OTHERS, "update": 10}
        outcomes = json.loads(tool("scheduler", stdin=json.dumps(question)))["outcomes"]
        return plan.notes, [update for outcome in outcomes for update in outcome["updates"]]

    def test_an_old_pod_goes_first_where_a_new_one_may_find_no_room(self):
        notes, updates = self.updated(2)
        self.assertNotIn("strategy", notes)
        self.assertEqual([(update["stuck"], update["least"]) for update in updates], [("", 2)] * 10)
        _, surging = self.updated(2, {"maxSurge": 1, "maxUnavailable": 0})
        self.assertTrue(any(update["stuck"] for update in surging))

    def test_where_no_replica_is_to_spare_that_is_told(self):
        notes, updates = self.updated(3)
        self.assertIn("may have no room for one more: it waits until there is", notes)
        self.assertEqual({update["least"] for update in updates}, {3})

    # Two pods beside their claim leave room for a third, unless the scheduler puts the other one there, too.
    CLAIM = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: claim}
spec:
  cluster:
    nodes: {n: {count: 2, capacity: {cpu: 2}, failures: {crash: {mtbf: 90d, repair: 20m}}}}
  components:
    store: {type: stateless, replicas: 2, need: NEED, storage: {kind: network, claim: data}, resources: {cpu: 600m},
            failures: {crash: {mtbf: 30d}}}
    other: {type: stateless, resources: {cpu: 500m}, failures: {crash: {mtbf: 30d}}}
  services: {site: {requires: [store, other]}}
  plan: {components: {store: {nodes: [n-1, n-1]}, other: {nodes: [n-2]}}}
"""

    def test_an_update_ends_where_others_are_not_where_the_plan_has_them(self):
        self.SPEC = self.CLAIM
        notes, updates = self.updated(1)
        self.assertNotIn("components.store.strategy", notes)
        store = [update for update in updates if update["workload"] == "Deployment/store"]
        self.assertEqual([(update["stuck"], update["least"]) for update in store], [("", 1)] * 10)
        _, surging = self.updated(1, {"maxSurge": 1, "maxUnavailable": 0})
        stuck = [bool(update["stuck"]) for update in surging if update["workload"] == "Deployment/store"]
        self.assertTrue(any(stuck) and not all(stuck))
        notes, _ = self.updated(2)
        self.assertIn("components.store.strategy: an update starts a pod before it takes one away", notes)

    def test_a_single_pod_that_finds_no_room_beside_itself_is_told(self):
        self.SPEC = self.SPEC.replace("replicas: 3, need: NEED", "replicas: 1, pin: n-2")
        notes, updates = self.updated(1)
        self.assertIn("components.web.strategy: an update starts a pod before it takes one away", notes)
        self.assertTrue(all(update["stuck"] for update in updates))


class Started(unittest.TestCase):
    """A start that depends on luck, and the pins that its warning names."""

    SPEC = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: tight}
spec:
  cluster: {nodes: {n: {count: 2, capacity: {cpu: 4}, failures: {crash: {mtbf: 90d, repair: 20m}}}}}
  components:
    large: {type: stateless, PLACEMENT, resources: {cpu: 3}, failures: {crash: {mtbf: 30d}}}
    small: {type: stateless, PLACEMENT, replicas: 2, resources: {cpu: 1500m}, spread: {whenUnsatisfiable: ScheduleAnyway},
            failures: {crash: {mtbf: 30d}}}
  services: {site: {requires: [large, small]}}
"""

    def started(self, placement):
        with tempfile.TemporaryDirectory() as folder:
            spec = Path(folder) / "tight.yaml"
            spec.write_text(self.SPEC.replace("PLACEMENT", f"placement: {placement}"), encoding="utf-8")
            plan = Plan(folder, spec)
            question = {"nodes": nodes_of(plan), "manifests": plan.manifests(), "orders": ORDERS, "seed": 1, "others": OTHERS}
            page = haplan("evaluate", spec, "--plan", Path(folder) / "plan.json").stdout
        outcomes = json.loads(tool("scheduler", stdin=json.dumps(question)))["outcomes"]
        return " ".join(page.split()), [outcome["placement"]["pending"] for outcome in outcomes]

    def test_pins_that_the_warning_names_make_every_order_start(self):
        page, pending = self.started("spread")
        self.assertIn("a pod of large finds no node that takes it; with placement: pinned for large and small every order succeeds",
                      page)
        self.assertTrue(any(pending) and not all(pending))
        page, pending = self.started("pinned")
        self.assertNotIn("The start depends on luck", page)
        self.assertEqual(pending, [{}] * ORDERS)


class Drained(unittest.TestCase):
    """The drains themselves: that a budget which lets nobody go, or too few, would be seen."""

    def drained(self, budget, replicas=2, room="8"):
        workload = bare("web", "Deployment")
        workload["spec"]["replicas"] = replicas
        workload["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "1"}}
        objects = [workload, {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
                              "spec": {"selector": {"matchLabels": {"app": "web"}}, **budget}}]
        question = {"nodes": [{"name": name, "labels": {}, "capacity": {"cpu": room, "memory": "8Gi", "pods": "110"}}
                              for name in ("a", "b")],
                    "manifests": "\n---\n".join(map(json.dumps, objects)), "orders": 1, "seed": 1,
                    "drain": 1}
        return json.loads(tool("scheduler", stdin=json.dumps(question)))["outcomes"][0]["drains"]

    def test_a_budget_that_lets_nobody_go_holds_a_drain_up(self):
        for budget in ({"minAvailable": 2}, {"minAvailable": "100%"}, {"minAvailable": "51%"}, {"maxUnavailable": 0}):
            self.assertIn("lets no pod go", self.drained(budget)[0]["stuck"], budget)
        for budget in ({"maxUnavailable": 1}, {"maxUnavailable": "1%"}, {"minAvailable": 1}, {"minAvailable": "50%"}):
            drains = self.drained(budget)
            self.assertEqual([drain["stuck"] for drain in drains], ["", ""], budget)
            self.assertEqual({drain["least"]["Deployment/web"] for drain in drains}, {1}, budget)

    def test_a_replacement_without_room_holds_the_next_eviction_up(self):
        # Two pods of one CPU on each node of two: none of a drained node's has a place.
        drains = self.drained({"maxUnavailable": 1}, replicas=4, room="2")
        self.assertEqual(len(drains), 1)
        self.assertIn("lets no pod go", drains[0]["stuck"])
        # Two at a time may go, both wait, and come back with the node.
        drains = self.drained({"maxUnavailable": 2}, replicas=4, room="2")
        self.assertEqual([(drain["stuck"], drain["after"]["pending"]) for drain in drains], [("", {})] * 2)
        self.assertEqual({drain["least"]["Deployment/web"] for drain in drains}, {2})


del Placed
if __name__ == "__main__":
    main()
