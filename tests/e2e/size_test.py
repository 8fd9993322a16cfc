#!/usr/bin/env python3
"""Specs of the size that people have are proved, with as much work as their size asks for.

usage: size_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import subprocess
import sys
from pathlib import Path

from command import InFolder, haplan, main

GENERATE = Path(__file__).parents[1] / "bench" / "generate"


def generated(nodes, components, zones, seed, *more):
    numbers = {"--nodes": nodes, "--components": components, "--zones": zones, "--seed": seed}
    command = [sys.executable, GENERATE, *(str(word) for pair in numbers.items() for word in pair), *more]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Sizes(InFolder):
    def solved(self, text):
        result = haplan("solve", self.write(text), "-o", "json", "--work-limit", 6_000_000)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_random_specs_are_proved(self):
        # Work is a few times what it takes today; without the sums of solver/placed_sums it is a hundred times as much, or no proof.
        for nodes, components, seed, replicas, searched, evaluated in [
                (30, 25, 4, 35, 5_000, 300), (60, 40, 3, 69, 100_000, 400), (60, 40, 6, 68, 200_000, 200)]:
            with self.subTest(nodes=nodes, seed=seed):
                document = self.solved(generated(nodes, components, 3, seed))
                self.assertEqual(document["status"], "optimal", document.get("unproved"))
                self.assertEqual(document["criteria"]["peakReplicas"], replicas)
                self.assertLess(document["work"]["searchNodes"], searched)
                self.assertLess(document["work"]["evaluations"], evaluated)

    def test_fewest_replicas_are_proved_where_zones_fail_differently(self):
        text = generated(30, 25, 3, 1)
        for zone, repair in {"a": "30m", "b": "55m", "c": "80m"}.items():
            lines = [line for line in text.splitlines() if f"zone-{zone}: {{level" in line]
            self.assertEqual(len(lines), 1)
            text = text.replace(lines[0], lines[0][:lines[0].index("repair:")] + f"repair: {repair}}}}}}}")
        document = self.solved(text)
        self.assertEqual(document["bound"]["gapReplicas"], 0)
        self.assertEqual(document["criteria"]["peakReplicas"], 36)

    def test_fewest_replicas_are_proved_on_nodes_of_usual_size_and_in_pools(self):
        # Nodes that have no room for everything left the search without sums: 52 replicas, and a gap of 22.
        small = ["--cpu", "8", "--memory", "32"]
        for more, seed, replicas in [(small, 1, 39), (small, 4, 35), (["--pools"], 2, 32), (["--pools", *small], 3, 36)]:
            with self.subTest(more=more, seed=seed):
                document = self.solved(generated(30, 25, 3, seed, *more))
                self.assertEqual(document["bound"]["gapReplicas"], 0)
                self.assertEqual(document["criteria"]["peakReplicas"], replicas)

    def test_placements_with_several_replicas_in_a_zone_are_proved(self):
        document = self.solved(generated(20, 20, 2, 107))
        self.assertEqual(document["status"], "optimal", document.get("unproved"))
        self.assertEqual(document["criteria"]["peakReplicas"], 24)

    def test_a_search_that_ends_at_its_limit_has_few_replicas(self):
        document = self.solved(generated(60, 40, 3, 2))
        self.assertEqual(document["criteria"]["peakReplicas"], 71)  # what the whole search proves; a first plan has 78


if __name__ == "__main__":
    main()
