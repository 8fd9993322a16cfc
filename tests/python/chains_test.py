"""Chains against closed forms and SciPy."""

import copy
import math
import pickle

import haplan
import numpy
import pytest
import scipy.linalg
import scipy.sparse
from haplan.chains import Chain, fit_phases

FAIL, REPAIR = 1e-3, 0.1


def machine():
    return Chain(numpy.array([[0.0, FAIL], [REPAIR, 0.0]]))


def random_generator(n, seed):
    draw = numpy.random.default_rng(seed)
    rates = numpy.where(draw.random((n, n)) < 0.4, draw.exponential(1.0, (n, n)), 0.0)
    rates += numpy.diag(numpy.ones(n - 1), 1) + numpy.diag(numpy.ones(1), 1 - n)  # a cycle through all
    numpy.fill_diagonal(rates, 0.0)
    return rates - numpy.diag(rates.sum(axis=1))


def test_one_machine_has_its_closed_forms():
    chain = machine()
    down = FAIL / (FAIL + REPAIR)
    assert math.isclose(chain.steady_state()[1], down, rel_tol=1e-14)
    share = chain.long_run_mean([0, 1])
    assert share.lower <= down * (1 + 1e-15) and share.upper >= down * (1 - 1e-15)
    for t in (0.5, 30.0):
        at = down * -math.expm1(-(FAIL + REPAIR) * t)
        assert math.isclose(chain.reward_at(t, 0, [0, 1]).value, at, rel_tol=1e-9)
        assert math.isclose(chain.distribution_at(t, 0)[0][1], at, abs_tol=1e-9)
        assert math.isclose(chain.reached_within(t, 0, [1]).value, -math.expm1(-FAIL * t), rel_tol=1e-9)
        assert math.isclose(chain.not_reached_within(t, 0, [1]).value, math.exp(-FAIL * t), rel_tol=1e-9)
        # the integral of at over [0, t]
        spent = down * (t + math.expm1(-(FAIL + REPAIR) * t) / (FAIL + REPAIR))
        assert math.isclose(chain.accumulated_reward(t, 0, [0, 1]).value, spent, rel_tol=1e-9)
    assert math.isclose(chain.mean_first_passage(0, [False, True]).value, 1 / FAIL, rel_tol=1e-9)
    # never down within t: the share of down time is at least any y > 0 with less than the complement
    (never,) = chain.down_share_less([1e-12], 30.0, 0, [1])
    assert math.isclose(never.value, math.exp(-FAIL * 30.0), rel_tol=1e-6)
    (some,) = chain.down_share_at_least([1e-12], 30.0, 0, [1])
    assert math.isclose(some.value + never.value, 1.0, rel_tol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_random_chains_agree_with_scipy(seed):
    n = 12
    generator = random_generator(n, seed)
    chain = Chain(scipy.sparse.csr_array(generator))
    null = scipy.linalg.null_space(generator.T)[:, 0]
    assert numpy.allclose(chain.steady_state(), null / null.sum(), rtol=1e-9)
    start = numpy.full(n, 1 / n)
    expected = start @ scipy.linalg.expm(generator * 0.7)
    found, error = chain.distribution_at(0.7, start)
    assert numpy.abs(found - expected).sum() <= error + 1e-9
    reward = numpy.arange(n, dtype=float)
    mean = chain.long_run_mean(reward)
    exact = float(null @ reward / null.sum())
    assert mean.lower - 1e-9 * exact <= exact <= mean.upper + 1e-9 * exact
    # E[T] solves the generator without the target: -Q h = 1
    inner = generator[1:, 1:]
    passage = numpy.linalg.solve(-inner, numpy.ones(n - 1))
    assert math.isclose(chain.mean_first_passage(3, [0]).value, passage[2], rel_tol=1e-8)


def test_dense_sparse_and_edges_are_one_chain():
    generator = random_generator(6, 9)
    dense = Chain(generator)
    assert Chain(scipy.sparse.coo_matrix(generator)) == dense == Chain(scipy.sparse.csc_array(generator))
    edges = [(i, j, generator[i, j]) for i in range(6) for j in range(6) if i != j and generator[i, j] > 0]
    assert Chain.from_edges(6, edges) == dense
    assert numpy.allclose(dense.to_scipy().toarray(), generator, rtol=1e-15, atol=1e-15)
    assert Chain(dense.to_scipy()) == dense
    assert pickle.loads(pickle.dumps(dense)) == dense == copy.deepcopy(dense) and hash(copy.copy(dense)) == hash(dense)


def test_a_chain_with_two_ends_has_no_single_answer():
    chain = Chain.from_edges(3, [(0, 1, 1.0), (0, 2, 3.0)])
    with pytest.raises(haplan.HaplanError) as caught:
        chain.steady_state()
    assert caught.value.fault == "not_unique"
    assert math.isclose(chain.long_run_mean([0, 0, 1], 0).value, 0.75, rel_tol=1e-9)


def test_mistakes_are_told():
    with pytest.raises(ValueError, match="square"):
        Chain(numpy.zeros((2, 3)))
    with pytest.raises(ValueError, match="one entry per state"):
        machine().long_run_mean([1, 2, 3])
    with pytest.raises(haplan.HaplanError):
        Chain(numpy.array([[0.0, -1.0], [1.0, 0.0]]))


def test_phases_keep_the_mean_and_the_variance():
    mean, sigma = 30.0, 0.6
    fit = fit_phases("lognormal", mean, sigma, most_phases=40)
    # the delay's moments from the chain: from the phases to the end, the first and second by elimination
    n = len(fit.phases)
    generator = numpy.zeros((n, n))
    for i, phase in enumerate(fit.phases):
        generator[i, i] -= phase.rate
        if phase.next < n:
            generator[i, phase.next] += phase.rate
    start = numpy.array([phase.enter for phase in fit.phases])
    first = numpy.linalg.solve(-generator, numpy.ones(n))
    second = numpy.linalg.solve(-generator, 2 * first)
    assert math.isclose(start @ first, mean, rel_tol=1e-9)
    assert fit.variance_matched
    variance = mean**2 * math.expm1(sigma**2)
    assert math.isclose(start @ second - (start @ first) ** 2, variance, rel_tol=1e-8)


def test_any_layout_of_an_array_is_one_chain():
    rates = random_generator(5, 3)
    with pytest.raises(ValueError, match="generator"):
        Chain(rates.T)
    numpy.fill_diagonal(rates, 0.0)
    spread = numpy.zeros((10, 10))
    spread[::2, ::2] = rates
    whole = numpy.array([[0, 2], [3, 0]])
    assert Chain(numpy.asfortranarray(rates)) == Chain(spread[::2, ::2]) == Chain(rates[::-1, ::-1][::-1, ::-1]) == Chain(rates)
    assert Chain(rates.T) == Chain(numpy.ascontiguousarray(rates.T)) != Chain(rates)
    for kind in (numpy.int8, numpy.uint32, numpy.float32, object):
        assert Chain(whole.astype(kind)) == Chain(whole.astype(float))
    twice = scipy.sparse.coo_array(([1.0, 1.0, 3.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    assert Chain(twice) == Chain(whole)


NOT_CHAINS = {
    "one dimension": numpy.zeros(4),
    "three dimensions": numpy.zeros((2, 2, 2)),
    "no state": numpy.zeros((0, 0)),
    "not a number": numpy.array([[0, math.nan], [1, 0]]),
    "not a number on the diagonal": numpy.array([[math.nan, 1.0], [1, 0]]),
    "infinite": numpy.array([[0, math.inf], [1, 0]]),
    "negative": numpy.array([[0, -1.0], [1, 0]]),
    "probabilities instead of rates": numpy.array([[0.9, 0.1], [0.5, 0.5]]),
    "complex": numpy.array([[0, 1j], [1, 0]]),
    "masked": numpy.ma.masked_array(numpy.array([[0, 1.0], [1, 0]]), mask=[[False, True], [False, False]]),
    "words": [["a", "b"], ["c", "d"]],
    "ragged": [[0, 1], [1]],
    "sparse, not square": scipy.sparse.csr_array((2, 3)),
    "sparse, not a number": scipy.sparse.csr_array(numpy.array([[0, math.nan], [1, 0]])),
}


@pytest.mark.parametrize("what", NOT_CHAINS)
def test_what_is_no_chain_is_told(what):
    with pytest.raises((ValueError, haplan.HaplanError)):
        Chain(NOT_CHAINS[what])


@pytest.mark.parametrize("edges", [[(0, 5, 1.0)], [(-1, 1, 1.0)], [(0.5, 1, 1.0)], [(0, 1)], [(0, 1, 1.0, 1, 0, 1.0)], [(0, 1, math.nan)]])
def test_wrong_edges_are_told(edges):
    with pytest.raises((ValueError, IndexError, haplan.HaplanError)):
        Chain.from_edges(2, edges)


WRONG_QUESTIONS = {
    "a start that is no state": lambda chain: chain.distribution_at(1.0, 2),
    "a start from the end": lambda chain: chain.distribution_at(1.0, -1),
    "a start between states": lambda chain: chain.distribution_at(1.0, 0.5),
    "a start that is no number": lambda chain: chain.distribution_at(1.0, math.nan),
    "a start of twice all": lambda chain: chain.distribution_at(1.0, [1.0, 1.0]),
    "a negative start": lambda chain: chain.distribution_at(1.0, [2.0, -1.0]),
    "a start of another chain": lambda chain: chain.distribution_at(1.0, [1.0, 0.0, 0.0]),
    "a negative time": lambda chain: chain.distribution_at(-1.0, 0),
    "an endless time": lambda chain: chain.distribution_at(math.inf, 0),
    "no accuracy": lambda chain: chain.reward_at(1.0, 0, [0, 1], relative=math.nan),
    "negative accuracy": lambda chain: chain.distribution_at(1.0, 0, absolute=-1.0),
    "a reward that is no number": lambda chain: chain.long_run_mean([0, math.nan]),
    "a complex reward": lambda chain: chain.long_run_mean([0, 1j]),
    "a target that is no state": lambda chain: chain.reached_within(1.0, 0, [2]),
    "a target between states": lambda chain: chain.reached_within(1.0, 0, [0.5]),
    "numbers as flags": lambda chain: chain.reached_within(1.0, 0, [1, 1]),
    "flags of another chain": lambda chain: chain.reached_within(1.0, 0, [True]),
    "more than all of the time": lambda chain: chain.down_share_at_least([1.5], 1.0, 0, [1]),
    "a target out of reach": lambda chain: Chain.from_edges(3, [(0, 1, 1.0), (1, 0, 1.0)]).mean_first_passage(0, [2]),
}


@pytest.mark.parametrize("what", WRONG_QUESTIONS)
def test_a_wrong_question_is_told(what):
    with pytest.raises((ValueError, IndexError, haplan.HaplanError)) as caught:
        WRONG_QUESTIONS[what](machine())
    assert not isinstance(caught.value, haplan.ContractViolation)
