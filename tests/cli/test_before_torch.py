"""What is mistyped is refused before torch is loaded, and what loads it says so first."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from synthvis.formats.images import write_png

PROGRAM = """
import contextlib, io, json, os, sys

WORDS, STOPS = json.loads(sys.argv[1])

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            # All at once: nothing of what came before may lie in a buffer.
            os.write(2, b"[torch is imported]\\n")
            if STOPS:
                os._exit(99)

sys.meta_path.insert(0, Watch())
from synthvis.cli import main

for words in WORDS:
    said = io.StringIO()
    with contextlib.redirect_stderr(said) if len(WORDS) > 1 else contextlib.nullcontext():
        try:
            main(words)
        except SystemExit as end:
            code = end.code
    if len(WORDS) > 1:
        print(json.dumps([code, said.getvalue()]))
print([name for name in ("timm", "torch._dynamo", "sympy", "torch._inductor") if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


def run(*commands: list[str], stops: bool = True) -> subprocess.CompletedProcess[str]:
    """Commands in a process of their own, which ends where torch is imported if `stops`."""
    words = [sys.executable, "-c", PROGRAM, json.dumps([commands, stops])]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def coco(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A COCO folder with one annotated picture in train."""
    root = tmp_path_factory.mktemp("coco")
    (root / "annotations").mkdir()
    (root / "images" / "train").mkdir(parents=True)
    content = {
        "images": [{"id": 1, "file_name": "1.png", "width": 64, "height": 64}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9], "area": 81, "iscrowd": 0}],
        "categories": [{"id": 1, "name": "cup"}],
    }
    (root / "annotations" / "instances_train.json").write_text(json.dumps(content))
    write_png(root / "images" / "train" / "1.png", np.zeros((64, 64, 3), np.uint8))
    return root


SLIPS = [
    (("train", "--task", "detectoin"), "did you mean 'detection'"),
    (("train", "--arch", "fcosx"), "did you mean 'fcos'"),
    (("train", "--task", "semantic", "--loss", "dice"), "no loss 'dice'"),
    (("train", "--loss", "l1"), "leave --loss out"),
    (("train", "--backbone", "resnet51"), "did you mean 'resnet50'"),
    (("train", "--steps", "0"), "--steps 0"),
    (("train", "--data", "nowhere"), "no set called 'nowhere'"),
    (("train", "--data", "COCO", "--eval-on", "nowhere"), "no set called 'nowhere'"),
    (("train", "--data", "COCO", "--classes", "cpu"), "did you mean 'cup'"),
    (("train", "--data", "COCO", "--images", "9"), "1"),
    (("bench", "train", "--data", "nowhere"), "no set called 'nowhere'"),
    (("preview", "--augmented", "COCO", "--task", "boxes"), "no task 'boxes'"),
    (("study", "--data", "COCO", "--real", "nowhere"), "no set called 'nowhere'"),
    (("study", "--data", "COCO", "--real", "COCO", "--set", "batch=0"), "--batch 0"),
    (("run", "smoke", "--set", "train.steps=0"), "--steps 0"),
    (("models", "show", "resnet51"), "did you mean 'resnet50'"),
    (("evaluate", "nowhere", "--eval-on", "fruit"), "no weights at nowhere"),
    (("predict", "nowhere", "COCO"), "no weights at nowhere"),
    (("predict", "COCO", "COCO"), "does not say what it has learnt"),
]
"""Commands, COCO for a folder that is there, and what is said of each."""


@pytest.fixture(scope="module")
def refusals(coco: Path) -> list[tuple[int, str]]:
    """Exit code and stderr of each."""
    done = run(*([str(coco) if word == "COCO" else word for word in words] for words, _ in SLIPS))
    assert "is imported" not in done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("number", range(len(SLIPS)), ids=[" ".join(words) for words, _ in SLIPS])
def test_a_slip_is_refused_without_torch(refusals: list[tuple[int, str]], number: int) -> None:
    code, said = refusals[number]
    assert code in (1, 2)
    assert SLIPS[number][1] in said


@pytest.mark.parametrize(
    "words",
    [("train", "--data", "COCO"), ("train", "--data", "COCO", "--dry-run"), ("models", "show", "resnet18")],
)
def test_what_loads_torch_says_so_before(coco: Path, words: tuple[str, ...]) -> None:
    done = run([str(coco) if word == "COCO" else word for word in words])
    assert done.stderr.splitlines()[-2:] == ["loading PyTorch", "[torch is imported]"]
    assert done.stdout == ""


@pytest.mark.slow
def test_the_compiler_of_torch_is_not_loaded_for_a_plan(coco: Path) -> None:
    """It costs more than torch, torchvision and timm together."""
    done = run(["train", "--data", str(coco), "--dry-run", "--input-size", "64"], stops=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "['timm']"


@pytest.mark.slow
def test_the_compiler_is_there_for_who_asks_for_it() -> None:
    program = """
from synthvis.train.torch_loading import load_torch
load_torch()
import sys, torch
from torchvision.ops.roi_align import RoIAlign
roi_align = sys.modules["torchvision.ops.roi_align"]
assert "torch._dynamo" not in sys.modules
assert roi_align.is_compile_supported("cpu") is True
compiled = torch.compile(torch.nn.Linear(2, 2), backend="eager")
assert compiled(torch.zeros(1, 2)).shape == (1, 2)
"""
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)


def test_descriptions_of_all_tasks_need_no_torch() -> None:
    program = """
import sys
from synthvis.train.registry import description_of, tasks
print([description_of(name).name for name in tasks()] == list(tasks()), "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
