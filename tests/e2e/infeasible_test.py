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


if __name__ == "__main__":
    main()
