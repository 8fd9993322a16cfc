#!/usr/bin/env python3
"""House rules that no compiler checks: file sizes, ASCII sources, patterns that do not belong.

Each rule is one line of RULES: where it holds, what it forbids, and why.
"""

import argparse
import pathlib
import re
import sys

WARN_LINES, MOST_LINES = 350, 500
SOURCES = {".hpp", ".cpp", ".py", ".sh", ".cmake"}
TEXTS = SOURCES | {".md", ".yaml", ".yml", ".json", ".txt", ""}
SKIPPED = {".git", "build", ".venv", ".cache", "__pycache__", "corpus", "invalid", "golden"}

CPP = r".*\.[ch]pp$"
LIBRARIES = r"(model|solver|planner/(?!cli/)).*\.[ch]pp$"
ANY = r".*"
# Words are written in two halves where this very file would break its own rule.
UNFINISHED = r"\b(" + "|".join(a + b for a, b in (("TO", "DO"), ("FIX", "ME"), ("X", "XX"), ("HA", "CK"))) + r")\b"
MACHINE = r"(?<![\w.$}])/(" + "|".join(("home", "root", "wo" + "rk", "Users")) + r")/\w"

TYPE = re.compile(r"(?:template <.*> )?(?:struct|class|enum class) (\w+)(?: final)?(?: :.*)? \{")

TAG = re.compile(r"//.*?\[([A-Z][A-Za-z]+\d\d)\]")

RULES = [
    (LIBRARIES, r"\bstd::(cout|cerr|clog)\b", "libraries do not print: what matters is in the result"),
    (LIBRARIES, r"\b(f|w|v)?printf\s*\(|\bputs\s*\(", "libraries do not print: what matters is in the result"),
    (LIBRARIES, r"\b(std::)?(exit|_Exit|quick_exit|abort|terminate)\s*\(", "libraries do not end the process"),
    (LIBRARIES, r"catch\s*\(\s*\.\.\.\s*\)", "catching everything hides bugs"),
    (CPP, r"\b(shared_ptr|make_shared)\b", "values and indices, no shared ownership"),
    (CPP, r"\bstd::(rand|srand|random_device|default_random_engine)\b", "explicit seeds only"),
    (r".*\.hpp$", r"^\s*using namespace\b", "using namespace in a header"),
    (r"tests/.*\.[ch]pp$", r"\bApprox\s*\(", "absolute for small numbers: use near_relative"),
    (r"tests/.*\.cpp$", r"doctest::(skip|may_fail|should_fail|expected_failures)", "every test runs and counts"),
    (r"(?!tests/house).*", r"-f(fast|unsafe)-math", "results must not depend on reassociation"),
    (r".*\.(hpp|cpp|py|sh|cmake)$|dev$|.*CMakeLists\.txt$", UNFINISHED, "unfinished business"),
    (ANY, MACHINE, "a path of one machine"),
    (r"(?!.*\.md$).*", r"[ \t]+$", "white space at the end of the line"),
    (CPP, r"\t", "tab"),
]


def files(root):
    for file in sorted(root.rglob("*")):
        parts = file.relative_to(root).parts
        if file.is_file() and not file.is_symlink() and file.suffix in TEXTS and not SKIPPED & set(parts):
            yield file, "/".join(parts)


def named_types(text):
    """Yields (line, full name) of each type at namespace scope that other files can see."""
    spaces = []
    for number, line in enumerate(text.splitlines(), 1):
        opened = re.match(r"namespace ([\w:]*)\s*\{$", line)
        if opened:
            spaces.append(opened.group(1))
        elif line.startswith("}  // namespace") and spaces:
            spaces.pop()
        elif (named := TYPE.match(line)) and spaces and "" not in spaces:
            yield number, "::".join([*spaces, named.group(1)])


def check(path, text, references):
    """Yields (fatal, line, message) for one file."""
    lines = text.splitlines()
    source = pathlib.PurePath(path).suffix in SOURCES
    if source and len(lines) > MOST_LINES:
        yield True, len(lines), f"more than {MOST_LINES} lines: which noun can leave?"
    elif source and len(lines) > WARN_LINES:
        yield False, len(lines), f"more than {WARN_LINES} lines"
    if path.endswith(".hpp") and "#pragma once" not in lines:
        yield True, 1, "no #pragma once"
    if text and not text.endswith("\n"):
        yield True, len(lines), "no newline at the end of the file"
    rules = [(re.compile(pattern), why) for where, pattern, why in RULES if re.match(where, path)]
    for number, line in enumerate(lines, 1):
        if source and not line.isascii():
            yield True, number, "not ASCII"
        for pattern, why in rules:
            if pattern.search(line):
                yield True, number, f"{why}: {line.strip()[:60]}"
        for tag in TAG.findall(line) if re.match(CPP, path) else []:
            if f"[{tag}]" not in references:
                yield True, number, f"[{tag}] does not stand in REFERENCES.md"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[1])
    root = parser.parse_args().root
    references = (root / "REFERENCES.md").read_text(encoding="utf-8")
    failures = count = 0
    types = {}
    for file, path in files(root):
        try:
            text = file.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            if file.suffix:  # without a suffix it may be anything
                print(f"{path}:1: not UTF-8")
                failures += 1
            continue
        count += 1
        for fatal, line, message in check(path, text, references):
            print(f"{path}:{line}: {'' if fatal else 'warning: '}{message}")
            failures += fatal
        for line, name in named_types(text) if re.match(r"(model|solver|planner)/.*\.[ch]pp$", path) else []:
            if name in types:  # linked into one program they would be mixed up in silence
                print(f"{path}:{line}: {name} is also defined at {types[name]}")
                failures += 1
            types[name] = f"{path}:{line}"
    print(f"house: {count} files, {failures} failures")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
