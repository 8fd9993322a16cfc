#!/usr/bin/env python3
"""What is said of specs that have no plan: the reason, the causes, and what would have to change.

usage: infeasible_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json

from command import EXAMPLES, InFolder, haplan, main
from hopeless import SPECS


class Hopeless(InFolder):
    def solved(self, text):
        result = haplan("solve", self.write(text), "-o", "json")
        self.assertEqual(result.returncode, 4, result.stderr)
        return json.loads(result.stdout)

    def test_every_reason_is_named(self):
        for name, (text, reason, causes, change) in SPECS.items():
            with self.subTest(name):
                document = self.solved(text)
                why = document["infeasibility"]
                for phrase in reason:
                    self.assertIn(phrase, why["reason"])
                self.assertEqual(sorted((c["kind"], c["subject"]) for c in why["causes"]), sorted(causes))
                said = " | ".join(why["wouldHelp"])
                for phrase in change:
                    self.assertIn(phrase, said)
                self.assertNotIn("plan", document)

    def test_what_was_found_is_no_better_than_what_is_proved(self):
        for name, (text, *_) in SPECS.items():
            for best in self.solved(text)["infeasibility"]["best"]:
                unit = next(key[6:] for key in best if key.startswith("actual") and not key.endswith("Infinite"))
                if best["actual" + unit] is None:
                    continue
                with self.subTest(name, objective=best["objective"]):
                    self.assertLessEqual(best["bound" + unit], best["actual" + unit])
                    # An objective that is out of reach is missed by what was found.
                    self.assertFalse(best["outOfReach"] and best["met"])

    def test_a_vendor_as_good_as_is_asked_for_gives_a_plan(self):
        text = SPECS["one vendor"][0].replace("availability: 99.9%}", "availability: 99.9905%}")
        result = haplan("solve", self.write(text), "-o", "json")
        self.assertEqual(json.loads(result.stdout)["status"], "optimal", result.stderr)

    def test_the_wider_range_that_is_proposed_gives_a_plan(self):
        for name, old, new in (("narrow range", "replicas: 1\n", "replicas: 2\n"),
                               ("one replica", "replicas: 1\n", "replicas: 2\n"),
                               ("waiting", "replicas: 1..3", "replicas: 1..4")):
            with self.subTest(name):
                result = haplan("solve", self.write(SPECS[name][0].replace(old, new)), "-o", "json")
                self.assertEqual(json.loads(result.stdout)["status"], "optimal", result.stderr)

    def test_the_page_says_it_without_a_plan(self):
        page = haplan("solve", EXAMPLES / "infeasible.yaml").stdout
        for phrase in ("OUT OF REACH", "payments: external outage", "What would have to change"):
            self.assertIn(phrase, page)
        for heading in ("Components", "Placement", "before and after"):
            self.assertNotIn(heading, page)

    def test_the_best_figure_is_that_of_the_best_variant(self):
        """Of two variants and one or two replicas: two of the better one, and of that one the reason."""
        spec = """
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: variants}
spec:
  objectives: {shop: {availability: 99.999999%}}
  cluster: {nodes: {worker: {count: 3, capacity: {cpu: 8}, failures: {crash: {mtbf: 90d, repair: 30m}}}}}
  components:
    web:
      type: stateless
      replicas: 1..2
      start: 20s
      spread: {over: node}
      variants:
        fast: {failures: {crash: {mtbf: 10d}}}
        slow: {failures: {crash: {mtbf: 30d}}, start: 40s}
        weak: {failures: {crash: {mtbf: 2d}}}
  services: {shop: {requires: [web]}}
