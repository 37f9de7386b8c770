"""The command line starts fast because it imports nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from synthvis.cli import COMMANDS

HEAVY = ("bpy", "torch", "cv2", "numpy", "pydantic", "matplotlib", "pycocotools")


def loaded_by(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split()) if done.stdout.strip() else set()


def test_importing_synthvis_loads_nothing_heavy() -> None:
    assert loaded_by("import synthvis") == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_importing_a_command_loads_nothing_heavy(name: str) -> None:
    assert loaded_by(f"import {COMMANDS[name][0]}") == set()


def test_help_loads_click_and_nothing_else_from_outside() -> None:
    """What makes it answer in a quarter of a second; `synthvis bench start` times it."""
    program = """
import contextlib, io, sys, sysconfig
from synthvis.cli import main
sys.argv = ["synthvis", "--help"]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
outside = sysconfig.get_paths()["purelib"]
files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
print(*{name.partition(".")[0] for name, file in files.items() if file.startswith(outside)})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    # What Python itself loads at its start, such as the finders of editable packages, begins with an underscore.
    assert {name for name in done.stdout.split() if not name.startswith("_")} == {"click"}


def test_bench_start_sets_help_beside_a_bare_python() -> None:
    words = [sys.executable, "-m", "synthvis", "bench", "start", "--tries", "1", "--json"]
    found = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    assert found["ratio"] == found["help"]["min_ms"] / found["python"]["min_ms"] > 0


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_has_examples(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "synthvis", name, "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.count(f"synthvis {name}") >= 3


def test_typo_in_a_command_is_answered_with_the_right_one() -> None:
    done = subprocess.run([sys.executable, "-m", "synthvis", "rendr"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Did you mean 'render'?" in done.stderr
    assert "Traceback" not in done.stderr


USAGE_ERRORS = [
    "render --size x",
    "render --workers many",
    "render --shard 5/4",
    "render --probe 3",
    "render --seed -1",
    "merge",
    "study --data a --real b --seeds one",
    "study --data a --real b --shard 2",
    "gap one",
    "fit-sensor photographs --strip strip.png",
    "preview data/fruit --batch 3",
    "scenes show banana --size 1",
    "train --nproc 0",
    "evaluate runs/fruit",
    "models show",
]


@pytest.mark.parametrize("words", USAGE_ERRORS)
def test_a_usage_error_is_found_before_anything_heavy_is_loaded(words: str) -> None:
    program = f"""
import sys
from synthvis.cli import main
try:
    main({words.split()!r})
except SystemExit as end:
    print(end.code, *(name for name in {HEAVY!r} + ("yaml", "rich.progress") if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2"], done.stderr
    assert "Error: " in done.stderr


READERS = ("synthvis.dataset", "synthvis.data.dataset", "synthvis.data.coco", "synthvis.data.formats")
MEASURES = ("synthvis.metrics.registry", "synthvis.metrics.evaluation", "pycocotools.coco", "pycocotools.cocoeval")
SLOW_HELP = {
    "train": (*READERS, *MEASURES, "synthvis.labels", "synthvis.scene"),
    "study": (*READERS, *MEASURES, "synthvis.labels", "synthvis.scene"),
    "preview": (*READERS, *MEASURES, "synthvis.viz"),
    "gap": (*READERS, *MEASURES, "synthvis.train", "synthvis.labels", "synthvis.data"),
}
"""Commands whose help asks tasks, labels or distances for their names, and what they do not need for it."""


@pytest.mark.parametrize("words", [*SLOW_HELP, "train --help-all"])
def test_help_that_asks_a_registry_loads_names_and_nothing_that_reads_draws_or_measures(words: str) -> None:
    program = f"""
import sys
from synthvis.cli import main
try:
    main({[*words.split(), "--help"]!r})
except SystemExit:
    print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "synthvis.plugins" in loaded
    unwanted = {"bpy", "torch", "cv2", "matplotlib", "rich", "urllib.request", *SLOW_HELP[words.split()[0]]}
    assert loaded & unwanted == set()
