"""The README of a run says what its files say, and nothing that is in them breaks it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from made_up_run import evaluation

from synthvis.data.left_out import LeftOutRow
from synthvis.evaluation.run_folder import write_evaluation
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.missing import shareable_path
from synthvis.metrics.operating_point import OperatingPoint
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig
from synthvis.train.model_card import escaped, write_model_card

FACTS = TrainingFacts(
    dataset="fruit", split="train", images=540, kind="synthetic", labels=1234, recipe="fruit", recipe_seed=7, steps=600,
    batch=16, seed=3, model="tf_efficientnet_lite0", boxes="modal",
)  # fmt: skip
CLASSES = ("apple", "orange")


def make_run(
    folder: Path, *, task: str = "detection", facts: TrainingFacts = FACTS, classes: tuple[str, ...] = CLASSES,
    command: tuple[str, ...] = (), evaluations: tuple[Evaluation, ...] = (), backbone: str = "tf_efficientnet_lite0",
) -> str:  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    model = ModelConfig(backbone=backbone, input_size=320).model_dump()
    sidecar = {"task": task, "model": model, "classes": list(classes), "train": facts.to_dict()}
    (folder / "best.json").write_text(json.dumps(sidecar))
    (folder / "config.json").write_text(json.dumps({"command": list(command)}))
    for one in evaluations:
        write_evaluation(folder, one, [])
    written = write_model_card(folder)
    assert written == folder / "README.md"
    return written.read_text()


def section(text: str, title: str) -> str:
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_a_run_explains_itself(tmp_path: Path) -> None:
    synthetic = replace(
        evaluation("fruit", "synthetic", 0.62, CLASSES), training=FACTS,
        operating_point=OperatingPoint(score=0.375, f1=0.8, precision=0.75, recall=0.857),
    )  # fmt: skip
    real = evaluation("fruit", "real", 0.34, CLASSES)
    text = make_run(
        tmp_path / "fruit",
        evaluations=(synthetic, real),
        command=("train", "--data", "data/my fruit", "--steps", "600"),
    )
    assert "# fruit\n" in text and "A network for detection (boxes and classes)" in text
    assert "| trained on | fruit:train, 540 rendered images, 1,234 boxes, recipe fruit, seed 7 |" in text
    assert "| training | 600 steps, 16 images a step, seed 3 |" in text
    assert "| classes (2) | apple, orange |" in text
    scores = section(text, "What it scored")
    assert "| fruit:val (renders) | 96 | 192 | 0.620 [0.570, 0.670] |" in scores
    assert "| fruit:val (photographs) | 96 | 192 | 0.340 [0.290, 0.390] |" in scores
    assert "score of 0.375 and above on fruit:val (renders): precision 0.75, recall 0.86, F1 0.80" in scores
    assert "| apple | 0.340 (40) | 0.620 (40) |" in scores
    assert "Spread between training seeds" in section(text, "What it was never measured on")
    assert "real photographs" not in section(text, "What it was never measured on")
    assert "It has seen renders only" in section(text, "Limits")
    assert "Apache-2.0" in section(text, "Licence of the weights")
    assert "synthvis train --data 'data/my fruit' --steps 600" in section(text, "Make it again")
    assert "synthvis predict" in section(text, "Use it")


def test_what_is_not_known_is_not_claimed(tmp_path: Path) -> None:
    bare = make_run(tmp_path / "bare", facts=TrainingFacts(), backbone="some_net.some_tag")
    assert "It was measured on nothing yet." in bare and "not known here: ask their publisher" in bare
    assert "seed not recorded" in bare and "## Make it again" not in bare and "It has seen renders only" not in bare
    assert "AP on real photographs, and so the gap" in section(bare, "What it was never measured on")
    mixed = make_run(tmp_path / "mixed", facts=replace(FACTS, kind="mixed", init_from="first"))
    assert "renders and photographs mixed" in mixed and "their licences may limit its use" in mixed
    assert "the weights of the run first" in mixed and "Apache-2.0" not in section(mixed, "Licence of the weights")
    untrained = make_run(tmp_path / "untrained", facts=replace(FACTS, weights="none"))
    assert "No weights of others are in it." in untrained
    points = make_run(
        tmp_path / "points", task="keypoints", classes=("cup/rim",), facts=replace(FACTS, boxes=None, arch="heatmap")
    )
    assert "needs a detector" in points and "--boxes-from" in section(points, "Use it")


HOSTILE = [
    "a|b",
    "x`y",
    "<script>alert(1)</script>",
    "[link](http://x)",
    "*bold*",
    "_a_",
    "line\nbreak",
    "\\",
    "\u202e",
    "#",
]


def test_names_from_files_stay_text(tmp_path: Path) -> None:
    real = replace(
        evaluation("fruit", "real", 0.34, HOSTILE), set="se|t\n# head <b>",
        left_out=(LeftOutRow(part="images", treatment="left out", reason="bad | `x`", count=2, example="e"),),
    )  # fmt: skip
    facts = replace(FACTS, dataset="d|`<i>", init_from="r]|[", recipe="re*cipe*")
    command = ("train", "--data", "a```b`\nc", "--out", "$(rm x)")
    text = make_run(tmp_path / "r", facts=facts, classes=tuple(HOSTILE), evaluations=(real,), command=command)
    prose, code = (
        re.sub(r"(`{3,})bash\n.*?\n\1", "", text, flags=re.S),
        re.findall(r"(`{3,})bash\n(.*?)\n\1", text, re.S),
    )
    plain = re.sub(r"\\.", "", prose.partition("\n")[2]).replace("`config.json`", "")
    plain = re.sub(r"\[\d\.\d+, \d\.\d+\]", "", plain)
    assert not set("`<>[]*_") & set(plain)
    assert len(re.findall(r"^#", plain, flags=re.M)) == 7
    for block in re.findall(r"(?:^\|.*\n)+", prose, flags=re.M):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1
    assert [lines.count("\n") for _, lines in code] == [1, 0] and len(code[1][0]) == 4
    assert "'a```b`?c'" in code[1][1] and "'$(rm x)'" in code[1][1]


def test_escaped_text_is_one_line() -> None:
    assert escaped("a|b_c\r\nd\x00") == "a\\|b\\_c  d "
    assert escaped("plain words, 1 (of 2)!") == "plain words, 1 (of 2)!"


def test_notes_of_others_are_left_alone_and_a_damaged_run_gets_none(tmp_path: Path) -> None:
    make_run(tmp_path / "run")
    (tmp_path / "run" / "README.md").write_text("# My notes\n")
    assert write_model_card(tmp_path / "run") is None
    assert (tmp_path / "run" / "README.md").read_text() == "# My notes\n"
    (tmp_path / "run" / "README.md").unlink()
    (tmp_path / "run" / "best.json").write_text("{")
    assert write_model_card(tmp_path / "run") is None
    (tmp_path / "ensemble").mkdir()
    assert write_model_card(tmp_path / "ensemble") is None
    assert not (tmp_path / "ensemble" / "README.md").exists() and not (tmp_path / "run" / "README.md").exists()


def test_a_run_without_an_interval_and_with_an_undefined_number(tmp_path: Path) -> None:
    one = evaluation("fruit", "real", 0.34, CLASSES)
    metrics = {"AP": MetricValue(0.34), "AP50": MetricValue(None)}
    text = make_run(tmp_path / "run", evaluations=(replace(one, metrics=metrics),))
    assert "| 0.340 | undefined |" in text and "In brackets" not in text


def test_paths_tell_nothing_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, here = tmp_path / "home" / "anna", tmp_path / "home" / "anna" / "work"
    here.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(here)
    cases = {
        "fruit:train": "fruit:train", "./fruit": "./fruit", "../x": "../x", str(here / "data" / "x"): "data/x",
        str(here / "fruit"): "./fruit", str(home / "photos"): "../photos", "/data/sets/x": "/data/sets/x",
    }  # fmt: skip
    assert {path: shareable_path(path) for path in cases} == cases
    monkeypatch.chdir(tmp_path)
    assert shareable_path(home / "photos") == "FOLDER/photos"
