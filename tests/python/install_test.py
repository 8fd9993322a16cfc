"""The wheel, in a fresh virtual environment and an empty folder."""

import os
import re
import subprocess
import sys
import venv
import zipfile

import pytest


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    # Not isolated: what builds it is pinned alike in tests/requirements.txt. With the compiler's name of the build tree
    # the compiler's cache has nearly all of it.
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-build-isolation", "--no-deps", "-w", folder, root, env={**os.environ, "CC": "cc", "CXX": "c++"})
    (built,) = folder.glob("haplan-*.whl")
    return built


def test_the_wheel_installs_and_works(wheel, root, tmp_path):
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    run(python, "-m", "pip", "--disable-pip-version-check", "install", wheel)
    (tmp_path / "empty").mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    check = root / "tests/python/wheel_check.py"
    said = run(python, check, root / "specs/examples/web-database.yaml", cwd=tmp_path / "empty", env=clean)
    assert str(tmp_path / "venv") in said


def test_the_wheel_holds_the_package_and_the_command(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "haplan/py.typed" in names and "haplan/_core.pyi" in names
    assert any(re.fullmatch(r"haplan/_core\..*\.so", name) for name in names)
    assert any(name.endswith(".data/scripts/haplan") for name in names)
    assert all(name.split("/")[0].startswith("haplan") for name in names), names


def test_the_build_uses_the_pinned_tools(root):
    wanted = re.search(r"requires = \[(.*)\]", (root / "pyproject.toml").read_text()).group(1)
    pinned = {line.lower().replace("_", "-") for line in (root / "tests/requirements.txt").read_text().splitlines()}
    for one in re.findall(r'"([^"]+)"', wanted):
        assert one in pinned
