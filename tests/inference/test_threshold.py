"""From which score on objects are kept, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_up_run import evaluation

from synthvis.errors import UsageError
from synthvis.evaluation.run_folder import write_evaluation
from synthvis.inference.threshold import FALLBACK_SCORE, own_val_of, score_threshold
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.operating_point import OperatingPoint
from synthvis.train.registry import description_of

DETECTION = description_of("detection")
POINT = OperatingPoint(score=0.41, f1=0.8, precision=0.75, recall=0.857)


def measured(
    name: str, dataset: str = "fruit", point: OperatingPoint | None = POINT, *, split: str = "val",
    trained: str = "train", kind: str = "synthetic", trained_kind: str = "synthetic",
) -> Evaluation:  # fmt: skip
    found = evaluation(name, kind, 0.5, ("apple",))
    training = replace(found.training, dataset=dataset, split=trained, kind=trained_kind)
    return replace(found, training=training, operating_point=point, split=split)


def test_the_best_f1_on_the_own_val_split_is_taken_and_survives_the_file(tmp_path: Path) -> None:
    write_evaluation(tmp_path, measured("fruit"), [])
    write_evaluation(tmp_path, measured("cones", point=replace(POINT, score=0.9)), [])
    found = score_threshold(tmp_path, DETECTION)
    assert (found.score, found.why) == (0.41, "best F1 (0.80) on fruit:val, 96 synthetic images")


def test_test_time_views_have_scores_of_their_own(tmp_path: Path) -> None:
    write_evaluation(tmp_path, measured("fruit"), [])
    assert score_threshold(tmp_path, DETECTION, tta="flip").score == 0.41
    write_evaluation(tmp_path / "tta-flip", measured("fruit", point=replace(POINT, score=0.2)), [])
    found = score_threshold(tmp_path, DETECTION, tta="flip")
    assert found.score == 0.2 and "with --tta flip" in found.why


@pytest.mark.parametrize(
    ("one", "is_own"),
    [
        (measured("fruit"), True),
        (measured("fruit", dataset="fruit+photos", trained_kind="mixed"), True),
        (measured("photos", dataset="fruit+photos", trained_kind="mixed"), False),
        # A real set of the same name, on which nothing may be chosen.
        (measured("fruit", kind="real"), False),
        (measured("fruit", kind="real", trained_kind="real"), True),
        (measured("fruit", kind="synthetic", trained_kind="real"), False),
        (measured("fruit", split="test"), False),
        (measured("fruit", trained="val"), False),
    ],
)
def test_which_evaluation_is_on_the_own_val_split(one: Evaluation, is_own: bool) -> None:
    assert (own_val_of([one]) is one) == is_own


def test_without_one_a_guess_is_called_a_guess(tmp_path: Path) -> None:
    found = score_threshold(tmp_path, DETECTION)
    assert found.score == FALLBACK_SCORE and found.why.startswith("a guess, as this run was not measured")
    write_evaluation(tmp_path, measured("fruit", point=None), [])
    assert score_threshold(tmp_path, DETECTION).why.startswith("a guess, as nothing right was found on fruit:val")
    (tmp_path / "eval_fruit_synthetic.json").write_text("{")
    assert score_threshold(tmp_path, DETECTION).score == FALLBACK_SCORE


def test_what_was_asked_for_and_what_makes_no_sense(tmp_path: Path) -> None:
    assert score_threshold(tmp_path, DETECTION, 0.0).score == 0
    assert score_threshold(tmp_path, description_of("depth")).why == ""
    with pytest.raises(UsageError, match="the task depth finds no objects"):
        score_threshold(tmp_path, description_of("depth"), 0.5)
    with pytest.raises(UsageError, match="between 0 and 1"):
        score_threshold(tmp_path, DETECTION, 1.5)
