#!/usr/bin/env python3
"""Every whole spec shown in the documentation is one that haplan accepts, and figures worked out beside it are its own."""

import json
import math
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Documents with the least number of whole specs that each is expected to show.
DOCUMENTS = {"README.md": 1, "specs/README.md": 1, "specs/MODEL.md": 1}
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# "`U(front) = 4.96e-06`": an unavailability worked out by hand from the last spec above it.
WORKED = re.compile(r"`U\(([a-z0-9-]+)\) = ([0-9.]+e-[0-9]+)`")
WORKED_FIGURES = {"specs/MODEL.md": 1}
RELATIVE = 1e-7  # eight digits are written


def whole_specs(document):
    """Yields (line, text) of each fenced block that begins like a spec."""
    text = (ROOT / document).read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        if match.group(1).startswith("apiVersion:"):
            yield text.count("\n", 0, match.start(1)) + 1, match.group(1)


def worked_figures(haplan, document):
    """Yields a message for each figure worked out in the document that haplan does not give."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = list(WORKED.finditer(text))
    if len(found) != WORKED_FIGURES.get(document, 0):
        yield f"{document}: {len(found)} figures worked out, expected {WORKED_FIGURES.get(document, 0)}"
    for match in found:
        spec = [block.group(1) for block in BLOCK.finditer(text, 0, match.start())][-1]
        run = subprocess.run([haplan, "evaluate", "-", "-o", "json"], input=spec, capture_output=True, text=True, check=False)
        computed = json.loads(run.stdout)["services"][match.group(1)]["unavailability"]["value"]
        if not math.isclose(computed, float(match.group(2)), rel_tol=RELATIVE):
            yield f"{document}: {match.group(0)}, but haplan computes {computed!r}"


def main():
    haplan = sys.argv[1]
    failures = 0
    for document, least in DOCUMENTS.items():
        for message in worked_figures(haplan, document):
            failures += 1
            print(message)
        count = 0
        for line, text in whole_specs(document):
            count += 1
            # evaluate as well as validate: some limits show only when figures are computed
            for command, accepted in (("validate", {0}), ("evaluate", {0, 1})):
                run = subprocess.run([haplan, command, "-"], input=text, capture_output=True, text=True, check=False)
                if run.returncode not in accepted:
                    failures += 1
                    print(f"{document}:{line}: {command} exits with {run.returncode}\n{run.stderr}")
        if count < least:
            failures += 1
            print(f"{document}: {count} whole specs, expected at least {least}")
        print(f"{document}: {count} whole specs")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
