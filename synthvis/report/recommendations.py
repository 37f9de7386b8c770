"""What to change next, in order of the evidence for it.

First what a study measured on photographs; then the most that correcting the errors of the run would bring; then where
renders and photographs differ, which hints at a cause and proves none; last what is not measured yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from synthvis.metrics.metric import MetricValue
from synthvis.metrics.missing import MissingResult, command_line, typed_path
from synthvis.report.page import Recommendation
from synthvis.report.report_inputs import RecipeValues, ReportInputs, RunFiles, SetGap
from synthvis.report.sections.comparison_hints import key_lines
from synthvis.report.sections.study import known_places
from synthvis.report.wording import interval_text, metric_text
from synthvis.study.next_steps import next_steps as study_steps
from synthvis.study.study_result import StudyResult

__all__ = ["recommendations_of"]

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
"""Missing results that are recommended to be measured, by words of what they are."""


def recommendations_of(inputs: ReportInputs, missing: Sequence[MissingResult]) -> list[Recommendation]:
    """The recommendations, the best supported first.

    Args:
        inputs: What is known.
        missing: What is not, with commands.
    """
    steps = list(_until_it_learns(inputs.run)) if inputs.run else []
    steps += [step for study in inputs.studies for step in _from_study(study.result, inputs)]
    steps += [step for gap in inputs.gaps for step in _from_causes(gap, inputs.recipe, inputs.run)]
    steps += list(_from_classes(inputs.run)) if inputs.run else []
    steps += [step for gap in inputs.gaps for step in _from_differences(gap, inputs.recipe)]
    return [*steps, *_measurements(missing)]


def _until_it_learns(run: RunFiles) -> Iterator[Recommendation]:
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
    yield Recommendation(
        action="Train longer: the network is not shown to be better than a prediction that ignores the image",
        reason=f"{scores.headline} {', '.join(pairs)}",
        instructions="repeat the command of this training with more --steps and another --out",
    )


def _from_study(result: StudyResult, inputs: ReportInputs) -> Iterator[Recommendation]:
    for step in study_steps(result, known_places(result.setup, inputs)):
        yield Recommendation(action=step.do, reason=step.why, instructions=step.how, command=step.command)


def _from_causes(gap: SetGap, recipe: RecipeValues, run: RunFiles | None) -> Iterator[Recommendation]:
    if gap.task is None or gap.task.causes is None or run is None:
        return
    look = command_line("report", typed_path(run.folder), "--embed-real")
    causes = gap.task.causes.real
    costly = [name for name in causes.by_gain() if _is_above_zero(causes.causes[name].ap50_gain)]
    for name in costly[:MAX_CAUSES]:
        advice = (gap.task.cause_advice or {})[name]
        theirs = gap.comparison.real
        cost = f"{interval_text(causes.causes[name].ap50_gain)} AP50 on {theirs.noun} of {theirs.set}"
        why = f"errors of {CAUSE_NAMES.get(name, name)} cost {cost}"
        lost = (gap.task.cause_gap or {})[name]
        if lost.value is not None:
            why += f", {interval_text(lost, sign=True)} against {gap.comparison.side_names[0]}"
        keys = key_lines(advice, recipe)
        command = "" if keys else look
        yield Recommendation(action=_sentence(advice), reason=why, keys=keys, command=command, evidence="at most")


def _is_above_zero(gain: MetricValue) -> bool:
    """Sure, or without an interval at least there."""
    return bool(gain.value and gain.value > 0 and (gain.low is None or gain.low > 0))


def _from_classes(run: RunFiles) -> Iterator[Recommendation]:
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
        action = f"Look at what goes wrong with {worst} on photographs"
        yield Recommendation(action=action, reason=why, command=command)


def _from_differences(gap: SetGap, recipe: RecipeValues) -> Iterator[Recommendation]:
    given: set[str] = set()
    for row in gap.comparison.advised():
        if row.advice is None or row.advice in given or len(given) == MAX_DIFFERENCES:
            continue
        given.add(row.advice)
        null = metric_text(row.null_js_bits.high)
        why = f"{row.direction}; divergence {interval_text(row.js_bits)} bits, null up to {null}"
        keys = key_lines(row.advice, recipe)
        yield Recommendation(action=_sentence(row.advice), reason=why, keys=keys, evidence="hint")


def _sentence(advice: str) -> str:
    return advice[:1].upper() + advice[1:]


def _measurements(missing: Sequence[MissingResult]) -> Iterator[Recommendation]:
    chosen = [one for words in TO_MEASURE for one in missing if words in one.what]
    seen: set[str] = set()
    for one in chosen:
        if one.command in seen or len(seen) == MAX_MEASUREMENTS:
            continue
        seen.add(one.command)
        yield Recommendation(
            action=f"Measure: {one.what}", reason=one.why, instructions=one.how, command=one.command,
            evidence="not measured",
        )  # fmt: skip
