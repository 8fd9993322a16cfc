"""The schema is valid draft-07, accepts every example, and refuses what a reader would refuse by shape."""

import copy
import json
import pathlib
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "specs/haplan.schema.json").read_text(encoding="utf-8"))
EXAMPLES = sorted((ROOT / "specs/examples").glob("*.yaml"))

# Files of the reader whose mistake is one of shape or notation, which a schema can see.
VISIBLE = ["HA001", "HA002", "HA004", "HA015", "HA016", "HA018", "HA019", "HA020", "HA022",
           "HA023", "HA025", "HA029", "HA031", "HA035", "HA037", "HA038", "HA039"]

MINIMAL = {
    "apiVersion": "haplan.dev/v1alpha1",
    "kind": "System",
    "metadata": {"name": "shop"},
    "spec": {"components": {"api": {"type": "stateless"}}},
}

GOOD = [("replicas", "1..4"), ("replicas", {"min": 1, "max": 4, "step": 1}),
        ("replicas", {"oneOf": [1, 3]}), ("start", 0), ("start", "1h30m"),
        ("start", {"value": "3s", "source": {"kind": "measured"}}), ("start", {"param": "boot"}),
        ("start", {"value": "3s", "low": "1s", "high": "9s", "dist": "uniform", "level": "90%"}),
        ("storage", "local"), ("storage", {"kind": "local"}), ("need", {"peak": 2}),
        ("variants", {"small": {"start": "1s", "probes": None}, "large": {"resources": {"cpu": "1"}}}),
        ("uses", {"money": 12.5}), ("mix", True), ("pin", "worker"), ("pin", ["a", "b"]), ("x-anything", {"a": [1]}),
        ("dependsOn", ["a", {"any": ["b", {"all": ["c"]}], "switchover": "5s"}])]
BAD = [("replicas", "3"), ("replicas", -1), ("start", 3), ("start", "5min"), ("start", "1..3s"), ("start", {"value": "3s", "low": "1s"}),
       ("start", {"value": "3s", "dist": "uniform"}), ("replicas", {"value": 2, "low": 1, "high": 3}),
       ("movable", "yes"), ("dependsOn", "a"), ("throughput", 500), ("replica", 1),
       ("maxUtilization", 90), ("variants", {"a": {"type": "quorum"}}), ("variants", {"A": {}}), ("uses", {"money": "a lot"}), ("mix", 1), ("dependsOn", [{"anny": ["b"]}])]


def main():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft7Validator(SCHEMA)
    failures = []

    def expect(document, valid, what):
        if validator.is_valid(document) != valid:
            failures.append(f"{what}: expected {'valid' if valid else 'invalid'}")

    assert len(EXAMPLES) >= 5
    for path in EXAMPLES:
        expect(yaml.safe_load(path.read_text(encoding="utf-8")), True, path.name)
    for code in VISIBLE:
        paths = sorted((ROOT / "tests/planner/invalid").glob(code + "_*.yaml"))
        assert paths, code
        for path in paths:
            expect(yaml.safe_load(path.read_text(encoding="utf-8")), False, path.name)
    for cases, valid in ((GOOD, True), (BAD, False)):
        for key, value in cases:
            document = copy.deepcopy(MINIMAL)
            document["spec"]["components"]["api"][key] = value
            expect(document, valid, f"{key}: {value}")
    print("\n".join(failures) or "ok")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
