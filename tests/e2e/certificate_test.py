#!/usr/bin/env python3
"""Certificates as a user meets them: written beside a result, checked, corrupted.

usage: certificate_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import random
import subprocess
import sys
from pathlib import Path

from command import EXAMPLES, InFolder, haplan, main


class Certificates(InFolder):
    def certify(self, spec, code=0):
        path = self.folder / "proof.ndjson"
        result = haplan("solve", spec, "-o", "json", "--out", f"certificate={path}", "--verify")
        self.assertEqual(result.returncode, code, result.stderr)
        return json.loads(result.stdout), path

    def test_every_optimum_of_the_examples_is_certified(self):
        for name, code in (("infeasible.yaml", 4), ("web-database.yaml", 0), ("dify.yaml", 0), ("dify-tenants.yaml", 0)):
            with self.subTest(name):
                document, path = self.certify(EXAMPLES / name, code)
                told = document["certificate"]
                self.assertEqual(told["bytes"], path.stat().st_size)
                self.assertTrue(told["checked"])
                self.assertTrue(told["complete"], told)
                verdict = haplan("verify", path, EXAMPLES / name, "-o", "json")
                self.assertEqual(verdict.returncode, 0, verdict.stdout)
                report = json.loads(verdict.stdout)
                self.assertTrue(report["accepted"])
                self.assertEqual(report["boxes"], told["boxes"])
                if code == 0:
                    self.assertEqual(report["rank"]["peakReplicas"], document["criteria"]["peakReplicas"])
                lines = path.read_text().splitlines()
                self.assertEqual(len(lines), told["boxes"] * 2 + 1)  # a tree: one split less than boxes; first, last
                for line in lines:
                    json.loads(line)

    def test_redundancy_allocation_is_certified(self):
        for name in ("bridge.yaml", "redundancy.yaml"):
            with self.subTest(name):
                document, path = self.certify(EXAMPLES / name)
                told = document["certificate"]
                self.assertTrue(told["complete"] and told["checked"], told)
                self.assertIn("more available", told["proves"])
                self.assertEqual(haplan("verify", path, EXAMPLES / name).returncode, 0)
                lines = path.read_text().splitlines(keepends=True)
                head = json.loads(lines[0])
                self.assertEqual(head["form"], "ways")
                self.assertEqual(head["criteria"], ["availability", "replicas", "resources"])
                # A plan with a unit less is as available only in a lie.
                counts = next(c for c in head["plan"]["replicas"].values() if sum(c) > 1)
                counts[next(i for i, n in enumerate(counts) if n)] -= 1
                bad = self.write(json.dumps(head) + "\n" + "".join(lines[1:]), "bad.ndjson")
                self.assertEqual(haplan("verify", bad, EXAMPLES / name).returncode, 1)

    def test_goals_of_every_kind_are_certified(self):
        spec = EXAMPLES / "web-database.yaml"
        goals = {
            "cost": ["minimize=[cost]", "prices.cpu=20", "prices.memoryGiB=3"],
            "budget": ["budgets.replicas=12"],
            "availability": ["maximize=availability", "budgets.replicas=6"],
            "variants": ["components.web.variants={small: {resources: {cpu: 250m}}, large: {start: 1s}}"],
        }
        for goal, sets in goals.items():
            with self.subTest(goal):
                path = self.folder / "proof.ndjson"
                settings = [x for one in sets for x in ("--set", one)]
                result = haplan("solve", spec, *settings, "-o", "json", "--out", f"certificate={path}", "--verify")
                self.assertEqual(result.returncode, 0, result.stderr)
                document = json.loads(result.stdout)
                self.assertEqual(document["status"], "optimal")
                self.assertTrue(document["certificate"]["complete"], document["certificate"])
                self.assertEqual(haplan("verify", path, spec, *settings).returncode, 0)
                # Of another goal it says nothing.
                self.assertEqual(haplan("verify", path, spec).returncode, 1)

    def test_an_incomplete_certificate_says_so(self):
        document, path = self.certify(EXAMPLES / "dify-tenants.yaml")
        lines = path.read_text().splitlines(keepends=True)
        rank = document["certificate"]
        self.assertTrue(rank["complete"])
        # The first box left open, with the rank that the checker finds least in it.
        for i, line in enumerate(lines):
            if "rank" in json.loads(line) and i > 0:
                least = json.loads(line)["rank"]
                lines[i] = json.dumps({"open": least}) + "\n"
                break
        end = json.loads(lines[-1])["end"]
        end["open"], end["nothingBefore"] = 1, least
        lines[-1] = json.dumps({"end": end}) + "\n"
        part = self.write("".join(lines), "part.ndjson")
        verdict = haplan("verify", part, EXAMPLES / "dify-tenants.yaml")
        self.assertEqual(verdict.returncode, 5, verdict.stdout)
        self.assertIn("1 of", verdict.stdout)

    def test_a_corrupted_certificate_is_rejected(self):
        _, path = self.certify(EXAMPLES / "dify-tenants.yaml")
        spec = EXAMPLES / "dify-tenants.yaml"
        lines = path.read_text().splitlines(keepends=True)
        order = random.Random(5)
        changed = [lines[:i] + lines[i + 1:] for i in range(len(lines))]
        changed += [lines[:i] + [lines[i]] + lines[i:] for i in range(len(lines))]
        for _ in range(5):
            i, j = order.sample(range(1, len(lines) - 1), 2)
            if lines[i] != lines[j]:
                other = list(lines)
                other[i], other[j] = other[j], other[i]
                changed.append(other)
        for number, other in enumerate(changed):
            with self.subTest(number):
                bad = self.write("".join(other), "bad.ndjson")
                verdict = haplan("verify", bad, spec, "-o", "json")
                self.assertEqual(verdict.returncode, 1, verdict.stdout)
                report = json.loads(verdict.stdout)
                self.assertFalse(report["accepted"])
                self.assertTrue(report["reason"])

    def test_a_certificate_of_another_spec_is_rejected(self):
        _, path = self.certify(EXAMPLES / "web-database.yaml")
        service = json.loads(path.read_text().splitlines()[0])["facts"]["limits"][0]["service"]
        verdict = haplan("verify", path, EXAMPLES / "web-database.yaml", "--set",
                         f"objectives.{service}.availability=90%")
        self.assertEqual(verdict.returncode, 1)
        self.assertIn("rejected at line 1", verdict.stdout)

    def test_components_that_share_a_budget_are_one_box(self):
        # 25 components in three zones: no box but the whole, and a reason that trades their replicas against each other.
        generator = Path(__file__).resolve().parent.parent / "bench" / "generate"
        made = subprocess.run([sys.executable, generator, "--nodes", "30", "--components", "25", "--zones", "3", "--seed", "6"],
                              capture_output=True, check=True)
        spec = self.write(made.stdout, "large.yaml")
        document, path = self.certify(spec)
        self.assertTrue(document["certificate"]["complete"] and document["certificate"]["checked"])
        lines = path.read_text().splitlines(keepends=True)
        box = json.loads(lines[1])
        self.assertEqual((len(lines), box["series"]), (3, "shop"))
        # The plan itself is not before itself: with a rank that is worse by one replica the box holds it.
        head = json.loads(lines[0])
        head["rank"]["peakReplicas"] += 1
        nobody = {"ownNodes": {}, "sharedNodes": {}}
        for what, first, second in (("rank", json.dumps(head) + "\n", lines[1]),
                                    ("figure", lines[0], json.dumps(box | {"figure": box["figure"] * 1.001}) + "\n"),
                                    ("nodes", lines[0], json.dumps(box | nobody) + "\n")):
            with self.subTest(what):
                bad = self.write(first + second + lines[2], "bad.ndjson")
                self.assertEqual(haplan("verify", bad, spec).returncode, 1)

    def test_money_that_components_share_is_one_box(self):
        generator = Path(__file__).resolve().parent.parent / "bench" / "generate"
        made = subprocess.run([sys.executable, generator, "--nodes", "9", "--components", "8", "--zones", "3", "--seed", "2"],
                              capture_output=True, check=True, text=True)
        priced = made.stdout.replace("spec:\n", "spec:\n  prices: {cpu: 20, memoryGiB: 3}\nGOALS", 1)
        spec = self.write(priced.replace("GOALS", "  minimize: [cost]\n"), "priced.yaml")
        document, path = self.certify(spec)
        self.assertTrue(document["certificate"]["complete"] and document["certificate"]["checked"])
        lines = path.read_text().splitlines(keepends=True)
        self.assertEqual((len(lines), json.loads(lines[1])["series"]), (3, "shop"))
        head = json.loads(lines[0])
        cost = head["rank"]["peakCost"]
        head["rank"]["peakCost"] += 1
        bad = self.write(json.dumps(head) + "\n" + lines[1] + lines[2], "bad.ndjson")
        self.assertEqual(haplan("verify", bad, spec).returncode, 1)
        # Less money than that is not enough, which takes the sum of what keeps the budget.
        poor = self.write(priced.replace("GOALS", f"  budgets: {{cost: {cost - 0.25}, replicas: 30}}\n"), "poor.yaml")
        document, path = self.certify(poor, code=4)
        self.assertEqual(document["status"], "infeasible")
        self.assertTrue(document["certificate"]["complete"] and document["certificate"]["checked"])
        lines = path.read_text().splitlines(keepends=True)
        box = json.loads(lines[1])
        self.assertEqual((len(lines), box["keeps"]), (3, "cost"))
        for lie in ({"keeps": "replicas"}, {"keeps": "money"}, {"ownNodes": {}, "sharedNodes": {}}):
            bad = self.write(lines[0] + json.dumps(box | lie) + "\n" + lines[2], "bad.ndjson")
            self.assertEqual(haplan("verify", bad, poor).returncode, 1)
        del box["keeps"]
        bad = self.write(lines[0] + json.dumps(box) + "\n" + lines[2], "bad.ndjson")
        self.assertEqual(haplan("verify", bad, poor).returncode, 1)

    def test_drains_of_what_does_not_move_are_one_box(self):
        # Both replicas are needed and stay where they are: a drain of either node is an outage of 10 min in 30 d.
        spec = self.write("""apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: both}
