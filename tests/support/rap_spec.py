#!/usr/bin/env python3
"""Writes a published instance of redundancy allocation as a spec.

rap_spec.py feng2025.json INDEX            one of the 256 bridge-like instances, kinds mixing
rap_spec.py fyffe33.json INDEX [--alone]   one of the 33 series instances; --alone: one kind per subsystem
"""

import argparse
import json
import pathlib
import sys
from decimal import Decimal


def load(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"), parse_float=Decimal)


def component(kinds, most, mix):
    """kinds: [(reliability, {budget: use})]"""
    variants = {
        f"k{number}": {"availability": str(reliability), "uses": uses}
        for number, (reliability, uses) in enumerate(kinds, 1)
    }
    return {"type": "stateless", "replicas": f"1..{most}", "mix": mix, "variants": variants}


def spec(name, components, requires, budgets):
    return {
        "apiVersion": "haplan.dev/v1alpha1",
        "kind": "System",
        "metadata": {"name": name},
        "spec": {
            "objectives": {"system": {}},
            "maximize": "availability",
            "budgets": budgets,
            "components": components,
            "services": {"system": {"requires": requires}},
        },
    }


def feng(data, index):
    """The spec and the least unavailability."""
    instance = data["instances"][index]
    system = data["systems"][str(instance["system"])]
    names = [f"b{i + 1}" for i in range(len(instance["budgets"]))]
    components = {}
    for j, kinds in enumerate(instance["reliability"]):
        components[f"s{j + 1:02}"] = component(
            [(reliability, {name: float(instance["use"][i][j][k]) for i, name in enumerate(names)})
             for k, reliability in enumerate(kinds)], 20, True)
    components["whole"] = {
        "type": "gate",
        "any": [{"all": [f"s{j:02}" for j in path]} for path in system["minimal_path_sets"]],
    }
    budgets = {name: float(limit) for name, limit in zip(names, instance["budgets"])}
    return spec(f"feng-{index}", components, ["whole"], budgets), 1 - Decimal(instance["optimum"])


def fyffe(data, index, mix):
    instance = data["instances"][index]
    components = {
        f"s{j + 1:02}": component([(kind["r"], {"money": int(kind["c"]), "weight": int(kind["w"])})
                                   for kind in kinds], int(data["n_max"]), mix)
        for j, kinds in enumerate(data["subsystems"])
    }
    budgets = {"money": int(instance["C"]), "weight": int(instance["W"])}
    optimum = instance["mixing" if mix else "no_mixing"]["optimum"]
    return spec(f"fyffe-{index}", components, sorted(components), budgets), 1 - Decimal(optimum)


def converted(path, index, alone=False):
    data = load(path)
    return fyffe(data, index, not alone) if "subsystems" in data else feng(data, index)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("index", type=int)
    parser.add_argument("--alone", action="store_true")
    arguments = parser.parse_args()
    print(json.dumps(converted(arguments.file, arguments.index, arguments.alone)[0], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
