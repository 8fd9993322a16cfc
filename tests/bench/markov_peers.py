#!/usr/bin/env python3
"""The steady state of the workstation cluster by Storm, for comparison with markov_bench.

Prints, for each size and each way of asking, wall and CPU seconds from the model's text to the answer, the answer, and its
distance from the reference: haplan's interval is far narrower than any difference that shows here.
"""

import multiprocessing
import pathlib
import time

import stormpy
import stormpy.developer
import stormpy.environments

MODEL = pathlib.Path(__file__).resolve().parents[1] / "data" / "workstation_cluster.prism"
# 16 and 256 as published (PRISM 4.10, Gauss-Seidel); the others by markov_bench, proved to 1e-12.
PREMIUM = {16: 0.99964508886032, 64: 0.99870278070865, 128: 0.99793789109352, 256: 0.99696555197593}
LIMIT = 300.0  # [s] of wall time


def environment(way):
    if way == "sound":
        return stormpy.developer.get_sound_environment()
    result = stormpy.Environment()
    if way == "native 1e-10":
        solver = result.solver()
        solver.set_linear_equation_solver_type(stormpy.environments.EquationSolverType.NATIVE)
        solver.native().precision = stormpy.Rational("1/10000000000")
    return result


def solve(size, way, answers):
    wall, cpu = time.perf_counter(), time.process_time()
    program = stormpy.parse_prism_program(str(MODEL))
    properties = stormpy.parse_properties('LRA=? ["premium"]', context=program)
    program, properties = stormpy.instantiate_constants(program, f"N={size}", properties)
    model = stormpy.build_model(program, properties)
    result = stormpy.model_checking(model, properties[0], environment=environment(way), only_initial_states=True)
    value = result[model.initial_states[0]].value
    answers.put((time.perf_counter() - wall, time.process_time() - cpu, value, model.nr_states))


def main():
    print("storm (stormpy", stormpy.__version__ + ")")
    print(f"{'N':>4} {'asked for':14} {'wall s':>8} {'CPU s':>8} {'premium':20} {'error':>9}")
    for size, reference in PREMIUM.items():
        for way in ("default", "sound", "native 1e-10"):
            answers = multiprocessing.Queue()
            worker = multiprocessing.Process(target=solve, args=(size, way, answers))
            worker.start()
            worker.join(LIMIT)
            if worker.is_alive():
                worker.kill()
                worker.join()
                print(f"{size:4} {way:14} no answer in {LIMIT:.0f} s", flush=True)
                continue
            if worker.exitcode != 0:
                print(f"{size:4} {way:14} failed", flush=True)
                continue
            wall, cpu, value, states = answers.get()
            expected = 20 * (size + 1) ** 2 + 16 * size * (size + 1)
            assert states == expected, f"{states} states, expected {expected}"
            print(f"{size:4} {way:14} {wall:8.2f} {cpu:8.2f} {value:<20.17f} {abs(value - reference):9.1e}", flush=True)


if __name__ == "__main__":
    main()
