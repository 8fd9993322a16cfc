#!/usr/bin/env python3
"""Uncertain inputs as a user meets them, against what can be worked out by hand.

usage: uncertain_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import math
import unittest
from statistics import NormalDist

from command import EXAMPLES, InFolder, haplan, main

DAY = 86400.0
NORMAL = NormalDist()

# One vendor: it fails every `mtbf`, for an hour. U = 1 h / (mtbf + 1 h), decreasing in mtbf.
VENDOR = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: vendor}
spec:
  objectives: {site: {availability: 99.9%%%s}}
  components:
    pay: {type: external, mtbf: {value: 90d, low: 30d, high: 300d, source: {kind: assumption}}, repair: 1h}
  services: {site: {requires: [pay]}}
"""
REPAIR = 3600.0
MEDIAN = math.sqrt(30 * 300) * DAY
SIGMA = math.log(300 / 30) / 2 / NORMAL.inv_cdf(0.95)
# The mtbf at which the availability is 99.9 % exactly, and the share of draws beyond it.
LEAST = REPAIR * (1 / 0.001 - 1)
SHARE = NORMAL.cdf(math.log(MEDIAN / LEAST) / SIGMA)


def unavailability(mtbf):
    return REPAIR / (mtbf + REPAIR)


class Uncertain(InFolder):
    def evaluated(self, text, *args, code=0):
        result = haplan("evaluate", self.write(text), "-o", "json", *args)
        self.assertEqual(result.returncode, code, result.stderr)
        return json.loads(result.stdout)

    def near(self, actual, expected, relative):
        self.assertLessEqual(abs(actual - expected), relative * abs(expected), f"{actual} against {expected}")

    def test_one_lognormal_input_has_its_closed_form(self):
        document = self.evaluated(VENDOR % "", "--draws", 16384, "--quantiles", "5,50,95")
        drawn = document["uncertainty"]
        self.assertEqual((drawn["draws"], drawn["seed"], drawn["invalidDraws"]), (16384, 1, 0))
        service = drawn["services"]["site"]
        figure = service["figures"]["unavailability"]
        self.near(figure["nominal"], unavailability(90 * DAY), 1e-12)
        # U falls as the mtbf rises: its 5 % quantile is at the mtbf's 95 %.
        for quantile, mtbf in zip(figure["quantiles"], (300 * DAY, MEDIAN, 30 * DAY)):
            self.near(quantile["value"], unavailability(mtbf), 2e-3)
        whole = service["objectives"][-1]
        self.assertEqual(whole["field"], "all")
        self.assertLess(abs(whole["kept"]["value"] - SHARE), 1e-3)
        self.assertLessEqual(whole["kept"]["lower"], SHARE)
        self.assertGreaterEqual(whole["kept"]["upper"], SHARE)
        flip = whole["breakEven"]["components.pay.mtbf"]["nearest"]
        self.assertFalse(flip["holdsBelow"])
        self.near(flip["below"], LEAST, 1e-8)
        self.near(flip["above"], LEAST, 1e-8)
        influence = figure["influence"]["components.pay.mtbf"]
        for index in ("first", "total"):
            self.assertLess(influence[index]["error"], 0.1)
            self.assertLess(abs(influence[index]["value"] - 1), 2 * influence[index]["error"] + 0.01)

    def test_confidence_is_held_against_the_share_of_draws(self):
        self.assertGreater(SHARE, 0.86)
        self.assertLess(SHARE, 0.90)
        met = self.evaluated(VENDOR % ", confidence: 85%")["uncertainty"]
        self.assertEqual(met["draws"], 4096)
        self.assertTrue(met["services"]["site"]["objectives"][-1]["met"])
        missed = self.evaluated(VENDOR % ", confidence: 95%", code=1)["uncertainty"]
        self.assertFalse(missed["services"]["site"]["objectives"][-1]["met"])
        # No decision changes it, so no plan can be found; what cannot be is not claimed to be proved.
        solved = haplan("solve", self.write(VENDOR % ", confidence: 95%"))
        self.assertEqual(solved.returncode, 5, solved.stderr)

    def test_solve_finds_a_plan_that_holds_in_the_draws(self):
        # One replica is enough as written, in about half of the draws; with two, U = u^2 <= 1e-3 up to u = 3.2 %.
        text = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: pair}
spec:
  objectives: {site: {availability: 99.9%%%s}}
  components:
    web: {type: stateless, replicas: 1..3, availability: {value: 99.9%%, low: 99%%, high: 99.99%%}}
  services: {site: {requires: [web]}}
