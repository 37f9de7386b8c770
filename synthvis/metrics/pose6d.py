"""6D poses of known objects: ADD and ADD-S, reprojection, the recalls of BOP, errors of rotation and place.

Every labelled object gets one estimate at most: of each class the best scores of an image, as many as there are
objects of it, each for the object that is left to which it is nearest by MSSD. BOP assigns anew for each threshold:
with one object of a class in an image both are the same. An object without an estimate has infinite errors. Estimates
beyond the number of objects are not counted, as in BOP's localisation task, which tells the number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthvis.data.object_models import ObjectModel, PoseSplit, has_pose
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import class_key
from synthvis.errors import RealDataError
from synthvis.metrics.image_sums import measures_of_sums
from synthvis.metrics.means import Floats, ratio
from synthvis.metrics.measures import Bootstrap, ClassMeasures, Measures
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.pose_definitions import HEADLINE, METRICS
from synthvis.metrics.pose_errors import (
    add_m,
    adds_m,
    mspd_px,
    mssd_m,
    reprojection_px,
    rotation_error_deg,
    translation_error_m,
)
from synthvis.metrics.predictions import PosePrediction
from synthvis.metrics.resampling import interval, resample_counts
from synthvis.metrics.surface_discrepancy import VSD_TAUS, model_depth_m, vsd
from synthvis.objects.symmetry import equivalent_poses

__all__ = ["MeasuredPose", "PoseErrors", "measured_poses", "pose_errors_of", "pose_metrics"]

AUC_UP_TO_M = 0.1
SHARE_OF_DIAMETER = 0.1
REPROJECTION_PX = 5.0
CORRECT_SHARES = tuple(round(0.05 * k, 2) for k in range(1, 11))
"""Of the diameter for MSSD, of VSD itself."""
MSPD_PX = tuple(5.0 * k for k in range(1, 11))
MSPD_WIDTH_PX = 640
"""Width of the picture for which those hold; others have them in proportion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseErrors:
    """Errors of the estimate that an object got; infinite where it got none.

    Attributes:
        image: Place of the image in the split.
        class_name: Of the object, as the split spells it.
        diameter_m: Of its model.
        is_symmetric: Whether its model is.
        width_px: Of the picture.
        add_m: As `pose_errors` defines them, and so the others.
        adds_m: Likewise.
        mssd_m: Likewise.
        mspd_px: Likewise.
        reprojection_px: Likewise.
        rotation_deg: Likewise.
        translation_m: Likewise.
        vsd: For each of `VSD_TAUS`; None without a depth map.
    """

    image: int
    class_name: str
    diameter_m: float
    is_symmetric: bool
    width_px: int
    add_m: float = math.inf
    adds_m: float = math.inf
    mssd_m: float = math.inf
    mspd_px: float = math.inf
    reprojection_px: float = math.inf
    rotation_deg: float = math.inf
    translation_m: float = math.inf
    vsd: tuple[float, ...] | None = None

    @property
    def own_add_m(self) -> float:
        """ADD, of a symmetric object ADD-S."""
        return self.adds_m if self.is_symmetric else self.add_m


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredPose:
    """A labelled object with the estimate that it got.

    Attributes:
        sample: The image.
        labelled: The object, which has a pose.
        estimate: None where it got none.
        model: Of its class.
        errors: Of the estimate.
    """

    sample: Sample
    labelled: LabelledObject
    estimate: PosePrediction | None
    model: ObjectModel
    errors: PoseErrors


def pose_metrics(
    split: PoseSplit, predictions: Sequence[PosePrediction], *, resamples: int = 200, seed: int = 0
) -> Measures:
    """All metrics of estimated poses on a split.

    Args:
        split: The labelled images, each with a camera, and the models of its classes.
        predictions: Objects with the split's own image and category ids.
        resamples: Bootstrap resamples of the images; 0 leaves low and high None.
        seed: Seed of the resampling.

    Raises:
        RealDataError: An image with an object has no camera.
        DatasetError: A depth map cannot be read.
    """
    errors = pose_errors_of(split, predictions)
    counts = resample_counts(len(split.images), resamples, seed)
    metrics, bootstrap = _measured(errors, counts, seed)
    by_class = {name: [one for one in errors if one.class_name == name] for name in split.class_names}
    return Measures(
        images=len(split.images),
        counts={"poses": len(errors)},
        metrics=metrics,
        per_class={
            name: ClassMeasures(metrics=_measured(own, counts, seed)[0], counts={"poses": len(own)})
            for name, own in by_class.items()
        },
        bootstrap=bootstrap,
    )


