"""Runs: what a training leaves, and measuring it on further sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from synthvis.api.sources import Source, source_texts
from synthvis.data.split import Split
from synthvis.dataset.output import RUN, reserve_folder
from synthvis.errors import CheckpointError, UsageError
from synthvis.metrics.evaluation import Evaluation
from synthvis.train.registry import description_of_run
from synthvis.train.task import TaskDescription

__all__ = ["Measurement", "Run", "TestTime", "check_measurement", "measurement_of"]

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
    runs: Sequence[Path], names: Sequence[str], tta: str | None, split: str | None, real_root: Path | str | None
) -> None:
    """Refuse what is absent before torch is loaded; what is damaged turns out when it is read.

    Raises:
        CheckpointError: A run has no weights.
        UsageError: The task has no such test-time views.
        RealDataError: A set is absent, or has no such split.
    """
    for run in runs:
        if not run.exists():
            raise CheckpointError(
                f"no weights at {run}: there is no such run", hint="name the folder of a run, or its best.safetensors"
            )
    task = description_of_run(runs[0])
    if task is None:
        return
    _check_tta(task, tta)
    for name in names:
        found = task.find(name, real_root)
        if split is not None and split not in found.splits:
            task.read(found, split)


def measurement_of(
    runs: Sequence[Path],
    names: Sequence[str],
    *,
    split: str | None = None,
    snapshots: bool = False,
    tta: TestTime | None = None,
    real_root: Path | str | None = None,
    out: Path | None = None,
) -> Measurement:
    """Open the runs and read the sets; loads torch. Arguments and errors are those of `Run.evaluate`."""
    check_measurement(runs, names, tta, split, real_root)
    from synthvis.train.torch_loading import load_torch

    load_torch()
    from synthvis.train.engine.checkpoint import load_trained, task_of
    from synthvis.train.engine.ensemble import combined, snapshots_of

    members = [path for run in runs for path in (snapshots_of(run) if snapshots else [run])]
    task = task_of(members[0])
    _check_tta(task, tta)
    sets = tuple(task.read(task.find(name, real_root), split) for name in names)
    trained = combined([load_trained(path) for path in members], [_member_name(path) for path in members])
    run_dir = out or _home(runs[0], len(members), tta)
    return Measurement(sets=sets, trained=replace(trained, tta=tta), run_dir=run_dir)


def _member_name(path: Path) -> str:
    return path.name if path.is_dir() else f"{path.parent.name}/{path.stem}"


def _home(run: Path, members: int, tta: str | None) -> Path:
    """Where results go: into the run, or a folder of their own in it for an ensemble or test-time views."""
    home = run if run.is_dir() else run.parent
    home = home if members == 1 else home / "ensemble"
    return home / f"tta-{tta}" if tta else home


def _check_tta(task: TaskDescription, tta: str | None) -> None:
    known = task.test_time
    if tta is not None and tta not in known:
        hint = f"it has {', '.join(known)}" if known else "leave --tta out"
        raise UsageError(f"--tta {tta}: the task {task.name} has no such test-time views", hint=hint)


class Run:
    """A trained run: a folder with weights, settings and evaluations.

    Attributes:
        path: The folder.

    Examples:
        >>> import synthvis as sv
        >>> sv.Run.open("runs/none")
        Traceback (most recent call last):
        ...
        synthvis.errors.CheckpointError: no weights at runs/none: there is no such run
          -> name the folder of a run, or its best.safetensors
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    @classmethod
    def open(cls, path: Path | str) -> Run:
        """Open the folder of a run.

        Raises:
            CheckpointError: There is no such run.
        """
        check_measurement([Path(path)], (), None, None, None)
        return cls(path)

    @property
    def task(self) -> str:
        """Name of what the network has learnt.

        Raises:
            CheckpointError: The run does not say.
        """
        found = description_of_run(self.path)
        if found is None:
            raise CheckpointError(f"{self.path} does not say what it has learnt", hint="train it again")
        return found.name

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """What the run scored on each set that it was measured on.

        Raises:
            SynthvisError: It was measured on none, or a file is damaged.
        """
        from synthvis.evaluation.run_folder import read_evaluations

        return read_evaluations(self.path)

    def evaluate(
        self,
        data: Source,
        *,
        split: str | None = None,
        snapshots: bool = False,
        tta: TestTime | None = None,
        real_root: Path | str | None = None,
        device: str = "auto",
        out: Path | str | None = None,
    ) -> Evaluation:
        """Measure the run on a set; classes are matched by name.

        Args:
            data: A dataset, a COCO folder or file, or NAME or NAME:SPLIT of a real set.
            split: The split of the set to measure on; None: val.
            snapshots: Use the snapshots of the run instead of its best weights.
            tta: Test-time augmentation: predict on the mirror image too (flip), or on 2x2 crops (crops).
            real_root: The folder of the named real sets; None: $SYNTHVIS_REAL, then the cache.
            device: The device to measure on: auto, cpu or cuda.
            out: The folder for the results; None: that of the run.

        Returns:
            The metrics with their 95% intervals: `result["AP"].value`, `.low` and `.high`.

        Raises:
            CheckpointError: The weights are absent or damaged.
            RealDataError: The set is absent, or has no class that the network knows.
        """
        measurement = measurement_of(
            [self.path], source_texts(data), split=split, snapshots=snapshots, tta=tta, real_root=real_root,
            out=Path(out) if out else None,
        )  # fmt: skip
        return measurement.carry_out(device)[0]
