"""Long calls: other threads go on, Ctrl-C is answered, processes may fork and spawn."""

import ast
import concurrent.futures
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import haplan
import jupyter_client
import pytest


def test_other_threads_run_meanwhile(examples):
    counted = 0
    done = threading.Event()

    def count():
        nonlocal counted
        while not done.is_set():
            counted += 1

    counter = threading.Thread(target=count)
    counter.start()
    haplan.solve(examples / "dify.yaml")
    at_the_end = counted
    done.set()
    counter.join()
    assert at_the_end > 1000  # with the lock held it could count only between two calls


def test_threads_get_the_same_answers(examples):
    alone = haplan.evaluate(examples / "dify.yaml")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert set(pool.map(haplan.evaluate, [examples / "dify.yaml"] * 8)) == {alone}


@pytest.mark.parametrize("verb", [haplan.evaluate, haplan.solve, haplan.drill])
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_get_the_same_answers(method, verb, examples):
    spec = haplan.load(examples / "web-database.yaml")
    alone = verb(spec)
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert set(pool.map(verb, [spec] * 4)) == {alone}


def test_mistakes_cross_processes(shop):
    with multiprocessing.get_context("spawn").Pool(1) as pool, pytest.raises(haplan.SpecError, match="HA") as caught:
        pool.map(haplan.load, [shop.replace("[web]", "[wbe]")])
    assert caught.value.diagnostics[0].code.startswith("HA")


PRESSED = """
import os, signal, sys, threading, haplan
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
import numpy, haplan.chains, haplan.structures

def path(states):
    # Of states that lead to their neighbours.
    import scipy.sparse
    return scipy.sparse.diags_array([numpy.ones(states - 1), numpy.ones(states - 1)], offsets=[-1, 1])

def pairs(count):
    # Some pair has failed: with all first ones first, a diagram of 2^count nodes.
    parts = haplan.structures.Structure()
    first, second = ([parts.part(f"{name}{i}") for i in range(count)] for name in "ab")
    some = parts.never()
    for a, b in zip(first, second):
        some = some | a & b
    return some

def lattice(width):
    rows = [(i, i + 1) for i in range(width * width) if (i + 1) % width]
    return rows + [(i, i + width) for i in range(width * (width - 1))]

spec = haplan.load(sys.argv[1])
timer = threading.Timer(float(sys.argv[2]), os.kill, (os.getpid(), signal.SIGINT))
try:
    timer.start()
    print(CALL)
    timer.cancel()
except KeyboardInterrupt:
    print("KeyboardInterrupt")
"""