"""
        why = self.solved(spec)["infeasibility"]
        figures = {}
        for variant in ("fast", "slow", "weak"):
            plan = self.write(json.dumps({"components": {"web": {"variants": {variant: 2}}}}), "plan.json")
            page = json.loads(haplan("evaluate", self.write(spec), "--plan", plan, "-o", "json").stdout)
            figures[variant] = page["objectives"][0]["actualUnavailability"]
        nearest = min(figures, key=figures.get)
        self.assertAlmostEqual(why["best"][0]["actualUnavailability"] / figures[nearest], 1.0, delta=1e-9)
        self.assertIn(f"with web {nearest}: ", why["reason"])
        self.assertGreater(len({f"{u:.3e}" for u in figures.values()}), 2)

    def test_variants_that_share_a_volume_and_pin_other_nodes_are_passed_over(self):
        # The smallest choice, two and two, has no node for the volume: the closest attempt is another one.
        user = """
      type: stateless
      replicas: 1..2
      failures: {crash: {mtbf: 30d, detection: exit}}
      storage: {kind: network, claim: shared, failures: {loss: {mtbf: 3y, repair: 1h}}}
      variants:
        one: {pin: [worker-1], resources: {cpu: 100m}}
        two: {pin: [worker-%d], resources: {cpu: 10m}}
"""
        spec = """apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: volume}
spec:
  objectives: {s: {availability: 99.9999999%%}}
  cluster: {nodes: {worker: {count: 3, failures: {reboot: {mtbf: 90d, repair: 5m}}}}}
  components:
    a:%s    b:%s  services: {s: {requires: [a, b]}}
""" % (user % 2, user % 3)
        document = self.solved(spec)
        self.assertIn("s availability", document["infeasibility"]["reason"])
        loose = self.write(spec.replace("99.9999999%", "90%"))
        self.assertEqual(json.loads(haplan("solve", loose, "--verify", "-o", "json").stdout)["status"], "optimal")


# A replica of a is down for 10 %, or for 5 % at twice the price; one of b for 10 %. Within 5: three of a and two of b, or two and three,
# 1 - (1 - 0.01)(1 - 0.001) = 0.01099.
ALLOCATION = """
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: allocation}
spec:
  objectives: {link: {availability: 99.7%}}
  budgets: {money: 5}
  components:
    a:
      {type: stateless, replicas: 1..3, mix: true, variants: {cheap: {availability: 90%, uses: {money: 1}}, good: {availability: 95%, uses: {money: 2}}}}
    b: {type: stateless, replicas: 1..3, availability: 90%, uses: {money: 1}}
  services: {link: {requires: [a, b]}}
