"""
The engine of haplan. Use the package haplan; this module only translates.
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['Chain', 'Connectivity', 'Delay', 'Diagram', 'Spec', 'arrow_stream', 'calibrate', 'chaos', 'codes', 'drill', 'end_all_jobs', 'evaluate', 'fewer_than', 'fit_phases', 'followed_figures', 'forget_jobs', 'load', 'pareto', 'schema', 'simulate', 'solve', 'sweep', 'verify', 'why', 'window']
class Spec:
    """
    A spec that was read and lowered.
    """
    @property
    def components(self) -> tuple:
        ...
    @property
    def decisions(self) -> list:
        ...
    @property
    def graph(self) -> tuple:
        ...
    @property
    def name(self) -> str:
        ...
    @property
    def nodes(self) -> tuple:
        ...
    @property
    def services(self) -> tuple:
        ...
class Chain:
    """
    A continuous-time Markov chain.
    """
    def __init__(self, states: typing.SupportsInt | typing.SupportsIndex, sources: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], targets: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], rates: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        ...
    def accumulated_reward(self, initial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], reward: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], t: typing.SupportsFloat | typing.SupportsIndex, relative: typing.SupportsFloat | typing.SupportsIndex, absolute: typing.SupportsFloat | typing.SupportsIndex) -> tuple:
        ...
    def arrays(self) -> tuple:
        """
        (sources, targets, rates)
        """
    def distribution_at(self, initial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], t: typing.SupportsFloat | typing.SupportsIndex, absolute: typing.SupportsFloat | typing.SupportsIndex) -> tuple:
        ...
    def down_share_at_least(self, initial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], down: typing.Annotated[numpy.typing.ArrayLike, numpy.bool], shares: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], t: typing.SupportsFloat | typing.SupportsIndex, relative: typing.SupportsFloat | typing.SupportsIndex, absolute: typing.SupportsFloat | typing.SupportsIndex) -> list:
        ...
    def down_share_less(self, initial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], down: typing.Annotated[numpy.typing.ArrayLike, numpy.bool], shares: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], t: typing.SupportsFloat | typing.SupportsIndex, relative: typing.SupportsFloat | typing.SupportsIndex, absolute: typing.SupportsFloat | typing.SupportsIndex) -> list:
        ...
    def long_run_mean(self, reward: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], initial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None, absolute: typing.SupportsFloat | typing.SupportsIndex, relative: typing.SupportsFloat | typing.SupportsIndex) -> tuple:
        ...
    def mean_first_passage(self, initial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], target: typing.Annotated[numpy.typing.ArrayLike, numpy.bool]) -> tuple:
        ...
    def not_reached_within(self, initial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], target: typing.Annotated[numpy.typing.ArrayLike, numpy.bool], t: typing.SupportsFloat | typing.SupportsIndex, relative: typing.SupportsFloat | typing.SupportsIndex, absolute: typing.SupportsFloat | typing.SupportsIndex) -> tuple:
        ...
    def reached_within(self, initial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], target: typing.Annotated[numpy.typing.ArrayLike, numpy.bool], t: typing.SupportsFloat | typing.SupportsIndex, relative: typing.SupportsFloat | typing.SupportsIndex, absolute: typing.SupportsFloat | typing.SupportsIndex) -> tuple:
        ...
    def reward_at(self, initial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], reward: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], t: typing.SupportsFloat | typing.SupportsIndex, relative: typing.SupportsFloat | typing.SupportsIndex, absolute: typing.SupportsFloat | typing.SupportsIndex) -> tuple:
        ...
    def steady_state(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def state_count(self) -> int:
        ...
    @property
    def transition_count(self) -> int:
        ...
class Delay:
    """
    How long sums of stages take.
    """
    def __init__(self, parts: collections.abc.Sequence[tuple[typing.SupportsFloat | typing.SupportsIndex, collections.abc.Sequence[tuple[str, typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex]]]]) -> None:
        """
        [(probability, [(law, a, b), ...]), ...]
        """
    def above(self, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> tuple:
        ...
    def at_most(self, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> tuple:
        ...
    def parts(self) -> list:
        ...
    def quantile(self, shares: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> tuple:
        ...
    @property
    def exact(self) -> bool:
        ...
    @property
    def least(self) -> float:
        ...
    @property
    def mean(self) -> float:
        ...
    @property
    def worst(self) -> float:
        ...
class Diagram:
    """
    Decision diagrams over variables of two values.
    """
    def __init__(self) -> None:
        ...
    def at_least(self, n: typing.SupportsInt | typing.SupportsIndex, of: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> int:
        ...
    def birnbaum(self, f: typing.SupportsInt | typing.SupportsIndex, p: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def conjunction(self, a: typing.SupportsInt | typing.SupportsIndex, b: typing.SupportsInt | typing.SupportsIndex) -> int:
        ...
    def disjunction(self, a: typing.SupportsInt | typing.SupportsIndex, b: typing.SupportsInt | typing.SupportsIndex) -> int:
        ...
    def negation(self, a: typing.SupportsInt | typing.SupportsIndex) -> int:
        ...
    def probability(self, f: typing.SupportsInt | typing.SupportsIndex, p: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> float:
        ...
    def restricted(self, f: typing.SupportsInt | typing.SupportsIndex, variable: typing.SupportsInt | typing.SupportsIndex, value: bool) -> int:
        ...
    def support(self, f: typing.SupportsInt | typing.SupportsIndex) -> list[int]:
        ...
    def variable(self) -> int:
        """
        A new variable; where it has its second value.
        """
    @property
    def size(self) -> int:
        ...
    @property
    def variable_count(self) -> int:
        ...
class Connectivity:
    """
    A network compiled for its terminals.
    """
    def __init__(self, vertices: typing.SupportsInt | typing.SupportsIndex, links: collections.abc.Sequence[tuple[typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex]], terminals: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> None:
        ...
    def birnbaum(self, unavailability: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def figures(self, unavailability: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> tuple[float, float]:
        """
        (P(connected), P(not))
        """
def arrow_stream(names: collections.abc.Sequence[str], kinds: collections.abc.Sequence[str], cells: collections.abc.Sequence[list]) -> typing.Any:
    """
    Columns (of float, int, bool or str; None is null) as a capsule of the Arrow C stream protocol.
    """
def calibrate(sources: collections.abc.Sequence[tuple[str, bytes]], plan: tuple[str, bytes] | None, table: tuple[str, bytes] | None, events: collections.abc.Sequence[str], replicas: collections.abc.Sequence[str], time: str | None, start: str | None, end: str | None, prior: str | None, level: typing.SupportsFloat | typing.SupportsIndex, repairs: str, complete: bool, skip_bad_rows: bool) -> tuple:
    """
    Failure rates and repair times: (told or None, diagnostics, the same printed).
    """
def chaos(spec: Spec, name_space: str) -> dict:
    """
    One experiment for every loss of a drill.
    """
def codes() -> list:
    """
    Every diagnostic: (code, title, explanation).
    """
def drill(spec: Spec) -> dict:
    """
    Every single loss, and every scenario.
    """
def end_all_jobs() -> None:
    """
    Wait for calculations that nobody waits for any more.
    """
def evaluate(spec: Spec, draws: typing.SupportsInt | typing.SupportsIndex | None, seed: typing.SupportsInt | typing.SupportsIndex, quantiles: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] | None, threads: typing.SupportsInt | typing.SupportsIndex) -> dict:
    """
    Figures of the deployment as it stands.
    """
@typing.overload
def fewer_than(k: typing.SupportsInt | typing.SupportsIndex, n: typing.SupportsInt | typing.SupportsIndex, u: typing.SupportsFloat | typing.SupportsIndex) -> float:
    ...
@typing.overload
def fewer_than(k: typing.SupportsInt | typing.SupportsIndex, u: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]) -> float:
    ...
def fit_phases(law: str, a: typing.SupportsFloat | typing.SupportsIndex, b: typing.SupportsFloat | typing.SupportsIndex, most_phases: typing.SupportsInt | typing.SupportsIndex) -> tuple:
    """
    A delay as exponential phases.
    """
def forget_jobs() -> None:
    """
    Forget them, in the child of a fork.
    """
def load(sources: collections.abc.Sequence[tuple[str, bytes]], sets: collections.abc.Sequence[str], scenario: str | None, plan: tuple[str, bytes] | None, profiles: collections.abc.Sequence[tuple[str, bytes]]) -> tuple:
    """
    Read and lower: (spec or None, diagnostics, the same printed).
    """
def pareto(spec: Spec, time_limit: typing.SupportsFloat | typing.SupportsIndex, work_limit: typing.SupportsInt | typing.SupportsIndex | None) -> dict:
    """
    Replicas against availability.
    """
def schema() -> str:
    """
    JSON Schema of the specification language.
    """
def simulate(spec: Spec, of_the_model: bool, switched: collections.abc.Mapping[str, bool], precision: typing.SupportsFloat | typing.SupportsIndex, confidence: typing.SupportsFloat | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, window: typing.SupportsFloat | typing.SupportsIndex | None, events: typing.SupportsInt | typing.SupportsIndex | None, biased: bool | None, threads: typing.SupportsInt | typing.SupportsIndex, progress: typing.Any) -> dict:
    """
    The deployment played event by event.
    """
def solve(spec: Spec, time_limit: typing.SupportsFloat | typing.SupportsIndex, work_limit: typing.SupportsInt | typing.SupportsIndex | None, threads: typing.SupportsInt | typing.SupportsIndex, most_changes: typing.SupportsInt | typing.SupportsIndex | None, certificate: bool, check: bool, progress: typing.Any) -> dict:
    """
    The best plan, or why there is none.
    """
def sweep(spec: Spec, numbers: collections.abc.Sequence[tuple[str, typing.Annotated[numpy.typing.ArrayLike, numpy.float64], typing.Annotated[numpy.typing.ArrayLike, numpy.uint32]]], figures: collections.abc.Sequence[str], threads: typing.SupportsInt | typing.SupportsIndex, progress: typing.Any) -> tuple:
    """
    Figures at many values of numbers.
    """
def verify(spec: Spec, certificate: bytes) -> dict:
    """
    What a certificate proves.
    """
def why(spec: Spec, path: str) -> dict:
    """
    Where a figure or a setting comes from.
    """
def window(spec: Spec, length: typing.SupportsFloat | typing.SupportsIndex, downtimes: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]) -> dict:
    """
    P(downtime within a window is at most so much), by service.
    """
__version__: str = '0.1.0'
followed_figures: tuple = ('unavailability', 'outagesPerYear', 'meanOutageSeconds', 'errorRatio', 'recoverySeconds', 'responseSeconds', 'nodeLossSeconds', 'dataLossSeconds')