"""
        for confidence, replicas in (("", 1), (", confidence: 90%", 2)):
            result = haplan("solve", self.write(text % confidence), "-o", "json")
            self.assertEqual(result.returncode, 0, result.stderr)
            document = json.loads(result.stdout)
            self.assertEqual(document["plan"]["components"]["web"]["replicas"], replicas)
        # Near what runs, too: nothing within no change, and what runs where it holds.
        for running, most, code, replicas in ((1, 0, 5, None), (1, 1, 0, 2), (3, 0, 0, 3), (3, 1, 0, 2)):
            plan = self.write(json.dumps({"components": {"web": {"replicas": running}}}), "running.json")
            spec = self.write(text % ", confidence: 90%", "spec.yaml")
            result = haplan("solve", spec, "--plan", plan, "--max-changes", most, "-o", "json")
            self.assertEqual(result.returncode, code, result.stderr)
            near = json.loads(result.stdout)
            if replicas is None:
                self.assertEqual(near["status"], "undecided")
                self.assertIn("with 1 change there is one", near["unproved"])
                continue
            self.assertEqual(near["plan"]["components"]["web"]["replicas"], replicas)
            self.assertTrue(near["uncertainty"]["services"]["site"]["objectives"][-1]["met"])
        whole = document["uncertainty"]["services"]["site"]["objectives"][-1]
        self.assertTrue(whole["met"])
        # ln odds of u are normal: from 0.01 % at 5 % to 1 % at 95 %.
        low, high = (math.log(u / (1 - u)) for u in (1e-4, 1e-2))
        sigma = (high - low) / 2 / NORMAL.inv_cdf(0.95)
        limit = math.sqrt(1e-3)
        share = NORMAL.cdf((math.log(limit / (1 - limit)) - (low + high) / 2) / sigma)
        self.assertLess(abs(whole["kept"]["value"] - share), 1e-3)

    def test_an_availability_keeps_its_digits(self):
        text = VENDOR.replace("mtbf: {value: 90d, low: 30d, high: 300d, source: {kind: assumption}}, repair: 1h",
                              "availability: {value: 99.99999999%%, low: 99.9999999%%, high: 99.999999999%%}")
        figure = self.evaluated(text % "", "--draws", 1024)["uncertainty"]["services"]["site"]["figures"]["unavailability"]
        self.assertEqual(figure["nominal"], 1e-10)
        for quantile, expected in zip(figure["quantiles"], (1e-11, 1e-10, 1e-9)):
            self.near(quantile["value"], expected, 2e-2)

    def test_uses_of_a_parameter_move_together(self):
        # Two vendors in series. With one parameter both are bad at once: the 95 % quantile is that of both at it.
        shared = VENDOR.replace(
            "mtbf: {value: 90d, low: 30d, high: 300d, source: {kind: assumption}}", "mtbf: {param: vendor}").replace(
            "  services", "    mail: {type: external, mtbf: {param: vendor}, repair: 1h}\n"
            "  parameters: {vendor: {value: 90d, low: 30d, high: 300d}}\n  services").replace("[pay]", "[pay, mail]")
        document = self.evaluated(shared % "", "--draws", 16384)["uncertainty"]
        self.assertEqual([one["name"] for one in document["inputs"]], ["parameters.vendor"])
        self.assertEqual(document["inputs"][0]["uses"], ["components.pay.mtbf", "components.mail.mtbf"])
        each = unavailability(30 * DAY)
        quantile = document["services"]["site"]["figures"]["unavailability"]["quantiles"][-1]
        self.near(quantile["value"], 1 - (1 - each) ** 2, 2e-3)
        number = "{value: 90d, low: 30d, high: 300d}"
        apart = shared.replace("{param: vendor}", number).replace("  parameters: {vendor: %s}\n" % number, "")
        smaller = self.evaluated(apart % "", "--draws", 16384)["uncertainty"]
        self.assertEqual(len(smaller["inputs"]), 2)
        self.assertLess(smaller["services"]["site"]["figures"]["unavailability"]["quantiles"][-1]["value"],
                        0.9 * quantile["value"])

    def test_threads_change_nothing_and_the_seed_something(self):
        spec = EXAMPLES / "dify-uncertain.yaml"

        def drawn(*args):
            result = haplan("evaluate", spec, "--draws", 64, "-o", "json", *args)
            self.assertIn(result.returncode, (0, 1), result.stderr)
            return result.stdout

        one = drawn("--threads", 1)
        self.assertEqual(one, drawn("--threads", 2))
        self.assertNotEqual(one, drawn("--seed", 2))

    def test_the_reference_says_what_it_rests_on(self):
        result = haplan("evaluate", EXAMPLES / "dify-uncertain.yaml", "--draws", 256, "-o", "json")
        document = json.loads(result.stdout)
        self.assertEqual(len(document["uncertainty"]["inputs"]), 16)
        for name, service in document["services"].items():
            rests = sum(part["unavailability"] for part in document["sources"][name].values())
            self.near(rests, service["unavailability"]["value"], 1e-9)
        text = haplan("evaluate", EXAMPLES / "dify-uncertain.yaml", "--draws", 256).stdout
        for heading in ("What the downtime rests on", "Uncertain inputs", "Figures over the draws",
                        "Objectives over the draws", "Which number is worth measuring"):
            self.assertIn(heading, text)

    def test_an_uncertain_load_moves_replicas(self):
        # A replica carries 9 requests a second: below 9/s one is needed, and one of the two may fail.
        text = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: load}
spec:
  objectives: {site: {availability: 99.99%}}
  workload: {levels: {always: {rate: {value: 8/s, low: 5/s, high: 11/s, dist: uniform}}}}
  components:
    web: {type: stateless, replicas: 2, throughput: 10/s, availability: 99.9%}
  services: {site: {requires: [web]}}
"""
        service = self.evaluated(text, "--draws", 4096)["uncertainty"]["services"]["site"]
        self.assertLess(abs(service["objectives"][0]["kept"]["value"] - 4 / 6), 1e-3)
        flip = service["objectives"][0]["breakEven"]["workload.levels.always.rate"]["nearest"]
        self.near(flip["below"], 9, 1e-8)
        self.assertTrue(flip["holdsBelow"])
        figure = service["figures"]["unavailability"]
        self.near(figure["quantiles"][0]["value"], 1e-6, 1e-9)
        self.near(figure["quantiles"][2]["value"], 1 - 0.999 ** 2, 1e-9)

    def test_draws_that_are_no_valid_spec_are_counted(self):
        # Three nodes are drained one after another: from 10 d on that takes longer than the 30 d.
        text = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: drains}
