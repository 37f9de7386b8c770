"""Pages from damaged results: what the readers let pass, the report can show."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_up_gap import set_gap, task_gap, write_gap_dir, write_study_dir
from made_up_run import evaluation, make_dataset, make_other_run, make_run
from mutations import mutated_json
from test_results import CLASSES, CLASSIFIER, whole_study

from synthvis.errors import SynthvisError
from synthvis.report.build import write_report

PAGES = int(os.environ.get("SYNTHVIS_FUZZ_INPUTS", "500")) // 20


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a dataset, a comparison and a study, all made up."""
    root = tmp_path_factory.mktemp("pages")
    data = make_dataset(root / "data" / "made-up", images=2)
    run = make_run(root / "runs" / "fruit", data, real=("fruit",))
    sides = [evaluation("synthetic", "synthetic", 0.62, CLASSES), evaluation("fruit", "real", 0.34, CLASSES)]
    write_gap_dir(root / "runs" / "gap-made-up-fruit", set_gap(task_gap(run, sides[0], sides[1])))
    write_study_dir(root / "studies" / "made-up-fruit", whole_study())
    make_other_run(root / "runs" / "shop", [CLASSIFIER, replace(CLASSIFIER, set="made-up", kind="synthetic")])
    return root


FILES = (
    "runs/fruit/eval_fruit.json",
    "runs/fruit/eval_synthetic_synthetic.json",
    "runs/fruit/predictions_synthetic_synthetic.json",
    "runs/fruit/config.json",
    "runs/shop/eval_shop.json",
    "runs/gap-made-up-fruit/set_gap.json",
    "studies/made-up-fruit/study.json",
    "data/made-up/dataset.json",
    "data/made-up/annotations/instances_val.json",
    "data/made-up/annotations/keypoints_train.json",
)


@pytest.mark.parametrize("name", FILES)
def test_a_page_is_built_or_refused_in_one_line(material: Path, name: str) -> None:
    path = material / name
    whole = path.read_bytes()
    run = material / "runs" / ("shop" if "shop" in name else "fruit")

    def build() -> None:
        write_report(run, material / "data" / "made-up", material / "page.html", **named(material, run))

    build()
    try:
        built = pages(build, path, mutated_json(json.loads(whole), PAGES))
    finally:
        path.write_bytes(whole)
    assert built > 0


def named(material: Path, run: Path) -> dict[str, Any]:
    if run.name == "shop":
        return {}
    return {
        "gap_dir": material / "runs" / "gap-made-up-fruit",
        "study_dir": material / "studies" / "made-up-fruit",
    }


def pages(build: Callable[[], None], path: Path, inputs: Iterator[bytes]) -> int:
    """How many damaged inputs still gave a page."""
    built = 0
    for number, content in enumerate(inputs):
        path.write_bytes(content)
        try:
            build()
            built += 1
        except SynthvisError as error:
            assert "\n" not in error.what and len(str(error)) <= 600, f"input {number}: {str(error)[:300]!r}"
        except Exception as error:
            raise AssertionError(f"input {number} ({content[:300]!r})") from error
    return built
