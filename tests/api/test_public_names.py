"""What `import synthvis` offers, what it costs, and that the reference documents the same."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import synthvis as sv

REPOSITORY = Path(__file__).resolve().parents[2]
HEAVY = ("bpy", "torch", "cv2", "numpy", "pydantic", "rich", "click", "pycocotools")
VERBS = [name for name in sv.__all__ if getattr(getattr(sv, name), "__module__", "").startswith("synthvis.api")]


def answer_of(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_import_loads_nothing_heavy_and_sampling_a_scene_neither_blender_nor_torch() -> None:
    loaded = f"print(*(name for name in {HEAVY} if name in sys.modules))"
    assert answer_of(f"import sys, synthvis\n{loaded}") == ""
    drawn = answer_of(f"import sys, synthvis\nsynthvis.sample_scene('fruit', seed=0, index=1)\n{loaded}").split()
    assert not {"bpy", "torch", "rich", "click"} & set(drawn)


def test_import_reads_few_modules() -> None:
    """A tenth of a second is for about 150 modules of the standard library; counted, since machines differ."""
    before = set(answer_of("import sys\nprint(*sys.modules)").split())
    after = set(answer_of("import sys, synthvis\nprint(*sys.modules)").split())
    assert len(after - before) < 40


@pytest.mark.parametrize("name", sv.__all__)
def test_every_name_is_there_and_is_what_type_checkers_see(name: str) -> None:
    tree = ast.parse(Path(sv.__file__).read_text())
    typed = {
        alias.asname or alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("synthvis")
        for alias in node.names
    }
    value = getattr(sv, name)
    assert inspect.ismodule(value) == (name == "palette")
    assert value is getattr(sys.modules[typed[name]], name)


def test_a_verb_stays_the_function_after_its_room_was_imported() -> None:
    program = """
import synthvis as sv
import synthvis.render.job, synthvis.train.config, synthvis.study.plan, synthvis.viz.palette
from synthvis.render.job import RenderJob
print(*(type(getattr(sv, name)).__name__ for name in ("render", "train", "study", "report")), RenderJob.__name__)
"""
    assert answer_of(program) == "function function function function RenderJob"


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'rendr'"):
        _ = sv.rendr


def test_the_names_are_listed() -> None:
    assert set(sv.__all__) <= set(dir(sv))


@pytest.mark.parametrize("name", VERBS)
def test_docstrings_name_every_argument_and_show_an_example(name: str) -> None:
    verb = getattr(sv, name)
    if inspect.isclass(verb):
        assert ">>> " in (inspect.getdoc(verb) or "")
        return
    said = inspect.getdoc(verb) or ""
    arguments = said.partition("Args:")[2].partition("Returns:")[0]
    for argument in inspect.signature(verb).parameters:
        assert re.search(rf"^\s+(\*\*)?{argument}: \S", arguments, flags=re.MULTILINE), argument
    assert "Returns:" in said
    assert ">>> " in said


def test_the_reference_documents_the_public_names() -> None:
    page = (REPOSITORY / "docs" / "reference" / "api.md").read_text()
    documented = re.findall(r"^::: synthvis(?:\.[a-z_]+)*\.(\w+)$", page, flags=re.MULTILINE)
    modules = {"seeds", "picture_predictions"}
    assert sorted(set(documented) - modules) == sorted(set(sv.__all__) - {"__version__"})
