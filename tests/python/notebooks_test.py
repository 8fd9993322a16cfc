"""Every notebook runs from top to bottom; what is stored has no outputs."""

import os
import pathlib

import nbclient
import nbformat
import pytest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_eight():
    assert [path.name[:2] for path in NOTEBOOKS] == [f"0{i}" for i in range(1, 9)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path):
    book = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(FOLDER)}}
    env = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    client = nbclient.NotebookClient(book, timeout=600, kernel_name="python3", resources=resources)
    client.execute(env=env)
    outputs = [one for cell in book.cells for one in cell.get("outputs", [])]
    assert any({"image/png", "text/html"} & set(one.get("data", {})) for one in outputs), "nothing to see"
    assert not [one for one in outputs if one.get("name") == "stderr"], "something complained"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_outputs_and_tells_a_story(path):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    for cell in book.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
    words = "".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert "**Question.**" in words and "**Finding.**" in words
    imported = {line.split()[1].split(".")[0] for cell in book.cells if cell.cell_type == "code"
                for line in cell.source.splitlines() if line.startswith(("import ", "from "))}  # fmt: skip
    assert imported <= {"haplan", "numpy", "pandas", "matplotlib"}
