"""Metrics of poses over sets, worked by hand: shares, areas, recalls of BOP, medians, intervals, matching."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_render import box_mesh

from synthvis.data.object_models import ObjectModel, PoseSplit
from synthvis.data.pose import Pose
from synthvis.data.sample import LabelledObject, Sample
from synthvis.errors import RealDataError
from synthvis.geometry import rigid, rotation_about
from synthvis.metrics.pose6d import pose_errors_of, pose_metrics
from synthvis.metrics.pose_definitions import HEADLINE, METRICS
from synthvis.metrics.predictions import PosePrediction, predictions_json, predictions_of
from synthvis.metrics.registry import metrics
from synthvis.objects.symmetry import AnyTurn, Symmetries

K = [[640.0, 0, 320], [0, 640, 240], [0, 0, 1]]
BOX = box_mesh((-0.06, -0.08, 0), (0.06, 0.08, 0.0))
"""A plate of 12 by 16 cm, whose diagonal is 20 cm."""
PLATE = ObjectModel(vertices_m=BOX.vertices_m, faces=BOX.faces)
ROUND = replace(PLATE, symmetries=Symmetries(continuous=(AnyTurn(axis=(0.0, 0.0, 1.0)),)))


def pose(x_m: float = 0.0, z_m: float = 1.0, turn_rad: float = 0.0) -> np.ndarray:
    return rigid(rotation_about((0, 0, 1), turn_rad), (x_m, 0, z_m))


def labelled(matrix: np.ndarray) -> LabelledObject:
    return LabelledObject(
        class_name="plate", bbox_xywh_px=(0, 0, 10, 10), area_px=100.0, is_crowd=False,
        cam_from_object=Pose.of_rows(matrix.tolist()),
    )  # fmt: skip


def split_of(*images: tuple[np.ndarray, ...], model: ObjectModel = PLATE, camera: object = True) -> PoseSplit:
    entries = tuple(
        Sample(
            id=number, path=Path("x"), labelled_hw=(480, 640), objects=tuple(map(labelled, poses)),
            camera_facts={"K": K} if camera else None,
        )
        for number, poses in enumerate(images, start=1)
    )  # fmt: skip
    return PoseSplit(
        name="case", kind="real", split="val", images=entries, class_names=("plate",), category_ids={"plate": 4},
        models={"plate": model},
    )  # fmt: skip


def estimate(matrix: np.ndarray, image_id: int = 1, score: float = 0.5) -> PosePrediction:
    return PosePrediction(
        image_id=image_id, category_id=4, bbox=(0, 0, 10, 10), score=score,
        rotation=tuple(matrix[:3, :3].ravel().tolist()), translation_m=tuple(matrix[:3, 3].tolist()),
    )  # fmt: skip


def test_a_shift_by_hand() -> None:
    # 1 cm of a diameter of 20 cm to the side, at 1 m: 6.4 px.
    found = pose_metrics(split_of((pose(),)), [estimate(pose(0.01))], resamples=0).metrics
    values = {name: one.value for name, one in found.items()}
    assert values[HEADLINE] == 1 and values["posed"] == 1
    assert values["ADD(-S)_AUC"] == values["ADD_AUC"] == values["ADD-S_AUC"] == pytest.approx(0.9)
    assert values["reprojection_5px"] == 0
    # 0.05 of the diameter: right for 9 of the 10 thresholds, or 10 where rounding is kind; 6.4 px: for 9 of 10.
    assert values["AR_MSSD"] == pytest.approx(0.9, abs=0.11) and values["AR_MSPD"] == pytest.approx(0.9)
    assert values["AR_VSD"] is None and values["AR"] is None
    assert values["rotation_error"] == 0 and values["translation_error"] == pytest.approx(0.01)
    assert values["reprojection_error"] == pytest.approx(6.4)
    assert list(found) == [one.name for one in METRICS] and set(found) <= set(metrics())


def test_an_object_without_an_estimate_fails_everywhere() -> None:
    split = split_of((pose(),), (pose(),), (pose(0.2),), ())
    rows = [estimate(pose(), 1), estimate(np.full((4, 4), np.nan), 2)]
    found = pose_metrics(split, rows, resamples=400)
    assert found.counts == {"poses": 3} and found.images == 4
    shares = (HEADLINE, "ADD_AUC", "AR_MSSD", "AR_MSPD", "posed", "reprojection_5px")
    assert all(found.metrics[name].value == pytest.approx(1 / 3) for name in shares)
    # All three objects are drawn as the one that has an estimate in one of 27 resamples.
    assert all((found.metrics[name].low, found.metrics[name].high) == (0, 1) for name in shares)
    # Two of three have none, so the median is not finite.
    assert found.metrics["rotation_error"].value is None
    assert found.per_class["plate"].metrics[HEADLINE].value == pytest.approx(1 / 3)
    assert found.per_class["plate"].counts == {"poses": 3}
    # The only class is the whole, its intervals too.
    assert found.per_class["plate"].metrics == found.metrics


def test_symmetric_objects_are_measured_as_such() -> None:
    turned = [estimate(pose(turn_rad=0.5))]
    assert pose_metrics(split_of((pose(),)), turned, resamples=0).metrics["rotation_error"].value == pytest.approx(
        np.degrees(0.5)
    )
    found = pose_metrics(split_of((pose(),), model=ROUND), turned, resamples=0).metrics
    assert found["rotation_error"].value == pytest.approx(0, abs=1e-6)
    assert found["AR_MSSD"].value == 1
    half = pose_metrics(split_of((pose(),), model=ROUND), [estimate(pose(turn_rad=np.pi))], resamples=0).metrics
    # Half a turn takes each corner to the one across, 20 cm away, where another point is.
    assert half["ADD(-S)_AUC"].value == half["ADD-S_AUC"].value == pytest.approx(1)
    assert half["ADD_AUC"].value == 0


def test_each_object_gets_one_estimate_the_best_scores_first() -> None:
    split = split_of((pose(-0.2), pose(0.2)))
    rows = [estimate(pose(0.21), score=0.9), estimate(pose(-0.22), score=0.8), estimate(pose(-0.2), score=0.1)]
    errors = pose_errors_of(split, rows)
    # The third would fit best, but there are two objects.
    assert [round(one.translation_m, 6) for one in errors] == [0.02, 0.01]
    # Two estimates near one object: the second goes to the one that is left.
    errors = pose_errors_of(split, [estimate(pose(0.2), score=0.9), estimate(pose(0.19), score=0.8)])
    assert [round(one.translation_m, 6) for one in errors] == [0.39, 0.0]


def test_no_objects_no_camera_and_rows_of_other_images() -> None:
    nothing = pose_metrics(split_of((), ()), [estimate(pose())], resamples=5)
    assert nothing.metrics[HEADLINE].value is None and nothing.counts == {"poses": 0}
    others = pose_metrics(split_of((pose(),)), [estimate(pose(), 99), replace(estimate(pose()), category_id=5)])
    assert others.metrics["posed"].value == 0
    with pytest.raises(RealDataError, match="no camera"):
        pose_metrics(split_of((pose(),), camera=False), [estimate(pose())])


def test_medians_are_those_of_numpy_over_odd_counts_and_the_interval_holds_them() -> None:
    turns = np.random.default_rng(4).uniform(0, 1, 41)
    split = split_of(*[(pose(),)] * 41)
    rows = [estimate(pose(turn_rad=turn), number) for number, turn in enumerate(turns, start=1)]
    found = pose_metrics(split, rows).metrics["rotation_error"]
    assert found.value == pytest.approx(np.degrees(np.median(turns)), abs=1e-5)
    assert found.low is not None and found.high is not None and found.low < found.value < found.high


def test_rows_come_back_from_their_file() -> None:
    rows = [estimate(pose(0.1, turn_rad=0.3))]
    assert predictions_of(json.loads(predictions_json(rows)), PosePrediction) == rows
    assert np.allclose(rows[0].matrix, pose(0.1, turn_rad=0.3))
