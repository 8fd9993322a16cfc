#!/usr/bin/env python3
"""Alerts and experiments of a plan, read by others: Prometheus' own parser of rules, and plain arithmetic on the objectives.

usage: alerts_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import re
import tempfile
import unittest
from pathlib import Path

import yaml

import ha_rules
from command import EXAMPLES, haplan, main
from manifests import Plan, documents, tool

CHARTS = EXAMPLES.parent / "charts"
PROFILE = ["--profile", CHARTS / "platform" / "profile.yaml"]
# Burn rates of 2 %, 5 %, 10 % and 10 % of a budget of 30 days in 1 h, 6 h, 1 d and 3 d; short windows are a twelfth.
WINDOWS = {"1h": ("5m", 0.02 * 720), "6h": ("30m", 0.05 * 120), "1d": ("2h", 0.1 * 30), "3d": ("6h", 0.1 * 10)}
BURN = re.compile(r'haplan:sli_error:ratio_rate(\w+)\{service="([^"]*)",objective="availability"\} > \(([0-9.e-]+) \* ([0-9.e-]+)\)')


class Rendered(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = Path(scratch.name)
        cls.plan = Plan(cls.folder, CHARTS / "platform.yaml", charts={"platform": CHARTS / "platform"}, options=PROFILE)
        for what in ("alerts", "chaos"):
            result = haplan("render", what, cls.folder / "plan.json", *PROFILE, "-o", f"{cls.folder}/{what}/")
            assert result.returncode == 0, result.stderr

    def read(self, name):
        return (self.folder / "alerts" / name).read_text(encoding="utf-8")

    def test_prometheus_reads_the_rules(self):
        text = self.read("rules.yaml")
        rules = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
        self.assertEqual(tool("rules", stdin=text).strip(), str(len(rules)))
        self.assertGreater(len(rules), 0)
        # That it would notice: a function that does not exist, a field that does not.
        for wrong in (text.replace("avg_over_time", "avg_over_tme"), text.replace("    rules:", "    ruls:")):
            self.assertTrue(tool("rules", stdin=wrong, ok=(1,)))

    def test_the_operators_object_holds_the_same_rules(self):
        rule = yaml.safe_load(self.read("prometheus-rule.yaml"))
        self.assertEqual((rule["apiVersion"], rule["kind"]), ("monitoring.coreos.com/v1", "PrometheusRule"))
        self.assertEqual(rule["spec"], yaml.safe_load(self.read("rules.yaml")))

    def test_burn_rates_are_those_of_the_objectives(self):
        """Each window of each service is asked twice, long and short, against rate times what the objective allows."""
        expressions = " ".join(rule["expr"] for group in yaml.safe_load(self.read("rules.yaml"))["groups"]
                               for rule in group["rules"] if rule.get("alert") == "HaplanBudgetBurn")
        allowed = {"chat": 1 - 0.9995, "jobs": 1 - 0.999}  # specs/charts/platform.yaml
        wanted = sorted((window, service, rate, budget) for service, budget in allowed.items()
                        for long, (short, rate) in WINDOWS.items() for window in (long, short))
        found = sorted((window, service, float(rate), float(budget))
                       for window, service, rate, budget in BURN.findall(expressions))
        self.assertEqual([row[:2] for row in found], [row[:2] for row in wanted])
        for (*_, rate, budget), (*_, wanted_rate, wanted_budget) in zip(found, wanted):
            self.assertAlmostEqual(rate / wanted_rate, 1, delta=1e-9)
            self.assertAlmostEqual(budget / wanted_budget, 1, delta=1e-9)

    def test_openslo_refers_to_what_is_there(self):
        found = {(d["kind"], d["metadata"]["name"]): d for d in documents(self.read("openslo.yaml"))}
        slos = [d for (kind, _), d in found.items() if kind == "SLO"]
        self.assertEqual(len(slos), 2)
        for slo in slos:
            self.assertIn(("Service", slo["spec"]["service"]), found)
            for policy in slo["spec"]["alertPolicies"]:
                conditions = found[("AlertPolicy", policy["alertPolicyRef"])]["spec"]["conditions"]
                for condition in conditions:
                    self.assertIn(("AlertCondition", condition["conditionRef"]), found)

    def test_experiments_hit_pods_that_the_chart_makes(self):
        workloads = [d for d in documents(self.plan.manifests()) if d["kind"] in ha_rules.WORKLOADS]
        kinds = set()
        for path in sorted((self.folder / "chaos").iterdir()):
            for experiment in documents(path.read_text(encoding="utf-8")):
                self.assertEqual(experiment["apiVersion"], "chaos-mesh.org/v1alpha1")
                kinds.add(experiment["kind"])
                self.assertTrue(any(key.startswith("expected.haplan.dev/") for key in experiment["metadata"]["annotations"]))
                if experiment["kind"] != "PodChaos":
                    continue
                selector = dict(experiment["spec"]["selector"]["labelSelectors"])
                selector.pop("role", None)  # a controller's label, not the chart's
                hit = [w for w in workloads if ha_rules.matches({"matchLabels": selector}, ha_rules.labels(w))]
                self.assertEqual(len(hit), 1, path.name)
                names = {container["name"] for container in ha_rules.containers(hit[0])}
                self.assertLessEqual(set(experiment["spec"].get("containerNames", [])), names)
        self.assertIn("PodChaos", kinds)


if __name__ == "__main__":
    main()
