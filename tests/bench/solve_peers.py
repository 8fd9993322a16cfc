#!/usr/bin/env python3
"""How large a problem `haplan solve` proves, and what others find.

First random specs of three sizes (tests/bench/generate) and the Online Boutique (tests/bench/boutique): status, wall and
CPU time of the whole command, peak memory, search nodes, proved gap. Then other goals on such specs: least cost, most
availability within a budget of replicas, and the front of replicas against availability. Then, for the Online Boutique, two peers. Greedy
adds one replica after the other where it takes away most of the guaranteed downtime. The integer programme is the part
that HiGHS, CP-SAT, CBC and glpsol can express: one column per service and count, whose coefficient is what that count
alone costs when all others are at their largest, and a budget; it cannot see what services share. Every answer is
checked by `haplan evaluate`. No peer may take longer than --peer-limit seconds; what it has by then is shown as cut.
"""

import argparse
import json
import multiprocessing
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SIZES = [(6, 10, 0), (30, 25, 3), (60, 40, 3)]
TARGETS = ["99.9%", "99.95%", "99.99%"]
GOALS = [(6, 10, 0, 16), (30, 25, 3, 45)]  # with a budget of so many replicas for the most availability


class Haplan:
    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder

    def run(self, *arguments):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        done = subprocess.run([self.binary, *arguments, "-o", "json"], capture_output=True, check=False)
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return json.loads(done.stdout), wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def memory(self, *arguments):
        """Peak memory [MB] of one run, asked of a process of its own."""
        code = (
            "import resource,subprocess,sys;subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        out = subprocess.run([sys.executable, "-c", code, self.binary, *arguments], capture_output=True, text=True, check=True)
        return int(out.stdout) / 1024

    def guaranteed(self, spec, replicas):
        """Guaranteed unavailability of the only service with these counts."""
        sets = [f"--set=components.{name}.replicas={n}" for name, n in replicas.items()]
        result, _, _ = self.run("evaluate", str(spec), *sets)
        return result["services"]["shop"]["guaranteedUnavailability"]


def write(folder, script, *arguments):
    text = subprocess.run([sys.executable, str(HERE / script), *arguments], capture_output=True, text=True, check=True).stdout
    path = folder / ("-".join([script, *arguments]).replace("%", "") + ".yaml")
    path.write_text(text, encoding="utf-8")
    return path


def solve_row(haplan, name, spec):
    result, wall, cpu = haplan.run("solve", str(spec))
    met = all(check["met"] for check in result["objectives"])
    print(
        f"{name:34} {result['status']:9} replicas {result['criteria']['peakReplicas']:3}  gap {result['bound']['gapReplicas']:.0f}"
        f"  wall {wall:7.2f} s  CPU {cpu:6.2f} s  {haplan.memory('solve', str(spec)):5.0f} MB"
        f"  {result['work']['searchNodes']:7} nodes  {'all met' if met else 'MISSED'}",
        flush=True,
    )
    return result


def goal_rows(haplan, nodes, components, zones, seed, budget):
    sizes = [f"--nodes={nodes}", f"--components={components}", f"--zones={zones}", f"--seed={seed}"]
    name = f"{nodes} x {components}, {zones} zones, seed {seed}"
    for goal, more in [("cost", []), ("availability", [f"--replicas={budget}"])]:
        spec = write(haplan.folder, "generate", *sizes, f"--goal={goal}", *more)
        result, wall, _ = haplan.run("solve", str(spec))
        met = all(check["met"] for check in result["objectives"])
        if goal == "cost":
            found = f"cost {result['spending']['costPerMonth']:.6g}"
        else:
            worst, least = result["criteria"]["largestUnavailability"], result["bound"]["largestUnavailabilityAtLeast"]
            found = f"unavailability {worst:.6g}, at most {100 * (1 - least / worst):.2g} % less"
        print(f"{name + ', ' + goal:44} {result['status']:9} {found}  wall {wall:7.2f} s  {'all met' if met else 'MISSED'}", flush=True)
    spec = write(haplan.folder, "generate", *sizes)
    front, wall, _ = haplan.run("solve", str(spec), "--pareto")
    points = front["points"]
    rising = all(a["replicas"] < b["replicas"] and a["margin"] < b["margin"] for a, b in zip(points, points[1:]))
    first = next((point["replicas"] for point in points if point["meetsTargets"]), None)
    same = first == haplan.run("solve", str(spec))[0]["criteria"]["peakReplicas"]
    print(
        f"{name + ', front':44} {'complete ' if front['complete'] else 'cut short'} {len(points)} points, {sum(p['proved'] for p in points)} proved"
        f"  wall {wall:7.2f} s  {'rising' if rising else 'NOT RISING'}, target {'as solved' if same else 'NOT AS SOLVED'}",
        flush=True,
    )


def greedy(haplan, spec, names, limit, seconds):
    counts = dict.fromkeys(names, 1)
    figure = haplan.guaranteed(spec, counts)
    calls = 1
    end = time.perf_counter() + seconds
    with ThreadPoolExecutor() as pool:
        while figure > limit and time.perf_counter() < end:
            open_ = [name for name in names if counts[name] < (3 if name == "redis-cart" else 4)]
            values = list(pool.map(lambda name: haplan.guaranteed(spec, {**counts, name: counts[name] + 1}), open_))
            calls += len(values)
            if not values:
                break
            figure, name = min(zip(values, open_))
            counts[name] += 1
    return counts, figure, calls


def columns(haplan, spec, names):
    """What each count costs when all others are at their largest."""
    most = {name: 3 if name == "redis-cart" else 4 for name in names}
    base = haplan.guaranteed(spec, most)
    keys = [(name, n) for name in names for n in range(1, most[name] + 1)]
    with ThreadPoolExecutor() as pool:
        figures = pool.map(lambda key: haplan.guaranteed(spec, {**most, key[0]: key[1]}), keys)
    return base, {key: max(0.0, figure - base) for key, figure in zip(keys, figures)}


def lp_text(names, cost, budget):
    """The programme in the LP format; costs in units of a millionth of the budget."""
    scale = 1e6 / budget
    lines = ["Minimize", " total: " + " + ".join(f"{n} x{names.index(name)}_{n}" for name, n in cost), "Subject To"]
    lines.append(" budget: " + " + ".join(f"{c * scale:.9f} x{names.index(name)}_{n}" for (name, n), c in cost.items()) + " <= 1000000")
    for i, name in enumerate(names):
        lines.append(f" one{i}: " + " + ".join(f"x{i}_{n}" for m, n in cost if m == name) + " = 1")
    return "\n".join(lines + ["Binary", " " + " ".join(f"x{names.index(name)}_{n}" for name, n in cost), "End", ""])


def by_highs(names, cost, budget, _path, seconds):
    import highspy

    model = highspy.Highs()
    model.silent()
    model.setOptionValue("time_limit", float(seconds))
    x = {key: model.addBinary() for key in cost}
    model.addConstr(sum(x[key] * (c / budget * 1e6) for key, c in cost.items()) <= 1e6)
    for name in names:
        model.addConstr(sum(x[key] for key in cost if key[0] == name) == 1)
    model.minimize(sum(x[key] * key[1] for key in cost))
    return {name: n for (name, n) in cost if model.val(x[name, n]) > 0.5}


def by_cp_sat(names, cost, budget, _path, seconds):
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = {key: model.new_bool_var(f"{key[0]}_{key[1]}") for key in cost}
    model.add(sum(x[key] * int(c / budget * 1e9 + 1) for key, c in cost.items()) <= 10**9)
    for name in names:
        model.add_exactly_one(x[key] for key in cost if key[0] == name)
    model.minimize(sum(x[key] * key[1] for key in cost))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.solve(model)
    return {name: n for (name, n) in cost if solver.value(x[name, n])}


def by_program(command):
    def solved(names, _cost, _budget, path, seconds):
        out = path.with_suffix(".sol")
        subprocess.run([part.format(lp=path, out=out) for part in command], capture_output=True, check=True,
                       timeout=seconds)
        chosen = {}
        for line in out.read_text().splitlines():
            for token in line.split():
                if token.startswith("x") and "_" in token and taken(line):
                    i, n = token[1:].split("_")
                    chosen[names[int(i)]] = int(n)
        return chosen

    def taken(line):
        fields = line.split()
        at = next(i for i, f in enumerate(fields) if f.startswith("x") and "_" in f)
        values = [f for f in fields[at + 1 :] if f not in ("*", "B", "NU", "NL")]
        return bool(values) and float(values[0]) > 0.5

    return solved


def timed(solve, arguments):
    start = time.perf_counter()
    return solve(*arguments), time.perf_counter() - start


def apart(solve):
    """In a process of its own: HiGHS and OR-Tools, which carries a HiGHS as well, do not load into one."""

    def solved(*arguments):
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            return pool.submit(timed, solve, arguments).result()

    return solved


def here(solve):
    return lambda *arguments: timed(solve, arguments)


def peers(haplan, target, seconds):
    spec = write(haplan.folder, "boutique", "--target", target)
    limit = 1.0 - float(target.rstrip("%")) / 100.0
    best = haplan.run("solve", str(spec))[0]
    names = sorted(best["plan"]["components"])
    least = best["criteria"]["peakReplicas"]
    start = time.perf_counter()
    counts, figure, calls = greedy(haplan, spec, names, limit, seconds)
    print(
        f"  {target:7} haplan {least}; greedy {sum(counts.values())} ({'met' if figure <= limit else 'missed'},"
        f" {calls} evaluations, {time.perf_counter() - start:.1f} s)",
        flush=True,
    )
    base, cost = columns(haplan, spec, names)
    path = haplan.folder / "boutique.lp"
    path.write_text(lp_text(names, cost, limit - base), encoding="utf-8")
    tools = {"HiGHS": apart(by_highs), "CP-SAT": apart(by_cp_sat)}
    if shutil.which("cbc"):
        tools["CBC"] = here(by_program(["cbc", "{lp}", "solve", "solution", "{out}"]))
    if shutil.which("glpsol"):
        tools["glpsol"] = here(by_program(["glpsol", "--lp", "{lp}", "-o", "{out}"]))
    for tool, solve in tools.items():
        try:
            chosen, spent = solve(names, cost, limit - base, path, seconds)
        except ImportError as missing:
            print(f"          {tool}: {missing}")
            continue
        except subprocess.TimeoutExpired:
            print(f"          {tool}: cut after {seconds} s")
            continue
        if len(chosen) < len(names):
            print(f"          {tool}: its programme is infeasible, {spent * 1000:.0f} ms")
            continue
        figure = haplan.guaranteed(spec, chosen)
        print(f"          {tool}: {sum(chosen.values())} ({'met' if figure <= limit else 'missed'}), {spent * 1000:.0f} ms", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--haplan", default=str(ROOT / "build/release/planner/haplan"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--peer-limit", type=float, default=60.0, help="seconds for each peer (default: 60)")
    arguments, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        haplan = Haplan(arguments.haplan, pathlib.Path(folder))
        for nodes, components, zones in SIZES:
            for seed in range(1, arguments.seeds + 1):
                spec = write(haplan.folder, "generate", f"--nodes={nodes}", f"--components={components}", f"--zones={zones}", f"--seed={seed}")
                solve_row(haplan, f"{nodes} nodes x {components}, {zones} zones, seed {seed}", spec)
        for nodes, components, zones, budget in GOALS:
            for seed in range(1, arguments.seeds + 1):
                goal_rows(haplan, nodes, components, zones, seed, budget)
        for target in TARGETS:
            solve_row(haplan, f"Online Boutique, {target}", write(haplan.folder, "boutique", "--target", target))
        for target in [] if arguments.no_peers else TARGETS:
            peers(haplan, target, arguments.peer_limit)


if __name__ == "__main__":
    main()
