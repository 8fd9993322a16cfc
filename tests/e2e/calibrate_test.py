#!/usr/bin/env python3
"""haplan calibrate as a user meets it: from a table of incidents to a layer that evaluates.

usage: calibrate_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import math
import re
import unittest

from command import EXAMPLES, InFolder, haplan, main

DAY = 86400.0
YEAR = ("--from", "2024-01-01", "--to", "2025-01-01")
PERIOD = 366 * DAY

SHOP = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: shop}
spec:
  objectives:
    site: {availability: 99%}
  cluster:
    nodes:
      worker: {count: 3, failures: {reboot: {mtbf: 90d, repair: 5m}, hardware: {rate: 1/3y, repair: 4h}}}
  components:
    web: {type: stateless, replicas: 2, failures: {crash: {mtbf: 30d}}, start: 5s, dependsOn: [payments]}
    payments: {type: external, availability: 99.9%}
  services:
    site: {requires: [web]}
"""

INCIDENTS = '''\
component;cause;start;end;ticket
web;crash;2024-02-01T00:00:00Z;2024-02-01T00:00:30Z;A-1
web;crash;2024-08-01T00:00:00Z;2024-08-01T00:00:10Z;A-2
worker-2;reboot;2024-03-01T00:00:00+01:00;2024-03-01T00:04:00+01:00;A-3
worker-3;reboot;2024-03-05T00:00:00Z;2024-03-05T00:06:00Z;A-4
worker-3;reboot;2024-04-05T00:00:00Z;2024-04-05T00:09:00Z;A-5
worker-1;reboot;2024-05-05T00:00:00Z;2024-05-05T00:03:00Z;A-6
worker-1;reboot;2024-11-05T00:00:00Z;2024-11-05T00:05:00Z;A-7
worker-1;hardware;2024-06-01T00:00:00Z;2024-06-01T08:00:00Z;A-8
payments;"no answer; at all";2024-07-01T00:00:00Z;2024-07-01T00:30:00Z;"says ""503"""
payments;slow;2024-12-01T00:00:00Z;2024-12-01T02:00:00Z;A-10
'''


class Calibrate(InFolder):
    def setUp(self):
        super().setUp()
        self.shop = self.write(SHOP, "shop.yaml")
        self.table = self.write(INCIDENTS, "incidents.csv")

    def calibrated(self, *args):
        result = haplan("calibrate", self.table, "-f", self.shop, *YEAR, *args)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def near(self, actual, expected, relative=1e-12):
        self.assertTrue(math.isclose(actual, expected, rel_tol=relative), f"{actual!r} is not {expected!r}")


class Estimates(Calibrate):
    def modes(self, *args):
        document = json.loads(self.calibrated("-o", "json", *args).stdout)
        self.assertEqual((document["kind"], document["formatVersion"]), ("CalibrationResult", "1.0"))
        return document, {m["path"]: m for m in document["modes"]}

    def test_numbers(self):
        document, modes = self.modes()
        self.assertEqual(document["period"]["seconds"], PERIOD)
        self.assertEqual((document["rows"], document["unusedColumns"]), (10, ["ticket"]))
        # Six node failures: 4 + 6 + 9 + 3 + 5 minutes and 8 hours, in which that node does not fail in another way.
        down = 27 * 60 + 8 * 3600
        reboot = modes["cluster.nodes.worker.failures.reboot"]
        self.assertEqual((reboot["events"], reboot["exposureSeconds"]), (5, 3 * PERIOD - down))
        self.near(reboot["rate"]["meanPerSecond"], 5.5 / (3 * PERIOD - down))
        self.near(reboot["rate"]["priorShare"], 0.5 / 5.5)
        self.assertTrue(reboot["repair"]["lawWritten"])
        # The median repair: normal logarithms with a flat mean, so that its middle is the geometric mean.
        self.near(reboot["repair"]["median"]["medianSeconds"], 60 * (4 * 6 * 9 * 3 * 5) ** 0.2, 1e-9)
        hardware = modes["cluster.nodes.worker.failures.hardware"]
        self.assertEqual((hardware["events"], hardware["repair"]["lawWritten"]), (1, False))
        web = modes["components.web.failures.crash"]
        self.assertEqual((web["units"], web["events"], web["exposureSeconds"]), (2, 2, 2 * PERIOD - 40))
        self.assertFalse(web["repair"]["written"])
        payments = modes["components.payments"]
        self.assertEqual((payments["events"], payments["exposureSeconds"]), (2, PERIOD - 9000))

    def test_intervals_of_zero_events(self):
        _, modes = self.modes("--complete", "--prior", "flat", "--events", "web.crash=0/1d")
        # Gamma(3 + 0, ...) of web; nothing else of the spec is without an event.
        self.assertEqual(modes["components.web.failures.crash"]["exposureSeconds"], 2 * (PERIOD + DAY) - 40)
        result = haplan("calibrate", "--events", "0/100d", "--prior", "flat", "-o", "json")
        rate = json.loads(result.stdout)["modes"][0]["rate"]
        self.near(rate["highPerSecond"], -math.log(0.05) / (100 * DAY))
        self.near(rate["mtbfLowSeconds"], 100 * DAY / -math.log(0.05))

    def test_the_page(self):
        page = self.calibrated().stdout
        self.assertRegex(page, r"worker reboot \(of 3\) +5 +3\.01y +200d +[0-9.]+d to [0-9.]+y")
        self.assertIn("columns not used: ticket", page)
        self.assertIn(f"evaluate {self.shop} -f measured.yaml", page)
        self.assertLessEqual(max(len(line) for line in page.splitlines() if "haplan " not in line), 100)

    def test_the_same_every_time(self):
        for form in ("text", "json", "yaml"):
            self.assertEqual(self.calibrated("-o", form).stdout, self.calibrated("-o", form).stdout)


    def test_a_plan_says_how_many_replicas_there_were(self):
        spec = self.write(SHOP.replace("replicas: 2", "replicas: 1..4"), "open.yaml")
        refused = haplan("calibrate", self.table, "-f", spec, *YEAR)
        self.assertEqual(refused.returncode, 3)
        self.assertIn("error[HA118]", refused.stderr)
        plan = self.write(json.dumps({"plan": {"components": {"web": {"replicas": 3}}}}), "plan.json")
        result = haplan("calibrate", self.table, "-f", spec, *YEAR, "--plan", plan, "-o", "json")
        web = next(m for m in json.loads(result.stdout)["modes"] if m["name"] == "web")
        self.assertEqual((web["units"], web["exposureSeconds"]), (3, 3 * PERIOD - 40))
        both = haplan("calibrate", self.table, "-f", spec, *YEAR, "--plan", plan, "--replicas", "web=2.5", "-o", "json")
        self.assertEqual(next(m for m in json.loads(both.stdout)["modes"] if m["name"] == "web")["units"], 2.5)