"""


class Allocation(InFolder):
    def solved(self, text, status):
        result = haplan("solve", self.write(text), "-o", "json")
        document = json.loads(result.stdout)
        self.assertEqual(document["status"], status, result.stderr)
        return document

    def test_every_change_that_is_proposed_gives_a_plan_and_nothing_less_does(self):
        why = self.solved(ALLOCATION, "infeasible")["infeasibility"]
        best = why["best"][0]
        self.assertAlmostEqual(best["actualUnavailability"], 0.01099, delta=1e-12)
        self.assertTrue(best["outOfReach"] and best["exact"])
        said = {(relief["kind"], relief["change"]) for relief in why["reliefs"]}
        # Three and three cost 6 and have 0.001999. Down for a quarter of the time, two of a kind have 0.000625; for a half 0.0025,
        # beside 0.001 more than 0.003.
        self.assertEqual(said, {
            ("budget", "a budget of money of 6 instead of 5"),
            ("unit", "replicas of a that fail 1/4 as often as they do"),
            ("unit", "replicas of b that fail 1/4 as often as they do"),
            ("target", "a target of 98.9 % for link availability instead of 99.7 %")})
        self.assertTrue(all(relief["provedMinimal"] for relief in why["reliefs"]))
        for old, new, status in (("money: 5}", "money: 6}", "optimal"), ("money: 5}", "money: 5.9}", "infeasible"),
                                 ("availability: 99.7%", "availability: 98.9%", "optimal"),
                                 ("availability: 90%, uses: {money: 1}}\n", "availability: 97.5%, uses: {money: 1}}\n", "optimal"),
                                 ("availability: 90%, uses: {money: 1}}\n", "availability: 95%, uses: {money: 1}}\n", "infeasible")):
            with self.subTest(new):
                self.assertIn(old, ALLOCATION)
                self.solved(ALLOCATION.replace(old, new), status)

    def test_more_replicas_than_the_range_allows(self):
        # Two of b have 0.01, four 0.0001; three of a have 0.001, and the target leaves 0.0011.
        text = ALLOCATION.replace("money: 5}", "money: 50}").replace("99.7%", "99.89%").replace(
            "b: {type: stateless, replicas: 1..3", "b: {type: stateless, replicas: 1..2")
        why = self.solved(text, "infeasible")["infeasibility"]
        said = [relief["change"] for relief in why["reliefs"] if relief["kind"] in ("replicas", "budget")]
        self.assertEqual(said, ["up to 4 replicas of b instead of 2"])
        self.solved(text.replace("replicas: 1..2", "replicas: 1..4"), "optimal")
        self.solved(text.replace("replicas: 1..2", "replicas: 1..3"), "infeasible")

    def test_budgets_that_leave_no_room_say_how_much_would(self):
        # One of each is the least: 2.
        why = self.solved(ALLOCATION.replace("money: 5}", "money: 1}").replace("99.7%", "50%"), "infeasible")["infeasibility"]
        self.assertIn("budgets", why["reason"])
        self.assertIn(("budget", "a budget of money of 2 instead of 1"),
                      [(relief["kind"], relief["change"]) for relief in why["reliefs"]])


class Placed(InFolder):
    def test_a_budget_on_a_cluster_says_the_least_that_gives_a_plan(self):
        # Web takes two replicas for 99.9 %: 0.01 of one, 0.0001 of two.
        text = """
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: placed}
spec:
  objectives: {site: {availability: 99.9%}}
  budgets: {money: 1.5}
  cluster: {nodes: {worker: {count: 3, capacity: {cpu: 8, memory: 8Gi}}}}
  components:
    web: {type: stateless, replicas: 1..3, availability: 99%, uses: {money: 1}}
  services: {site: {requires: [web]}}
"""
        document = json.loads(haplan("solve", self.write(text), "-o", "json").stdout)
        self.assertEqual(document["status"], "infeasible")
        self.assertEqual([(relief["kind"], relief["change"], relief["peakReplicas"]) for relief in document["infeasibility"]["reliefs"]],
                         [("budget", "a budget of money of 2 instead of 1.5", 2), ("target", "a target of 99 % for site availability instead of 99.9 %", 1)])
        self.assertIn("a budget of money of 2 instead of 1.5", document["infeasibility"]["wouldHelp"])

    def test_what_is_said_within_budgets_holds_within_them(self):
        text = """apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: within}
spec:
  objectives: {shop: {availability: 99.99%}}
  budgets: {replicas: REPLICAS, cpu: 3}
  cluster: {nodes: {worker: {count: 3, failures: {reboot: {mtbf: 90d, repair: 20m}}}}}
  workload: {levels: {peak: {share: 10%, rate: 200/s}, typical: {share: 90%, rate: 60/s}}}
  components:
    web:
      {type: stateless, replicas: 1..4, throughput: 120/s, start: 3s, resources: {cpu: 500m}, dependsOn: [database, pay],
       failures: {crash: {mtbf: 30d, detection: exit}}, releases: {every: 7d, failureRate: 5%, restore: 1m}}
    database:
      {type: primary-replica, replicas: 1..3, resources: {cpu: 1}, storage: local, start: 5s, failures: {crash: {mtbf: 90d, detection: exit}},
       failover: {controller: patroni, ttl: 20s, retryTimeout: 5s, success: 98%}}
    pay: {type: external, availability: 99.95%}
  services: {shop: {requires: [web]}}