spec:
  objectives: {site: {availability: 99.96%}}
  cluster:
    nodes: {worker: {count: 4, failures: {reboot: {mtbf: 90d, repair: 5m}}}}
    maintenance: {drain: {every: 30d, perNode: 10m}}
  components:
    web:
      type: stateless
      replicas: 2
      need: 2
      storage: local
      placement: pinned
      start: 1s
      failures: {crash: {mtbf: 60d, detection: exit}, hang: {mtbf: 60d, detection: liveness}}
      probes: {liveness: {tcpSocket: {port: 80}, periodSeconds: 1..10, failureThreshold: 1..3}}
      dependsOn: [api]
    api: {type: stateless, replicas: 1..3, start: 1s, placement: pinned, failures: {crash: {mtbf: 60d, detection: exit}}}
  services: {site: {requires: [web]}}
""", "both.yaml")
        document, path = self.certify(spec, code=4)
        self.assertTrue(document["certificate"]["complete"] and document["certificate"]["checked"])
        lines = path.read_text().splitlines()
        box = json.loads(lines[1])
        self.assertEqual((len(lines), box["basis"], box["component"]), (3, "component", "web"))
        self.assertGreater(box["figure"], 20 / (30 * 24 * 60))

    def test_the_same_certificate_twice(self):
        _, path = self.certify(EXAMPLES / "web-database.yaml")
        first = path.read_bytes()
        self.certify(EXAMPLES / "web-database.yaml")
        self.assertEqual(path.read_bytes(), first)

    def test_the_page_tells_of_it(self):
        page = haplan("solve", self.spec, "--verify").stdout
        self.assertIn("Certificate", page)
        self.assertIn("checked apart from the search", page)


class Fronts(InFolder):
    def test_the_target_stands_where_the_best_plan_is(self):
        for name in ("web-database.yaml", "three-zones.yaml"):
            with self.subTest(name):
                result = haplan("solve", EXAMPLES / name, "--pareto", "-o", "json")
                self.assertEqual(result.returncode, 0, result.stderr)
                front = json.loads(result.stdout)
                self.assertTrue(front["complete"])
                points = front["points"]
                replicas = [p["replicas"] for p in points]
                margins = [p["margin"] for p in points]
                self.assertEqual(replicas, sorted(set(replicas)))
                self.assertEqual(margins, sorted(set(margins)))
                best = json.loads(haplan("solve", EXAMPLES / name, "-o", "json").stdout)
                first = next(p for p in points if p["meetsTargets"])
                self.assertEqual(first["replicas"], best["criteria"]["peakReplicas"])
                # A point's plan evaluates to its figures.
                plan = self.write(json.dumps(first["plan"]), "plan.json")
                again = json.loads(haplan("evaluate", EXAMPLES / name, "--plan", plan, "-o", "json").stdout)
                for service, figures in first["services"].items():
                    self.assertAlmostEqual(figures["guaranteedUnavailability"],
                                           again["services"][service]["guaranteedUnavailability"], delta=1e-12)

    def test_fronts_of_cost_budgets_and_variants_are_what_single_searches_find(self):
        spec = EXAMPLES / "web-database.yaml"
        sets = {
            "cost": ["minimize=[cost]", "prices.cpu=20", "prices.memoryGiB=3"],
            "budget": ["budgets.replicas=6"],
            "variants": ["components.web.variants={small: {resources: {cpu: 250m}}, large: {start: 1s}}"],
        }
        for goal, settings in sets.items():
            with self.subTest(goal):
                arguments = [x for one in settings for x in ("--set", one)]
                result = haplan("solve", spec, *arguments, "--pareto", "-o", "json")
                self.assertEqual(result.returncode, 0, result.stderr)
                front = json.loads(result.stdout)
                size = front["size"]
                self.assertEqual(size, "cost" if goal == "cost" else "replicas")
                points = front["points"]
                self.assertGreater(len(points), 1)
                self.assertEqual([p[size] for p in points], sorted({p[size] for p in points}))
                self.assertEqual([p["margin"] for p in points], sorted({p["margin"] for p in points}))
                if goal == "budget":
                    self.assertLessEqual(points[-1]["replicas"], 6)
                # The least that meets the targets is what a search for them finds.
                best = json.loads(haplan("solve", spec, *arguments, "-o", "json").stdout)
                first = next(p for p in points if p["meetsTargets"])
                if goal == "cost":
                    self.assertAlmostEqual(first["cost"], best["cost"]["peak"] if "cost" in best else first["cost"])
                self.assertLessEqual(first["replicas"], best["criteria"]["peakReplicas"])
                # A point's plan evaluates to its figures.
                plan = self.write(json.dumps(first["plan"]), "plan.json")
                again = json.loads(haplan("evaluate", spec, *arguments, "--plan", plan, "-o", "json").stdout)
                for service, figures in first["services"].items():
                    self.assertAlmostEqual(figures["guaranteedUnavailability"],
                                           again["services"][service]["guaranteedUnavailability"], delta=1e-12)

    def test_a_front_of_most_availability_has_the_targets_beside_it(self):
        # Each service has its own component: a replica more goes to the one that is down most, but mail is asked for more than news.
        spec = self.write("""apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: two}
