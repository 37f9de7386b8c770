"""What a report is made from: the files of a run, comparisons of its sets, studies of its renders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from synthvis.dataset.manifest import RenderedDataset, open_rendered
from synthvis.errors import DatasetError, SynthvisError, UsageError
from synthvis.evaluation.gap_table import GapTable, write_gap
from synthvis.evaluation.run_folder import read_evaluations
from synthvis.formats.json_file import ShallowObject, read_json
from synthvis.gap.comparison import FILE_NAME as GAP_FILE
from synthvis.gap.comparison import SetComparison, TaskGap, read_set_comparison
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.missing import MissingResult, missing_result
from synthvis.report.scores import Scores, scores_of
from synthvis.study.regimes import RESULTS_NAME as STUDY_FILE
from synthvis.study.study_result import StudyResult, read_study_result
from synthvis.train.registry import known_photographs

__all__ = [
    "RecipeValues",
    "ReportInputs",
    "RunConfig",
    "RunFiles",
    "SetGap",
    "StudyFiles",
    "read_config",
    "read_gap",
    "read_report_inputs",
    "read_study",
]

RecipeValues = Mapping[str, object]
"""A recipe as a dataset stores it: free keys, which are looked up and shown."""

RunConfig = Mapping[str, object]
"""Settings of a training as its run stores them, which are shown."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFiles:
    """A run that was evaluated.

    Attributes:
        folder: As the user typed it.
        evaluations: What it scored on each set.
        gap: Renders beside photographs.
        scores: Which numbers are shown.
        config: Content of config.json, empty where it is not there.
        dataset: The rendered dataset that it was trained on, where it is there.
    """

    folder: Path
    evaluations: Sequence[Evaluation]
    gap: GapTable
    scores: Scores
    config: RunConfig
    dataset: RenderedDataset | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetGap:
    """A comparison of a synthetic set with a real one.

    Attributes:
        folder: Where it and its pictures lie.
        comparison: Content of set_gap.json.
        task: What this very run loses and to which errors; None where the comparison has none of it.
    """

    folder: Path
    comparison: SetComparison
    task: TaskGap | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFiles:
    """A study.

    Attributes:
        title: Name of its folder.
        result: What it found.
    """

    title: str
    result: StudyResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInputs:
    """All that a page is made from; what is not there is None or empty, what is damaged is in `unread`."""

    title: str
    run: RunFiles | None = None
    gaps: tuple[SetGap, ...] = ()
    studies: tuple[StudyFiles, ...] = ()
    embed_real: bool = False
    unread: tuple[MissingResult, ...] = ()

    @property
    def recipe(self) -> RecipeValues:
        """The recipe of the renders; empty where it is not known."""
        return self.run.dataset.recipe.values if self.run and self.run.dataset else {}


def read_report_inputs(
    run_dir: Path, dataset_root: Path | None, gap_dir: Path | None, study_dir: Path | None, *, embed_real: bool
) -> ReportInputs:
    """Read a run and what lies beside it: runs/gap-SYNTH-REAL and studies/SYNTH-REAL, unless they are named.

    Raises:
        UsageError: A folder that was named does not hold what it should.
        SynthvisError: The run holds no evaluation, or a damaged one.
        DatasetError: `dataset_root` was given and is no dataset.
    """
    evaluations = read_evaluations(run_dir)
    gap = write_gap(run_dir, known_photographs())
    config = read_config(run_dir / "config.json")
    dataset = _dataset_of(run_dir, dataset_root, config, gap)
    run = RunFiles(
        folder=run_dir, evaluations=evaluations, gap=gap, scores=scores_of(evaluations, gap), config=config,
        dataset=dataset,
    )  # fmt: skip
    unread: list[MissingResult] = []
    gap_folders = _gap_folders(run) if gap_dir is None else ()
    gaps = [read_gap(gap_dir, run)] if gap_dir else []
    gaps += _each_readable(lambda folder: read_gap(folder, run), gap_folders, unread)
    study_folders = _study_folders(run) if study_dir is None else ()
    studies = [_of_same_task(read_study(study_dir), run)] if study_dir else []
    studies += _each_readable(lambda folder: _of_same_task(read_study(folder), run), study_folders, unread)
    return ReportInputs(
        title=run_dir.resolve().name, run=run, gaps=tuple(gaps), studies=tuple(studies), embed_real=embed_real,
        unread=tuple(unread),
    )  # fmt: skip