"""
        # A second vendor takes four replicas, so that with three it is no relief.
        for most, kinds in ((4, ["vendor", "target"]), (3, ["target"])):
            with self.subTest(most):
                self.holds_within(text.replace("REPLICAS", str(most)), most, kinds)

    def holds_within(self, text, most, kinds):
        spec = self.write(text)
        least = 1.0
        for web in range(1, 5):
            for database in range(1, 4):
                if web + database > most or 0.5 * web + database > 3:
                    continue
                plan = self.write(json.dumps({"components": {"web": {"replicas": web}, "database": {"replicas": database}}}), "plan.json")
                figures = json.loads(haplan("evaluate", spec, "--plan", plan, "-o", "json").stdout)["services"]["shop"]
                least = min(least, figures["guaranteedUnavailability"])
        result = haplan("solve", spec, "-o", "json")
        self.assertEqual(result.returncode, 4, result.stderr)
        why = json.loads(result.stdout)["infeasibility"]
        self.assertIn("without the budgets nothing meets every objective either", why["reason"])
        best = why["best"][0]
        self.assertLess(abs(best["actualUnavailability"] / least - 1), 1e-9)
        self.assertLessEqual(best["boundUnavailability"], least * (1 + 1e-9))
        self.assertEqual([one["kind"] for one in why["reliefs"]], kinds)
        eased = text.replace("99.99%", why["reliefs"][-1]["change"].split()[3] + "%")
        doubled = text.replace("[database, pay]", "[database, {any: [pay, pay-2]}]").replace(
            "    pay:", "    pay-2: {type: external, availability: 99.95%}\n    pay:")
        for kind, changed in (("target", eased), ("vendor", doubled)):
            status = json.loads(haplan("solve", self.write(changed, "changed.yaml"), "-o", "json").stdout)["status"]
            self.assertEqual(status, "optimal" if kind in kinds else "infeasible")
        self.assertIn("Best achievable within the budgets", haplan("solve", spec).stdout)

    def test_a_new_node_is_only_for_what_may_be_on_the_whole_pool(self):
        # Two of three must be left when a node is lost: one on each of three nodes.
        text = """apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: pinned}
spec:
  objectives: {site: {loss: {node: 1s}}}
  cluster: {nodes: {worker: {count: COUNT, failures: {reboot: {mtbf: 90d, repair: 20m}}}}}
  components:
    web: {type: stateless, replicas: 1..3, need: 2, pin: [PIN], failures: {crash: {mtbf: 30d, detection: exit}}}
  services: {site: {requires: [web]}}
"""
        for count, pin, more in ((2, "worker", True), (3, "worker-1, worker-3", False)):
            with self.subTest(pin):
                spec = text.replace("PIN", pin)
                why = json.loads(haplan("solve", self.write(spec.replace("COUNT", str(count))), "-o", "json").stdout)["infeasibility"]
                self.assertEqual("node" in [one["kind"] for one in why["reliefs"]], more)
                larger = haplan("solve", self.write(spec.replace("COUNT", str(count + 1))), "-o", "json")
                self.assertEqual(json.loads(larger.stdout)["status"], "optimal" if more else "infeasible")

    def test_what_costs_too_much_at_its_least_says_what_else_is_wrong(self):
        text = """apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: poor}
spec:
  objectives: {site: {availability: 99.9%}}
  budgets: {money: 1.5}
  cluster: {nodes: {worker: {count: 3}}}
  components:
    web: {type: stateless, replicas: 1..3, availability: 99%, uses: {money: 2}, dependsOn: [pay]}
    pay: {type: external, availability: 99.8%}
  services: {site: {requires: [web]}}
"""
        why = json.loads(haplan("solve", self.write(text), "-o", "json").stdout)["infeasibility"]
        self.assertIn("not even the fewest replicas keep the budgets; without them at best site availability 99.8 %", why["reason"])
        self.assertEqual([cause["subject"] for cause in why["causes"]], ["pay"])
        self.assertEqual((why["reliefs"], why["best"]), ([], []))
        self.assertIn("larger budgets", why["wouldHelp"][0])


if __name__ == "__main__":
    main()
