#!/usr/bin/env python3
"""Published instances of redundancy allocation as specs, solved by the executable, against the proved optima.

usage: redundancy_test.py HAPLAN EXAMPLES [unittest arguments]

The optima of tests/data/rap were proved by two methods that are independent of this one; see the files.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

from command import EXAMPLES, InFolder, haplan, main

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import rap_spec  # noqa: E402

DATA = EXAMPLES.parents[1] / "tests" / "data" / "rap"
FENG, FYFFE = DATA / "feng2025.json", DATA / "fyffe33.json"


class Published(InFolder):
    def solved(self, spec, status="optimal"):
        result = haplan("solve", self.write(json.dumps(spec)), "-o", "json")
        self.assertEqual(result.returncode, {"optimal": 0, "infeasible": 4}[status], result.stderr)
        answer = json.loads(result.stdout)
        self.assertEqual(answer["status"], status)
        return answer

    def check(self, path, index, alone=False):
        spec, optimum = rap_spec.converted(path, index, alone)
        answer = self.solved(spec)
        found = Decimal(answer["services"]["system"]["unavailability"]["value"])
        self.assertLess(abs(found - optimum), Decimal("1e-9") * optimum, f"{path.name} {index}")
        # The plan alone, evaluated again, has the figure and keeps the budgets.
        spent = dict.fromkeys(spec["spec"]["budgets"], Decimal(0))
        down = {}
        for name, component in answer["plan"]["components"].items():
            variants = spec["spec"]["components"][name]["variants"]
            down[name] = Decimal(1)
            for variant, count in component["variants"].items():
                down[name] *= (1 - Decimal(variants[variant]["availability"])) ** count
                for budget, use in variants[variant]["uses"].items():
                    spent[budget] += Decimal(str(use)) * count
            if alone:
                self.assertEqual(len(component["variants"]), 1)
        for budget, limit in spec["spec"]["budgets"].items():
            self.assertLessEqual(spent[budget], Decimal(str(limit)))
        return spec, answer, down

    def test_bridges_of_every_structure_have_their_proved_optimum(self):
        # Every structure and number of kinds, and the one that took the paper's best method 29,022 s.
        for index in (0, 13, 21, 35, 47, 59, 70, 82, 95, 118, 140, 169, 190, 215, 230, 255):
            with self.subTest(index):
                self.check(FENG, index)

    def test_series_with_mixing_and_without_have_their_proved_optimum(self):
        for index in (0, 11, 21, 32):
            with self.subTest(index):
                _, _, down = self.check(FYFFE, index)
                up = Decimal(1)
                for u in down.values():
                    up *= 1 - u
                optimum = 1 - rap_spec.converted(FYFFE, index)[1]
                self.assertLess(abs(up - optimum), Decimal("1e-14"))
                self.check(FYFFE, index, alone=True)

    def test_a_target_turns_the_question_round(self):
        # Fewest replicas with which the availability of the best plan, and one a little lower, are reached.
        spec, answer, _ = self.check(FENG, 5)
        optimum = answer["services"]["system"]["unavailability"]["value"]
        best = answer["criteria"]["peakReplicas"]
        del spec["spec"]["maximize"]
        for slack in (1 + 1e-9, 2.0):
            spec["spec"]["objectives"]["system"] = {"availability": str(1 - Decimal(optimum) * Decimal(slack))}
            fewer = self.solved(spec)
            self.assertLessEqual(fewer["services"]["system"]["unavailability"]["value"], optimum * slack * (1 + 1e-12))
            self.assertLessEqual(fewer["criteria"]["peakReplicas"], best)
        spec["spec"]["objectives"]["system"] = {"availability": str(1 - Decimal(optimum) * Decimal("0.999"))}
        why = self.solved(spec, "infeasible")
        self.assertIn("keeps the budgets", why["infeasibility"]["reason"])
        self.assertAlmostEqual(why["infeasibility"]["best"][0]["actualUnavailability"] / optimum, 1.0, delta=1e-12)

    def test_budgets_that_leave_no_room_are_infeasible(self):
        spec, _ = rap_spec.converted(FYFFE, 0)
        spec["spec"]["budgets"]["weight"] = 60
        self.solved(spec, "infeasible")

    def test_what_binds_is_what_other_budgets_give(self):
        def availability(*sets):
            answer = json.loads(haplan("solve", EXAMPLES / "bridge.yaml", *[x for s in sets for x in ("--set", s)],
                                       "-o", "json").stdout)
            self.assertEqual(answer["status"], "optimal")
            return answer, 100 * (1 - answer["services"]["link"]["unavailability"]["value"])

        best, now = availability()
        said = {line.split(":")[0]: line for line in best["binding"]}
        replicas = best["criteria"]["peakReplicas"]
        # Each sentence against a spec in which that is so: three decimals of a per cent are shown.
        for sentence, sets in (("budget of money", ["budgets.money=28"]),
                               (f"the best with fewer replicas has {replicas - 1}", [f"budgets.replicas={replicas - 1}"])):
            with self.subTest(sentence):
                _, other = availability(*sets)
                shown = float(said[sentence].split("availability ")[1].split(" %")[0])
                self.assertAlmostEqual(shown, other, delta=0.005)
                self.assertNotAlmostEqual(other, now, delta=0.1)
        fewer = best["plan"]
        self.assertEqual(fewer["components"]["s3"]["variants"], {"k1": 3})
        fewer["components"]["s3"]["variants"] = {"k1": 2}
        plan = self.write(json.dumps(fewer), "fewer.json")
        less = json.loads(haplan("evaluate", EXAMPLES / "bridge.yaml", "--plan", plan, "-o", "json").stdout)
        shown = float(said["s3 3 -> 2 (k1)"].split("availability ")[1].split(" %")[0])
        self.assertAlmostEqual(shown, 100 * (1 - less["services"]["link"]["unavailability"]["value"]), delta=0.005)
        _, heavier = availability("budgets.weight=30")
        self.assertIn("no availability", said["budget of weight"])
        self.assertAlmostEqual(heavier, now, delta=1e-9)


if __name__ == "__main__":
    main()