class Readme(unittest.TestCase):
    """What the README shows is what its command prints."""

    def test_example(self):
        text = (EXAMPLES.parents[1] / "README.md").read_text()
        command, shown = re.search(r"```sh\nhaplan (calibrate [^`]*)```\n\n```\n([^`]*)```", text).groups()
        words = [str(EXAMPLES.parents[1] / w) if w.startswith("specs/") else w for w in command.replace("\\\n", " ").split()]
        result = haplan(*words)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn(shown, result.stdout)


class RoundTrip(Calibrate):
    def layer(self, *args):
        text = self.calibrated("-o", "yaml", *args).stdout
        return self.write(text, "measured.yaml"), text

    def test_the_layer_evaluates_with_the_spec(self):
        layer, text = self.layer()
        self.assertEqual(text.count("kind: measured"), 4 + 3 + 1)  # mtbf of four, repair of three, one sigma
        self.assertIn("observed: \"5 events in 3.01y\"", text)
        result = haplan("validate", self.shop, "-f", layer)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        figures = json.loads(haplan("evaluate", self.shop, "-f", layer, "-o", "json").stdout)
        # The vendor: 2.5 events in the year less two and a half hours; repair as written, to its four digits.
        report = json.loads(self.calibrated("-o", "json").stdout)
        vendor = next(m for m in report["modes"] if m["path"] == "components.payments")
        mtbf, repair = vendor["rate"]["mtbfSeconds"], vendor["repair"]["mean"]["medianSeconds"]
        self.near(mtbf, (PERIOD - 9000) / 2.5)
        share = repair / (mtbf + repair)
        causes = figures["services"]["site"]["unavailability"]["value"]
        self.assertGreater(causes, share * 0.999)
        self.assertLess(causes, share * 1.5)

    def test_what_the_layer_must_take_away(self):
        _, text = self.layer()
        self.assertIn("availability: null", text)  # of the vendor, which has an mtbf now
        self.assertIn("rate: null", text)          # of the hardware
        self.assertNotIn("repair", text.split("crash:")[1].split("payments:")[0])

    def test_repairs_as_asked_for(self):
        _, always = self.layer("--repairs", "always")
        self.assertIn("repair", always.split("crash:")[1].split("payments:")[0])
        _, never = self.layer("--repairs", "never")
        self.assertNotIn("repair:", never)
        self.assertNotIn("payments", never)  # an mtbf alone cannot replace its availability

    def test_without_a_spec(self):
        text = haplan("calibrate", "--events", "web.crash=3/90d", "--replicas", "web=2", "-o", "yaml").stdout
        layer = self.write(text, "measured.yaml")
        result = haplan("evaluate", self.shop, "-f", layer)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_a_count_without_a_name_is_a_parameter(self):
        text = haplan("calibrate", "--events", "3", "--time", "90d", "-o", "yaml").stdout
        layer = self.write(text, "measured.yaml")
        result = haplan("evaluate", self.shop, "-f", layer, "--set",
                        "components.web.failures.crash.mtbf={param: observed}")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_narrow_intervals_keep_their_ends_apart(self):
        result = haplan("calibrate", "--events", "web.crash=1000000/90d", "--level", "1%", "-o", "yaml")
        ends = {name: re.search(name + r": ([0-9.]+)s", result.stdout) for name in ("value", "low", "high")}
        value, low, high = (float(found[1]) if found else None for found in ends.values())
        self.near(value, 90 * DAY / 1e6, 1e-4)
        if low is not None:  # a version that reads intervals
            self.assertTrue(low <= value <= high and low < high, result.stdout)

    def test_hostile_file_names(self):
        for name in ("a: b # c.csv", "quote\".csv", "new\nline.csv", "{x}, [y].csv"):
            self.table = self.write(INCIDENTS, name)
            layer, _ = self.layer()
            result = haplan("validate", self.shop, "-f", layer)
            self.assertEqual((result.returncode, result.stderr), (0, ""), name)

    def test_every_mode_of_the_reference_system(self):
        table = self.write("start,end,component,cause\n2024-02-01,,worker-1,reboot\n", "incidents.csv")
        counts = [w for name in ("api", "ingress", "keycloak", "weather-plugin", "postgres", "redis")
                  for w in ("--replicas", f"{name}=2")]
        result = haplan("calibrate", table, "-f", EXAMPLES / "dify.yaml", *YEAR, *counts, "--complete", "-o", "yaml")
        self.assertEqual(result.returncode, 0, result.stderr)
        layer = self.write(result.stdout, "measured.yaml")
        checked = haplan("validate", EXAMPLES / "dify.yaml", "-f", layer)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))


