"""Types: the package and its examples pass mypy --strict, the stub of the extension is what it would be anew."""

import inspect
import os
import pathlib
import re
import subprocess
import sys

import haplan
import nbformat
import pytest
from haplan.verbs import SimulateOptions, SolveOptions

EXAMPLES = {
    "first_plan.py": ("dify: optimal, met: True", ["specs/examples/dify.yaml"]),
    "own_spec.py": ('unknown component "wbe"', []),
    "machine.py": ("cut sets [['switch'], ['left', 'right']]", []),
}


def test_the_package_and_the_examples_are_typed(root, tmp_path):
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, root / "python/haplan", root / "python/examples"]
    done = subprocess.run(command, cwd=root, env={**os.environ, "MYPYPATH": str(root / "python")}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_notebooks_and_the_readme_are_typed(root, tmp_path):
    for path in (root / "notebooks").glob("*.ipynb"):
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        (tmp_path / f"notebook_{path.stem}.py").write_text("\n\n".join(cells) + "\n")
    blocks = re.findall(r"```python\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)
    assert blocks
    (tmp_path / "readme.py").write_text("\n".join(blocks))
    config = ("--config-file", root / "pyproject.toml", "--cache-dir", tmp_path / "cache")
    command = [sys.executable, "-m", "mypy", "--strict", *config, *sorted(tmp_path.glob("*.py"))]
    done = subprocess.run(command, cwd=root, env={**os.environ, "MYPYPATH": str(root / "python")}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_readme_runs(root, tmp_path):
    (block,) = re.findall(r"```python\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", block.replace("1000", "20")], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


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


def test_options_are_checked(root, tmp_path):
    (tmp_path / "wrong.py").write_text('import haplan\nspec = haplan.load("x")\nspec.solve(time_limt=3)\nspec.simulate(precision="a")\n')
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", tmp_path / "wrong.py"]
    done = subprocess.run(command, cwd=root, env={**os.environ, "MYPYPATH": str(root / "python")}, capture_output=True, text=True, check=False)
    assert "time_limt" in done.stdout and "precision" in done.stdout and "Found 2 errors" in done.stdout


def test_every_option_of_a_verb_is_one_of_the_method():
    for verb, options in ((haplan.solve, SolveOptions), (haplan.simulate, SimulateOptions)):
        wanted = {name: str(one.annotation) for name, one in inspect.signature(verb).parameters.items() if name != "spec"}
        assert {name: one.__forward_arg__ for name, one in options.__annotations__.items()} == wanted
