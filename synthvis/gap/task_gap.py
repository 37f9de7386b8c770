"""What a trained network loses between the synthetic and the real set, and which errors cost a detector most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from synthvis.data.dataset import Dataset
from synthvis.data.derived.box_style import in_style
from synthvis.data.picture_files import with_sound_pictures
from synthvis.data.sample import LabelledObject
from synthvis.data.split import Split, class_key
from synthvis.data.statistics import LARGE_PX, SMALL_PX
from synthvis.errors import UsageError
from synthvis.evaluation.run_folder import predictions_path, read_evaluations
from synthvis.gap.comparison import ClassScores, SideCauses, TaskGap, TaskScores
from synthvis.metrics.error_causes import ErrorCauses, SetErrorCauses, error_causes
from synthvis.metrics.error_table import CAUSES, Cause, Subset
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.missing import command_line
from synthvis.metrics.predictions import BoxPrediction, MaskPrediction, read_predictions
from synthvis.metrics.resampling import DIGITS, difference_of
from synthvis.train.registry import description_of, tasks
from synthvis.train.task import TaskDescription

__all__ = ["cause_advice", "evaluate_words", "find_evaluations", "task_gap"]

SIZES = (
    Subset(name="small", holds=lambda box: box.area_px < SMALL_PX, holds_stray=lambda area: area < SMALL_PX),
    Subset(
        name="medium",
        holds=lambda box: SMALL_PX <= box.area_px <= LARGE_PX,
        holds_stray=lambda area: SMALL_PX <= area <= LARGE_PX,
    ),
    Subset(name="large", holds=lambda box: box.area_px > LARGE_PX, holds_stray=lambda area: area > LARGE_PX),
)


def _never(_: float) -> bool:
    return False


VISIBILITY = (
    Subset(name="visible >= 90%", holds=lambda box: box.visible_fraction >= 0.9, holds_stray=_never),
    Subset(name="visible 50 to 90%", holds=lambda box: 0.5 <= box.visible_fraction < 0.9, holds_stray=_never),
    Subset(name="visible < 50%", holds=lambda box: box.visible_fraction < 0.5, holds_stray=_never),
)
"""Detections that are about no object belong to none of these, so that background errors are not counted here."""

CAUSE_ADVICE: Mapping[Cause, str] = {
    "classification": "give the classes that are confused more types of object, shapes and materials (objects.kinds)",
    "localisation": "train with boxes as people draw them on photographs: --boxes amodal --box-margin 0.02",
    "both": "look at the pictures of these errors: they often show parts or groups of objects that no render shows",
    "duplicate": "render more crowded scenes: objects.count_mean, objects.layouts",
    "background": "render more things without a label: distractors.kinds, distractors.count, free_environment.clutter, "
    "backgrounds",
    "missed": "widen the ranges of what makes objects hard to find: camera.fill for size, world and sensor for light, "
    "objects.layouts",
}
"""What to change in the recipe or the training for each cause."""

LONGER = "train longer, or raise --input-size so that objects are larger"
"""What is left to do about wrong boxes, where they are drawn as people draw them, or are those of masks or renders."""


def cause_advice(cause: Cause, evaluation: Evaluation) -> str:
    """What to change because of errors of this cause in a run, given how it was trained."""
    training = evaluation.training
    is_done = (training.boxes or "").startswith("amodal") and training.box_margin
    is_exact = evaluation.kind == "synthetic" or training.kind == "real" or not _chooses_boxes(evaluation.task)
    if cause == "localisation" and (is_done or is_exact):
        return LONGER
    return CAUSE_ADVICE[cause]


def _chooses_boxes(task: str) -> bool:
    known = tasks().get(task)
    return known is not None and "boxes" in known.settings


def task_gap(run_dir: Path, synthetic: Dataset, real: Dataset, *, resamples: int = 200) -> TaskGap:
    """The gap of a run, with the causes of errors for a detector, from the evaluations and predictions in its folder.

    Args:
        run_dir: Folder of the run, evaluated on both sets.
        synthetic: The synthetic set.
        real: The real one.
        resamples: Bootstrap resamples for the causes.

    Raises:
        UsageError: One of the sets was not evaluated.
        SynthvisError: Predictions are absent or damaged.
    """
    ours, theirs = find_evaluations(run_dir, synthetic, real)
    task = description_of(theirs.task)
    causes = None
    if task.has_error_causes:
        causes = SideCauses(
            synthetic=_causes(run_dir, synthetic, ours, resamples), real=_causes(run_dir, real, theirs, resamples)
        )
    metrics = [name for name in _compared(task, theirs) if name in ours.metrics and name in theirs.metrics]
    return TaskGap(
        run=str(run_dir),
        task=task.name,
        synthetic=_scores(ours, metrics),
        real=_scores(theirs, metrics),
        gap={name: difference_of(ours.metrics[name], theirs.metrics[name]) for name in metrics},
        causes=causes,
        cause_gap=_cause_gap(causes) if causes else None,
        per_class=_classes(ours, theirs),
        advice=_advice(causes.real, theirs) if causes else None,
        cause_advice={cause: cause_advice(cause, theirs) for cause in CAUSES} if causes else None,
        not_measured=_not_measured(task),
    )


def _compared(task: TaskDescription, evaluation: Evaluation) -> tuple[str, ...]:
    return task.compared or tuple(dict.fromkeys([evaluation.headline, *evaluation.metrics]))


def _not_measured(task: TaskDescription) -> tuple[str, ...]:
    if not task.has_error_causes:
        return (f"causes of errors: they are defined for the boxes of detectors, not for {task.name}",)
    if issubclass(task.prediction, MaskPrediction):
        return ("causes of errors in masks: the causes are those of the boxes",)
    return ()


def _cause_gap(causes: SideCauses) -> dict[Cause, MetricValue]:
    ours, theirs = causes.synthetic.causes, causes.real.causes
    return {cause: difference_of(theirs[cause].ap50_gain, ours[cause].ap50_gain) for cause in CAUSES}


def find_evaluations(run_dir: Path, synthetic: Dataset, real: Dataset) -> tuple[Evaluation, Evaluation]:
    """The run's evaluations of both sets; of a set that was evaluated on several splits, the one of val.

    Raises:
        UsageError: There is none of one of them.
    """
    evaluations = read_evaluations(run_dir)
    pair = []
    for found in (synthetic, real):
        own = [one for one in evaluations if (one.set, one.kind) == (found.name, found.kind)]
        if not own:
            names = ", ".join(f"{one.set} ({one.kind})" for one in evaluations)
            raise UsageError(
                f"{run_dir} was not evaluated on {found.name} ({found.kind}); it has: {names}",
                hint=f"`{evaluate_words(run_dir, found)}` measures on it",
            )
        pair.append(min(own, key=lambda one: one.split != "val"))
    return pair[0], pair[1]


def _causes(run_dir: Path, found: Dataset, evaluation: Evaluation, resamples: int) -> SetErrorCauses:
    picked = with_sound_pictures(found.read(evaluation.split))
    split = in_style(picked, evaluation.training.box_style)
    again = f"evaluate the run on it again: `{evaluate_words(run_dir, found)}`"
    rows = read_predictions(predictions_path(run_dir, evaluation), BoxPrediction, task=evaluation.task, hint=again)
    subsets = [*SIZES, *(VISIBILITY if _tells_visibility(split) else ())]
    known = {class_key(name) for name in evaluation.classes or split.class_names}
    names = [name for name in split.class_names if class_key(name) in known]
    return error_causes(split, rows, names, resamples=resamples, subsets=subsets)


def _tells_visibility(split: Split) -> bool:
    boxes: Sequence[LabelledObject] = [box for image in split.images for box in image.objects]
    return split.kind == "synthetic" and any(box.visible_fraction < 1 for box in boxes)


def _scores(evaluation: Evaluation, metrics: Sequence[str]) -> TaskScores:
    return TaskScores(
        set=evaluation.set,
        split=evaluation.split,
        images=evaluation.images,
        metrics={name: evaluation.metrics[name] for name in metrics},
    )


def _classes(ours: Evaluation, theirs: Evaluation) -> dict[str, ClassScores]:
    """The headline, or else the first metric, of each class on both sets, and the difference, the largest first."""
    own = {class_key(name): row.metrics for name, row in ours.per_class.items()}
    rows = {}
    for name, row in theirs.per_class.items():
        metric = theirs.headline if theirs.headline in row.metrics else next(iter(row.metrics), "")
        here, there = (side.get(metric) for side in (own.get(class_key(name), {}), row.metrics))
        on_renders, on_photographs = (None if value is None else value.value for value in (here, there))
        lost = None if on_renders is None or on_photographs is None else round(on_renders - on_photographs, DIGITS)
        rows[name] = ClassScores(synthetic=on_renders, real=on_photographs, lost=lost)
    return dict(sorted(rows.items(), key=lambda item: -(item[1].lost if item[1].lost is not None else -2.0)))


def _advice(causes: ErrorCauses, evaluation: Evaluation) -> str | None:
    worst = causes.by_gain()[0]
    gain = causes.causes[worst].ap50_gain.value
    if not gain or gain <= 0:
        return None
    where = "photographs" if evaluation.kind == "real" else f"the renders of {evaluation.set}"
    cost = f"{worst} errors cost most on {where} (correcting them would bring {gain:.3f} AP50)"
    return f"{cost}: {cause_advice(worst, evaluation)}"


def evaluate_words(run_dir: Path, found: Dataset) -> str:
    """The command that evaluates a run on a set."""
    return command_line("evaluate", str(run_dir), "--eval-on", _place(found))


def _place(found: Dataset) -> str:
    """How the set would be named on the command line."""
    return str(found.root) if found.kind == "synthetic" else found.name