class Mistakes(Calibrate):
    def test_usage(self):
        for args in ((), ("--events", "3"), ("--events", "x/3d"), ("--events", "1/1d", "--events", "2/1d"),
                     ("--time", "3d", self.table), (self.table, "--from", "2025-01-01", "--to", "2024-01-01"),
                     (self.table, "--from", "soon"), (self.table, "--plan", "x.json"), (self.table, "--prior", "spec"), (self.table, "--complete"),
                     (self.table, "--level", "100%"), (self.table, "--prior", "0.01/1d"), (self.table, "-o", "values"),
                     (self.table, "--replicas", "web=1", "--replicas", "web=2"), (self.table, "--out", "patch=x"),
                     ("-", "-f", "-"), ("--events", "1/1d", "--skip-bad-rows"), ("--events", "1/1d", "--to", "2025-01-01")):
            result = haplan("calibrate", *args, stdin="")
            self.assertEqual((result.returncode, result.stdout), (2, ""), args)
            self.assertIn("help: haplan calibrate --help", result.stderr)

    def test_files_that_are_not_there(self):
        self.assertEqual(haplan("calibrate", self.root / "none.csv").returncode, 6)
        self.assertEqual(haplan("calibrate", self.table, "-f", self.root / "none.yaml").returncode, 6)
        out = self.root / "none" / "x.json"
        self.assertEqual(haplan("calibrate", self.table, "-f", self.shop, *YEAR, "--out", f"json={out}").returncode, 6)

    def test_bad_rows_are_all_told_and_nothing_is_computed(self):
        table = self.write(INCIDENTS + "web;crahs;2024-03-01;2024-03-02;\nwbe;crash;yesterday;;\n", "bad.csv")
        result = haplan("calibrate", table, "-f", self.shop, *YEAR)
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertIn("bad.csv:12:5: error[HA116]: component \"web\" has no failure mode \"crahs\"", result.stderr)
        self.assertIn("did you mean \"web\"?", result.stderr)
        self.assertIn("bad.csv:13:11: error[HA112]: \"yesterday\" is not a time", result.stderr)
        skipped = haplan("calibrate", table, "-f", self.shop, *YEAR, "--skip-bad-rows")
        self.assertEqual(skipped.returncode, 0)
        self.assertIn("2 bad rows left out: lines 12, 13", skipped.stdout)
        self.assertIn("bad.csv:12:5: warning[HA116]", skipped.stderr)

    def test_an_invalid_spec_is_told_as_everywhere(self):
        spec = self.write(SHOP.replace("stateless", "statelss"), "shop.yaml")
        result = haplan("calibrate", self.table, "-f", spec, *YEAR)
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertIn("error[HA022]", result.stderr)


class Streams(Calibrate):
    def test_stdin_and_files(self):
        out = self.folder / "measured.yaml"
        result = haplan("calibrate", "-", "-f", self.shop, *YEAR, "--out", f"yaml={out}", "-o", "json", stdin=INCIDENTS)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["reference"], "<stdin>")
        self.assertIn("ref: \"<stdin>\"", out.read_text())
        self.assertEqual([p.name for p in self.folder.iterdir()], ["measured.yaml"])

    def test_windows_spreadsheets(self):
        text = INCIDENTS.replace("\n", "\r\n").encode("utf-8-sig")
        table = self.write(text, "excel.csv")
        result = haplan("calibrate", table, "-f", self.shop, *YEAR, "-o", "json")
        self.assertEqual(json.loads(result.stdout)["rows"], 10)

    def test_warnings_are_told_beside_yaml(self):
        self.assertIn("warning: no repair is written of what Kubernetes ends, because the spec sums its steps (web crash)", self.calibrated("-o", "yaml").stderr)
        self.assertEqual(self.calibrated().stderr, "")


if __name__ == "__main__":
    main()
