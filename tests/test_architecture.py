"""Rules that a reader relies on and that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

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
MAX_FILE_LINES, MAX_FUNCTION_LINES = 400, 60


def test_what_decides_content_has_no_clock_and_no_global_randomness() -> None:
    assert len(DECIDES_CONTENT) > 100
    offenders = [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()}"
        for path in DECIDES_CONTENT
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if CLOCKS_AND_GLOBAL_RANDOMNESS.search(line)
    ]
    assert offenders == []


def test_files_and_functions_stay_short_and_no_file_is_called_utils() -> None:
    assert [offender for path in SOURCES for offender in _size_offenders(path)] == []


def test_no_file_imports_itself_by_way_of_others() -> None:
    """Imports in functions and those for types alone count too; a circle is an error that names its files."""
    graph = grimp.build_graph("synthvis", "blender_scenes", cache_dir=None)
    assert len(graph.modules) > len(SOURCES) - 10
    TopologicalSorter({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}).prepare()


def _size_offenders(path: Path) -> Iterator[str]:
    name, text = path.relative_to(REPOSITORY), path.read_text()
    if path.stem in ("utils", "helpers", "misc", "common"):
        yield f"{name}: a name that says nothing"
    if (lines := text.count("\n")) > MAX_FILE_LINES:
        yield f"{name}: {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno - _docstring_lines(node)
            if lines > MAX_FUNCTION_LINES:
                yield f"{name}: {node.name} has {lines} lines"


def _docstring_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Long where a public name has many arguments."""
    first = function.body[0]
    return 0 if ast.get_docstring(function) is None else (first.end_lineno or 0) - first.lineno + 1
