"""Trackers on labelled boxes: how good the tracks would be if a detector made no mistake."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.api.sources import Source, source_text
from synthvis.data.split import Split
from synthvis.errors import UsageError
from synthvis.metrics.measures import Measures
from synthvis.tracking.tracker import DEFAULT_SCORE, DEFAULT_TRACKER
from synthvis.train.registry import description_of

if TYPE_CHECKING:
    from synthvis.metrics.training_facts import TrainingFacts
    from synthvis.tracking.tracker import TrackerChoice
    from synthvis.train.task import TaskDescription

__all__ = ["TrackedLabels", "check_follows", "check_tracker", "film_split", "measured_with", "track", "tracker_choice"]

TASK = "tracking"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedLabels:
    """What a tracker made of labelled boxes.

    Attributes:
        set: Name of the set, with its split.
        kind: "real" or "synthetic".
        tracker: Name of the tracker.
        classes: What was followed.
        measures: Metrics of its tracks with 95% intervals: `measures["HOTA"].value`, `.low`, `.high`.

    Examples:
        >>> import synthvis as sv
        >>> [sv.track("pets", tracker=name).measures["IDF1"] for name in ("sort", "bytetrack")]  # doctest: +SKIP
    """

    set: str
    kind: str
    tracker: str
    classes: tuple[str, ...]
    measures: Measures


def track(
    data: Source,
    *,
    tracker: str = "bytetrack",
    classes: str | None = None,
    split: str | None = None,
    real_root: Path | str | None = None,
) -> TrackedLabels:
    """Run a tracker on the labelled boxes of films and measure its tracks: what it reaches behind a perfect detector.

    Args:
        data: A set of films: a dataset, a COCO or MOTChallenge folder, or the name of a real set such as pets.
        tracker: The name of a tracker, or path/to/file.py:NAME of one of yours.
        classes: The classes to follow, with commas between; None: all.
        split: The split of the set; None: the one that `data` names, else val where there is one.
        real_root: The folder of the named real sets; None: $SYNTHVIS_REAL, then the cache.

    Returns:
        HOTA, MOTA, IDF1 and the others.

    Raises:
        RealDataError: There is no such set, or it holds no films with tracks.
        UsageError: There is no such tracker or class.

    Examples:
        >>> import synthvis as sv
        >>> sv.track("pets").measures["HOTA"]  # doctest: +SKIP
    """
    return measured_with(film_split(data, classes=classes, split=split, real_root=real_root), tracker)


def film_split(data: Source, *, classes: str | None, split: str | None, real_root: Path | str | None) -> Split:
    """The split that `track` measures on; arguments and errors are those of `track`."""
    task = description_of(TASK)
    found: Split = task.find(source_text(data), real_root).read(split)
    if classes is not None:
        found = found.of_classes([name.strip() for name in classes.split(",") if name.strip()])
    task.require_comparable(found, found.class_names)
    return found


def measured_with(split: Split, tracker: str) -> TrackedLabels:
    """What `track` gives of a split that was read; errors are those of `track`."""
    from synthvis.metrics.tracking.tracking import tracking_metrics
    from synthvis.tracking.on_films import labelled_boxes, tracked
    from synthvis.tracking.registry import tracker_named
    from synthvis.tracking.tracker import TrackerChoice

    choice = TrackerChoice(kind=tracker_named(tracker))
    rows = tracked(split, labelled_boxes(split, split.class_names), choice)
    return TrackedLabels(
        set=f"{split.name}:{split.split}",
        kind=split.kind,
        tracker=choice.kind.name,
        classes=tuple(split.class_names),
        measures=tracking_metrics(split, rows, split.class_names),
    )


def check_tracker(task: TaskDescription, tracker: str | None, score: float | None) -> None:
    """Refuse a tracker for a task that follows nothing.

    Raises:
        UsageError: With the tasks that do.
    """
    if (tracker is None and score is None) or "tracker" in task.settings:
        return
    raise UsageError(
        f"--tracker: the task {task.name} is not measured by tracks", hint=f"train with --task {TASK} to measure them"
    )


def check_follows(task: TaskDescription, tracker: str | None) -> None:
    """Refuse a tracker for a network that finds no objects, and one that there is not.

    Raises:
        UsageError: With the reason.
    """
    if tracker is None:
        return
    from synthvis.metrics.predictions import BoxPrediction
    from synthvis.tracking.registry import tracker_named

    if not issubclass(task.prediction, BoxPrediction):
        raise UsageError(f"--tracker: the task {task.name} finds no objects to follow", hint="leave --tracker out")
    tracker_named(tracker)


def tracker_choice(facts: TrainingFacts, tracker: str | None, score: float | None) -> TrackerChoice | None:
    """The tracker that was typed, in part or in whole; None where neither was: the run's own.

    Args:
        facts: Of the run, which names what was not typed.
        tracker: As typed.
        score: As typed.

    Raises:
        UsageError: There is no such tracker.
    """
    if tracker is None and score is None:
        return None
    from synthvis.tracking.registry import registered_tracker, tracker_named
    from synthvis.tracking.tracker import TrackerChoice

    kind = tracker_named(tracker) if tracker is not None else registered_tracker(facts.tracker or DEFAULT_TRACKER)
    known = (score, facts.tracker_score, DEFAULT_SCORE)
    return TrackerChoice(kind=kind, score=next(one for one in known if one is not None))
