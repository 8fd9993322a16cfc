"""Distributions of recovery against closed forms and sampling-free integrals."""

import copy
import math
import pickle

import numpy
import pytest
import scipy.integrate
import scipy.stats
from haplan.delays import exponential, fixed, lognormal, mixture, uniform


def test_two_uniform_times_make_a_triangle():
    both = uniform(0, 2) + uniform(1, 3) + fixed(4)
    assert (both.mean, both.least, both.worst, both.exact) == (7.0, 5.0, 9.0, True)
    for t in (5.5, 6.5, 7.0, 8.5):
        x = t - 5.0
        triangle = x * x / 8 if x <= 2 else 1 - (4 - x) ** 2 / 8
        assert math.isclose(both.at_most(t).value, triangle, rel_tol=1e-14)
        assert math.isclose(both.above(t).value, 1 - triangle, rel_tol=1e-12)
    assert math.isclose(both.quantile(0.5).value, 7.0, rel_tol=1e-11)


def test_an_interval_holds_the_integral():
    start = uniform(0, 10) + lognormal(20.0, 1.0)
    law = scipy.stats.lognorm(1.0, scale=20.0 * math.exp(-0.5))
    for t in (5.0, 20.0, 60.0):
        exact = scipy.integrate.quad(lambda x: law.cdf(t - x) / 10, 0, min(t, 10), epsabs=1e-13, epsrel=1e-12)[0]
        found = start.at_most(t)
        assert found.lower - 1e-10 <= exact <= found.upper + 1e-10
        assert found.method == "bounded"


def test_a_mixture_weighs_its_parts():
    either = mixture([(0.9, fixed(1)), (0.1, exponential(100))])
    assert math.isclose(either.mean, 10.9, rel_tol=1e-15)
    assert math.isclose(either.above(50.0).value, 0.1 * math.exp(-0.5), rel_tol=1e-14)
    assert either.worst == math.inf


def test_arrays_are_answered_by_arrays():
    times = numpy.linspace(0, 3, 7).reshape(7, 1)
    found = uniform(0, 2).at_most(times)
    assert found.shape == (7, 1)
    assert numpy.allclose(found, numpy.minimum(times / 2, 1), rtol=1e-14)


def test_delays_compare_hash_pickle_and_copy():
    delay = uniform(0, 2) + fixed(1)
    assert pickle.loads(pickle.dumps(delay)) == delay == copy.deepcopy(delay)
    assert hash(uniform(0, 2) + fixed(1)) == hash(delay) and uniform(0, 3) != delay
    with pytest.raises(AttributeError):
        delay.mean = 3


def test_mistakes_are_told():
    with pytest.raises(ValueError):
        uniform(3, 2)
    with pytest.raises(ValueError):
        fixed(-1)
    with pytest.raises(ValueError):
        mixture([(0.5, fixed(1))])
    with pytest.raises(ValueError):
        fixed(1).quantile(1.0)


def test_no_number_has_no_answer():
    for ask in (uniform(0, 1).at_most, uniform(0, 1).above, fixed(1).quantile):
        with pytest.raises(ValueError):
            ask(math.nan)
    with pytest.raises(ValueError):
        mixture([(math.nan, fixed(1)), (1.0, fixed(2))])
    with pytest.raises(TypeError):
        fixed(1) + 1


def test_layouts_of_arrays_do_not_matter():
    times = numpy.asfortranarray([[0.0, 1.0], [2.0, 9.0]])
    assert uniform(0, 4).at_most(times).tolist() == [[0.0, 0.25], [0.5, 1.0]]
    assert uniform(0, 4).at_most(numpy.arange(10)[::3]).tolist() == [0.0, 0.75, 1.0, 1.0]
    assert sum([fixed(1), uniform(0, 2)]).mean == 2.0
