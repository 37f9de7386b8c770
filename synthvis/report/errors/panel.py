"""Panels of worst errors: of rendered images always, of photographs only when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthvis.dataset.manifest import RenderedDataset
from synthvis.errors import SynthvisError
from synthvis.evaluation.run_folder import predictions_path
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.missing import MissingResult, missing_result
from synthvis.metrics.predictions import (
    BoxPrediction,
    ClassPrediction,
    ImagePrediction,
    KeypointPrediction,
    PosePrediction,
    Prediction,
    TrackPrediction,
    read_predictions,
)
from synthvis.report.errors.boxes import box_panel
from synthvis.report.errors.classes import class_panel
from synthvis.report.errors.error_panel import ErrorPanel
from synthvis.report.errors.images import image_panel
from synthvis.report.errors.keypoints import keypoint_panel
from synthvis.report.errors.poses import pose_panel
from synthvis.report.errors.tracks import track_panel
from synthvis.train.registry import tasks
from synthvis.train.task import TaskDescription

__all__ = ["PANELS", "error_panels", "panel_of"]

Builder = Callable[[Any, Evaluation, Sequence[Any]], ErrorPanel]

PANELS: Mapping[type[Prediction], Builder] = {
    BoxPrediction: box_panel,
    KeypointPrediction: keypoint_panel,
    TrackPrediction: track_panel,
    PosePrediction: pose_panel,
    ClassPrediction: class_panel,
    ImagePrediction: image_panel,
}
"""What shows the errors, by the kind of prediction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetErrors:
    """The worst errors on one set, by its name."""

    set: str
    panel: ErrorPanel


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPanels:
    """What can be shown and what cannot.

    Attributes:
        sets: The worst errors on each set.
        kept_out: Sets of photographs that are left out of the file.
        missing: What could not be shown, why, and what to type.
    """

    sets: tuple[SetErrors, ...]
    kept_out: tuple[str, ...]
    missing: tuple[MissingResult, ...]


def error_panels(
    run_dir: Path, evaluations: Sequence[Evaluation], dataset: RenderedDataset | None, *, embed_real: bool
) -> ErrorPanels:
    """The worst errors on every set that was measured.

    Args:
        run_dir: Folder of the run, with predictions_{set}.json.
        evaluations: Of the run.
        dataset: The rendered dataset, where it is there.
        embed_real: Show photographs, too.
    """
    sets, kept_out, missing = [], [], []
    for one in evaluations:
        if one.kind == "real" and not embed_real:
            kept_out.append(one.set)
            continue
        try:
            sets.append(SetErrors(set=one.set, panel=_panel(run_dir, one, dataset)))
        except SynthvisError as error:
            how = error.hint or "evaluate the run on this set again"
            missing.append(missing_result(f"Worst errors on {one.set}", error.what, how))
    return ErrorPanels(sets=tuple(sets), kept_out=tuple(kept_out), missing=tuple(missing))


def panel_of(description: TaskDescription | None) -> Builder | None:
    """What shows the errors of a task; None where its predictions are of a kind that nothing draws."""
    kinds = description.prediction.__mro__ if description else ()
    return next((PANELS[kind] for kind in kinds if kind in PANELS), None)


def _panel(run_dir: Path, evaluation: Evaluation, dataset: RenderedDataset | None) -> ErrorPanel:
    description = tasks().get(evaluation.task)
    build = panel_of(description)
    if description is None or build is None:
        raise SynthvisError(
            f"the report draws no errors of the task {evaluation.task}", hint="look at its predictions_*.json"
        )
    if evaluation.kind == "synthetic" and dataset is None:
        raise SynthvisError(
            "the rendered dataset was not found",
            hint="write the report again and name the folder of the renders with --data",
        )
    rendered = dataset.root if dataset and evaluation.kind == "synthetic" else None
    found = description.find(rendered or evaluation.source or evaluation.set)
    split = description.read(found, evaluation.split)
    again = "evaluate the run on this set again"
    rows = read_predictions(
        predictions_path(run_dir, evaluation), description.prediction, task=description.name, hint=again
    )
    try:
        return build(split, evaluation, rows)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        what = f"its predictions do not fit the set: {type(error).__name__}"
        raise SynthvisError(what, hint=again) from error