spec:
  objectives: {site: {availability: 50%}}
  cluster:
    nodes: {n: {count: 3}}
    maintenance: {drain: {every: 30d, perNode: {value: 1d, low: 0s, high: 20d, dist: uniform}}}
  components:
    web: {type: stateless, replicas: 3}
  services: {site: {requires: [web]}}
"""
        drawn = self.evaluated(text, "--draws", 1024)["uncertainty"]
        self.assertLess(abs(drawn["invalidDraws"] / 1024 - 0.5), 0.01)
        self.assertIn("HA061", drawn["firstInvalidDraw"])
        self.assertLess(abs(drawn["services"]["site"]["objectives"][0]["kept"]["value"] - 0.5), 0.01)

    def test_mistakes_on_the_command_line(self):
        spec = self.write(VENDOR % "")
        for args, part in ((["--draws", "0"], "--draws takes"), (["--draws", "1.5"], "--draws takes"),
                           (["--seed", "-1"], "--seed"), (["--quantiles", "5,,95"], "--quantiles takes"),
                           (["--quantiles", "0"], "--quantiles takes"), (["--quantiles", "100"], "--quantiles takes")):
            result = haplan("evaluate", spec, *args)
            self.assertEqual(result.returncode, 2, args)
            self.assertIn(part, result.stderr)
        certain = haplan("evaluate", self.spec, "--draws", 10)
        self.assertIn("nothing was drawn", certain.stderr)
        self.assertEqual(certain.returncode, 0)

    def test_a_law_that_cannot_be_is_an_invalid_spec(self):
        for number in ("{value: 90d, low: 100d, high: 300d}", "{value: 90d, low: 30d}",
                       "{value: 90d, low: 30d, high: 300d, level: 100%%}",
                       "{value: 90d, low: 90d, high: 90d}", "{value: 90d, low: 30d, high: 300d, dist: normal}"):
            text = VENDOR.replace("{value: 90d, low: 30d, high: 300d, source: {kind: assumption}}", number)
            result = haplan("validate", self.write(text % ""))
            self.assertEqual(result.returncode, 3, number)


if __name__ == "__main__":
    main()
