#!/usr/bin/env python3
"""Exact integer programmes by other solvers, and RePyability, on the instances of tests/data/rap.

usage: allocation_peers.py [series] [alone] [bridges]     packages: requirements.txt here; glpsol and cbc: Debian's glpk-utils and coinor-cbc

Series: one binary variable per column (the multisets of kinds that no other one beats), log reliability as the objective. The
time is the solver's alone, CPU seconds of one thread: columns and models are made beforehand and not counted, which haplan's own
figures (allocation_bench) do count. Bridges: RePyability takes structures, kinds and budgets as they are, so its time is that of the
whole; it can state those of 5 subsystems. Every answer is compared with the proved optimum.
"""

import itertools
import json
import math
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "rap"


def columns(kinds, most, mixing):
    """(log reliability, cost, weight), none beaten by another."""
    found = []
    for counts in itertools.product(range(most + 1), repeat=len(kinds)):
        units = sum(counts)
        if not 1 <= units <= most or (not mixing and sum(count > 0 for count in counts) > 1):
            continue
        down = math.prod((1 - kind["r"]) ** count for kind, count in zip(kinds, counts))
        found.append((down, sum(kind["c"] * count for kind, count in zip(kinds, counts)),
                      sum(kind["w"] * count for kind, count in zip(kinds, counts))))
    found = sorted(set(found))
    kept = []
    for down, cost, weight in found:
        if not any(c <= cost and w <= weight for _, c, w in kept):
            kept.append((down, cost, weight))
    return [(math.log1p(-down), cost, weight) for down, cost, weight in kept]


