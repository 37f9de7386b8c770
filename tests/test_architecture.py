"""Rules that a reader relies on and that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCES = sorted([*(REPOSITORY / "synthvis").rglob("*.py"), *(REPOSITORY / "blender_scenes").rglob("*.py")])
DECIDES_CONTENT = [
    path
    for path in SOURCES
    if path.is_relative_to(REPOSITORY / "blender_scenes")
    or path.relative_to(REPOSITORY / "synthvis").parts[0] in ("scene", "objects", "labels", "formats")
]
CLOCKS_AND_GLOBAL_RANDOMNESS = re.compile(
    r"^\s*(import|from) (random|uuid|time|datetime|secrets)\b"
    r"|np\.random\.(seed|rand|randn|choice|uniform|normal)\(|default_rng\(\)"
)


@pytest.mark.parametrize("path", DECIDES_CONTENT, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_what_decides_content_has_no_clock_and_no_global_randomness(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if CLOCKS_AND_GLOBAL_RANDOMNESS.search(line)]
    assert lines == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 400
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    long = {node.name: node.end_lineno - node.lineno for node in functions if (node.end_lineno or 0) - node.lineno > 60}
    assert long == {}


def test_no_file_is_called_utils() -> None:
    assert [path for path in SOURCES if path.stem in ("utils", "helpers", "misc", "common")] == []