spec:
  objectives: {chat: {availability: 99.95%}, mail: {availability: 99.5%}, news: {}}
  maximize: availability
  budgets: {replicas: 8}
  cluster: {nodes: {worker: {count: 4}}}
  components:
    a: {type: stateless, replicas: 1..4, availability: 99%}
    b: {type: stateless, replicas: 1..4, availability: 98%}
    c: {type: stateless, replicas: 1..4, availability: 96%}
  services: {chat: {requires: [a]}, mail: {requires: [b]}, news: {requires: [c]}}
""")
        front = json.loads(haplan("solve", spec, "--pareto", "-o", "json").stdout)
        self.assertTrue(front["complete"] and front["maximised"])
        self.assertEqual([point["replicas"] for point in front["points"]], [3, 4, 5, 6, 7, 8])
        # 4 %, 2 %, 1 %, then 0.16 %, 0.04 %, 0.01 % of what is down most.
        for point, least in zip(front["points"], (4e-2, 2e-2, 1e-2, 1.6e-3, 4e-4, 1e-4)):
            self.assertAlmostEqual(point["largestUnavailability"] / least, 1, delta=1e-9)
            self.assertTrue(point["proved"])
        self.assertEqual([point["meetsTargets"] for point in front["points"]], [False] * 3 + [True] * 3)
        target = front["target"]
        self.assertEqual((target["replicas"], target["proved"], target["meetsTargets"]), (5, True, True))
        self.assertEqual({name: part["replicas"] for name, part in target["plan"]["components"].items()}, {"a": 2, "b": 2, "c": 1})
        page = haplan("solve", spec, "--pareto").stdout
        self.assertIn("All targets are met from 5 replicas on, by a plan that is none of the rows: 2 a, 2 b, 1 c.", " ".join(page.split()))
        best = json.loads(haplan("solve", spec, "-o", "json").stdout)
        self.assertEqual(best["criteria"]["peakReplicas"], front["points"][-1]["replicas"])

    def test_the_front_of_redundancy_allocation_ends_at_its_optimum(self):
        front = json.loads(haplan("solve", EXAMPLES / "bridge.yaml", "--pareto", "-o", "json").stdout)
        best = json.loads(haplan("solve", EXAMPLES / "bridge.yaml", "-o", "json").stdout)
        self.assertTrue(front["complete"])
        last = front["points"][-1]
        self.assertEqual(last["replicas"], best["criteria"]["peakReplicas"])
        self.assertAlmostEqual(last["services"]["link"]["guaranteedUnavailability"],
                               best["services"]["link"]["unavailability"]["value"], delta=1e-12)
        page = haplan("solve", EXAMPLES / "bridge.yaml", "--pareto").stdout
        self.assertIn("3 k1", page)

    def test_the_page_marks_the_target(self):
        page = haplan("solve", EXAMPLES / "web-database.yaml", "--pareto").stdout
        self.assertIn("target", page)
        self.assertIn("replicas at peak against guaranteed availability", page)


class Tenants(InFolder):
    SPEC = EXAMPLES / "dify-tenants.yaml"

    def solved(self, **targets):
        sets = [x for service, target in targets.items() for x in ("--set", f"objectives.{service}.availability={target}")]
        result = haplan("solve", self.SPEC, *sets, "--verify", "-o", "json")
        self.assertEqual(result.returncode, 0, result.stderr)
        document = json.loads(result.stdout)
        self.assertEqual(document["status"], "optimal")
        self.assertTrue(document["certificate"]["complete"])
        for check in document["objectives"]:
            self.assertTrue(check["met"], check)
        return document

    @staticmethod
    def replicas(document):
        return {name: len(plan["nodes"]) for name, plan in document["plan"]["components"].items() if "nodes" in plan}

    def test_each_tenant_has_the_availability_that_it_asks_for(self):
        together = self.replicas(self.solved())
        apart = self.replicas(self.solved(education="99.997%", medical="99%"))
        # What a tenant has for itself follows its own target; what is shared follows the strictest.
        self.assertGreater(apart["api-education"], together["api-education"])
        self.assertLessEqual(apart["api-medical"], together["api-medical"])
        self.assertEqual(apart["api-ecommerce"], together["api-ecommerce"])
        for shared in ("ingress", "keycloak", "postgres"):
            self.assertGreaterEqual(apart[shared], together[shared])


class Changes(InFolder):
    def test_a_running_plan_is_improved_by_few_changes(self):
        spec = EXAMPLES / "dify-tenants.yaml"
        best = json.loads(haplan("solve", spec, "-o", "json").stdout)
        running = best["plan"]
        # Two replicas of the ingress more than are needed, and one of the identity provider.
        running["components"]["ingress"] = {**running["components"]["ingress"], "replicas": 3}
        running["components"]["ingress"]["nodes"] = ["worker-1", "worker-2", "worker-3"]
        plan = self.write(json.dumps(running), "running.json")
        result = haplan("solve", spec, "--plan", plan, "--max-changes", 1, "-o", "json")
        self.assertEqual(result.returncode, 0, result.stderr)
        document = json.loads(result.stdout)
        self.assertEqual(document["status"], "optimal")
        self.assertEqual(document["changes"]["made"], ["components.ingress.replicas 3 -> 2"])
        self.assertEqual(document["criteria"]["peakReplicas"], best["criteria"]["peakReplicas"])
        kept = haplan("solve", spec, "--plan", plan, "--max-changes", 0, "-o", "json")
        self.assertEqual(json.loads(kept.stdout)["changes"]["made"], [])

    def test_variants_and_most_availability_within_few_changes(self):
        spec = self.write("""apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: near}