def _measured(errors: Sequence[PoseErrors], counts: Floats, seed: int) -> tuple[dict[str, MetricValue], Bootstrap]:
    """All metrics of some objects; `counts` (resamples, images) says how often a resample has each image."""
    resamples, images = counts.shape
    by_image: list[list[PoseErrors]] = [[] for _ in range(images)]
    for one in errors:
        by_image[one.image].append(one)
    rows = [_sums(own) for own in by_image]
    metrics, bootstrap = measures_of_sums(rows, _shares, HEADLINE, resamples=resamples, seed=seed)
    metrics |= {name: _median(errors, value_of, counts) for name, value_of in MEDIANS.items()}
    return {one.name: metrics[one.name] for one in METRICS}, bootstrap


def pose_errors_of(split: PoseSplit, predictions: Sequence[PosePrediction]) -> list[PoseErrors]:
    """Errors of every labelled object; raises as `pose_metrics`."""
    return [one.errors for one in measured_poses(split, predictions)]


def measured_poses(
    split: PoseSplit, predictions: Sequence[PosePrediction], *, by_depth: bool = True
) -> list[MeasuredPose]:
    """Every labelled object with its estimate and their errors; raises as `pose_metrics`.

    Args:
        split: As there.
        predictions: As there.
        by_depth: Also VSD, which takes most of the time.
    """
    by_image: dict[int, list[PosePrediction]] = {}
    for row in sorted(predictions, key=lambda row: -row.score):
        by_image.setdefault(row.image_id, []).append(row)
    names = {number: name for name, number in split.category_ids.items()}
    return [
        found
        for index, image in enumerate(split.images)
        for name, model in split.models.items()
        for found in _of_image(
            index, image, name, model,
            [row for row in by_image.get(image.id, ()) if names.get(row.category_id) == name], by_depth,
        )
    ]  # fmt: skip


def _of_image(
    index: int, image: Sample, name: str, model: ObjectModel, rows: Sequence[PosePrediction], by_depth: bool
) -> list[MeasuredPose]:
    objects = [one for one in image.objects if has_pose(one) and class_key(one.class_name) == class_key(name)]
    if not objects:
        return []
    camera = image.camera
    if camera is None:
        raise RealDataError(f"{image.path} has no camera", hint="a pose is measured in pictures whose K is known")
    scene_m = image.depth_m if by_depth else None
    matched = _matched(objects, model, rows[: len(objects)])
    facts = {
        "image": index, "class_name": name, "diameter_m": model.diameter_m, "is_symmetric": bool(model.symmetries),
        "width_px": image.image_hw[1],
    }  # fmt: skip
    return [
        MeasuredPose(
            sample=image, labelled=one, estimate=row, model=model,
            errors=_errors(one, row, model, camera.K, scene_m, facts),
        )
        for one, row in zip(objects, matched, strict=True)
    ]  # fmt: skip


def _matched(
    objects: Sequence[LabelledObject], model: ObjectModel, rows: Sequence[PosePrediction]
) -> list[PosePrediction | None]:
    """The row of each object; rows come by falling score."""
    matched: list[PosePrediction | None] = [None] * len(objects)
    for row in rows:
        away = [
            math.inf if other is not None else _mssd(one, row, model)
            for one, other in zip(objects, matched, strict=True)
        ]
        best = int(np.argmin(away))
        if math.isfinite(away[best]):
            matched[best] = row
    return matched


def _mssd(one: LabelledObject, row: PosePrediction, model: ObjectModel) -> float:
    ground_truth = one.cam_from_object.matrix if one.cam_from_object else np.eye(4)
    return mssd_m(row.matrix, equivalent_poses(model.symmetries, ground_truth, row.matrix), model.points_m)


