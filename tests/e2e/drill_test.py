#!/usr/bin/env python3
"""haplan drill as a user meets it, with every number worked out by hand beside it.

usage: drill_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import math
import unittest

from command import EXAMPLES, InFolder, haplan, main

DAY = 86400.0


def probe(period, failures, **more):
    return {"periodSeconds": period, "failureThreshold": failures, **more}


def probes(liveness, failures, readiness):
    return {"liveness": probe(liveness, failures, terminationGracePeriodSeconds=1), "readiness": probe(readiness, 3)}


def workers(*numbers):
    return [f"worker-{n}" for n in numbers]


# A fixed plan for specs/examples/dify.yaml, so that no number below depends on what a solve prefers.
PLAN = {"plan": {
    "cluster": {"tolerationSeconds": 300},
    "components": {
        "api": {"autoscale": {"min": 3, "max": 10, "targetCPUUtilizationPercentage": 76},
                "nodes": workers(1, 2, 3, 1, 2, 4, 5, 6), "probes": probes(3, 1, 2)},
        "ingress": {"replicas": 2, "nodes": workers(1, 2), "probes": probes(3, 1, 3)},
        "keycloak": {"replicas": 2, "nodes": workers(1, 2), "probes": probes(3, 1, 2)},
        "postgres": {"replicas": 2, "nodes": workers(1, 2), "failover": {"ttl": "30s"}},
        "prometheus": {"nodes": workers(1, 2)},
        "redis": {"replicas": 3, "nodes": workers(1, 2, 3), "failover": {"downAfter": "30s"}},
        "weather-plugin": {"replicas": 1, "nodes": workers(1), "probes": probes(2, 2, 2)},
    }}}

# Means of a node's two modes, and how often each is the one.
REBOOTS = (1 / 90) / (1 / 90 + 1 / (3 * 365.25))
MEAN_REPAIR = REBOOTS * 300 + (1 - REBOOTS) * 14400


class Dify(InFolder):
    """The reference system under a fixed plan: single losses and ten what-ifs."""

    documents = {}

    def setUp(self):
        super().setUp()
        self.write(json.dumps(PLAN), "plan.json")

    def drill(self, spec="dify.yaml", scenario=None):
        if (spec, scenario) not in self.documents:
            options = ["--plan", self.root / "plan.json"] if spec == "dify.yaml" else []
            options += ["--scenario", scenario] if scenario else []
            result = haplan("drill", EXAMPLES / spec, *options, "-o", "json")
            self.assertEqual((result.returncode, result.stderr), (1, ""))
            self.documents[spec, scenario] = json.loads(result.stdout)
        return self.documents[spec, scenario]

    def near(self, value, expected, relative=1e-9):
        self.assertTrue(math.isclose(value, expected, rel_tol=relative), f"{value!r} is not {expected!r}")

    @staticmethod
    def loss(document, kind, subject, service="chat"):
        return next(loss["services"][service] for loss in document["losses"]
                    if (loss["kind"], loss["subject"]) == (kind, subject))

    @staticmethod
    def up(entry, seconds):
        return next(point["up"] for point in entry["checkpoints"] if point["seconds"] == seconds)

    def test_nodes(self):
        document = self.drill()
        first = self.loss(document, "node", "worker-1")
        # Patroni ttl 30 + loopWait 10 + 10, later than Sentinel's 30 + 5. Traffic goes there for 55 + 1 s.
        self.assertEqual((first["secondsUntilUp"], first["decidedBy"]), (50, "postgres"))
        self.assertEqual((first["secondsUntilAvoided"], first["failedShareOfRequests"]), (56, 1))
        # Until the failovers nothing but the node's own return helps: reboots of mean 5 min, repairs of mean 4 h.
        self.near(self.up(first, 5), REBOOTS * -math.expm1(-5 / 300) + (1 - REBOOTS) * -math.expm1(-5 / 14400), 1e-8)
        # Both failovers (98 % and 99 %) are over after 60 s, unless the node is back.
        back = REBOOTS * -math.expm1(-60 / 300) + (1 - REBOOTS) * -math.expm1(-60 / 14400)
        self.near(self.up(first, 60), back + (1 - back) * 0.98 * 0.99, 1e-8)
        # The plugin is rescheduled: noticed after 55 s, tolerated for 300 s, 2 s start, 2 s until ready.
        self.assertEqual(self.loss(document, "node", "worker-1", "weather")["secondsUntilUp"], 359)
        # worker-3 has a Sentinel's redis, worker-4 one of eight api replicas.
        self.assertEqual(self.loss(document, "node", "worker-3")["secondsUntilUp"], 35)
        fourth = self.loss(document, "node", "worker-4")
        self.assertEqual((fourth["secondsUntilUp"], fourth["failedShareOfRequests"], fourth["curve"]), (0, 0.125, []))
        hit = next(c for c in first["capacity"] if c["component"] == "api")
        self.assertEqual((hit["level"], hit["replicas"], hit["left"], hit["need"]), ("peak", 8, 6, 6))

    def test_replicas(self):
        document = self.drill()
        plugin = self.loss(document, "replica", "weather-plugin", "weather")
        # A hang: 2 + 1 * 2 + 1 to notice, 1 grace, 2 start, 2 ready. Readiness: 2 + 2 * 2 + 1, and 1 s of propagation.
        self.assertEqual((plugin["secondsUntilUp"], plugin["decidedBy"]), (10, "weather-plugin/hang"))
        self.assertEqual(plugin["secondsUntilAvoided"], 8)
        # Three of four failures are crashes, over after 2 + U(0,1) + U(0,2), but for back-off; a hang takes 6 s at least.
        q = -math.expm1(-600 / (30 * DAY))
        self.near(self.up(plugin, 5), 0.75 * (1 - q))
        self.near(self.up(plugin, 10), 0.75 * (1 - q) + 0.25)
        # F(2 + x) = 1/4 + (x - 1)/2 for x in (1, 2).
        self.near(plugin["secondsUntilUpQuantiles"]["p50"], 3 + 2 * (0.5 / 0.75 / (1 - q) - 0.25), 1e-8)
        api = self.loss(document, "replica", "api")
        self.assertEqual((api["secondsUntilUp"], api["failedShareOfRequests"]), (0, 0.125))
        self.assertEqual(next(l["equal"] for l in document["losses"] if l["kind"] == "replica" and l["subject"] == "api"), 8)
        # Two instances of the ingress: half of the requests, until readiness has seen 3 + 2 * 3 + 1 s, and 1 s.
        ingress = self.loss(document, "replica", "ingress")
        self.assertEqual((ingress["failedShareOfRequests"], ingress["secondsUntilAvoided"]), (0.5, 10))

    def test_primaries_and_vendors(self):
        document = self.drill()
        postgres = self.loss(document, "primary", "postgres")
        self.assertEqual((postgres["secondsUntilUp"], postgres["dataLossSeconds"]), (50, 0.5))
        # Its own restart takes 4 + U(0,1) + U(0,1), sooner than any failover; half of them, without back-off, 5 s.
        self.near(self.up(postgres, 5), 0.5 * math.exp(-600 / (90 * DAY)))
        self.assertEqual(self.loss(document, "primary", "redis")["secondsUntilUp"], 35)
        self.assertEqual(self.loss(document, "external", "gpt-4o")["secondsUntilUp"], 5)  # the switchover
        self.assertEqual(self.loss(document, "external", "claude")["secondsUntilUp"], 0)

    def test_verdicts(self):
        document = self.drill()
        self.assertFalse(document["survived"])
        verdicts = {c["objective"]: c for c in self.loss(document, "node", "worker-1", "weather")["objectives"]}
        # 359 s of a month's 2,592,000 s; 99.99 % leave 259.2 s.
        self.near(verdicts["availability"]["actualUnavailability"], 359 / (30 * DAY))
        self.assertFalse(verdicts["availability"]["survives"])
        chat = {c["objective"]: c for c in self.loss(document, "node", "worker-1")["objectives"]}
        self.assertTrue(all(c["survives"] for c in chat.values()))
        self.assertEqual((chat["loss.node"]["targetSeconds"], chat["loss.node"]["actualSeconds"]), (60, 50))
        # Down for 50 s, then 6 s more in which all that meet the dead primary's address fail.
        self.near(chat["errorRate"]["actualRatio"], 56 / (30 * DAY))

    def test_ten_scenarios(self):
        document = self.drill()
        scenarios = {s["name"]: s for s in document["scenarios"]}
        self.assertEqual(len(scenarios), 10)
        self.assertTrue(all(s["problem"] is None for s in scenarios.values()))
        base = json.loads(haplan("evaluate", EXAMPLES / "dify.yaml", "--plan", self.root / "plan.json", "-o", "json").stdout)
        before = base["services"]["chat"]["unavailability"]["value"]
        after = {name: s["services"]["chat"]["unavailability"] for name, s in scenarios.items()}

        lost = scenarios["lose-worker-1"]
        self.assertEqual(lost["lostNodes"], ["worker-1"])
        self.assertEqual([lost["loss"][s]["secondsUntilUp"] for s in ("chat", "knowledge", "weather")], [50, 50, 359])
        two = scenarios["lose-two-workers"]
        self.assertEqual(two["lostNodes"], ["worker-1", "worker-2"])
        self.assertIsNone(two["loss"]["chat"]["secondsUntilUp"])
        self.near(after["lose-two-workers"], 1)

        def errors(document, name="chat"):
            return next(c["actualRatio"] for c in document["objectives"] if c["objective"] == "errorRate")

        # Requests that meet a dead replica, of api and keycloak: nine of ten are saved. The service itself is as before.
        self.near(after["balancer-retries"], before)
        self.assertLess(errors(scenarios["balancer-retries"]["services"]["chat"]), base["services"]["chat"]["errorRatio"])
        # Peak load throughout: the figure of that level alone.
        self.near(after["all-users"], base["services"]["chat"]["levels"]["peak"]["unavailability"], 1e-6)
        self.assertGreater(after["busy-days"], before)
        # 536.2/s to 2681/s in a minute: a lag of 30 + 3 + 1 s exceeds what 76 % of 90 % leaves, for 60 + 34 s each day.
        self.near(after["rush"] - before, 94 / DAY, 1e-3)
        # In half an hour, but with a lag of 184 s: rho (L/(rho - 1) - r0/s), r0/s = 450 s.
        rho = 0.9 / 0.76
        self.near(after["slow-scaler"] - before, rho * (184 / (rho - 1) - 450) / DAY, 2e-3)
        # Each of n pods is deleted once an hour and gets 1/n of the requests for 1 s and 1 s of propagation.
        deleted = errors(scenarios["delete-pods"]["services"]["chat"]) - base["services"]["chat"]["errorRatio"]
        self.near(deleted, 2 / 3600, 0.03)  # and what that adds to the downtime
        # No failover works: the node's mean repair, sooner than 30 min by hand.
        loss = next(c for c in scenarios["failover-fails"]["services"]["chat"]["objectives"] if c["objective"] == "loss.node")
        self.near(loss["actualSeconds"], MEAN_REPAIR)
        # 30 of 31 days without the first vendor, the second one is out for 0.083 %; besides, 5 s at the rate 1/mtbf.
        alone = (30 / 31 - 1716 / (11.1 * DAY + 1716)) * 0.00083
        self.near(after["no-openai"] - before, alone + 5 / DAY - 5 / (11.1 * DAY), 1e-3)

    def test_losses_on_top_of_a_scenario(self):
        document = self.drill(scenario="lose-worker-1")
        # The second instance of postgres is the only one that runs: without its node chat waits for the repair.
        second = self.loss(document, "node", "worker-2")
        self.near(second["secondsUntilUp"], MEAN_REPAIR)
        self.assertTrue(second["isMean"])
        # So does its own failure: 1 + 4 + 1 s until it is back.
        self.assertEqual(self.loss(document, "replica", "postgres")["secondsUntilUp"], 6)
        # Two of eight api replicas were on worker-1 and run elsewhere; one node more, and they count as lost: four, or three.
        hits = {c["component"]: c for c in second["capacity"]}
        self.assertEqual([hits["api"][k] for k in ("replicas", "serving", "left", "need")], [8, 8, 4, 6])
        fourth = self.loss(document, "node", "worker-4")
        self.assertEqual(fourth["capacity"][0]["left"], 5)
        self.near(fourth["secondsUntilUp"], MEAN_REPAIR)
        # Two of three Sentinels are left, one with its redis: after the loss of either no majority agrees.
        redis = self.loss(document, "primary", "redis")
        self.assertTrue(redis["isMean"])
        # What is down already cannot be lost, and nothing that runs on it fails.
        gone = next(l for l in document["losses"] if (l["kind"], l["subject"]) == ("node", "worker-1"))
        self.assertTrue(gone["downForGood"])
        self.assertEqual((gone["services"]["chat"]["secondsUntilUp"], gone["services"]["chat"]["failedShareOfRequests"]), (0, 0))
        self.assertFalse(any(s["alreadyDown"] for l in document["losses"] for s in l["services"].values()))

    def test_a_service_that_is_down_before_any_loss(self):
        document = self.drill(scenario="lose-two-workers")
        for loss in document["losses"]:
            for service in loss["services"].values():
                self.assertTrue(service["alreadyDown"])
                self.assertIsNone(service["secondsUntilUp"])
                self.assertTrue(service["secondsUntilUpIsInfinite"])
                self.assertEqual(service["curve"], [])
        text = haplan("drill", EXAMPLES / "dify.yaml", "--plan", self.root / "plan.json", "--scenario", "lose-two-workers").stdout
        self.assertIn("already down", text)
        self.assertIn("worker-1 (down)", text)
        self.assertIn("down before anything is lost, for want of", text)

    def test_three_scenarios_by_hand(self):
        scenarios = {s["name"]: s for s in self.drill()["scenarios"]}
        # lose-worker-1: postgres and redis fail over, unless the promotion fails: 2 % and 1 % wait 30 min for a hand.
        chat = scenarios["lose-worker-1"]["loss"]["chat"]
        self.assertEqual((chat["secondsUntilUp"], chat["failedShareOfRequests"], chat["secondsUntilAvoided"]), (50, 1, 56))
        self.near(self.up(chat, 60), 0.98 * 0.99)
        self.near(self.up(chat, 300), 0.98 * 0.99)
        self.assertEqual(self.up(chat, 1800), 1)
        # The plugin needs 39 s to 55 s to be noticed missing, 300 s, 2 s start and 2 s at most until it is ready.
        weather = scenarios["lose-worker-1"]["loss"]["weather"]
        self.assertEqual((weather["secondsUntilUp"], self.up(weather, 300)), (359, 0))
        self.near(self.up(weather, 1800), 1)
        # lose-two-workers: nothing brings postgres back, and no majority of Sentinels is left either.
        two = scenarios["lose-two-workers"]
        self.assertTrue(two["loss"]["chat"]["secondsUntilUpIsInfinite"])
        self.assertFalse(two["loss"]["chat"]["alreadyDown"])
        self.assertEqual(self.up(two["loss"]["chat"], 1800), 0)
        self.assertIn("postgres at peak: 0 of 1", two["shortOf"])
        self.assertIn("api at peak: 4 of 6", two["shortOf"])
        # no-openai: the drill of the vendor in that scenario is a switch to the other one, 5 s, whatever its repair takes.
        vendor = self.loss(self.drill(scenario="no-openai"), "external", "gpt-4o")
        self.assertEqual((vendor["secondsUntilUp"], vendor["isMean"]), (5, False))
        self.assertEqual(self.up(vendor, 5), 1)

    def test_a_scenario_that_the_plan_does_not_fit_says_why(self):
        self.write("spec: {scenarios: {crowd: {workload: {levels: {peak: {users: 20000}}}}}}", "crowd.yaml")
        result = haplan("drill", EXAMPLES / "dify.yaml", "-f", self.root / "crowd.yaml", "--plan", self.root / "plan.json")
        self.assertIn('crowd has no figures: "api" has 10 replicas at its largest level, but the plan names 8 nodes',
                      " ".join(result.stdout.split()))

    def test_evaluate_tells_how_every_recovery_is_distributed(self):
        result = haplan("evaluate", EXAMPLES / "dify.yaml", "--plan", self.root / "plan.json", "-o", "json")
        entries = {(r["component"], r["mode"]): r for r in json.loads(result.stdout)["recoveries"]}
        # A hang of api: U(0,3) + 1 to notice, 1 grace, 3 start, U(0,2) ready. Its upper tail is (10 - t)^2 / 12.
        hang = entries["api", "hang"]
        self.assertEqual([(s["name"], s["leastSeconds"], s["worstSeconds"]) for s in hang["steps"]],
                         [("detect", 1, 4), ("stop", 1, 1), ("start", 3, 3), ("ready", 0, 2)])
        self.assertEqual((hang["meanSeconds"], hang["worstSeconds"], hang["withinTarget"]), (7.5, 10, 1))
        self.near(hang["quantilesSeconds"]["p99"]["value"], 10 - math.sqrt(0.12))
        # A crash is over in 6 s, but for those that wait 10 s and longer: the second within ten minutes.
        self.near(1 - entries["api", "crash"]["withinTarget"], -math.expm1(-600 / (30 * DAY)), 1e-8)
        failover = entries["postgres", "failover"]
        self.assertEqual((failover["meanSeconds"], failover["worstSeconds"]), (36.5, 50))
        text = haplan("evaluate", EXAMPLES / "dify.yaml", "--plan", self.root / "plan.json").stdout
        self.assertRegex(text, r"api +hang +4\.1 +7\.50 s +7\.50 s +9\.65 s")

    def test_as_first_deployed(self):
        document = self.drill("dify-first-deployed.yaml")
        node = self.loss(document, "node", "worker-1")
        self.near(node["secondsUntilUp"], MEAN_REPAIR)
        self.assertTrue(node["isMean"])
        vendor = self.loss(document, "external", "gpt-4o")
        self.assertEqual((vendor["secondsUntilUp"], vendor["isMean"]), (1716, True))
        # A hang of the ingress is found by hand: 30 min. One in four failures of it is one (60 d against 180 d).
        ingress = self.loss(document, "replica", "ingress")
        self.assertEqual((ingress["secondsUntilUp"], ingress["decidedBy"]), (1800, "ingress/hang"))
        self.near(self.up(ingress, 60), 0.75, 1e-6)
        self.assertEqual(len(document["scenarios"]), 10)


class Page(InFolder):
    def test_survivors_exit_with_0_and_the_rest_with_1(self):
        # Losing the only replica costs 1 + 5 + 1 s, losing the vendor an hour: 0.14 % of a month.
        result = haplan("drill", self.spec)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("every objective survives", result.stdout)
        missed = haplan("drill", self.spec, "--set", "objectives.site.loss.replica=6s")
        self.assertEqual(missed.returncode, 1)
        self.assertIn("replica web, site: loss.replica 7.00 s, asked for 6 s", missed.stdout)

    def test_output_is_the_same_every_time_and_fits_the_page(self):
        one, two = (haplan("drill", EXAMPLES / "three-zones.yaml").stdout for _ in range(2))
        self.assertEqual(one, two)
        self.assertLessEqual(max(map(len, one.splitlines())), 100)

    def test_the_head_counts_losses_and_what_ifs_apart(self):
        document = json.loads(haplan("drill", EXAMPLES / "three-zones.yaml", "-o", "json").stdout)
        losses, what_ifs = ([check["survives"] for one in entries for service in one["services"].values()
                             for check in service["objectives"]]
                            for entries in (document["losses"], document["scenarios"]))
        head = " ".join(haplan("drill", EXAMPLES / "three-zones.yaml").stdout.split("\n\n")[0].split())
        self.assertIn(f"{losses.count(False)} of {len(losses)} checks of objectives fail; 1 what-if", head)
        self.assertIn(f"in which {what_ifs.count(False)} of {len(what_ifs)} fail", head)

    def test_a_compliance_is_no_time(self):
        result = haplan("drill", EXAMPLES / "three-zones.yaml", "--set", "objectives.orders.compliance=95%", "-o",
                        "json")
        checks = json.loads(result.stdout)["scenarios"][0]["services"]["orders"]["objectives"]
        # At least 95 % of the windows have to keep the budget: it may be missed in 5 %.
        (check,) = (check for check in checks if check["objective"] == "compliance")
        self.assertAlmostEqual(check["targetMissProbability"], 0.05, 12)
        self.assertNotIn("targetSeconds", check)

    def test_a_scenario_is_drilled_alone(self):
        result = haplan("drill", EXAMPLES / "three-zones.yaml", "--scenario", "lose-zone-a", "-o", "json")
        document = json.loads(result.stdout)
        self.assertEqual([s["name"] for s in document["scenarios"]], ["lose-zone-a"])
        self.assertEqual(document["scenarios"][0]["lostNodes"], ["worker-1", "worker-4"])

    def test_mistakes(self):
        self.assertEqual(haplan("drill").returncode, 2)
        self.assertEqual(haplan("drill", self.spec, "-o", "values").returncode, 2)
        self.assertEqual(haplan("drill", self.spec, "--scenario", "none").returncode, 3)


if __name__ == "__main__":
    main()
