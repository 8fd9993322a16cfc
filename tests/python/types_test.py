"""Types: the package and its examples pass mypy --strict, the stub of the extension is what it would be anew."""

import os
import pathlib
import subprocess
import sys

import pytest

EXAMPLES = {
    "first_plan.py": ("dify: optimal, met: True", ["specs/examples/dify.yaml"]),
    "own_spec.py": ('unknown component "wbe"', []),
    "machine.py": ("cut sets [['switch'], ['left', 'right']]", []),
}


def test_the_package_and_the_examples_are_typed(root, tmp_path):
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, root / "python/haplan", root / "python/examples"]
    done = subprocess.run(command, cwd=root, env={**os.environ, "MYPYPATH": str(root / "python")}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_stub_of_the_extension_is_fresh(root, tmp_path):
    command = [sys.executable, "-m", "pybind11_stubgen", "haplan._core", "-o", tmp_path, "--exit-code"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    fresh = (tmp_path / "haplan/_core.pyi").read_text()
    kept = root / "python/haplan/_core.pyi"
    if os.environ.get("HAPLAN_APPROVE"):
        kept.write_text(fresh)
    assert kept.read_text() == fresh, "HAPLAN_APPROVE=1 ./dev test -R python/types writes it anew"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(name, root):
    wanted, arguments = EXAMPLES[name]
    done = subprocess.run(
        [sys.executable, root / "python/examples" / name, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert wanted in done.stdout


def test_every_example_is_run(root):
    assert {path.name for path in pathlib.Path(root / "python/examples").glob("*.py")} == set(EXAMPLES)


def test_every_public_name_is_documented():
    import haplan

    for name in haplan.__all__:
        if name == "__version__":
            continue
        assert getattr(haplan, name).__doc__, name
        if not isinstance(getattr(haplan, name), type):
            continue
        for attribute, member in vars(getattr(haplan, name)).items():
            if not attribute.startswith("_") and (callable(member) or isinstance(member, property)):
                assert member.__doc__, f"{name}.{attribute}"
