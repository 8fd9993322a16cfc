#!/usr/bin/env python3
"""Who may include what: the arrows of the architecture, checked on every include of the tree.

A file belongs to the unit with the longest matching path below. It may include its own unit and the units
listed for it, project headers by their path from the top, heavy third-party headers in .cpp files of their
owner only, and input and output in planner/cli only. Tests obey the library that they mirror.
"""

import argparse
import fnmatch
import pathlib
import re
import sys

BASE = ["model/base"]
NUMERICS = BASE + ["model/numerics"]
ENGINES = ["model/diagram", "model/markov", "model/queueing", "model/packing", "model/network"]
SYSTEM = NUMERICS + ENGINES + ["model/system"]
RECOVERY = SYSTEM + ["model/recovery"]
AVAILABILITY = RECOVERY + ["model/availability"]
UNCERTAINTY = AVAILABILITY + ["model/uncertainty"]
# The solver asks the engine through evaluate and its bounds, so the engines themselves stay out of its sight.
SOLVER = NUMERICS + [
    "model/packing", "model/queueing", "model/system", "model/recovery", "model/availability"
]
# In the planner the spec side knows no system, and the renders know no spec: planner/lower alone knows both.
TEXT = BASE + ["planner/diagnostic", "planner/codes"]
SPEC = TEXT + ["planner/yaml", "planner/spec"]
LOWER = SPEC + SOLVER + ["model/uncertainty", "solver", "planner/catalogue", "planner/profile"]
# What the verb simulate shows.
SIMULATION = ["model/simulate", "planner/simulation"]
UNCERTAIN = ["model/uncertainty", "planner/uncertainty"]
PLAN = LOWER + UNCERTAIN + ["planner/lower", "planner/plan"]
CALIBRATE = SPEC + ["model/uncertainty", "planner/calibrate"]
ENDS = PLAN + ["planner/calibrate", "planner/certificate", "planner/drill", "planner/front", "planner/warnings", "planner/explain", "planner/render", "planner/chart", "planner/import"] + SIMULATION

ALLOWED = {
    "model/base": [],
    "model/numerics": BASE,
    **{engine: NUMERICS for engine in ENGINES},
    "model/system": NUMERICS + ENGINES,
    "model/recovery": SYSTEM,
    "model/availability": RECOVERY,
    "model/uncertainty": AVAILABILITY,
    "model/simulate": NUMERICS + ["model/system", "model/packing"],
    "solver": SOLVER + ["solver/allocation", "solver/verify"],
    # Subsystems and columns: it knows no system.
    "solver/allocation": NUMERICS + ["model/diagram"],
    # The checker of certificates shares no code with the search.
    "solver/verify": SOLVER + ["solver/problem", "solver/certificate", "solver/solve", "solver/objectives", "solver/spending",
                               "solver/kind", "solver/picks", "model/diagram"],
    "planner/diagnostic": BASE,
    "planner/codes": BASE,
    "planner/yaml": TEXT,
    "planner/spec": TEXT + ["planner/yaml"],
    "planner/catalogue": SPEC,
    "planner/calibrate": CALIBRATE,
    "planner/profile": SPEC,
    "planner/lower": LOWER,
    "planner/certificate": BASE + ["solver"],
    "planner/uncertainty": LOWER + UNCERTAIN + ["planner/lower"],
    "planner/plan": LOWER + UNCERTAIN + ["planner/lower"],
    "planner/drill": PLAN,
    "planner/front": PLAN,
    "planner/simulation": PLAN + ["model/simulate"],
    "planner/warnings": PLAN + ["planner/render/figures"],  # sentences show figures as renders do
    "planner/explain": PLAN,
    "planner/render": PLAN + ["planner/calibrate", "planner/drill", "planner/explain", "planner/front"] + SIMULATION,
    "planner/chart": PLAN + ["planner/render"],
    "planner/import": SPEC,
    "planner/session": ENDS,
    "planner/cli": ENDS + ["planner/session"],
    "planner": ENDS,
    "python": ["model", "solver", "planner"],
    "tests/support": ["model", "solver", "planner"],
    "tests/model": ["model", "tests/support"],
    "tests/solver": ["model", "solver", "tests/support"],
    "tests/planner": ["model", "solver", "planner", "tests/support"],
    "tests/bench": ["model", "solver", "planner", "tests/support"],
    "tests/fuzz": ["model", "solver", "planner", "tests/support"],
}

