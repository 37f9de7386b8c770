"""The examples in docstrings of public names, run with a small dataset in data/fruit."""

from __future__ import annotations

import doctest
import inspect
from pathlib import Path

import pytest
from fake_dataset import write_fake_dataset

import synthvis as sv

WITH_EXAMPLES = [name for name in sv.__all__ if ">>> " in (inspect.getdoc(getattr(sv, name)) or "")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("examples")
    write_fake_dataset(root / "data" / "fruit")
    return root


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_example_of_a_docstring_does_what_it_says(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    ran = 0
    for example in doctest.DocTestFinder(recurse=False).find(getattr(sv, name), name, globs={}):
        said: list[str] = []
        found = doctest.DocTestRunner().run(example, out=said.append)
        assert found.failed == 0, "".join(said)
        ran += found.attempted
    assert ran
