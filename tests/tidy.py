#!/usr/bin/env python3
"""Runs clang-tidy on every source of a build, two at a time or more, and remembers what passed.

A file is looked at again only when it, a project header that it reaches, its compile command, .clang-tidy or
clang-tidy itself has changed. The memory is one empty file per passed key, in the user's cache, so that another clone of the
same sources shares it; what no run has asked for in a month is forgotten.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
CLANG_TIDY = "clang-tidy-19"
MEMORY = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "haplan" / "tidy"
MONTH = 30 * 86400  # [s]
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def digest_of_tree(file, seen):
    """Hashes a file and the project headers it reaches, each once, in the order of inclusion."""
    if file in seen or not file.is_file():
        return b""
    seen.add(file)
    content = file.read_bytes()
    parts = [content] + [digest_of_tree(ROOT / name.decode(), seen) for name in INCLUDE.findall(content)]
    return hashlib.sha256(b"\0".join(parts)).digest()


def check(entry, build, common):
    file = pathlib.Path(entry["file"])
    command = entry["command"].replace(str(build), "<build>").replace(str(ROOT), "<root>")
    key = hashlib.sha256(common + command.encode() + digest_of_tree(file, set())).hexdigest()
    memory = MEMORY / key
    if memory.exists():
        memory.touch()
        return True, ""
    run = subprocess.run([CLANG_TIDY, "--quiet", "-p", str(build), str(file)], cwd=ROOT, text=True,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    passed = run.returncode == 0 and not run.stdout.strip()
    if passed:
        memory.touch()
    return passed, "" if passed else run.stdout + ("" if run.stdout.strip() else run.stderr)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    version = subprocess.run([CLANG_TIDY, "--version"], stdout=subprocess.PIPE, check=True).stdout
    common = version + (ROOT / ".clang-tidy").read_bytes()
    MEMORY.mkdir(parents=True, exist_ok=True)
    for old in MEMORY.iterdir():
        try:
            if old.stat().st_mtime < time.time() - MONTH:
                old.unlink()
        except FileNotFoundError:  # another run was faster
            pass
    entries = [entry for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
               if pathlib.Path(entry["file"]).is_relative_to(ROOT)
               and not pathlib.Path(entry["file"]).is_relative_to(build)]
    unique = list({entry["file"]: entry for entry in entries}.values())
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for passed, output in pool.map(lambda entry: check(entry, build, common), unique):
            failed += not passed
            print(output, end="", flush=True)
    print(f"clang-tidy: {len(unique)} files, {failed} with findings")
    return 1 if failed or not unique else 0


if __name__ == "__main__":
    sys.exit(main())