def read_gap(folder: Path, run: RunFiles) -> SetGap:
    """A comparison that was named.

    Raises:
        UsageError: There is none in the folder.
        SynthvisError: It is damaged.
    """
    if not (folder / GAP_FILE).is_file():
        raise UsageError(
            f"{folder} holds no comparison ({GAP_FILE})", hint="compare the sets first: `synthvis gap --help`"
        )
    comparison = read_set_comparison(folder / GAP_FILE)
    return SetGap(folder=folder, comparison=comparison, task=_of_this_run(comparison.task, run))


def read_study(folder: Path) -> StudyFiles:
    """A study that was named.

    Raises:
        UsageError: There is none in the folder.
        SynthvisError: It is damaged.
    """
    if not (folder / STUDY_FILE).is_file():
        raise UsageError(
            f"{folder} holds no study ({STUDY_FILE})", hint="study the renders first: `synthvis study --help`"
        )
    return StudyFiles(title=folder.resolve().name, result=read_study_result(folder / STUDY_FILE))


def _of_this_run(task: TaskGap | None, run: RunFiles) -> TaskGap | None:
    """The task gap, where it was taken from the evaluations that the run has now."""
    if task is None:
        return None
    for side in (task.synthetic, task.real):
        same = [one.metrics for one in run.evaluations if (one.set, one.split) == (side.set, side.split)]
        if not any(metrics.get(name) == value for metrics in same for name, value in side.metrics.items()):
            return None
    return task


def _each_readable(
    read: Callable[[Path], Found], folders: Iterable[Path], unread: list[MissingResult]
) -> Iterator[Found]:
    """What lies in folders that nobody named; of what is damaged a line in `unread`, of what does not fit nothing."""
    for folder in folders:
        try:
            yield read(folder)
        except UsageError:
            continue
        except SynthvisError as error:
            unread.append(missing_result(f"What {folder.name} found", error.what, error.hint or ""))


def _of_same_task(study: StudyFiles, run: RunFiles) -> StudyFiles:
    task = study.result.setup.task
    if task != run.scores.task:
        what = f"the study {study.title} is of {task}, the run {run.folder} of {run.scores.task}"
        raise UsageError(what, hint="name the study of the same task with --study")
    return study


def _gap_folders(run: RunFiles) -> Iterator[Path]:
    """Where comparisons of the run's sets are expected, one a real set."""
    for pair in _pairs(run):
        yield from _first_there([parent / f"gap-{pair}" for parent in (run.folder.resolve().parent, Path("runs"))])


def _study_folders(run: RunFiles) -> Iterator[Path]:
    for pair in _pairs(run):
        yield from _first_there([run.folder.resolve().parent.parent / "studies" / pair, Path("studies") / pair])


def _pairs(run: RunFiles) -> list[str]:
    ours = [run.dataset.name] if run.dataset else []
    ours += [run.gap.synthetic.set] if run.gap.synthetic else []
    theirs = [one.evaluation.set for one in run.gap.real]
    return list(dict.fromkeys(f"{one}-{other}" for other in theirs for one in ours))


def _first_there(folders: Sequence[Path]) -> list[Path]:
    return [folder for folder in folders if folder.is_dir()][:1]


def _dataset_of(run_dir: Path, dataset_root: Path | None, config: RunConfig, gap: GapTable) -> RenderedDataset | None:
    if dataset_root is not None:
        return open_rendered(dataset_root)
    named = config.get("data")
    names = [named.get("set") if isinstance(named, Mapping) else named, gap.synthetic.set if gap.synthetic else None]
    parents = (Path("data"), run_dir.resolve().parent.parent / "data", run_dir.resolve().parent)
    candidates = [parent / one for one in names if isinstance(one, str) and one for parent in parents]
    for path in candidates:
        try:
            return open_rendered(path)
        except (DatasetError, OSError):
            continue
    return None


def read_config(path: Path) -> RunConfig:
    """Settings of a run, shown as they are; empty where the run has none."""
    if not path.exists():
        return {}
    hint = f"delete {path}, or repeat the `synthvis train` command, which writes it again"
    return read_json(path, ShallowObject, what="settings of a run", hint=hint)
