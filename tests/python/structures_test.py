"""Structure functions and networks against enumeration."""

import copy
import itertools
import math
import pickle

import pytest
from haplan.structures import Network, Structure, fewer_than

P = {"a": 0.1, "b": 0.02, "c": 0.3, "d": 0.05}


def build():
    structure = Structure()
    a, b, c, d = (structure.part(name) for name in P)
    return structure, a & (b | c) | structure.at_least(2, [b, c, d])


def truth(state):
    a, b, c, d = state
    return (a and (b or c)) or sum((b, c, d)) >= 2


def enumerated(p):
    total = 0.0
    for state in itertools.product((False, True), repeat=4):
        if truth(state):
            total += math.prod(u if failed else 1 - u for failed, u in zip(state, p.values()))
    return total


def test_a_probability_is_the_sum_over_all_states():
    _, fails = build()
    assert math.isclose(fails.probability(P), enumerated(P), rel_tol=1e-14)
    assert math.isclose((~fails).probability(P), 1 - enumerated(P), rel_tol=1e-14)


def test_importance_is_the_difference_of_two_probabilities():
    _, fails = build()
    for name, slope in fails.birnbaum(P).items():
        difference = enumerated({**P, name: 1.0}) - enumerated({**P, name: 0.0})
        assert math.isclose(slope, difference, rel_tol=1e-12)
        fixed = fails.given(name, True).probability(P) - fails.given(name, False).probability(P)
        assert math.isclose(slope, fixed, rel_tol=1e-12)


def test_minimal_cut_sets_are_those_of_the_definition():
    _, fails = build()
    names = list(P)
    cuts = [
        frozenset(chosen)
        for size in range(5)
        for chosen in itertools.combinations(names, size)
        if truth([name in chosen for name in names])
    ]
    minimal = {one for one in cuts if not any(less < one for less in cuts)}
    assert set(fails.minimal_cut_sets()) == minimal
    assert len(fails.minimal_cut_sets()) == len(minimal)


def test_equal_functions_are_equal():
    structure, fails = build()
    a, b, c, d = (structure.part(name) for name in P)
    again = (a | c | d) & b | (a | d) & c
    assert again == fails and hash(again) == hash(fails)
    assert (a & ~a) == structure.never() and (a | ~a) == structure.always()
    assert fails.support == ("a", "b", "c", "d")


def test_tiny_probabilities_keep_their_digits():
    structure = Structure()
    both = structure.part("x") & structure.part("y")
    assert both.probability({"x": 1e-12, "y": 3e-12}) == pytest.approx(3e-24, rel=1e-14, abs=0)


def test_k_of_n_is_the_binomial_sum():
    for k, n, u in itertools.product(range(5), range(1, 5), (1e-9, 0.2)):
        tail = sum(math.comb(n, up) * (1 - u) ** up * u ** (n - up) for up in range(min(k, n + 1)))
        assert math.isclose(fewer_than(k, u, n), tail, rel_tol=1e-13)
        assert math.isclose(fewer_than(k, [u] * n), tail, rel_tol=1e-13)


def test_a_bridge_network_is_the_sum_over_its_links():
    links = [("s", "a"), ("s", "b"), ("a", "b"), ("a", "t"), ("b", "t")]
    u = [0.1, 0.2, 0.3, 0.05, 0.15]
    total = 0.0
    for state in itertools.product((False, True), repeat=5):
        group = {name: name for name in "sabt"}

        def root(name):
            return name if group[name] == name else root(group[name])

        for failed, (x, y) in zip(state, links):
            if not failed:
                group[root(x)] = root(y)
        if root("s") != root("t"):
            total += math.prod(one if failed else 1 - one for failed, one in zip(state, u))
    network = Network("sabt", links)
    assert math.isclose(network.disconnected("st", links=u), total, rel_tol=1e-13)
    _, slopes = network.birnbaum("st", links=u)
    for i, slope in enumerate(slopes):
        ends = [network.disconnected("st", links=[*u[:i], end, *u[i + 1 :]]) for end in (1.0, 0.0)]
        assert math.isclose(slope, ends[0] - ends[1], rel_tol=1e-12)


def test_functions_of_two_structures_do_not_mix():
    one, other = Structure(), Structure()
    with pytest.raises(ValueError, match="two structures"):
        one.part("a") & other.part("a")
    with pytest.raises(KeyError):
        build()[1].probability({"a": 0.1})


def test_functions_pickle_copy_and_compare_across_structures():
    structure = Structure()
    a, b, c = (structure.part(name) for name in "abc")
    for one in (a | b & c, structure.at_least(2, [a, b, c]), ~a, structure.always(), structure.never()):
        again = pickle.loads(pickle.dumps(one))
        assert again == one == copy.copy(one) == copy.deepcopy(one) and hash(again) == hash(one)
    one, other = pickle.loads(pickle.dumps((a | b, b | c)))
    assert one & other == (a | b) & (b | c)  # one structure still
    turned = Structure()
    c2, b2, a2 = (turned.part(name) for name in "cba")
    assert a2 | b2 & c2 == a | b & c and a2 & b2 | c2 != a | b & c
    assert turned != structure == pickle.loads(pickle.dumps(structure))


def test_misuse_is_told():
    structure = Structure()
    a, b = structure.part("a"), structure.part("b")
    with pytest.raises(ValueError, match="false"):
        (~a & b).minimal_cut_sets()
    with pytest.raises(TypeError, match="truth"):
        a and b
    with pytest.raises(TypeError):
        a & 1
    with pytest.raises(TypeError):
        structure.part(3)
    for wrong in (math.nan, -0.1, 1.5, None):
        with pytest.raises(ValueError):
            (a | b).probability({"a": wrong, "b": 0.1})
