#!/usr/bin/env python3
"""Alerts and experiments of a plan, read by others: Prometheus' own code, which also plays series through the rules; the schemas
of the custom resources, from their operators; and plain arithmetic on the objectives.

usage: alerts_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import re
import tempfile
import unittest
from pathlib import Path

import yaml

import ha_rules
from command import EXAMPLES, haplan, main
from manifests import Plan, documents, invalid, tool

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

    def test_custom_resources_are_valid_for_their_operators(self):
        texts = [self.read("prometheus-rule.yaml")]
        texts += [path.read_text(encoding="utf-8") for path in sorted((self.folder / "chaos").iterdir())]
        wrong, looked_at, skipped = invalid("\n---\n".join(texts))
        self.assertEqual((wrong, skipped), ([], 0))
        self.assertEqual(looked_at, len(texts))
        self.assertTrue({"PrometheusRule", "PodChaos", "PhysicalMachineChaos"} <=
                        {document["kind"] for text in texts for document in documents(text)})
        # That it would notice: an action that Chaos Mesh does not know, a field that the operator does not.
        for wrong in (texts[0].replace("expr:", "exprs:"), texts[0].replace("record: ", "record: &a {}  # "),
                      *(text.replace("action: ", "action: no-") for text in texts[1:])):
            self.assertTrue(invalid(wrong)[0], wrong)

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
                targets = found[("AlertPolicy", policy["alertPolicyRef"])]["spec"]["notificationTargets"]
                self.assertTrue(targets)
                for target in targets:
                    self.assertIn(("AlertNotificationTarget", target["targetRef"]), found)

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


MINUTE, HOUR, DAY = 60, 3600, 86400


class Played(unittest.TestCase):
    """When alerts fire, by Prometheus' own rule manager: series that must make them fire, and series that must not.

    The objective: 99.95 % in 30 days, so that 1 - 0.9995 of the probes may fail; errors 0.1 %, answers in 500 ms.
    """

    BUDGET = 0.0005

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = Path(scratch.name)
        layer = cls.folder / "layer.yaml"
        layer.write_text("""\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: platform}
