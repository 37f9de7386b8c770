"""What the numbers are and are not: the sets, the intervals, and what was not measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from synthvis.metrics.measures import Bootstrap
from synthvis.metrics.missing import MissingResult
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs
from synthvis.report.scores import Scores
from synthvis.report.wording import about_metric
from synthvis.study.study_result import StudyResult
from synthvis.study.wording import budget_text

__all__ = ["limits_sections"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDetails:
    """How a study was made: its budget in words, and every setting of its trainings as key and value."""

    title: str
    result: StudyResult
    budget: str
    config: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsData:
    """What the section shows.

    Attributes:
        scores: Of the run; None on the page of a study.
        about_metric: What the headline metric is.
        bootstrap: How the intervals were resampled, where they were.
        studies: How each study was made.
        missing: Results that are missing, each once.
        embeds_real: Whether crops of photographs are in the file.
    """

    scores: Scores | None
    about_metric: str
    bootstrap: Bootstrap | None
    studies: tuple[StudyDetails, ...]
    missing: tuple[MissingResult, ...]
    embeds_real: bool


def limits_sections(inputs: ReportInputs, missing: Sequence[MissingResult]) -> BuiltSections:
    """One section; `missing` are the missing results of all other sections."""
    run = inputs.run
    data = LimitsData(
        scores=run.scores if run else None,
        about_metric=about_metric(run.scores) if run else "",
        bootstrap=_bootstrap(inputs),
        studies=tuple(_study_details(one.title, one.result) for one in inputs.studies),
        missing=_each_once(missing),
        embeds_real=inputs.embed_real,
    )
    title = "What was not measured, and what these numbers are"
    return BuiltSections(sections=(Section(template="limits", title=title, data=data, short="not measured"),))


def _bootstrap(inputs: ReportInputs) -> Bootstrap | None:
    evaluations = inputs.run.evaluations if inputs.run else ()
    return next((one.bootstrap for one in evaluations if one.bootstrap.resamples), None)


def _study_details(title: str, result: StudyResult) -> StudyDetails:
    config = tuple((key, str(value)) for key, value in _leaves(result.setup.config))
    return StudyDetails(title=title, result=result, budget=budget_text(result.setup), config=config)


def _each_once(missing: Sequence[MissingResult]) -> tuple[MissingResult, ...]:
    return tuple({one.what: one for one in reversed(missing)}.values())[::-1]


def _leaves(values: Mapping[str, object], key: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, value in values.items():
        path = f"{key}.{name}" if key else name
        found += _leaves(value, path) if isinstance(value, Mapping) else [(path, value)]
    return found
