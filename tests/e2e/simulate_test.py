#!/usr/bin/env python3
"""haplan simulate as a user meets it: figures beside the analytic ones, the same at any number of threads, an answer when interrupted."""

import json
import os
import pty
import re
import signal
import subprocess
import time
import unittest

from command import EXAMPLES, HAPLAN, InFolder, haplan, main

WEB = EXAMPLES / "web-database.yaml"
COARSE = ["--precision", "10%", "--work-limit", "3000000"]


class Figures(InFolder):
    def simulate(self, *args):
        result = haplan("simulate", WEB, *COARSE, *args)
        self.assertEqual(result.stderr, "")
        return result

    def test_threads_and_runs_give_the_same_bytes(self):
        one, two, again = (self.simulate("--threads", n, "-o", "json") for n in (1, 2, 2))
        self.assertEqual(one.stdout, two.stdout)
        self.assertEqual(two.stdout, again.stdout)
        other = self.simulate("--seed", 2, "-o", "json")
        self.assertNotEqual(one.stdout, other.stdout)

    def test_json(self):
        document = json.loads(self.simulate("--semantics", "model", "-o", "json").stdout)
        self.assertEqual((document["kind"], document["apiVersion"], document["formatVersion"]),
                         ("SimulationResult", "haplan.dev/v1alpha1", "1.0"))
        self.assertEqual((document["semantics"], document["seed"], document["status"]), ("model", 1, "reached"))
        self.assertTrue(all(document["assumptions"].values()))
        self.assertLessEqual(document["precision"], document["wantedPrecision"])
        evaluated = json.loads(haplan("evaluate", WEB, "-o", "json").stdout)["services"]["shop"]
        shop = document["services"]["shop"]
        for name in ("unavailability", "outageFrequencyPerSecond", "meanOutageSeconds", "errorRatio", "downtimeP50Seconds",
                     "downtimeP99Seconds", "kept"):
            self.assertLessEqual(shop[name]["lower"], shop[name]["value"])
            self.assertLessEqual(shop[name]["value"], shop[name]["upper"])
            self.assertEqual(shop[name]["method"], "simulated")
        self.assertEqual(shop["unavailability"]["analytic"]["value"], evaluated["unavailability"]["value"])
        self.assertTrue(shop["unavailability"]["agrees"])
        self.assertGreaterEqual(shop["outagesSeen"], 200)
        # 99.963 % of a target of 99.99 %.
        self.assertEqual(shop["objective"], "missed")

    def test_the_cluster_is_the_default_and_assumptions_switch_one_by_one(self):
        cluster = json.loads(self.simulate("-o", "json").stdout)
        self.assertEqual(cluster["semantics"], "cluster")
        self.assertFalse(any(cluster["assumptions"].values()))
        one = json.loads(self.simulate("--assume", "one-lost-node", "-o", "json").stdout)
        self.assertEqual([name for name, held in one["assumptions"].items() if held], ["one-lost-node"])
        self.assertEqual(one["semantics"], "cluster with one-lost-node")
        rest = json.loads(self.simulate("--semantics", "model", "--drop-assumption", "mean-detection", "-o", "json").stdout)
        self.assertEqual([name for name, held in rest["assumptions"].items() if not held], ["mean-detection"])
        self.assertEqual(rest["semantics"], "model without mean-detection")

    def test_text(self):
        result = self.simulate()
        self.assertEqual(result.returncode, 1)  # the objective is missed
        self.assertRegex(result.stdout, r"^shop: simulated, as precise as asked for: within 10 %\n")
        self.assertRegex(result.stdout, "shop +downtime a year +3\\.\\d\\d h +3\\.\\d\\d h \u2013 3\\.\\d\\d h +3\\.24 h")
        self.assertRegex(result.stdout, r"\d of 6 analytic figures lie within the interval")
        self.assertIn("MISSED", result.stdout)
        self.assertLessEqual(max(map(len, result.stdout.splitlines())), 100)

    def test_a_met_objective_exits_with_0_and_a_limit_with_5(self):
        # The external alone is out for 0.1 %, one crash in 10 d costs some 10 s: within 99 %.
        met = haplan("simulate", self.spec, "--precision", "20%")
        self.assertEqual((met.returncode, met.stderr), (0, ""))
        self.assertRegex(met.stdout, r"site +99 % +99\.9\d* % +met")
        limit = haplan("simulate", self.spec, "--precision", "0.01%", "--work-limit", "100000")
        self.assertEqual(limit.returncode, 5)
        self.assertIn("the work limit came first: within", limit.stdout)

    def test_a_time_limit_answers_too(self):
        result = haplan("simulate", WEB, "--precision", "0.001%", "--time-limit", "1s")
        self.assertEqual(result.returncode, 1)  # missed for certain, though not as precise as asked for
        self.assertIn("interrupted: within", result.stdout)


