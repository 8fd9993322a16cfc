#!/usr/bin/env python3
"""The verb solve as a user meets it: proofs, limits, interrupts, and plans that evaluate to the same figures.

usage: solve_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import signal
import subprocess
import time

from command import EXAMPLES, HAPLAN, InFolder, haplan, main


class Solving(InFolder):
    def test_solve_proves_a_plan_and_evaluating_it_gives_the_same_figures(self):
        solved = haplan("solve", self.spec, "-o", "json")
        self.assertEqual(solved.returncode, 0, solved.stderr)
        document = json.loads(solved.stdout)
        self.assertEqual(document["status"], "optimal")
        plan = self.write(solved.stdout, "plan.json")
        evaluated = haplan("evaluate", self.spec, "--plan", plan, "-o", "json")
        self.assertEqual(evaluated.returncode, 0, evaluated.stderr)
        again = json.loads(evaluated.stdout)
        self.assertEqual(again["status"], "evaluated")
        for key in ("plan", "services", "objectives", "figuresOf"):
            self.assertEqual(json.dumps(again[key]), json.dumps(document[key]), key)
        bare = self.write(json.dumps(document["plan"]), "bare.json")
        self.assertEqual(haplan("evaluate", self.spec, "--plan", bare, "-o", "json").stdout,
                         evaluated.stdout)

    def test_solve_proves_that_there_is_no_plan(self):
        result = haplan("solve", EXAMPLES / "infeasible.yaml", "-o", "json")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertEqual(json.loads(result.stdout)["status"], "infeasible")

    def test_the_same_command_gives_the_same_bytes_with_any_number_of_threads(self):
        runs = [haplan("solve", self.spec, "-o", "json", "--threads", n).stdout for n in (1, 2, 7)]
        self.assertNotEqual(runs[0], "")
        self.assertEqual(runs[0], runs[1])
        self.assertEqual(runs[0], runs[2])

    def test_every_example_solves(self):
        for path in sorted(EXAMPLES.glob("*.yaml")):
            if path.name == "dify-first-deployed.yaml":
                continue  # nothing is open there
            result = haplan("solve", path, "-o", "json")
            wanted = (4, "infeasible") if path.name == "infeasible.yaml" else (0, "optimal")
            self.assertEqual((result.returncode, json.loads(result.stdout)["status"]), wanted,
                             f"{path}: {result.stderr}")

    def interrupted(self, sent, delay):
        """Exit code and stdout of a solve of the reference system that is sent a signal after a delay."""
        # Twelve nodes in zones, with drains and free spread, keep the search for the best placement busy for long.
        zones = self.folder / "zones.yaml"
        outage = "{level: zone, failures: {outage: {mtbf: 2y, repair: 1h}}}"
        zones.write_text("apiVersion: haplan.dev/v1alpha1\nkind: System\nspec:\n  cluster:\n    domains:\n"
                         + "".join(f"      {name}: {outage}\n" for name in ("a", "b", "c"))
                         + "    nodes: {worker: {count: 12, in: [a, b, c]}}\n", encoding="utf-8")
        process = subprocess.Popen([HAPLAN, "solve", EXAMPLES / "dify.yaml", "-o", "json", "-f", zones,
                                    "--out", f"json={self.folder}/r.json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(delay)
        process.send_signal(sent)
        said = process.communicate(timeout=300)[0]
        return process.returncode, said

    def test_an_interrupt_prints_the_best_so_far(self):
        for sent, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            for delay in (0.2, 0.1, 0.4, 0.8, 0.05, 1.6):  # after the reading, before the proof
                returned, said = self.interrupted(sent, delay)
                self.assertFalse([path for path in self.folder.iterdir() if path.name[0] == "."])
                if returned == code and said:
                    break
            self.assertEqual(returned, code)
            self.assertIn(json.loads(said)["status"], ("feasible", "undecided"))
            self.assertEqual(json.loads(said)["stoppedBy"], "interrupt")

    def test_a_limit_is_named_and_the_starting_point_is_not_called_a_plan(self):
        args = ("solve", EXAMPLES / "three-zones.yaml", "--work-limit", "1")
        document = json.loads(haplan(*args, "-o", "json").stdout)
        self.assertEqual((document["status"], document["stoppedBy"]), ("undecided", "workLimit"))
        self.assertEqual(document["figuresOf"], "startingPoint")
        self.assertNotIn("plan", document)
        page = haplan(*args).stdout
        self.assertIn("undecided \u2013 no plan found yet; the work limit ended the search", page)
        self.assertIn("Availability of the starting point", page)
        self.assertNotIn("Placement", page)

    def test_mistakes_and_help(self):
        self.assertEqual(haplan("solve", self.spec, "--time-limit", "soon").returncode, 2)
        self.assertIn('did you mean "solve"?', haplan("slove", self.spec).stderr)
        self.assertTrue(haplan("solve", "--help").stdout.startswith("Examples:\n  haplan solve "))

    def test_a_limit_is_an_answer(self):
        result = haplan("solve", EXAMPLES / "dify.yaml", "--work-limit", "1", "-o", "json")
        status = json.loads(result.stdout)["status"]
        wanted = {"optimal": 0, "feasible": 0, "undecided": 5}
        self.assertEqual(result.returncode, wanted[status], result.stderr)


if __name__ == "__main__":
    main()
