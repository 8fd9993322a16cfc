"""Where the tree and the executable are; every test gets them by name."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def examples():
    return ROOT / "specs/examples"


@pytest.fixture(scope="session")
def cli():
    """Runs the executable; gives stdout as bytes, whatever the exit code says of the objectives."""
    executable = os.environ["HAPLAN_EXECUTABLE"]

    def run(*arguments):
        done = subprocess.run([executable, *map(str, arguments)], capture_output=True, cwd=ROOT, check=False)
        assert done.returncode in (0, 1, 4, 5), done.stderr.decode()
        return done.stdout

    return run


SHOP = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: shop}
spec:
  objectives:
    checkout: {availability: 99.9%}
  cluster:
    nodes:
      worker: {count: 3, capacity: {cpu: 4, memory: 16Gi}, failures: {reboot: {mtbf: 90d, repair: 5m}}}
  components:
    web:
      type: stateless
      replicas: 1..3
      resources: {cpu: 500m, memory: 512Mi}
      start: 3s
      failures: {crash: {mtbf: 30d, detection: exit}}
  services:
    checkout: {requires: [web]}
"""


@pytest.fixture(scope="session")
def shop():
    return SHOP
