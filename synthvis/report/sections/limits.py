"""What the numbers are and are not: the sets, the intervals, and what was not measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthvis.metrics.measures import Bootstrap
from synthvis.metrics.missing import MissingResult
from synthvis.report.page import Part, Section
from synthvis.report.report_inputs import Material
from synthvis.report.wording import about_metric
from synthvis.study.study_result import StudyResult
from synthvis.study.wording import budget_text

__all__ = ["limits_part"]

Facts = Mapping[str, Any]


def limits_part(material: Material, holes: Sequence[MissingResult]) -> Part:
    """One section; `holes` are those of all other parts."""
    run = material.run
    facts: Facts = {
        "scores": run.scores if run else None,
        "about_metric": about_metric(run.scores) if run else "",
        "bootstrap": _bootstrap(material),
        "studies": [_study_facts(one.title, one.result) for one in material.studies],
        "holes": _each_once(holes),
        "embeds_real": material.embed_real,
    }
    title = "What was not measured, and what these numbers are"
    return Part(sections=(Section(name="limits", title=title, facts=facts, short="not measured"),))


def _bootstrap(material: Material) -> Bootstrap | None:
    evaluations = material.run.evaluations if material.run else ()
    return next((one.bootstrap for one in evaluations if one.bootstrap.resamples), None)


def _study_facts(title: str, result: StudyResult) -> Facts:
    config = [(key, str(value)) for key, value in _leaves(result.setup.config)]
    return {"title": title, "result": result, "budget": budget_text(result.setup), "config": config}


def _each_once(holes: Sequence[MissingResult]) -> list[MissingResult]:
    return list({one.what: one for one in reversed(holes)}.values())[::-1]


def _leaves(values: Facts, key: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        path = f"{key}.{name}" if key else name
        found += _leaves(value, path) if isinstance(value, Mapping) else [(path, value)]
    return found