def _errors(
    one: LabelledObject,
    row: PosePrediction | None,
    model: ObjectModel,
    K: Floats,
    scene_m: object,
    facts: Mapping[str, object],
) -> PoseErrors:
    unmeasured = None if scene_m is None else (1.0,) * len(VSD_TAUS)
    if row is None or one.cam_from_object is None:
        return PoseErrors(**facts, vsd=unmeasured)  # type: ignore[arg-type]
    ground_truth, estimate, points = one.cam_from_object.matrix, row.matrix, model.points_m
    equivalents = equivalent_poses(model.symmetries, ground_truth, estimate)
    return PoseErrors(
        **facts,  # type: ignore[arg-type]
        add_m=add_m(estimate, ground_truth, points),
        adds_m=adds_m(estimate, ground_truth, points),
        mssd_m=mssd_m(estimate, equivalents, points),
        mspd_px=mspd_px(estimate, equivalents, points, K),
        reprojection_px=reprojection_px(estimate, equivalents, points, K),
        rotation_deg=rotation_error_deg(estimate, ground_truth, model.symmetries),
        translation_m=translation_error_m(estimate, equivalents),
        vsd=None if scene_m is None else _vsd(estimate, ground_truth, model, K, np.asarray(scene_m, dtype=np.float64)),
    )


def _vsd(estimate: Floats, ground_truth: Floats, model: ObjectModel, K: Floats, scene_m: Floats) -> tuple[float, ...]:
    hw = (scene_m.shape[0], scene_m.shape[1])
    drawn = [model_depth_m(model.vertices_m, model.faces, pose, K, hw) for pose in (estimate, ground_truth)]
    return vsd(drawn[0], drawn[1], scene_m, K, model.diameter_m)


def _sums(errors: Sequence[PoseErrors]) -> Floats:
    """Of an image: objects, those with depth, and sums over objects for the shares."""
    row = np.zeros(2 + len(SHARES))
    for one in errors:
        row[0] += 1
        row[1] += one.vsd is not None
        row[2:] += [share(one) for share in SHARES.values()]
    return row


def _auc(error_m: float) -> float:
    """What an object adds to the area, exactly: the share of the thresholds that are above its error."""
    return max(0.0, 1 - error_m / AUC_UP_TO_M)


def _mean_below(error: float, thresholds: Sequence[float]) -> float:
    return sum(error < one for one in thresholds) / len(thresholds)


def _vsd_recall(one: PoseErrors) -> float:
    return 0.0 if one.vsd is None else sum(_mean_below(value, CORRECT_SHARES) for value in one.vsd) / len(one.vsd)


SHARES: dict[str, Callable[[PoseErrors], float]] = {
    HEADLINE: lambda one: float(one.own_add_m < SHARE_OF_DIAMETER * one.diameter_m),
    "ADD(-S)_AUC": lambda one: _auc(one.own_add_m),
    "ADD_AUC": lambda one: _auc(one.add_m),
    "ADD-S_AUC": lambda one: _auc(one.adds_m),
    "reprojection_5px": lambda one: float(one.reprojection_px < REPROJECTION_PX),
    "AR_MSSD": lambda one: _mean_below(one.mssd_m / one.diameter_m, CORRECT_SHARES),
    "AR_MSPD": lambda one: _mean_below(one.mspd_px * MSPD_WIDTH_PX / one.width_px, MSPD_PX),
    "posed": lambda one: float(math.isfinite(one.translation_m)),
    "AR_VSD": _vsd_recall,
}
MEDIANS: dict[str, Callable[[PoseErrors], float]] = {
    "rotation_error": lambda one: one.rotation_deg,
    "translation_error": lambda one: one.translation_m,
    "reprojection_error": lambda one: one.reprojection_px,
}


def _shares(sums: Floats) -> dict[str, Floats]:
    found = {
        name: ratio(column, sums[:, 1] if name == "AR_VSD" else sums[:, 0])
        for name, column in zip(SHARES, sums[:, 2:].T, strict=True)
    }
    return {**found, "AR": (found["AR_VSD"] + found["AR_MSSD"] + found["AR_MSPD"]) / 3}


def _median(errors: Sequence[PoseErrors], value_of: Callable[[PoseErrors], float], counts: Floats) -> MetricValue:
    values = np.array([value_of(one) for one in errors])
    if not len(values):
        return MetricValue(None)
    images = np.array([one.image for one in errors])
    drawn = np.array([_middle_of(np.repeat(values, row[images].astype(int))) for row in counts])
    known = drawn[~np.isnan(drawn)]
    # An interval that reaches to infinity has no end that a file can hold.
    return interval(_middle_of(values), known if np.isfinite(known).all() else np.zeros(0))


def _middle_of(values: Floats) -> float:
    """The median, the lower of the two in the middle, so that it is never between a number and infinity."""
    return float(np.sort(values)[(len(values) - 1) // 2]) if len(values) else math.nan