spec:
  objectives: {site: {availability: 99%}}
  maximize: availability
  budgets: {licences: 5}
  cluster:
    nodes: {worker: {count: 4, capacity: {cpu: 4, memory: 8Gi}, failures: {crash: {mtbf: 90d, repair: 1h}}}}
  components:
    web:
      type: stateless
      replicas: 2
      failures: {hang: {mtbf: 3d, detection: manual, repair: 2h}}
      uses: {licences: 1}
      variants: {small: {}, solid: {failures: {hang: {mtbf: 300d}}, uses: {licences: 2}}}
    api: {type: stateless, replicas: 1..3, failures: {hang: {mtbf: 30d, detection: manual, repair: 1h}}, uses: {licences: 1}}
  services: {site: {requires: [web, api]}}
""", "near.yaml")
        plan = self.write(json.dumps({"components": {
            "web": {"variants": {"small": 2}, "nodes": ["worker-1", "worker-2"]},
            "api": {"replicas": 2, "nodes": ["worker-3", "worker-4"]}}}), "running.json")
        # Licences for two solid webs and one api, or two small webs and three apis. The web is out most: (2/74)^2 at once.
        for most, made, running in ((0, [], {"small": 2}),
                                    (1, ["components.api.replicas 2 -> 3"], {"small": 2}),
                                    (2, ["components.web.variants small -> solid", "components.api.replicas 2 -> 1"], None)):
            result = haplan("solve", spec, "--plan", plan, "--max-changes", most, "-o", "json")
            self.assertEqual(result.returncode, 0, result.stderr)
            document = json.loads(result.stdout)
            self.assertEqual(document["status"], "optimal")
            least = document["services"]["site"]["guaranteedUnavailability"]
            if running is not None:
                self.assertEqual(document["changes"]["made"], made)
                self.assertEqual(document["plan"]["components"]["web"]["variants"], running)
            # Of all plans near enough none has more availability: each is evaluated.
            for variant in ("small", "solid"):
                for replicas in (1, 2, 3):
                    changes = (variant != "small") + (replicas != 2)
                    licences = 2 * (2 if variant == "solid" else 1) + replicas
                    if changes > most or licences > 5:
                        continue
                    other = self.write(json.dumps({"components": {"web": {"variants": {variant: 2}}, "api": {"replicas": replicas}}}), "other.json")
                    figures = json.loads(haplan("evaluate", spec, "--plan", other, "-o", "json").stdout)["services"]["site"]
                    self.assertLessEqual(least, figures["guaranteedUnavailability"] * (1 + 1e-9))

    def test_what_cannot_be_mended_says_how_many_changes_would(self):
        plan = self.write(json.dumps({"components": {"web": {"replicas": 1}}}), "running.json")
        strict = self.write(self.spec.read_text().replace("99%", "99.89999%"))
        result = haplan("solve", strict, "--plan", plan, "--max-changes", 0, "-o", "json")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertIn("within 0 changes", json.loads(result.stdout)["infeasibility"]["reason"])
        needs = haplan("solve", self.spec, "--max-changes", 1)
        self.assertEqual(needs.returncode, 2)
        self.assertIn("--plan", needs.stderr)


if __name__ == "__main__":
    main()
