#!/usr/bin/env python3
"""Graphillion (PyPI, zero-suppressed diagrams by a frontier method) on the networks of tests/data/network.

usage: network_peer.py [NAME ...]    in an environment with `pip install graphillion`

Links work with probability 0.9. CPU time; each answer is checked before its time counts. Its vertices cannot fail, and it gives
no derivatives. Beside it: network_bench.
"""

import sys
import time
from pathlib import Path

from graphillion import GraphSet

DATA = Path(__file__).resolve().parents[1] / "data" / "network"


def measure(name):
    links, terminals, expected = [], [], None
    for line in (DATA / f"{name}.txt").read_text().splitlines():
        words = line.split()
        if words[0] == "link":
            links.append((int(words[1]) + 1, int(words[2]) + 1))
        elif words[0] == "terminals":
            terminals = [int(word) + 1 for word in words[1:]]
        elif words[:2] == ["expect", "0.9"]:
            expected = float(words[2])
    start = time.process_time()
    GraphSet.set_universe(links)
    found = GraphSet.reliability({link: 0.9 for link in links}, terminals)
    seconds = time.process_time() - start
    if abs(found - expected) > 1e-10 * expected:
        sys.exit(f"{name}: {found} instead of {expected}")
    print(f"{name:18} {1e3 * seconds:12.3f} ms", flush=True)


for graph in sys.argv[1:] or ["arpanet1973_2t", "arpanet1973_all", "dodecahedron_2t", "grid5x5_12t"]:
    measure(graph)
