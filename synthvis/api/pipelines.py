"""Pipelines: the whole loop from a recipe to a report, as one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.api.recipes import override_texts
from synthvis.api.talk import Notify, notify_of
from synthvis.config.pipeline import Pipeline, load_pipeline
from synthvis.dataset.output import PIPELINE, check_output_folder
from synthvis.pipeline.callbacks import Callbacks

if TYPE_CHECKING:
    from synthvis.api.runs import Run
    from synthvis.evaluation.gap_table import GapTable
    from synthvis.pipeline.pipeline_run import PipelineRun
    from synthvis.pipeline.run import StepResult

__all__ = ["PipelineDraft", "PipelineResult", "finish", "run_pipeline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineResult:
    """What a pipeline made.

    Attributes:
        name: Name of the pipeline.
        dataset: Folder of the renders.
        run_dir: Folder of the run.
        report: The HTML file.
        steps: What came of each step, and how long it took.
        gap: What the run scored on renders and on photographs.

    Examples:
        >>> import synthvis as sv
        >>> result = sv.run_pipeline("smoke")  # doctest: +SKIP
        >>> result.report  # doctest: +SKIP
    """

    name: str
    dataset: Path
    run_dir: Path
    report: Path
    steps: tuple[StepResult, ...]
    gap: GapTable

    @property
    def seconds(self) -> float:
        """Time that all steps took."""
        return sum(step.seconds for step in self.steps)

    @property
    def run(self) -> Run:
        """The trained run."""
        from synthvis.api.runs import Run

        return Run(self.run_dir)

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return {
            "pipeline": self.name,
            "dataset": str(self.dataset),
            "run": str(self.run_dir),
            "report": str(self.report),
            "seconds": self.seconds,
            "steps": [{"step": one.step, "message": one.message, "seconds": one.seconds} for one in self.steps],
            "gap": self.gap.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineDraft:
    """A pipeline, read and its settings checked; torch is not loaded for it."""

    pipeline: Pipeline

    @classmethod
    def read(cls, pipeline: Path | str, overrides: Sequence[str] = ()) -> PipelineDraft:
        """Read a pipeline; arguments and errors are those of `run_pipeline`."""
        from synthvis.pipeline.pipeline_run import check_training

        loaded = load_pipeline(str(pipeline), overrides)
        check_output_folder(Path(loaded.out), PIPELINE)
        check_training(loaded)
        return cls(pipeline=loaded)

    def prepare(self, callbacks: Callbacks) -> PipelineRun:
        """Resolve the recipe and the settings; loads torch."""
        from synthvis.train.torch_loading import load_torch

        load_torch()
        from synthvis.pipeline.pipeline_run import prepare

        return prepare(self.pipeline, callbacks)


def run_pipeline(
    pipeline: Path | str,
    *,
    set: Mapping[str, object] | Sequence[str] = (),
    callbacks: Callbacks | None = None,
    notify: Notify | None = None,
) -> PipelineResult:
    """Run a whole pipeline: render, check, train, evaluate, and as far as it asks for them gap, study and report.

    What is done and up to date is skipped, so that the same call resumes. A named real set that is not on this machine
    is reported as not measured. A script that calls this needs `if __name__ == "__main__":`.

    Args:
        pipeline: Name of a shipped pipeline, or a YAML file.
        set: Values to change, by dotted key such as {"train.steps": 60}; or "KEY=VALUE" strings, as `--set` takes.
        callbacks: Displays of the renders and trainings; None: none.
        notify: Takes sentences about how it goes, where no `callbacks` are given; None: the logger `synthvis`.

    Returns:
        Where everything lies, what each step did, and the gap.

    Raises:
        RecipeError: There is no such pipeline or recipe, or a key or value of it is wrong.
        UsageError: A setting is out of its bounds, or a real set shares no class with the recipe.
        MissingDependency: Blender or PyTorch is not installed.
        SynthvisError: A step failed; everything finished is kept.

    Examples:
        >>> import synthvis as sv
        >>> result = sv.run_pipeline("smoke", set={"render.n": 40})  # doctest: +SKIP
        >>> result.report.name  # doctest: +SKIP
        'report.html'
    """
    draft = PipelineDraft.read(pipeline, override_texts(set))
    return finish(draft.prepare(callbacks or Callbacks(say=notify_of(notify))))


def finish(run: PipelineRun) -> PipelineResult:
    """Do all steps of a prepared pipeline; errors are those of `run_pipeline`."""
    from synthvis.evaluation.gap_table import current_gap
    from synthvis.pipeline.run import run_steps
    from synthvis.train.registry import known_photographs

    steps = tuple(run_steps(run))
    return PipelineResult(
        name=run.pipeline.name,
        dataset=run.dataset,
        run_dir=run.run_dir,
        report=Path(steps[-1].message),
        steps=steps,
        gap=current_gap(run.run_dir, known_photographs()),
    )
