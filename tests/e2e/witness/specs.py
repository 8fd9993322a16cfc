"""Random small specs as text, in many spellings. The same seed gives the same text."""

import json
import random
from fractions import Fraction
from random_component import Components

NAMES = ["api", "web", "db", "cache", "queue", "auth", "n10x", "n9x", "llm", "mail"]

class Writer(Components):
    """One random spec. `text` is the document; `layers`, `sets`, `scenario`, `plan` what goes with it."""

    def __init__(self, seed):
        super().__init__(seed)
        self.layers, self.sets, self.scenario, self.plan = [], [], None, None
        spec = self.spec(seed)
        self.text = self.document(spec)

    def laws(self, repairs):
        modes = {}
        for name in self.r.sample(["reboot", "hardware", "power"], self.one(1, 1, 2)):
            modes[name] = {**self.often_fails(), "repair": self.duration(self.r.choice(repairs))}
            law = self.one(None, None, "exponential", "fixed", "lognormal")
            if law:
                modes[name]["distribution"] = law
            if law == "lognormal":
                modes[name]["sigma"] = self.one(1, 0.5, 1.2)
        return modes

    def cluster(self):
        zones = self.one(0, 0, 2, 3)
        cluster, domains = {}, {}
        if zones:
            if self.often(0.3):
                domains["region-1"] = {"level": "region", "failures": self.laws([600, 7200])}
            for i in range(zones):
                domains[f"zone-{'abc'[i]}"] = {"level": "zone"}
                if self.often(0.7):
                    domains[f"zone-{'abc'[i]}"]["failures"] = self.laws([1800, 5400, 7200])
                if "region-1" in domains and self.often(0.7):
                    domains[f"zone-{'abc'[i]}"]["in"] = "region-1"
            cluster["domains"] = domains
        self.zones = [name for name in domains if name.startswith("zone")]
        nodes, total = {}, 0
        self.targets = list(self.zones)
        wanted = self.one(1, 2, 3, 3, 4, 4) if zones < 3 else self.one(3, 4)
        while total < wanted:
            count = min(wanted - total, self.one(None, 1, 2, 3, 4) or 0)
            name = self.one("worker", "n10", "n9", "big", "a") + self.one("", "", "-x")
            if name in nodes:
                continue
            nodes[name] = {"count": count} if count else {}
            if self.zones:
                nodes[name]["in"] = self.r.sample(self.zones, len(self.zones)) if count and self.often(0.7) \
                    else self.r.choice(self.zones)
            if self.often(0.85):
                nodes[name]["failures"] = self.laws([300, 3600, 14400, 5400])
            if self.often(0.15):
                nodes[name]["labels"] = {"disk": "ssd"}
            if self.often(0.3):
                nodes[name]["capacity"] = {"cpu": self.one(2, 4, "3500m"), "memory": self.one("8Gi", "16G", "1e10")}
                if self.often(0.3):
                    nodes[name]["capacity"]["pods"] = self.one(4, 8)
            if self.often(0.03):
                nodes[name]["state"] = "down"
            self.targets.append(name)
            self.targets += [f"{name}-{i + 1}" for i in range(count)]
            total += count or 1
        cluster["nodes"] = nodes
        if self.often(0.4):
            cluster["nodeDetection"] = self.one("50s", {"mean": "40s", "worst": "1m"}, self.duration(90),
                                                {"mean": "47400ms", "worst": "55s"})
        if self.often(0.5):
            cluster["tolerationSeconds"] = self.decision(["cluster", "tolerationSeconds"], 30, 40)
        if self.often(0.4):
            cluster["propagation"] = self.duration(self.one(0, 2, Fraction(1, 2)))
        if self.often(0.45):
            cluster["maintenance"] = {"drain": {"every": self.duration(self.one(7, 30) * 86400),
                                                "perNode": self.duration(self.one(3, 300, 600, 3600))}}
        self.total = total
        return cluster

    def spec(self, seed):
        spec = {}
        self.placed = self.often(0.85)
        self.externals, self.zones, self.targets = set(), [], []
        if self.placed:
            spec["cluster"] = self.cluster()
        self.claim = self.one(None, {}, {"accessMode": "ReadWriteMany"}, {"accessMode": "ReadWriteOnce"})
        self.claim_failures = self.laws([1800, 3600]) if self.often(0.8) else None
        workload = self.workload()
        if workload:
            spec["workload"] = workload
        names = self.r.sample(NAMES, self.one(1, 2, 3, 3, 4, 5))
        components = {}
        for i in reversed(range(len(names))):
            components[names[i]] = self.component(names[i], names[i + 1:])
        spec["components"] = {name: components[name] for name in names}
        spec["services"] = self.services(names)
        if self.fixed.get("cluster") or self.fixed["components"]:
            plan = {key: value for key, value in self.fixed.items() if value}
            if self.often(0.4):
                spec["plan"] = plan
            else:
                self.plan = json.dumps(self.one(plan, {"plan": plan}))
        self.network(seed, spec)
        self.variants(random.Random(f"variants {seed}"), spec)
        self.over(spec, names)
        if self.parameters:
            spec["parameters"] = self.parameters
        return spec

    def variants(self, r, spec):
        """Says fields of some components as one of their variants, beside decoys that it lays aside."""
        movable = ["start", "shutdown", "serviceTime", "retry", "terminationGracePeriodSeconds", "failures", "probeLatency",
                   "commonCause", "releases", "availability", "mtbf", "throughput", "maxUtilization"]
        for name, c in spec["components"].items():
            keys = [key for key in movable if key in c]
            if c["type"] in ("gate", "markov") or not keys or r.random() > 0.25:
                continue
            moved = r.sample(keys, r.randint(1, len(keys)))
            if "mtbf" in moved:
                moved += ["repair"]
            way = {key: c.pop(key) for key in moved}
            for key in moved:
                if key in ("start", "shutdown", "serviceTime") and r.random() < 0.6:
                    c[key] = "11s"  # laid over
            if "failures" in way and r.random() < 0.5:
                c["failures"] = {"ghost": {"mtbf": "5d", "repair": "1h", "detection": "manual"}}
                way["failures"]["ghost"] = None
            elif "failures" in way and r.random() < 0.5:
                c["availability"] = "90%"  # said in another way
            if "availability" in way and c["type"] != "external" and r.random() < 0.6:
                c["failures"] = {"ghost": {"rate": "3/year", "repair": "1h", "detection": "manual"}}
            if "availability" in way and c["type"] == "external" and r.random() < 0.6:
                c["mtbf"] = "3d"
                c.setdefault("repair", "1h") if "repair" in way else None
            if r.random() < 0.3 and "start" not in way and c["type"] != "external":
                c["start"], way["start"] = c.get("start", "4s"), None
            decoy = {"serviceTime": "13s"} if c["type"] == "external" else {"availability": "95%", "start": "17s"}
            if c["type"] == "external":
                decoy["availability"] = "95%"
            first, last = r.choice([("v2", "v10"), ("a", "b"), ("small", "small-2")])
            c["variants"] = {last: decoy, first: way} if r.random() < 0.5 else {first: way, last: decoy}

    def network(self, seed, spec):
        """Sometimes a small network and gates over it, from draws of its own: the rest of a seed stays as it is."""
        before, self.r = self.r, random.Random(f"network {seed}")
        if self.often(0.3):
            vertices = self.r.sample([*NAMES, "tor-1", "tor-2"], self.one(2, 3, 3, 4))
            modes = lambda p: {"failures": self.laws([300, 3600, 14400])} if self.often(p) else {}
            spec["network"] = {"vertices": {name: modes(0.3) for name in vertices}, "links": {}}
            for i in range(self.one(1, 2, 3, 4)):
                ends = self.r.sample(vertices, 2)
                spec["network"]["links"][f"{ends[0]}-{ends[1]}-{i}"] = {"between": ends, **modes(0.7)}
            for _ in range(self.one(1, 1, 2)):
                gate = {"connected": self.r.sample(vertices, self.r.randint(2, len(vertices)))}
                users = [c for c in spec["components"].values() if isinstance(c.get("dependsOn"), list)]
                if users and self.often(0.5):
                    members = self.r.choice(users)["dependsOn"]
                else:
                    members = self.r.choice(list(spec["services"].values()))["requires"]
                if isinstance(members[0], str) and self.often(0.4):
                    members[0] = {"any": [members[0], gate]}
                else:
                    members.append(gate)
        self.r = before

    def workload(self):
        self.levels = ["always"]
        if self.often(0.3):
            return None
        closed = self.often(0.5)
        rates = sorted(self.r.sample(range(20, 320), 3))
        shares = self.one([100], [10, 90], [25, 75], [10, 30, 60])
        levels = {}
        for share, name, rate in zip(shares, ("peak", "day", "night"), reversed(rates)):
            level = {"share": self.probability(Fraction(share, 100))}
            if closed:
                level.update(users=rate, thinkTime="1s")
            elif self.often(0.93):
                level["rate"] = self.rate(rate)
            if self.often(0.3):
                level["ramp"] = self.duration(self.one(60, 600, 3600))
            if self.often(0.3):
                level["every"] = self.duration(self.one(43200, 86400, 604800))
            levels[name] = level
        if not closed and any("rate" not in level for level in levels.values()):
            for level in levels.values():
                level.pop("rate", None)
        self.levels = list(levels)
        return {"levels": levels}

    def services(self, names):
        count = self.one(1, 1, 2)
        loads = [Fraction(self.r.randint(2, 8), 10)] if count == 2 and self.often(0.4) else []
        loads += [1 - load for load in loads]
        services = {}
        for i, name in enumerate(["chat", "shop"][:count]):
            members = [names[0]] if i == 0 or len(names) == 1 else self.r.sample(names, self.one(1, 2))
            services[name] = {"requires": self.one(members, [{"all": members}])}
            if loads:
                services[name]["load"] = self.probability(loads[i])
            if self.often(0.1):
                services[name]["host"] = "a.example"
        return services

    def over(self, spec, names):
        """Layers, settings and scenarios that change something."""
        externals = [name for name in names if spec["components"][name]["type"] == "external"]
        runs = [name for name in names if spec["components"][name]["type"] in ("stateless", "quorum", "primary-replica")]
        patch = {}
        if runs:
            patch = {"components": {self.r.choice(runs): {"start": self.one("7s", "7000ms")}}}
        elif externals:
            patch = {"components": {externals[0]: {"serviceTime": self.one("1s", "1000ms")}}}
        if patch and self.often(0.15):
            self.layers.append(f"spec: {json.dumps(patch)}\n")
        elif patch and self.often(0.15):
            spec["scenarios"] = {"other": patch}
            if self.zones and self.often(0.6):
                patch["cluster"] = {"domains": {self.zones[0]: {"state": "down"}}, "propagation": None}
            if self.often(0.8):
                self.scenario = "other"
        if runs and self.often(0.15):
            name = self.r.choice(runs)
            self.sets.append(self.one(f"components.{name}.start=9s", f"components.{name}.releases=null",
                                      f"spec.components.{name}.shutdown=2s"))
        if self.placed and self.often(0.1):
            self.sets.append("cluster.propagation=3s")