spec: {objectives: {chat: {errorRate: 0.1%, responseTime: 500ms}}}
""", encoding="utf-8")
        solved = haplan("solve", CHARTS / "platform.yaml", "-f", layer, *PROFILE, "--out", f"json={cls.folder}/plan.json")
        assert solved.returncode == 0, solved.stderr
        result = haplan("render", "alerts", cls.folder / "plan.json", *PROFILE, "-o", f"{cls.folder}/alerts/")
        assert result.returncode == 0, result.stderr
        cls.rules = (cls.folder / "alerts" / "rules.yaml").read_text(encoding="utf-8")
        cls.planned = json.loads((cls.folder / "plan.json").read_text(encoding="utf-8"))["plan"]["components"]

    def fired(self, until, *series, every=MINUTE):
        """[(alert, severity, from, to)] while series, one sample a minute, are played; seconds, to is None at the end."""
        question = {"rules": self.rules, "load": "load 1m\n" + "".join(f"  {one}\n" for one in series), "every": every,
                    "until": until}
        return [(one["alert"], one["labels"]["severity"], one["from"], None if one["to"] < 0 else one["to"])
                for one in json.loads(tool("rules", "play", stdin=json.dumps(question)))]

    @staticmethod
    def probe(*spans):
        """Probes of chat: (minutes, value), one after another."""
        return 'probe_success{haplan_service="chat"} ' + " ".join(f"{value}x{minutes - 1}" for minutes, value in spans)

    def test_a_service_within_its_budget_alerts_nobody(self):
        for value in (1, 1 - 0.9 * self.BUDGET):
            self.assertEqual(self.fired(4 * DAY, self.probe((4 * 1440, value)), every=10 * MINUTE), [], value)

    def test_an_outage_pages_at_once_and_stops_when_it_is_over(self):
        """Ten minutes of outage after a good day: 1/60 of the hour fails after a minute, more than 14.4 times the budget."""
        start, end = 1440, 1450
        fired = self.fired(2 * DAY, self.probe((start, 1), (end - start, 0), (1430, 1)))
        pages = [one for one in fired if one[1] == "page"]
        self.assertEqual([one[0] for one in pages], ["HaplanBudgetBurn"])
        self.assertEqual(pages[0][2], start * MINUTE)
        # Its last row looks back 30 minutes, so it ends that long after the last failed probe.
        self.assertLessEqual(abs(pages[0][3] - (end + 30) * MINUTE), 2 * MINUTE)
        # Ten minutes are 46 % of the budget of 21.6: above 10 % in a day, and gone from the short window after two hours.
        tickets = [one for one in fired if one[1] == "ticket"]
        self.assertEqual(tickets[0][2], start * MINUTE)
        self.assertLessEqual(abs(tickets[0][3] - (end + 360) * MINUTE), 2 * MINUTE)

    def test_a_slow_burn_is_a_ticket_and_no_page(self):
        for times, severities in ((1.5, {"ticket"}), (5.5, {"ticket"}), (6.5, {"ticket", "page"})):
            fired = self.fired(4 * DAY, self.probe((4 * 1440, 1 - times * self.BUDGET)), every=10 * MINUTE)
            self.assertEqual({one[1] for one in fired}, severities, times)
            self.assertEqual({one[3] for one in fired}, {None}, times)

    def test_a_series_that_is_not_there_alerts_nobody(self):
        self.assertEqual(self.fired(DAY, 'probe_success{haplan_service="other"} 0x1440', every=10 * MINUTE), [])

    def test_failing_requests_alert_by_their_share(self):
        """A hundred requests a second, of which a share fails, against 0.1 %."""
        def requests(share):
            host = 'nginx_ingress_controller_requests{host="chat.example.com",status="%s"} 0+%gx1440'
            return host % (200, 6000 * (1 - share)), host % (502, 6000 * share)

        for share, severities in ((0.0009, set()), (0.002, {"ticket"}), (0.02, {"ticket", "page"})):
            fired = self.fired(DAY, *requests(share), every=10 * MINUTE)
            self.assertEqual({one[1] for one in fired}, severities, share)

    def test_slow_answers_are_a_ticket(self):
        def answers(seconds):
            name = 'nginx_ingress_controller_request_duration_seconds_%s{host="chat.example.com"} 0+%gx120'
            return name % ("sum", 60 * seconds), name % ("count", 60)

        self.assertEqual(self.fired(2 * HOUR, *answers(0.49)), [])
        fired = self.fired(2 * HOUR, *answers(0.51))
        self.assertEqual([one[:2] for one in fired], [("HaplanResponseTime", "ticket")])
        self.assertGreaterEqual(fired[0][2], 10 * MINUTE)

    def test_lost_replicas_alert_by_what_is_left(self):
        """Two of plugin are planned, one must serve: one lost is a ticket after half an hour, two are a page after half a minute."""
        self.assertEqual(self.planned["plugin"].get("replicas"), 2)

        def available(*spans):
            values = " ".join(f"{value}x{minutes - 1}" for minutes, value in spans)
            return f'kube_deployment_status_replicas_available{{deployment="platform-plugin"}} {values}'

        self.assertEqual(self.fired(2 * HOUR, available((60, 2), (29, 1), (60, 2))), [])
        lost = self.fired(3 * HOUR, available((60, 2), (45, 1), (60, 2)))
        self.assertEqual(lost, [("HaplanRedundancyLost", "ticket", 90 * MINUTE, 105 * MINUTE)])
        down = self.fired(2 * HOUR, available((60, 2), (5, 0), (60, 2)), every=30)
        self.assertEqual(down, [("HaplanBelowNeed", "page", 60 * MINUTE + 30, 65 * MINUTE)])


if __name__ == "__main__":
    main()
