#!/usr/bin/env python3
"""The executable against a second reading of the language and the model, from spec text to figures.

usage: witness_test.py HAPLAN [--specs FIRST COUNT] [--plans FIRST COUNT]

Every random spec (witness/specs.py) is evaluated twice: by haplan, and by a program that shares nothing with it
(witness/reading.py, system.py, figures.py), by writing out all states. All figures must agree to 1e-9, relative. Tiny specs with open decisions are solved twice
(witness/planning.py tries everything): same status, same criteria, objectives met, and the plan evaluates to the
same bytes.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace as Record

sys.path.insert(0, str(Path(__file__).resolve().parent / "witness"))
import figures  # noqa: E402
import planning  # noqa: E402
import reading  # noqa: E402
import specs  # noqa: E402
import system as model  # noqa: E402

RELATIVE = 1e-9
YEAR = 31557600.0
MISTAKES = ["""\
# 70 % of 165 users are 115.5, which is nearest to 116; 165 * 0.7 in binary is a little less.
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: half-a-user}
spec:
  workload: {levels: {peak: {users: 165, thinkTime: 1s}}}
  components: {web: {type: stateless, serviceTime: 143ms, throughput: 191/s}}
  services: {chat: {requires: [web], load: 70%}, shop: {requires: [web], load: 30%}}
