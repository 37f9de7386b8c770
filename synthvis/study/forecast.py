"""What a study would do, and for how long: the answer of a dry run."""

from __future__ import annotations

from dataclasses import dataclass

from synthvis.formats.json_file import Record
from synthvis.study.jobs import Job

__all__ = ["PlannedRender", "PlannedTraining", "StudyForecast"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTraining(Record):
    """A training of the study.

    Attributes:
        name: For people.
        key: Equal for equal trainings.
        steps: Training steps.
        begins_from: Folder of the run whose weights it begins from; None: from the backbone.
        unit: Trainings of one unit stay on one machine.
        done: Whether it is finished.
    """

    name: str
    key: str
    steps: int
    begins_from: str | None
    unit: str
    done: bool

    @classmethod
    def of(cls, job: Job, *, done: bool) -> PlannedTraining:
        """That of a job."""
        start = job.init.folder if job.init else None
        return cls(name=job.name, key=job.key, steps=job.config.steps, begins_from=start, unit=job.unit, done=done)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRender(Record):
    """A set of an ablation that is not rendered yet.

    Attributes:
        set: Its name.
        images: How many it has.
        keys: What is changed in the recipe.
    """

    set: str
    images: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyForecast(Record):
    """What a study would do.

    Attributes:
        out: Folder of the study.
        classes: What the networks learn.
        runs: Its trainings.
        runs_left: How many of them are not finished.
        renders: Sets to be rendered first.
        trainings_after_renders: Trainings on those.
        minutes_of_training: For all that is left; None where no step was ever timed.
        measured_on: What that is taken from.
    """

    out: str
    classes: tuple[str, ...]
    runs: tuple[PlannedTraining, ...]
    runs_left: int
    renders: tuple[PlannedRender, ...]
    trainings_after_renders: int
    minutes_of_training: float | None
    measured_on: str