def by_highs(groups, limits):
    import highspy
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    for name in ("mip_rel_gap", "mip_abs_gap"):
        model.setOptionValue(name, 0.0)
    for name in ("mip_feasibility_tolerance", "primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        model.setOptionValue(name, 1e-9)
    variables = [[model.addBinary(obj=-column[0]) for column in group] for group in groups]
    for row in variables:
        model.addConstr(sum(row) == 1)
    for i, limit in enumerate(limits, 1):
        model.addConstr(sum(column[i] * x for group, row in zip(groups, variables)
                            for column, x in zip(group, row)) <= limit)
    start = time.process_time()
    model.run()
    seconds = time.process_time() - start
    values = model.getSolution().col_value
    return [next(k for k, x in enumerate(row) if values[x.index] > 0.5) for row in variables], seconds


def by_cp_sat(groups, limits):
    from ortools.sat.python import cp_model
    model = cp_model.CpModel()
    variables = [[model.new_bool_var("") for _ in group] for group in groups]
    for row in variables:
        model.add_exactly_one(row)
    for i, limit in enumerate(limits, 1):
        model.add(sum(column[i] * x for group, row in zip(groups, variables)
                      for column, x in zip(group, row)) <= limit)
    model.maximize(sum(round(column[0] * 1e13) * x for group, row in zip(groups, variables)
                       for column, x in zip(group, row)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    start = time.process_time()
    status = solver.solve(model)
    seconds = time.process_time() - start
    if status != cp_model.OPTIMAL:
        return None, seconds
    return [next(k for k, x in enumerate(row) if solver.boolean_value(x)) for row in variables], seconds


def written(groups, limits):
    """In the CPLEX format, which both programmes read."""
    def total(pick):
        return " ".join(f"{pick(column):+.17g} x_{j}_{k}" for j, group in enumerate(groups)
                        for k, column in enumerate(group) if pick(column))
    lines = ["Maximize", " obj: " + total(lambda column: column[0]), "Subject To"]
    lines += [f" c{i}: {total(lambda column, i=i: column[i])} <= {limit}" for i, limit in enumerate(limits, 1)]
    lines += [f" g{j}: " + " ".join(f"+ x_{j}_{k}" for k in range(len(group))) + " = 1"
              for j, group in enumerate(groups)]
    lines += ["Binary"] + [f" x_{j}_{k}" for j, group in enumerate(groups) for k in range(len(group))] + ["End"]
    return "\n".join(line for whole in lines for line in wrapped(whole)) + "\n"


def wrapped(line):
    words = line.split(" ")
    for first in range(0, len(words), 20):
        yield " ".join(words[first:first + 20])


def by_command(command, read):
    def solve(groups, limits):
        with tempfile.TemporaryDirectory() as folder:
            model, answer = os.path.join(folder, "m.lp"), os.path.join(folder, "answer")
            pathlib.Path(model).write_text(written(groups, limits), encoding="ascii")
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command(model, answer), check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            chosen = read(pathlib.Path(answer).read_text(encoding="ascii"), groups)
        return chosen, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return solve


def read_glpsol(text, groups):
    names = [f"x_{j}_{k}" for j, group in enumerate(groups) for k in range(len(group))]
    # With --write: lines "j INDEX VALUE" in the order of the columns' first appearance, as does the objective.
    values = [float(line.split()[2]) for line in text.splitlines() if line.startswith("j ")]
    return pick(dict(zip(names, values)), groups)


def read_cbc(text, groups):
    values = {}
    for line in text.splitlines()[1:]:
        words = line.split()
        values[words[1]] = float(words[2])
    return pick(values, groups)


def pick(values, groups):
    return [next((k for k in range(len(group)) if values.get(f"x_{j}_{k}", 0.0) > 0.5), None)
            for j, group in enumerate(groups)]


def peers():
    yield "HiGHS", by_highs
    yield "CP-SAT", by_cp_sat
    if shutil.which("cbc"):
        yield "CBC", by_command(lambda model, answer: ["cbc", model, "ratio", "0", "allow", "0", "solve",
                                                       "solution", answer], read_cbc)
    if shutil.which("glpsol"):
        yield "glpsol", by_command(lambda model, answer: ["glpsol", "--lp", model, "--cuts", "--write", answer],
                                   read_glpsol)


def one(name, mixing):
    data = json.loads((DATA / "fyffe33.json").read_text(encoding="utf-8"))
    groups = [columns(kinds, data["n_max"], mixing) for kinds in data["subsystems"]]
    solve = dict(peers())[name]
    total = worst = missed = 0
    for instance in data["instances"]:
        chosen, seconds = solve(groups, [instance["C"], instance["W"]])
        total += seconds
        worst = max(worst, seconds)
        expected = float(instance["mixing" if mixing else "no_mixing"]["optimum"])
        if chosen is None or None in chosen:
            missed += 1
            continue
        picked = [group[k] for group, k in zip(groups, chosen)]
        fits = (sum(column[1] for column in picked) <= instance["C"] and
                sum(column[2] for column in picked) <= instance["W"])
        found = math.exp(sum(column[0] for column in picked))
        missed += not fits or abs(found - expected) > 1e-9 * (1 - expected)
    print(f"  {name:8} {total:8.3f} s   worst {1e3 * worst:7.1f} ms   not optimal: {missed} of 33   "
          f"({sum(map(len, groups))} columns)", flush=True)


def series(mixing):
    """Each in a process of its own: two of them bring the same library in different versions."""
    print(f"33 series instances, {'kinds mixing' if mixing else 'one kind each'}", flush=True)
    for name, _ in peers():
        subprocess.run([sys.executable, __file__, "--peer", name, str(int(mixing))], check=True)


# The paths of the first two structures as a graph whose nodes are the subsystems; RePyability refuses nodes that stand twice.
GRAPHS = {
    1: [("in", 1), ("in", 3), (1, 2), (3, 4), (1, 5), (3, 5), (5, 2), (5, 4), (2, "out"), (4, "out")],
    2: [("in", 1), (1, 2), ("in", 3), (3, 4), ("in", 5), (5, 2), (5, 4), (2, "out"), (4, "out")],
}


def repyability_on(instance, edges):
    """Its proved optimum, or None where it gives up, and CPU seconds."""
    from repyability import ComponentOption
    from repyability.rbd.non_repairable_rbd import NonRepairableRBD
    from surpyval import FixedEventProbability
    names = [f"b{i}" for i in range(len(instance["budgets"]))]
    options = {
        j + 1: [ComponentOption(f"k{k}", reliability,
                                {name: instance["use"][i][j][k] for i, name in enumerate(names)})
                for k, reliability in enumerate(kinds)]
        for j, kinds in enumerate(instance["reliability"])
    }
    start = time.process_time()
    try:
        rbd = NonRepairableRBD(edges, {j: FixedEventProbability.from_params(1 - kinds[0])
                                       for j, kinds in enumerate(instance["reliability"], 1)})
        found = rbd.allocate_redundancy(options, budget=dict(zip(names, instance["budgets"])), mixing=True)
        reliability = found.reliability
    except ValueError:
        reliability = None
    return reliability, time.process_time() - start


def bridges():
    """RePyability searches other structures than series exhaustively and gives up beyond 500,000 allocations."""
    data = json.loads((DATA / "feng2025.json").read_text(encoding="utf-8"))
    for system, edges in GRAPHS.items():
        answered = given_up = wrong = 0
        seconds = lost = 0.0
        for instance in data["instances"]:
            if instance["system"] != system:
                continue
            reliability, spent = repyability_on(instance, edges)
            if reliability is None:
                given_up += 1
                lost += spent
                continue
            answered += 1
            seconds += spent
            wrong += abs(reliability - instance["optimum"]) > 2e-12
        print(f"  RePyability, structure {system}: {answered} instances answered in {seconds:.1f} s ({wrong} not optimal), "
              f"{given_up} given up after {lost:.1f} s", flush=True)


def main():
    if sys.argv[1:2] == ["--peer"]:
        one(sys.argv[2], sys.argv[3] == "1")
        return
    wanted = sys.argv[1:] or ["series", "alone", "bridges"]
    if "series" in wanted:
        series(True)
    if "alone" in wanted:
        series(False)
    if "bridges" in wanted:
        print("bridge-like instances with 5 subsystems", flush=True)
        bridges()


main()
