#!/usr/bin/env python3
"""Three replicas on three nodes, two needed, by SimPy and salabim, for comparison with referee_bench.

Every node fails after Exp(30 d) and is back after Exp(4 h); every replica crashes after Exp(1 d) of its own time and is back
after 60 s; a replica serves while it and its node do. The service is down while fewer than two serve. The answer is known:
q = 1 - 1/(1 + 4 h / 30 d) / (1 + 60 s / 1 d) for one replica, U = 3 q^2 - 2 q^3.

Prints, for each simulator, simulated years, state changes, wall and CPU seconds, changes per second, the unavailability and its
distance from the answer in standard errors of ten batches.
"""

import math
import random
import time

import salabim
import simpy

DAY = 86400.0
YEARS = 400.0
NODE_UP, NODE_DOWN = 30 * DAY, 4 * 3600.0
REPLICA_UP, REPLICA_DOWN = DAY, 60.0
BATCHES = 10


class Service:
    """Counts what serves, and the downtime of each batch."""

    def __init__(self, now):
        self.now = now
        self.node = [True] * 3
        self.replica = [True] * 3
        self.down_since = None
        self.down = [0.0] * BATCHES
        self.changes = 0
        self.batch = YEARS * 365.25 * DAY / BATCHES

    def change(self, kind, index, works):
        kind[index] = works
        self.changes += 1
        serving = sum(n and r for n, r in zip(self.node, self.replica))
        if serving < 2 and self.down_since is None:
            self.down_since = self.now()
        elif serving >= 2 and self.down_since is not None:
            self.down[min(BATCHES - 1, int(self.down_since / self.batch))] += self.now() - self.down_since
            self.down_since = None


def by_simpy(seed):
    generator = random.Random(seed)
    environment = simpy.Environment()
    service = Service(lambda: environment.now)

    def entity(kind, index, up, down):
        while True:
            yield environment.timeout(generator.expovariate(1 / up))
            service.change(kind, index, False)
            yield environment.timeout(down())
            service.change(kind, index, True)

    for i in range(3):
        environment.process(entity(service.node, i, NODE_UP, lambda: generator.expovariate(1 / NODE_DOWN)))
        environment.process(entity(service.replica, i, REPLICA_UP, lambda: REPLICA_DOWN))
    environment.run(until=YEARS * 365.25 * DAY)
    return service


def by_salabim(seed):
    generator = random.Random(seed)
    salabim.yieldless(False)
    environment = salabim.Environment(trace=False, random_seed=seed)
    service = Service(environment.now)

    class Entity(salabim.Component):
        def setup(self, kind, index, up, down):
            self.kind, self.index, self.up, self.down = kind, index, up, down

        def process(self):
            while True:
                yield self.hold(generator.expovariate(1 / self.up))
                service.change(self.kind, self.index, False)
                yield self.hold(self.down())
                service.change(self.kind, self.index, True)

    for i in range(3):
        Entity(kind=service.node, index=i, up=NODE_UP, down=lambda: generator.expovariate(1 / NODE_DOWN))
        Entity(kind=service.replica, index=i, up=REPLICA_UP, down=lambda: REPLICA_DOWN)
    environment.run(till=YEARS * 365.25 * DAY)
    return service


def main():
    q = 1 - 1 / (1 + NODE_DOWN / NODE_UP) / (1 + REPLICA_DOWN / REPLICA_UP)
    answer = 3 * q**2 - 2 * q**3
    print(f"three replicas on three nodes, two needed: U = {answer:.6e}")
    print(f"{'':16} {'years':>6} {'changes':>9} {'wall s':>7} {'CPU s':>7} {'changes/s':>10} {'U':>13} {'off by':>7}")
    for seed, name, run in ((1, f"SimPy {simpy.__version__}", by_simpy), (2, f"salabim {salabim.__version__}", by_salabim)):
        wall, cpu = time.perf_counter(), time.process_time()
        service = run(seed)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        batches = [down / service.batch for down in service.down]
        value = sum(batches) / BATCHES
        error = math.sqrt(sum((b - value) ** 2 for b in batches) / (BATCHES - 1) / BATCHES)
        off = (value - answer) / error
        print(f"{name:16} {YEARS:6.0f} {service.changes:9} {wall:7.2f} {cpu:7.2f} {service.changes / cpu:10.0f} "
              f"{value:13.6e} {off:+6.1f}s", flush=True)
        assert abs(off) < 4.5, f"{name}: {value} is not {answer}"


if __name__ == "__main__":
    main()
