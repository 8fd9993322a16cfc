"""The engine without a cluster: a chain, a structure function, and the law of a recovery."""

from __future__ import annotations

import numpy
from haplan.chains import Chain
from haplan.delays import fixed, lognormal, uniform
from haplan.structures import Structure


def main() -> None:
    # Two machines and one repairer: states are how many are down.
    fail, repair = 1 / 1000, 1 / 10
    chain = Chain(numpy.array([[0, 2 * fail, 0], [repair, 0, fail], [0, repair, 0]]))
    print(f"both down {chain.long_run_mean([0, 0, 1]).value:.6g} of the time")
    print(f"for the first time after {chain.mean_first_passage(0, [2]).value:.6g} s")

    structure = Structure()
    switch, left, right = (structure.part(name) for name in ("switch", "left", "right"))
    fails = switch | left & right
    u = {"switch": 1e-5, "left": 1e-3, "right": 1e-3}
    print(f"fails with {fails.probability(u):.6g}; cut sets {[sorted(one) for one in fails.minimal_cut_sets()]}")

    recovery = uniform(0, 10) + fixed(3) + lognormal(20, 1)
    print(f"recovered after {recovery.quantile(0.99).value:.4g} s with 99 %")


if __name__ == "__main__":
    main()
