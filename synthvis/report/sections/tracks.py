"""Tracks in numbers: the metrics of films by tracker, then by film, each with its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthvis.errors import SynthvisError
from synthvis.evaluation.run_folder import has_evaluations, read_evaluations
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import ClassMeasures
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.missing import MissingResult, command_line, missing_result, typed_path
from synthvis.metrics.predictions import TrackPrediction
from synthvis.metrics.registry import metric_named
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs
from synthvis.tracking.registry import trackers
from synthvis.viz.svg import Dots, dot_chart, on_every_screen

__all__ = ["TrackerRow", "TracksData", "tracks_sections"]

METRICS = ("HOTA", "DetA", "AssA", "IDF1", "MOTA", "IDSW")
CHART_METRICS = ("HOTA", "IDF1")
MAX_FILMS = 20
CHART_PX = 620


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerRow:
    """What a tracker reached behind the network, or on labelled boxes.

    Attributes:
        tracker: Its name with the score from which on it takes boxes.
        boxes: "of the network" or "labelled".
        metrics: By name.
    """

    tracker: str
    boxes: str
    metrics: Mapping[str, MetricValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedSet:
    """One set of films.

    Attributes:
        set: Its name.
        kind: "real" or "synthetic".
        unit: What intervals were drawn from.
        rows: By tracker.
        films: By film, the worst first, not more than `MAX_FILMS`; empty of a single film.
        film_count: How many there are.
        chart: Of the same films, SVG.
        command: That measures another tracker; empty where all that there are were measured.
    """

    set: str
    kind: str
    unit: str
    rows: tuple[TrackerRow, ...]
    films: tuple[tuple[str, ClassMeasures], ...]
    film_count: int
    chart: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TracksData:
    """What the section shows."""

    sets: tuple[TrackedSet, ...]
    metrics: tuple[str, ...] = METRICS

    def digits(self, name: str) -> int:
        """Decimals with which a metric is shown."""
        return metric_named(name).digits


def tracks_sections(inputs: ReportInputs) -> BuiltSections:
    """One section, of a run of the task tracking."""
    run = inputs.run
    if run is None or not run.scores.predicts(TrackPrediction):
        return BuiltSections()
    missing: list[MissingResult] = []
    others = list(_of_other_trackers(run.folder, missing))
    sets = tuple(
        _tracked_set(one, [other for other in others if _is_same_set(one, other)], run.folder)
        for one in run.scores.sets
    )
    section = Section(
        template="tracks", title="Tracks by tracker and by film", data=TracksData(sets=sets), short="tracks"
    )
    return BuiltSections(sections=(section,), missing=tuple(missing))


def _of_other_trackers(run_dir: Path, missing: list[MissingResult]) -> Iterator[Evaluation]:
    """What `synthvis evaluate --tracker` wrote into folders of the run."""
    for folder in sorted(run_dir.glob("tracker-*")):
        try:
            yield from read_evaluations(folder) if has_evaluations(folder) else ()
        except SynthvisError as error:
            missing.append(missing_result(f"What {folder.name} reached", error.what, error.hint or ""))


def _is_same_set(one: Evaluation, other: Evaluation) -> bool:
    return (one.task, one.set, one.split, one.kind) == (other.task, other.set, other.split, other.kind)


def _tracked_set(one: Evaluation, others: Sequence[Evaluation], run_dir: Path) -> TrackedSet:
    films = _films(one)
    measured = [one, *others]
    left = [name for name in trackers() if name not in {each.training.tracker for each in measured}]
    words = ("evaluate", typed_path(run_dir), "--eval-on", one.source or one.set, "--tracker")
    return TrackedSet(
        set=one.set,
        kind=one.kind,
        unit=one.bootstrap.unit,
        rows=tuple(row for each in measured for row in _rows(each)),
        films=films[:MAX_FILMS],
        film_count=len(films),
        chart=_chart(films[:MAX_FILMS]),
        command=command_line(*words, left[0]) if left and one.kind == "real" else "",
    )


def _rows(one: Evaluation) -> Iterator[TrackerRow]:
    score = one.training.tracker_score
    name = f"{one.training.tracker or 'tracker'}" + ("" if score is None else f", score {score:g}")
    yield TrackerRow(tracker=name, boxes="of the network", metrics=one.metrics)
    if one.perfect_boxes:
        yield TrackerRow(tracker=name, boxes="labelled", metrics=one.perfect_boxes)


def _films(one: Evaluation) -> tuple[tuple[str, ClassMeasures], ...]:
    """The worst first; none of a single film, of which all is said already."""
    if len(one.per_film) < 2:
        return ()
    return tuple(sorted(one.per_film.items(), key=lambda row: _hota(row[1])))


def _hota(row: ClassMeasures) -> float:
    value = row.metrics[METRICS[0]].value if METRICS[0] in row.metrics else None
    return 1.0 if value is None else value


def _chart(films: Sequence[tuple[str, ClassMeasures]]) -> str:
    dots = [
        Dots(name, [_ends(row.metrics.get(name)) for _, row in films], tone) for tone, name in enumerate(CHART_METRICS)
    ]
    names = [name for name, _ in films]
    return (
        on_every_screen(lambda width: dot_chart(names, dots, x_label="0 to 1", width=width), CHART_PX) if films else ""
    )


def _ends(found: MetricValue | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if found is None else (found.value, found.low, found.high)