# Heavy third-party headers and the folders whose .cpp files may include them.
OWNERS = {
    "Eigen/*": ["model/availability", "tests/model"],
    "boost/*": ["model/system", "model/uncertainty", "tests/model"],
    "yaml-cpp/*": ["planner/yaml", "tests/planner"],
    "nlohmann/*": ["planner/render", "planner/import", "planner/certificate", "tests/planner", "tests/support"],
    "CLI/*": ["planner/cli"],
    "fmt/*": ["model", "solver", "planner", "tests"],
    "pybind11/*": ["python/bindings"],
    "benchmark/*": ["tests/bench"],
    "doctest/*": ["tests"],
}
LIGHT = ["tl/expected.hpp"]  # allowed in headers too
FORWARD = ["nlohmann/json_fwd.hpp"]  # declarations only: allowed in the owner's headers

# Standard headers that do input and output, and who may.
STREAMS = ["iostream", "fstream", "cstdio", "print", "filesystem", "unistd.h", "sys/*", "fcntl.h", "dirent.h"]
STREAM_OWNERS = ["planner/cli", "tests", "python"]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def below(path, unit):
    """Whether a path is the unit itself: its folder, or the files that carry its name."""
    return path == unit or path.startswith(unit + "/") or path.startswith(unit + ".") or (
        path.startswith(unit + "_test."))


def unit_of(path, units):
    matches = [unit for unit in units if below(path, unit)]
    return max(matches, key=len) if matches else None


def check_project_include(path, target, root):
    if not (root / target).exists():
        return f'"{target}" is not a path from the top of the tree'
    unit = unit_of(path, ALLOWED)
    if unit is None:
        return "the file belongs to no unit of tests/layering.py"
    # A finer unit inside a coarser one (solver/verify in solver) is foreign to it, and the other way round.
    if unit_of(target, ALLOWED) == unit or any(below(target, allowed) for allowed in ALLOWED[unit]):
        return None
    return f'{unit} may not include "{target}"'


def check_system_include(path, target):
    if target in LIGHT:
        return None
    for pattern, owners in OWNERS.items():
        if fnmatch.fnmatch(target, pattern):
            if not any(below(path, owner) for owner in owners):
                return f"<{target}> belongs to {', '.join(owners)}"
            light = path.startswith(("tests/", "python/bindings/")) or target in FORWARD
            if path.endswith(".hpp") and not light:
                return f"<{target}> is heavy: only in .cpp files"
            return None
    if any(fnmatch.fnmatch(target, pattern) for pattern in STREAMS):
        if not any(below(path, owner) for owner in STREAM_OWNERS):
            return f"<{target}> does input or output, which is for {', '.join(STREAM_OWNERS)}"
        return None
    if "/" in target:
        return f"<{target}> is of no known library: give it an owner in tests/layering.py"
    return None


def problems(root):
    for top in ("model", "solver", "planner", "python", "tests"):
        for file in sorted((root / top).rglob("*.[ch]pp")):
            path = file.relative_to(root).as_posix()
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                quote, target = match.groups()
                problem = (check_project_include(path, target, root)
                           if quote == '"' else check_system_include(path, target))
                if problem:
                    yield f"{path}:{number}: {problem}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[1])
    found = list(problems(parser.parse_args().root))
    print("\n".join(found) if found else "layering: every include is allowed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
