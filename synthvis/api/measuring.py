"""Measuring trained runs on further sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from synthvis.api.tracking import check_tracker, tracker_choice
from synthvis.data.split import Split
from synthvis.dataset.output import RUN, reserve_folder
from synthvis.errors import CheckpointError, UsageError
from synthvis.inference.output_names import safe_name
from synthvis.metrics.evaluation import Evaluation
from synthvis.tracking.tracker import TrackerChoice
from synthvis.train.registry import description_of_run
from synthvis.train.task import TaskDescription

__all__ = ["Measurement", "TestTime", "check_measurement", "check_run", "check_tta", "measurement_of"]

TestTime = Literal["flip", "crops"]
OnEvaluation = Callable[[Split], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """An evaluation, its sets read; torch is loaded to make it.

    Attributes:
        sets: What is measured on.
        trained: The network, or several as one.
        run_dir: Folder for the results.
    """

    sets: tuple[Split, ...]
    trained: Any
    run_dir: Path

    def carry_out(self, device: str = "auto", on_evaluation: OnEvaluation = lambda _: None) -> list[Evaluation]:
        """Measure on every set and write the results.

        Args:
            device: "auto", "cpu" or "cuda".
            on_evaluation: Is called with each split before it is measured.

        Raises:
            RealDataError: A set has no class that the network knows; then none is measured.
        """
        from synthvis.train.engine.devices import device_of
        from synthvis.train.run import evaluate_run

        reserve_folder(self.run_dir, RUN)
        chosen: Any = device
        return evaluate_run(self.trained, self.run_dir, self.sets, device_of(chosen), on_evaluation)


def check_measurement(
    runs: Sequence[Path],
    names: Sequence[str],
    *,
    tta: str | None = None,
    split: str | None = None,
    real_root: Path | str | None = None,
    tracker: str | None = None,
    tracker_score: float | None = None,
) -> None:
    """Refuse what is absent before torch is loaded; what is damaged turns out when it is read.

    Raises:
        CheckpointError: A run has no weights.
        UsageError: The task has no such test-time views, or follows nothing.
        RealDataError: A set is absent, or has no such split.
    """
    for run in runs:
        check_run(run)
    task = description_of_run(runs[0])
    if task is None:
        return
    check_tta(task, tta)
    check_tracker(task, tracker, tracker_score)
    for name in names:
        found = task.find(name, real_root)
        if split is not None and split not in found.splits:
            task.read(found, split)


def check_run(run: Path) -> None:
    """Refuse a run that is not there.

    Raises:
        CheckpointError: There is none.
    """
    if not run.exists():
        raise CheckpointError(
            f"no weights at {run}: there is no such run", hint="name the folder of a run, or its best.safetensors"
        )


def measurement_of(
    runs: Sequence[Path],
    names: Sequence[str],
    *,
    split: str | None = None,
    snapshots: bool = False,
    tta: TestTime | None = None,
    tracker: str | None = None,
    tracker_score: float | None = None,
    real_root: Path | str | None = None,
    out: Path | None = None,
) -> Measurement:
    """Open the runs and read the sets; loads torch. Arguments and errors are those of `Run.evaluate`."""
    check_measurement(
        runs, names, tta=tta, split=split, real_root=real_root, tracker=tracker, tracker_score=tracker_score
    )
    from synthvis.train.torch_loading import load_torch

    load_torch()
    from synthvis.train.engine.checkpoint import load_trained, task_of
    from synthvis.train.engine.ensemble import combined, snapshots_of

    members = [path for run in runs for path in (snapshots_of(run) if snapshots else [run])]
    task = task_of(members[0])
    check_tta(task, tta)
    check_tracker(task, tracker, tracker_score)
    sets = tuple(task.read(task.find(name, real_root), split) for name in names)
    trained = combined([load_trained(path) for path in members], [_member_name(path) for path in members])
    choice = tracker_choice(trained.facts, tracker, tracker_score)
    run_dir = out or _home(runs[0], len(members), tta, choice)
    return Measurement(sets=sets, trained=replace(trained, tta=tta, tracker=choice), run_dir=run_dir)


def _member_name(path: Path) -> str:
    return path.name if path.is_dir() else f"{path.parent.name}/{path.stem}"


def _home(run: Path, members: int, tta: str | None, tracker: TrackerChoice | None) -> Path:
    """Where results go: into the run, or a folder of their own in it for an ensemble, test-time views or a tracker."""
    home = run if run.is_dir() else run.parent
    home = home if members == 1 else home / "ensemble"
    home = home / f"tta-{tta}" if tta else home
    return home if tracker is None else home / safe_name(f"tracker-{tracker.kind.name}-{tracker.score:g}")


def check_tta(task: TaskDescription, tta: str | None) -> None:
    """Refuse test-time views that the task has not.

    Raises:
        UsageError: With those that it has.
    """
    known = task.test_time
    if tta is not None and tta not in known:
        hint = f"it has {', '.join(known)}" if known else "leave --tta out"
        raise UsageError(f"--tta {tta}: the task {task.name} has no such test-time views", hint=hint)
