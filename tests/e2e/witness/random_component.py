"""Random components, replicated and not, with all that one may say of them."""

from fractions import Fraction
from spelling import Raw, Spelling

class Components(Spelling):
    """Expects `levels`, `placed`, `zones`, `targets`, `total`, `externals`, `claim` and `claim_failures` to be set."""

    def probe(self, kind, path):
        r, probe = self.r, {}
        probe.update(self.one({"httpGet": {"path": "/", "port": 80}}, {"tcpSocket": {"port": 5432}},
                              {"exec": {"command": ["true"]}}, {"grpc": {"port": 9}}))
        for key, high in (("periodSeconds", 12), ("timeoutSeconds", 4), ("failureThreshold", 4)):
            if self.often(0.55):
                probe[key] = self.decision(path + [kind, key], 1, high)
        if self.often(0.2):
            probe["initialDelaySeconds"] = r.randint(0, 9)
        if kind == "readiness" and self.often(0.3):
            probe["successThreshold"] = r.randint(1, 3)
        if kind == "liveness" and self.often(0.4):
            probe["terminationGracePeriodSeconds"] = self.decision(path + [kind, "terminationGracePeriodSeconds"], 1, 30)
        if kind == "liveness" and self.often(0.25):
            probe["falseFailure"] = self.probability(Fraction(r.randint(1, 90), 1000))
        return probe

    def replica(self, name):
        c = {}
        probes = {}
        path = ["components", name, "probes"]
        for kind, chance in (("liveness", 0.5), ("readiness", 0.5), ("startup", 0.2)):
            if self.often(chance):
                probes[kind] = self.probe(kind, path)
        if probes:
            c["probes"] = probes
        if self.often(0.08):
            c["availability"] = self.probability(Fraction(self.r.randint(980, 999), 1000))
        else:
            c["failures"] = self.modes("liveness" in probes)
            if "liveness" in probes and self.often(0.4):
                c["probeLatency"] = {"p50": self.duration(Fraction(self.r.randint(20, 300), 1000)),
                                     "p99": self.duration(Fraction(self.r.randint(400, 3000), 1000))}
        for key, chance in (("start", 0.7), ("shutdown", 0.5)):
            if self.often(chance):
                c[key] = self.duration(self.one(1, 4, Fraction(5, 2), 30, 90))
        if self.often(0.2):
            c["terminationGracePeriodSeconds"] = self.one(0, 5, 60)
        if self.often(0.25):
            c["retry"] = self.probability(Fraction(self.r.randint(1, 9), 10))
        return c

    def modes(self, liveness):
        modes = {}
        for name in self.r.sample(["crash", "hang", "oom"], self.one(1, 1, 2, 3)):
            if self.often(0.1) and not self.json:
                self.anchors.setdefault("crash", {"mtbf": "3d", "repair": "90s"})
                modes[name] = self.one(Raw("*crash"), {Raw("<<"): Raw("*crash"), "repair": self.duration(75)})
                continue
            mode = self.often_fails()
            detection = self.one(None, "exit", *(["liveness"] * 3 if liveness else []), "manual")
            if detection:
                mode["detection"] = detection
            if detection == "manual" or self.often(0.15):
                mode["repair"] = self.duration(self.one(20, 300, 5400, 45))
            elif detection == "liveness" and self.often(0.4):
                mode["ignoresSigterm"] = self.one(True, False)
            modes[name] = mode
        return modes

    def placing(self, c):
        if self.often(0.25) and "storage" not in c:
            c["storage"] = self.one("local", {"kind": "local"}, {"kind": "network"}, "network",
                                    {"kind": "network", "reattach": self.duration(60)})
        kind = c.get("storage")
        kind = kind.get("kind") if isinstance(kind, dict) else kind
        if self.often(0.15):
            c["workload"] = self.one("deployment", "statefulset")
        if self.often(0.2):
            c["movable"] = False if kind == "local" else self.one(True, False)
        if self.often(0.35):
            c["spread"] = {}
            if self.zones and self.often(0.6):
                c["spread"]["over"] = "zone"
            if self.often(0.4):
                c["spread"]["maxSkew"] = self.one(1, 2, 3)
            if self.often(0.4):
                c["spread"]["whenUnsatisfiable"] = self.one("ScheduleAnyway", "DoNotSchedule")
        if self.often(0.15):
            c["pin"] = self.one(self.r.choice(self.targets), self.r.sample(self.targets, min(2, len(self.targets))))
        elif self.often(0.12) and self.total > 1:
            c["forbid"] = self.one([self.r.choice(self.targets)], self.r.choice(self.targets))
        if self.often(0.15):
            c["placement"] = self.one("pinned", "spread")

    def failover(self, name, kind):
        controller = self.one("patroni", "cloudnative-pg", "redis-sentinel", "redis-cluster", "repmgr", "none", None)
        f = {} if controller is None else {"controller": controller}
        path = ["components", name, "failover"]
        if controller == "patroni":
            if self.often(0.8):
                f["ttl"] = self.decision(path + ["ttl"], 30, 34, unit="s")
            f["loopWait"], f["retryTimeout"] = self.one("10s", "5s"), self.one("5s", "10000ms", "3s")
        elif controller == "cloudnative-pg":
            for key, low, high in (("failoverDelay", 0, 5), ("lease", 10, 15), ("retryPeriod", 1, 4)):
                if self.often(0.6):
                    f[key] = self.decision(path + [key], low, high, unit="s")
        elif controller == "redis-sentinel":
            if self.often(0.7):
                f["downAfter"] = self.decision(path + ["downAfter"], 5, 12, unit="s")
            if self.often(0.5):
                f["sentinels"] = self.one(2, 3, 5)
        elif controller == "redis-cluster":
            if self.often(0.7):
                f["nodeTimeout"] = self.decision(path + ["nodeTimeout"], 2, 9, unit="s")
        elif controller == "repmgr":
            for key, low, high in (("reconnectInterval", 1, 5), ("connectTimeout", 2, 6)):
                if self.often(0.6):
                    f[key] = self.decision(path + [key], low, high, unit="s")
            if self.often(0.6):
                f["reconnectAttempts"] = self.decision(path + ["reconnectAttempts"], 1, 4)
        else:
            f["detect"] = self.one("10s", {"mean": "5s", "worst": "10s"}, self.duration(Fraction(3, 2)))
            f["promote"] = self.one("4s", {"mean": self.duration(2), "worst": "6s"})
        if kind == "primary-replica" and self.often(0.6):
            f["success"] = self.probability(Fraction(self.r.randint(80, 99), 100))
        if self.often(0.5):
            f["manual"] = self.duration(self.one(600, 1800, 5400, 20))
        if self.often(0.4):
            f["switchover"] = self.duration(self.one(2, 15))
        return f

    def common(self, c):
        if self.often(0.2):
            c["commonCause"] = {"config": {**self.often_fails(20, 90), "repair": self.duration(self.one(600, 1200))}}
        if c["type"] not in ("external", "markov") and self.often(0.25):
            c["releases"] = {"every": self.duration(self.one(7, 14) * 86400),
                             "failureRate": self.probability(Fraction(1, 20)), "restore": self.duration(300)}
            if self.often(0.5):
                c["releases"]["exposure"] = self.probability(Fraction(1, 4))

    def component(self, name, later):
        kind = self.r.choices(["stateless", "primary-replica", "quorum", "external", "markov", "gate"],
                              [5, 3, 1.5, 1.5, 1, 1.5 if later else 0])[0]
        c = {"type": kind}
        if kind == "gate":
            c.update(self.gate(later))
            return c
        if self.often(0.5):
            c["serviceTime"] = self.duration(Fraction(self.r.randint(1, 300), 1000))
        if kind == "external":
            if self.often(0.5):
                c["availability"] = self.probability(Fraction(self.r.randint(9800, 9999), 10000))
                if self.often(0.3):
                    c["repair"] = self.duration(1800)
            else:
                c.update(mtbf=self.duration(self.r.randint(5, 60) * 86400), repair=self.duration(self.one(1800, 5400)))
            self.externals.add(name)
        elif kind == "markov":
            self.chain(c)
        else:
            self.runs(name, c, kind)
        self.common(c)
        if later and self.often(0.75):
            c["dependsOn"] = self.needs(later)
        return c

    def runs(self, name, c, kind):
        c.update(self.replica(name))
        if self.placed and self.claim and self.often(0.3) and kind == "stateless":
            c["storage"] = {"kind": "network", "claim": "shared", **self.claim}
            if self.claim_failures:
                c["storage"]["failures"], self.claim_failures = self.claim_failures, None
            self.placing_claimed(c)
        elif self.placed:
            self.placing(c)
        if self.often(0.6):
            c["resources"] = {"cpu": self.quantity(self.r.randint(1, 6) * 125), "memory": self.one("512Mi", "1Gi", "1G")}
        if self.often(0.6):
            c["throughput"] = self.rate(self.r.randint(60, 200))
            if self.often(0.3):
                c["maxUtilization"] = self.probability(Fraction(self.r.randint(60, 95), 100))
        path = ["components", name]
        if kind == "stateless" and "throughput" in c and self.often(0.45):
            c["autoscale"] = {"min": self.decision(path + ["autoscale", "min"], 1, 2),
                              "max": self.decision(path + ["autoscale", "max"], 3, 4)}
            if self.often(0.6):
                c["autoscale"]["targetCPUUtilizationPercentage"] = self.decision(
                    path + ["autoscale", "targetCPUUtilizationPercentage"], 55, 85)
            if self.often(0.3):
                c["autoscale"]["lag"] = self.duration(45)
        elif kind == "stateless":
            c["replicas"] = self.decision(path + ["replicas"], 1, 3)
            if self.often(0.5):
                c["need"] = self.one(1, {self.r.choice(self.levels): 1})
        else:
            low = 1
            strict = kind == "primary-replica" and self.often(0.15)
            if strict:
                low = 2
            c["replicas"] = self.decision(path + ["replicas"], low, 3)
            c["failover"] = self.failover(name, kind)
            if kind == "primary-replica" and (strict or self.often(0.6)):
                c["replication"] = {"mode": self.one("async", "sync"), "lag": self.duration(Fraction(1, 2))}
                if strict:
                    c["replication"] = {"mode": "sync", "strict": True}
                    if self.often(0.5):
                        c["replication"]["standbys"] = 1

    def placing_claimed(self, c):
        if self.often(0.3):
            c["storage"]["reattach"] = self.duration(120)

    def chain(self, c):
        c["states"] = {"ok": {"serves": True}, "degraded": {"serves": self.one(True, False)}, "down": {"serves": False}}
        when = lambda days: self.one({"mtbf": self.duration(days * 86400)}, {"mean": self.duration(days * 86400)},
                                     {"rate": f"{days}/month"})
        c["transitions"] = [{"from": "ok", "to": "degraded", **when(9)},
                            {"from": "degraded", "to": "ok", "mean": self.duration(600)},
                            {"from": "degraded", "to": "down", **when(5)},
                            {"from": "down", "to": "ok", "mean": self.duration(2700)}]
        if self.often(0.4):
            c["transitions"].append({"from": "ok", "to": "down", **when(30)})

    def gate(self, later):
        members = self.r.sample(later, min(len(later), self.one(1, 2, 2, 3)))
        kind = self.one("any", "any", "all", "atLeast")
        if kind == "atLeast":
            return {"atLeast": {"n": self.r.randint(1, len(members)), "of": members}}
        gate = {kind: members}
        if kind == "any" and members[0] in self.externals and self.often(0.8):
            gate["switchover"] = self.duration(self.one(5, 20))
        if kind == "all" and len(later) > 1 and self.often(0.3):
            gate["all"] = [members[0], {"any": self.r.sample(later, 2)}]
        return gate

    def needs(self, later):
        chosen = self.r.sample(later, min(len(later), self.one(1, 1, 2)))
        return [entry if self.often(0.75) else self.gate(later) for entry in chosen]
