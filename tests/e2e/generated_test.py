#!/usr/bin/env python3
"""Generated specs: what solve says of its plan, evaluate says of it, too, and the number of threads changes nothing.

usage: generated_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import subprocess
import sys
from pathlib import Path

from command import InFolder, haplan, main

GENERATE = Path(__file__).resolve().parents[1] / "bench" / "generate"

# Nodes, components, zones, seed, target and further options. The first three hold many single replicas in zones, whose guaranteed figure
# lies nearer to the target than the joint search for the worst placement tells.
SPECS = [
    (12, 10, 2, 1, "99.95%"),
    (12, 10, 2, 4, "99.9%"),
    (15, 10, 3, 1, "99.95%"),
    (12, 10, 2, 3, "99.95%", "--drains"),
    *((9, 6, 3, seed, target) for seed in (1, 2) for target in ("99.8%", "99.95%")),
    *((6, 8, 0, seed, target) for seed in (1, 2) for target in ("99.9%", "99.97%")),
    *((10, 6, 2, seed, "99.9%", "--drains") for seed in (1, 2)),
    (100, 6, 3, 1, "99.9%"),  # more nodes than a machine word has bits
    (80, 6, 0, 1, "99.9%"),
]


class Generated(InFolder):
    def spec_of(self, nodes, components, zones, seed, target, *options):
        made = subprocess.run(
            [sys.executable, GENERATE, "--nodes", str(nodes), "--components", str(components), "--zones", str(zones),
             "--seed", str(seed), "--target", target, *options],
            capture_output=True, text=True, check=True)
        return self.write(made.stdout, "generated.yaml")

    def test_the_figures_of_a_plan_do_not_contradict_it_whatever_the_threads(self):
        for spec in SPECS:
            with self.subTest(spec):
                path = self.spec_of(*spec)
                args = ("solve", path, "-o", "json", "--work-limit", "2000000", "--threads")
                solved = haplan(*args, 1)
                self.assertEqual(haplan(*args, 2).stdout, solved.stdout)
                document = json.loads(solved.stdout)
                self.assertIn(document["status"], ("optimal", "feasible"))
                self.assertTrue(document["objectives"])
                for objective in document["objectives"]:
                    self.assertTrue(objective["met"], objective)
                plan = self.write(solved.stdout, "plan.json")
                again = json.loads(haplan("evaluate", path, "--plan", plan, "-o", "json").stdout)
                for key in ("plan", "services", "objectives"):
                    self.assertEqual(json.dumps(again[key]), json.dumps(document[key]), key)

    def test_a_search_that_is_cut_gives_the_same_bytes_with_any_number_of_threads(self):
        path = self.spec_of(12, 10, 2, 4, "99.95%")
        for limit in (1000, 20_000, 100_000, 300_000):
            runs = [haplan("solve", path, "-o", "json", "--work-limit", limit, "--threads", n).stdout for n in (1, 2, 4)]
            self.assertIn(json.loads(runs[0])["status"], ("undecided", "feasible", "optimal"))
            self.assertEqual(runs[0], runs[1])
            self.assertEqual(runs[0], runs[2])


if __name__ == "__main__":
    main()
