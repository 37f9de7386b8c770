"""The documentation is held to what the program does."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from synthvis.cli import COMMANDS

REPOSITORY = Path(__file__).resolve().parents[1]
README = (REPOSITORY / "README.md").read_text()
PAGES = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


def shown_commands(text: str) -> list[str]:
    blocks = re.findall(r"```(?:bash|text)\n(.*?)```", text, flags=re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("synthvis ")]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme_and_the_reference(name: str) -> None:
    assert f"`synthvis {name}`" in README
    assert f"## synthvis {name}\n" in (REPOSITORY / "docs" / "reference" / "cli.md").read_text()


@pytest.mark.parametrize("script", ["generate_cli_reference.py", "generate_config_reference.py"])
def test_the_reference_is_what_help_and_models_say(script: str) -> None:
    done = subprocess.run(
        [sys.executable, REPOSITORY / "docs" / script, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"(?:^|`|    )make ([a-z0-9-]+)", page.read_text(), flags=re.MULTILINE))
    assert named <= make_targets()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("line", shown_commands(README))
def test_every_shown_command_line_is_understood(line: str) -> None:
    """Each word is parsed by the real command, with --help behind it so that nothing runs."""
    words = shlex.split(line)[1:]
    done = subprocess.run(
        [sys.executable, "-m", "synthvis", *words, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    options = {word for word in words if word.startswith("--")}
    assert all(option in done.stdout for option in options)


def test_the_test_command_of_the_readme_is_what_ci_runs() -> None:
    assert "make test" in README
    assert "make test" in (REPOSITORY / ".ci" / "run").read_text()
