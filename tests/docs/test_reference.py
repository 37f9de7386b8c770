"""The reference is what the program says of itself, and the pages name commands and targets that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from doc_pages import DOCS, PAGES, REPOSITORY, name_of

from synthvis.cli import COMMANDS

GENERATORS = sorted(DOCS.glob("generate_*.py"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_reference(name: str) -> None:
    assert f"## synthvis {name}\n" in (DOCS / "reference" / "cli.md").read_text()


@pytest.mark.parametrize("script", GENERATORS, ids=lambda script: script.stem)
def test_a_generated_page_is_what_its_generator_writes(script: Path) -> None:
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_make_runs_every_generator() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    for script in GENERATORS:
        assert makefile.count(name_of(script)) == 2, f"{script.name}: one line for `docs`, one for `check`"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`|    )make ([a-z0-9-]+)", page.read_text(), flags=re.MULTILINE))
    assert named <= targets, named - targets


def test_the_test_command_of_the_readme_is_what_ci_runs() -> None:
    assert "make test" in (REPOSITORY / "README.md").read_text()
    assert "make test" in (REPOSITORY / ".ci" / "run").read_text()


def test_examples_of_docstrings_have_the_heading_that_the_reference_shows_as_code() -> None:
    """mkdocstrings takes "Examples:" for code, and would run the lines of "Example:" together."""
    sources = (REPOSITORY / "synthvis").rglob("*.py")
    found = [name_of(path) for path in sources if re.search(r"^ *Example:$", path.read_text(), flags=re.MULTILINE)]
    assert found == []
