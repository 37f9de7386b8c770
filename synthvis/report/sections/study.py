"""What the renders are worth: the regimes of a study, the law over the number of renders, the randomisers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from synthvis.data.benchmarks.known_sets import measures_only
from synthvis.metrics.missing import MissingResult, missing_result, typed_path
from synthvis.metrics.predictions import ClassPrediction
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs, StudyFiles
from synthvis.report.sections.comparison_hints import has_boxes
from synthvis.report.study_charts import WIDTH_PX, ablation_chart, regimes_chart, sizes_chart, variations_chart
from synthvis.study.commands import EVERY_FACTOR, with_option
from synthvis.study.next_steps import KnownPlaces
from synthvis.study.regimes import REGIME_TITLES, Regime
from synthvis.study.study_result import StudyResult, StudySetup
from synthvis.study.wording import budget_text
from synthvis.train.config import DEFAULT_TASK
from synthvis.viz.svg import on_every_screen

__all__ = ["known_places", "study_sections"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyData:
    """What a section about a study shows: its result, and a chart as SVG, empty where there is nothing to draw."""

    result: StudyResult
    chart: str

    @property
    def setup(self) -> StudySetup:
        """How the study was made."""
        return self.result.setup

    @property
    def regime_names(self) -> Mapping[Regime, str]:
        """Title of each regime."""
        return REGIME_TITLES


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimesData(StudyData):
    """What the section about the regimes shows, too: the findings as sentences, and the budget in words."""

    sentences: tuple[str, ...]
    budget: str


def study_sections(inputs: ReportInputs) -> BuiltSections:
    """Sections of every study, and what studies did not measure; without one, the command that makes one."""
    sections = tuple(section for study in inputs.studies for section in _sections(study, inputs))
    missing = tuple(one for study in inputs.studies for one in _missing_parts(study, inputs))
    if not inputs.studies and inputs.run is not None:
        missing = tuple(_missing_study(inputs))
    return BuiltSections(sections=sections, missing=missing)


def known_places(setup: StudySetup, inputs: ReportInputs) -> KnownPlaces:
    """What commands about a study may name: the run and its renders, where they are those of the study."""
    run = inputs.run
    if run is None or run.dataset is None or run.dataset.name != setup.synthetic.name:
        return KnownPlaces()
    dataset = run.dataset
    return KnownPlaces(dataset=typed_path(dataset.root), seed=dataset.seed, run=typed_path(run.folder))


def _sections(files: StudyFiles, inputs: ReportInputs) -> Iterator[Section]:
    result = files.result
    of = f" ({files.title})" if len(inputs.studies) > 1 else ""
    regimes = RegimesData(
        result=result,
        chart=on_every_screen(partial(regimes_chart, result), WIDTH_PX),
        # The page of a study alone has the first sentence in its summary.
        sentences=tuple(result.sentences if inputs.run else result.sentences[1:]),
        budget=budget_text(result.setup),
    )
    yield Section(template="regimes", title=f"What the renders are worth{of}", data=regimes, short="worth")
    if result.sizes:
        sizes = StudyData(result=result, chart=on_every_screen(partial(sizes_chart, result), WIDTH_PX))
        yield Section(template="sizes", title=f"Would more renders help?{of}", data=sizes)
    if result.ablation:
        ablation = StudyData(result=result, chart=on_every_screen(partial(ablation_chart, result), WIDTH_PX))
        yield Section(template="ablation", title=f"What each randomiser contributes{of}", data=ablation)
    if result.variations:
        varied = StudyData(result=result, chart=on_every_screen(partial(variations_chart, result), WIDTH_PX))
        yield Section(template="variations", title=f"What other choices change{of}", data=varied, short="choices")


def _missing_parts(files: StudyFiles, inputs: ReportInputs) -> Iterator[MissingResult]:
    result, command = files.result, files.result.setup.command
    start = "study: " if inputs.run else ""
    for one in result.not_measured:
        yield replace(one, what=start + one.what)
    if not result.sizes:
        images = result.setup.synthetic.images
        sizes = ",".join(str(count) for count in sorted({max(images // share, 1) for share in (8, 4, 2, 1)}))
        what = f"{start}Whether more renders would help"
        yield missing_result(what, "no sizes were asked for", "", with_option(command, "--sizes", sizes))
    if not result.ablation:
        what = f"{start}Which randomiser of the recipe matters"
        yield missing_result(what, "no ablation was asked for", "", with_option(command, "--ablate", EVERY_FACTOR))


def _missing_study(inputs: ReportInputs) -> Iterator[MissingResult]:
    run = inputs.run
    if run is None or not run.gap.real:
        return
    what, why = "What the renders are worth in labelled photographs", "no study of them was found"
    if not (has_boxes(inputs) or run.scores.predicts(ClassPrediction)):
        what, why = "Worth of the renders in labelled photographs", "it takes photographs to train on, too"
    name = run.gap.real[0].evaluation.set
    if measures_only(name):
        why, how = f"{name} has no photographs to train on", "name photographs with a train split by --real"
        yield missing_result(what, why, how, ("study", "--help"))
        return
    if run.dataset is None:
        yield missing_result(what, why, "study the renders; name their folder and the photographs", ("study", "--help"))
        return
    words = ["study", "--data", typed_path(run.dataset.root), "--real", name]
    words += ["--task", run.scores.task] if run.scores.task != DEFAULT_TASK else []
    yield missing_result(what, why, "", words)
