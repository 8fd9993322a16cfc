"""Long calls: other threads go on, Ctrl-C is answered, processes may fork and spawn."""

import concurrent.futures
import multiprocessing
import os
import signal
import subprocess
import sys
import threading

import haplan
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


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_get_the_same_answers(method, examples):
    alone = haplan.evaluate(examples / "web-database.yaml")
    spec = haplan.load(examples / "web-database.yaml")
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert set(pool.map(haplan.evaluate, [spec] * 4)) == {alone}


PRESSED = """
import os, signal, sys, threading, haplan
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
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
    call = "haplan.simulate(spec, precision=1e-6).status"
    # On a machine that is too busy to answer in time the figures are given up.
    assert "interrupted" in {pressed(call, examples / "web-database.yaml", delay) for delay in (0.5, 1.0, 2.0)}


def test_an_interrupted_search_has_its_best_so_far(examples):
    # How long reading and proving take differs between machines: some delay lies between them.
    larger = "spec.with_values({'cluster.nodes.worker.count': 40})"
    for delay in (1.0, 0.5, 2.0, 0.2, 4.0):
        if pressed(f"haplan.solve({larger}, work_limit=0).stopped_by", examples / "dify.yaml", delay) == "interrupt":
            return
    pytest.fail("no interrupt came while the search was on")


def test_what_has_no_answer_in_part_is_given_up(examples):
    call = "haplan.sweep(spec, {'components.api.start': [i * 0.01 for i in range(1, 10**5)]}, figures=haplan.sweeps.FIGURES)"
    assert pressed(call, examples / "dify.yaml", 1.0) == "KeyboardInterrupt"


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
