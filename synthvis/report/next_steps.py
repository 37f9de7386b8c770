"""What to change next, in order of how much is known about it.

First what a study measured in points on photographs; then what the errors of the run would win at most, were they all
set right; then where renders and photographs differ, which hints at a cause and proves none; last what is still to be
measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from synthvis.metrics.metric import MetricValue
from synthvis.metrics.missing import MissingResult, command_line, typed_path
from synthvis.report.page import Step
from synthvis.report.report_inputs import Material, RunFiles, SetGap
from synthvis.report.sections.comparing import key_lines
from synthvis.report.sections.study import known_places
from synthvis.report.wording import interval_text, metric_text
from synthvis.study.next_steps import next_steps as study_steps
from synthvis.study.study_result import StudyResult

__all__ = ["next_steps"]

Facts = Mapping[str, Any]

CAUSE_NAMES = {
    "both": "class and place at once",
    "background": "finding what is not there",
    "missed": "missing objects",
}
MAX_CAUSES, MAX_DIFFERENCES, MAX_MEASUREMENTS = 2, 3, 2
TO_MEASURE = (
    "real photographs",
    "Causes of the gap",
    "How renders and photographs differ",
    "What the renders are worth",
    "Whether more renders would help",
    "Which randomiser of the recipe matters",
)
"""What of the unmeasured is worth a step of its own, by the words that it begins with or holds."""


def next_steps(material: Material, holes: Sequence[MissingResult]) -> list[Step]:
    """The list, the most certain first.

    Args:
        material: What is known.
        holes: What is not, with commands.
    """
    steps = list(_until_it_learns(material.run)) if material.run else []
    steps += [step for study in material.studies for step in _from_study(study.result, material)]
    steps += [step for gap in material.gaps for step in _from_causes(gap, material.recipe, material.run)]
    steps += list(_from_classes(material.run)) if material.run else []
    steps += [step for gap in material.gaps for step in _from_differences(gap, material.recipe)]
    return [*steps, *_measurements(holes)]


def _until_it_learns(run: RunFiles) -> Iterator[Step]:
    """First of all a network has to be better than a prediction that ignores the image."""
    scores = run.scores
    behind = [one for one in scores.sets if scores.is_no_better_than_baseline(one)]
    if not behind:
        return
    pairs = [
        f"{metric_text(scores.metric(one, scores.headline).value)} against {metric_text(scores.baseline(one))} "
        f"on {one.set}"
        for one in behind
    ]
    yield Step(
        do="Train longer: the network is not shown to be better than a prediction that ignores the image",
        why=f"{scores.headline} {', '.join(pairs)}",
        how="repeat the command of this training with more --steps and another --out",
    )


def _from_study(result: StudyResult, material: Material) -> Iterator[Step]:
    for step in study_steps(result, known_places(result.setup, material)):
        yield Step(do=step.do, why=step.why, how=step.how, command=step.command)


def _from_causes(gap: SetGap, recipe: Mapping[str, Any], run: RunFiles | None) -> Iterator[Step]:
    if gap.task is None or gap.task.causes is None or run is None:
        return
    look = command_line("report", typed_path(run.folder), "--embed-real")
    causes = gap.task.causes.real
    costly = [name for name in causes.by_gain() if _is_above_zero(causes.causes[name].ap50_gain)]
    for name in costly[:MAX_CAUSES]:
        advice = (gap.task.cause_advice or {})[name]
        cost = f"{interval_text(causes.causes[name].ap50_gain)} AP50 on photographs of {gap.comparison.real.set}"
        why = f"errors of {CAUSE_NAMES.get(name, name)} cost {cost}"
        lost = (gap.task.cause_gap or {})[name]
        why += f", {interval_text(lost, sign=True)} against renders" if lost.value is not None else ""
        keys = key_lines(advice, recipe)
        command = "" if keys else look
        yield Step(do=_sentence(advice), why=why, keys=keys, command=command, weight="at most")


def _is_above_zero(gain: MetricValue) -> bool:
    """Sure, or without an interval at least there."""
    return bool(gain.value and gain.value > 0 and (gain.low is None or gain.low > 0))


def _from_classes(run: RunFiles) -> Iterator[Step]:
    """The class that loses most, where classes differ: its own pictures are what to look at."""
    scores = run.scores
    if scores.lower_is_better or not scores.class_metrics:
        return
    for real in (one.evaluation for one in run.gap.real):
        lost = {name: scores.class_difference(real, name) for name in scores.class_names()}
        known = {name: value for name, value in lost.items() if value is not None}
        if len(known) < 2 or max(known.values()) <= 0:
            continue
        worst = max(known, key=lambda name: known[name])
        metric = scores.class_metrics[0]
        pair = scores.class_compared(real, worst)
        why = (
            f"{metric} {metric_text(pair.synthetic)} on renders, {metric_text(pair.real)} on photographs of {real.set}"
        )
        why += f": the most lost of {len(known)} classes"
        command = command_line("report", typed_path(run.folder), "--embed-real")
        yield Step(do=f"Look at what goes wrong with {worst} on photographs", why=why, command=command)


def _from_differences(gap: SetGap, recipe: Mapping[str, Any]) -> Iterator[Step]:
    given: set[str] = set()
    for row in gap.comparison.advised():
        if row.advice is None or row.advice in given or len(given) == MAX_DIFFERENCES:
            continue
        given.add(row.advice)
        null = metric_text(row.null_js_bits.high)
        why = f"{row.direction}; divergence {interval_text(row.js_bits)} bits, null up to {null}"
        yield Step(do=_sentence(row.advice), why=why, keys=key_lines(row.advice, recipe), weight="hint")


def _sentence(advice: str) -> str:
    return advice[:1].upper() + advice[1:]


def _measurements(holes: Sequence[MissingResult]) -> Iterator[Step]:
    chosen = [one for words in TO_MEASURE for one in holes if words in one.what]
    seen: set[str] = set()
    for one in chosen:
        if one.command in seen or len(seen) == MAX_MEASUREMENTS:
            continue
        seen.add(one.command)
        do = f"Measure: {one.what}"
        yield Step(do=do, why=one.why, how=one.how, command=one.command, weight="not measured")