"""]
FIGURES = ["unavailability", "independent", "frequency", "error", "dataLoss", "recovery", "guaranteed",
           "levelUnavailability", "response", "nodeLoss", "domainLoss", "replicaLoss", "primaryLoss", "externalLoss",
           "failedShare", "isMean", "alreadyDown"]


def near(a, b, absolute=0.0):
    if a is None or b is None:
        return a is None and b is None
    return a == b or abs(a - b) <= max(absolute, RELATIVE * max(abs(a), abs(b)))


def command(haplan, folder, case, verb="evaluate"):
    folder = Path(folder)
    (folder / "spec.yaml").write_text(case.text)
    arguments = [haplan, verb, folder / "spec.yaml"]
    for i, layer in enumerate(case.layers):
        (folder / f"layer-{i}.yaml").write_text(layer)
        arguments += ["-f", folder / f"layer-{i}.yaml"]
    for setting in case.sets:
        arguments += ["--set", setting]
    if case.scenario:
        arguments += ["--scenario", case.scenario]
    if case.plan:
        (folder / "plan.json").write_text(case.plan)
        arguments += ["--plan", folder / "plan.json"]
    return [str(argument) for argument in [*arguments, "-o", "json"]]


def differences(case, document):
    """[(figure, haplan's, ours)] that do not agree."""
    system = model.system_of(reading.spec_of([case.text, *case.layers], case.sets, case.scenario, case.plan))
    ours, credit = figures.figures(system)
    found = []

    def compare(name, theirs, mine, absolute=0.0):
        case.compared[name.split(".")[-1]] += 1
        if not near(theirs, mine, absolute):
            found.append((name, theirs, mine))

    if system.cluster.nodes:
        if document["headroom"] != credit:
            found.append(("headroom", document["headroom"], credit))
        for name, c in system.components.items():
            if c.replicated:
                theirs = document["plan"]["components"][name]["nodes"]
                mine = [system.cluster.nodes[i].name for i in c.nodes]
                if theirs != mine:
                    found.append((f"{name}.nodes", theirs, mine))
    for name, mine in ours.items():
        theirs = document["services"][name]
        compare(f"{name}.unavailability", theirs["unavailability"]["value"], mine.unavailability)
        compare(f"{name}.independent", theirs["independentUnavailability"], mine.independent)
        compare(f"{name}.frequency", theirs["outagesPerYear"], mine.frequency * YEAR, 1e-11)
        compare(f"{name}.error", theirs["errorRatio"], mine.error)
        compare(f"{name}.dataLoss", theirs["dataLossSeconds"], mine.loss)
        compare(f"{name}.recovery", (theirs.get("recovery") or {}).get("worstSeconds"), mine.recovery)
        if mine.guaranteed is not None:
            compare(f"{name}.guaranteed", theirs["guaranteedUnavailability"], mine.guaranteed)
        for level, by_level, response in zip(system.levels, mine.by_level, mine.response):
            entry = theirs["levels"][level.name]
            compare(f"{name}.{level.name}.levelUnavailability", entry["unavailability"], by_level)
            compare(f"{name}.{level.name}.response", entry.get("responseTimeSeconds"), response)
        kinds = {("node", entry["node"]): entry for entry in theirs["nodeLosses"]}
        kinds |= {(entry["kind"], entry["subject"]): entry for entry in theirs["losses"]}
        compare(f"{name}.losses", len(kinds), len(mine.losses))
        for loss in mine.losses:
            subject = system.cluster.nodes[loss.subject].name if loss.kind == "node" else loss.subject
            entry = kinds[loss.kind, subject]
            what = f"{name}.{subject}.{loss.kind}"
            compare(f"{what}Loss", entry["secondsUntilUp"], loss.until if math.isfinite(loss.until) else None)
            compare(f"{what}.failedShare", entry["failedShareOfRequests"], loss.failing)
            for field, value in (("isMean", loss.mean and loss.until > 0), ("alreadyDown", loss.already)):
                if entry[field] != value:
                    found.append((f"{what}.{field}", entry[field], value))
                case.compared[field] += value
    return found


def evaluated(haplan, seed, counts, compared, folder):
    """Compares one random spec, or one that found a mistake; returns what differs."""
    case = specs.Writer(seed) if isinstance(seed, int) else Record(text=seed, layers=[], sets=[], scenario=None, plan=None)
    case.compared = compared
    result = run(command(haplan, folder, case))
    if result.returncode == 3 and re.search(r"HA0(54|59)", result.stderr):
        counts["without node or replicas"] += 1  # meant: the generator does not look ahead
        return []
    if result.returncode not in (0, 1):
        return [("exit", result.returncode, result.stderr)]
    counts["evaluated"] += 1
    return differences(case, json.loads(result.stdout))


def solved(haplan, seed, counts, folder):
    """Compares the plan of a tiny spec with the best of all plans; returns what differs."""
    spec, decisions = planning.random_spec(seed)
    best = planning.best(spec, decisions)
    document = {"apiVersion": "haplan.dev/v1alpha1", "kind": "System", "metadata": {"name": "tiny"}, "spec": spec}
    path, plan = Path(folder) / "spec.yaml", Path(folder) / "plan.json"
    path.write_text(json.dumps(document))
    result = run([haplan, "solve", path, "-o", "json"])
    if result.returncode not in (0, 4):
        return [("exit", result.returncode, result.stderr)]
    theirs = json.loads(result.stdout)
    counts[theirs["status"]] += 1
    if best is None or theirs["status"] != "optimal":
        return [] if best is None and theirs["status"] == "infeasible" else [("status", theirs["status"], best)]
    system = model.system_of(reading.spec_of([path.read_text()], plan=result.stdout))
    where = {name: c.nodes for name, c in system.components.items() if c.replicated}
    found = []
    if planning.criteria(system) != best:
        found.append(("criteria", planning.criteria(system), best))
    if not planning.meets(planning.texts(spec), system, where, {}):
        found.append(("met", True, False))
    plan.write_text(result.stdout)
    again = run([haplan, "evaluate", path, "--plan", plan, "-o", "json"]).stdout
    if part(again, "services") != part(result.stdout, "services"):
        found.append(("services of the plan evaluated again", part(result.stdout, "services"), part(again, "services")))
    return found


def part(text, key):
    """The lines of one top-level field of an indented JSON text."""
    return re.search(rf'^  "{key}": .*?(?=^  ["}}]|^}})', text, re.MULTILINE | re.DOTALL).group(0)


def run(arguments):
    return subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, timeout=300)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("haplan")
    parser.add_argument("--specs", nargs=2, type=int, default=(1, 200), metavar=("FIRST", "COUNT"))
    parser.add_argument("--plans", nargs=2, type=int, default=(1, 24), metavar=("FIRST", "COUNT"))
    options = parser.parse_args()
    haplan = os.path.abspath(options.haplan)
    counts, compared, failures = Counter(), Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        jobs = [(seed, lambda seed: evaluated(haplan, seed, counts, compared, folder)) for seed in seeds(options.specs)]
        jobs += [(seed, lambda seed: solved(haplan, seed, counts, folder)) for seed in seeds(options.plans)]
        jobs += [(text, jobs[0][1]) for text in MISTAKES if jobs]
        for seed, compare in jobs:
            found = compare(seed)
            failures += bool(found)
            for figure, theirs, mine in found:
                print(f"seed {seed}: {figure}: haplan {theirs}, witness {mine}")
    print(f"different: {failures};", dict(counts), dict(compared))
    idle = [figure for figure in FIGURES if not compared[figure]] if options.specs == (1, 200) else []
    if idle:
        print("never compared:", idle)
    return 1 if failures or idle else 0


def seeds(first_and_count):
    return range(first_and_count[0], first_and_count[0] + first_and_count[1])


if __name__ == "__main__":
    sys.exit(main())