class Interrupted(InFolder):
    def interrupt(self, number):
        process = subprocess.Popen([HAPLAN, "simulate", str(EXAMPLES / "dify.yaml"), "--precision", "0.001%",
                                    "--work-limit", "100000000000"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "NO_COLOR": ""})
        time.sleep(2)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def test_both_signals_print_what_is_known(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(signal=number):
                returncode, out, err = self.interrupt(number)
                self.assertEqual((returncode, err), (code, ""))
                self.assertIn("dify: simulated, interrupted: ", out)
                self.assertIn("downtime a year", out)


class Terminal(InFolder):
    """What is seen when stderr is a terminal, and only then."""

    def on_terminal(self, term, signal_after_bar=None):
        """(exit code, stdout, what the terminal got)"""
        master, slave = pty.openpty()
        process = subprocess.Popen([HAPLAN, "simulate", str(EXAMPLES / "dify.yaml"), "--precision", "0.001%",
                                    "--work-limit", "100000000000" if signal_after_bar else "30000000"],
                                   stdout=subprocess.PIPE, stderr=slave, text=True, env={**os.environ, "TERM": term})
        os.close(slave)
        seen = b""
        try:
            while chunk := os.read(master, 4096):
                seen += chunk
                if signal_after_bar and seen.count(b" million events") >= 2:
                    process.send_signal(signal_after_bar)
                    signal_after_bar = None
        except OSError:  # the other end is closed
            pass
        out, _ = process.communicate(timeout=120)
        os.close(master)
        return process.returncode, out, seen.decode()

    def test_a_bar_grows_and_goes(self):
        _, out, seen = self.on_terminal("xterm")
        frames = [frame for frame in seen.split("\r\x1b[K") if frame]
        self.assertGreater(len(frames), 1)
        shares = []
        for frame in frames:
            bar = re.fullmatch(r"\[(#*)(\.*)\] (\d+) %  [\d.]+ million events, [\d.]+ years(, within [\d.]+ %)?", frame)
            self.assertIsNotNone(bar, frame)
            self.assertEqual(len(bar[1] + bar[2]), 30)
            self.assertLess(abs(len(bar[1]) / 30 - int(bar[3]) / 100), 0.03)
            shares.append(int(bar[3]))
        self.assertGreater(max(shares), min(shares))
        self.assertTrue(seen.endswith("\r\x1b[K"))  # nothing of it stays
        self.assertNotIn("million events", "".join(line for line in out.splitlines() if "[" in line and "#" in line))

    def test_no_bar_on_a_dumb_terminal(self):
        self.assertEqual(self.on_terminal("dumb")[2], "")

    def test_an_interrupt_takes_the_bar_away_and_prints_what_is_known(self):
        code, out, seen = self.on_terminal("xterm", signal.SIGINT)
        self.assertEqual(code, 130)
        self.assertTrue(seen.endswith("\r\x1b[K"))
        self.assertIn("dify: simulated, interrupted: ", out)
        self.assertIn("downtime a year", out)


class Trace(InFolder):
    def test_a_run_line_by_line(self):
        result = haplan("simulate", WEB, "--trace", "-", "--for", "30d", "--seed", 1)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = result.stdout.splitlines()
        self.assertGreater(len(lines), 3)
        days = [int(re.match(r" *(\d+) d ", line)[1]) for line in lines]
        self.assertEqual(days, sorted(days))
        self.assertLessEqual(days[-1], 30)
        # Who fails, why and for how long; what serves; what it does to the service, which is down and up in turn.
        self.assertTrue(any(re.search(r"node node-\d fails \(\w+\), out for [\d.]+ (s|min|h)", line) for line in lines))
        falls = [words for line in lines for words in ("GOES DOWN", "is up again") if words in line]
        self.assertGreater(len(falls), 1)
        self.assertEqual(falls, (["GOES DOWN", "is up again"] * len(falls))[:len(falls)])
        self.assertEqual(result.stdout, haplan("simulate", WEB, "--trace", "-", "--for", "30d").stdout)

    def test_a_file_stands_beside_the_figures(self):
        path = self.root / "run.txt"
        result = haplan("simulate", WEB, *COARSE, "--trace", path, "--for", "10d")
        self.assertIn("downtime a year", result.stdout)
        self.assertGreater(len(path.read_text().splitlines()), 0)


class Mistakes(InFolder):
    def test_options(self):
        for args, words in (
                (["--semantics", "kubernetes"], "--semantics"),
                (["--assume", "one-lost-nod"], 'did you mean "one-lost-node"'),
                (["--drop-assumption", "nothing"], "--drop-assumption: no assumption is called"),
                (["--assume", "ideal-ramp", "--drop-assumption", "ideal-ramp"], "both assumed and dropped"),
                (["--precision", "0"], "--precision takes a share"),
                (["--precision", "2"], "--precision takes a share"),
                (["--confidence", "100%"], "--confidence takes a share"),
                (["--seed", "-1"], "--seed"),
                (["--window", "0s"], "--window must be greater than zero"),
                (["--window", "soon"], "--window"),
                (["--for", "1d"], "--for says how long a --trace is"),
                (["--threads", "0"], "--threads"),
                (["--work-limit", "0"], "--work-limit"),
                (["-o", "values"], "values")):
            with self.subTest(args=args):
                result = haplan("simulate", WEB, *args)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(words, result.stderr)
        self.assertEqual(haplan("simulate").returncode, 2)
        self.assertEqual(haplan("simulate", self.write("nonsense: 1\n")).returncode, 3)


if __name__ == "__main__":
    main()