def pressed(call, path, delay):
    """What a process says that is sent Ctrl-C so many seconds after the call began."""
    command = [sys.executable, "-c", PRESSED.replace("CALL", call), path, str(delay)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_interrupted_simulation_tells_what_it_knows(examples):
    call = "(lambda told: (told.status, list(told.services), bool(str(told))))(haplan.simulate(spec, precision=1e-6))"
    for path, delay in [("web-database.yaml", 0.1), ("web-database.yaml", 2.0), ("dify.yaml", 0.1), ("dify.yaml", 1.0)]:
        services = list(haplan.load(examples / path).services)
        assert pressed(call, examples / path, delay) == str(("interrupted", services, True))


LARGE = "spec.with_values({'cluster.nodes.worker.count': 40})"


@pytest.mark.parametrize("delay", [0.2, 1.0])
def test_an_interrupted_search_has_its_best_so_far(examples, delay):
    # A plan, or that there is none yet; without figures where these were all that was missing.
    asked = "plan.stopped_by, plan.status, plan.has_plan == bool(plan.components), bool(str(plan))"
    call = f"(lambda plan: ({asked}))(haplan.solve({LARGE}, work_limit=0, certificate=True))"
    stopped_by, status, same, shown = ast.literal_eval(pressed(call, examples / "dify.yaml", delay))
    assert stopped_by == "interrupt" or status == "optimal"
    assert status in ("optimal", "feasible", "undecided") and same and shown


def test_an_interrupted_front_has_the_points_so_far(examples):
    call = "(lambda front: (front.complete, len(front.points) < 8, bool(str(front)), 'interrupted' in str(front)))(haplan.pareto(spec, work_limit=0))"
    for delay in (0.1, 0.5, 2.0):
        assert pressed(call, examples / "dify.yaml", delay).startswith("(False, True, True")


ENDLESS = {
    "sweep": "haplan.sweep(spec, {'components.api.start': [i * 0.01 for i in range(1, 10**6)]}, figures=haplan.sweeps.FIGURES)",
    "draws": "haplan.evaluate(spec, draws=10**6)",
    "windows": "haplan.evaluate(spec).downtime_in_window([float(i) for i in range(10**5)])",
    "drill": "[haplan.drill(spec) for _ in range(10**6)]",
    "calibrate": "[haplan.calibrate(events={'web.crash': '3/90d'}, replicas={'web': 2}) for _ in range(10**7)]",
    "evaluate": "[haplan.evaluate(spec) for _ in range(10**6)]",
    "why": "[haplan.why(spec, 'services.chat.unavailability') for _ in range(10**6)]",
    "chain": "haplan.chains.Chain(numpy.ones((3000, 3000)) - numpy.eye(3000)).steady_state()",
    "steps": "haplan.chains.Chain(path(20000)).distribution_at(1e8, 0, absolute=1e-3)",
    "structure": "pairs(40)",
    "many": "haplan.structures.fewer_than(10**6, 0.5, 2 * 10**6)",
    "network": "haplan.structures.Network(400, lattice(20)).disconnected([0, 399], links=0.1)",
}


@pytest.mark.parametrize("verb", ENDLESS)
def test_what_has_no_answer_in_part_is_given_up(examples, verb):
    # The process ends although the calculation could go on for hours.
    path = examples / ("dify-uncertain.yaml" if verb == "draws" else "dify.yaml")
    assert pressed(ENDLESS[verb], path, 1.0) == "KeyboardInterrupt"


def test_a_cell_of_a_notebook_is_interrupted(examples):
    manager, client = jupyter_client.manager.start_new_kernel(kernel_name="python3")
    try:
        code = f"import haplan\nspec = haplan.load({str(examples / 'dify.yaml')!r}, sets={{'cluster.nodes.worker.count': 40}})"
        assert client.execute_interactive(code, timeout=120)["content"]["status"] == "ok"
        client.execute("plan = spec.solve(work_limit=0, certificate=True)")
        time.sleep(2.0)
        manager.interrupt_kernel()
        said = []
        asked = "print(type(plan).__name__)"  # no KeyboardInterrupt took its place
        reply = client.execute_interactive(asked, timeout=120, output_hook=lambda one: said.append(one["content"].get("text")))
        assert reply["content"]["status"] == "ok" and "Plan\n" in said, said
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_progress_is_told_and_may_stop_the_work(examples):
    told = []

    def progress(phase, done, values):
        told.append((phase, done, values))
        if len(told) == 2:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        haplan.simulate(examples / "dify.yaml", precision=1e-6, progress=progress)
    assert all(phase == "simulate" and 0.0 <= done <= 1.0 for phase, done, _ in told)
    assert told[0][2]["events"] <= told[1][2]["events"]


def test_progress_of_a_search_is_told(examples):
    told = []
    plan = haplan.solve(examples / "dify.yaml", progress=lambda *news: told.append(news))
    assert {phase for phase, _, _ in told} <= {"proof", "plan", "placement", "explanation", "figures"}
    assert told and all(0.0 <= done <= 1.0 and set(values) <= {"bound", "incumbent"} for _, done, values in told)
    assert all(values["bound"] <= plan.criteria.peak_replicas for _, _, values in told if values)
    assert plan == haplan.solve(examples / "dify.yaml")

    def enough(phase, done, values):
        raise RuntimeError(phase)

    with pytest.raises(RuntimeError):
        haplan.solve(haplan.load(examples / "dify.yaml", sets={"cluster.nodes.worker.count": 40}), work_limit=0, progress=enough)


def test_progress_of_a_sweep_is_told(examples):
    told = []
    haplan.sweep(examples / "dify.yaml", {"components.api.start": [0.001 * i for i in range(1, 30000)]}, progress=lambda *news: told.append(news))
    assert told and all(phase == "sweep" and 0.0 <= done <= 1.0 for phase, done, _ in told)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_nothing_is_printed(examples, capfd):
    haplan.solve(examples / "infeasible.yaml")
    haplan.drill(examples / "web-database.yaml")
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_of_fork_ends_in_peace(examples):
    before = signal.getsignal(signal.SIGINT)
    haplan.evaluate(examples / "web-database.yaml")
    child = os.fork()
    if child == 0:
        haplan.evaluate(examples / "web-database.yaml")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert signal.getsignal(signal.SIGINT) is before
