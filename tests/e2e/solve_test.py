#!/usr/bin/env python3
"""The verb solve as a user meets it: proofs, limits, interrupts, and plans that evaluate to the same figures.

usage: solve_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import os
import pty
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
                         + "    nodes: {worker: {count: 12, in: [a, b, c]}}\n"
                         + "  objectives: {" + ", ".join(f"{name}: {{availability: 99.9%}}" for name in
                                                          ("chat", "knowledge", "weather")) + "}\n", encoding="utf-8")
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

    def test_progress_is_told_in_lines(self):
        args = ("solve", EXAMPLES / "dify.yaml", "-o", "json")
        told, again = (haplan(*args, "--progress", "json") for _ in range(2))
        self.assertEqual(told.stdout, haplan(*args, "--progress", "none").stdout)
        self.assertEqual(told.stderr, again.stderr)  # counted in work, not in seconds
        lines = [json.loads(line) for line in told.stderr.splitlines() if line.startswith("{")]
        self.assertEqual(lines[0], {"apiVersion": "haplan.dev/v1alpha1", "formatVersion": "1.0", "kind": "Progress"})
        for line in lines[1:]:
            self.assertEqual(sorted(line), ["bound", "done", "incumbent", "phase"])
            self.assertLessEqual(line["bound"], line["incumbent"] or line["bound"])
        for key in ("bound", "done"):
            self.assertEqual(sorted(line[key] for line in lines[1:]), [line[key] for line in lines[1:]])
        self.assertEqual(lines[-1], {"bound": 20, "done": 1, "incumbent": 20, "phase": "done"})
        phases = [line["phase"] for line in lines[1:]]
        self.assertEqual(list(dict.fromkeys(phases)), ["proof", "placement", "explanation", "figures", "done"])

    def test_a_bar_is_shown_on_a_terminal_and_taken_away(self):
        for term, progress, shown in (("xterm", "bar", True), ("xterm", "none", False), ("dumb", "bar", False)):
            master, slave = pty.openpty()
            process = subprocess.Popen([HAPLAN, "solve", self.spec, "--progress", progress], stdout=subprocess.PIPE,
                                       stderr=slave, env={**os.environ, "TERM": term})
            os.close(slave)
            seen = b""
            try:
                while chunk := os.read(master, 4096):
                    seen += chunk
            except OSError:  # the other end is closed
                pass
            process.communicate(timeout=120)
            os.close(master)
            self.assertEqual(b"%  proof: no plan yet, fewer than " in seen, shown, seen)
            self.assertEqual(seen.endswith(b"\r\x1b[K"), shown)

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
