"""What the numbers of a study justify saying, and no more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal

from synthvis.study.data_equivalence import DataEquivalence
from synthvis.study.estimate import Estimate
from synthvis.study.regimes import REGIME_TITLES, Regime
from synthvis.study.scaling import MORE
from synthvis.study.study_result import (
    AblationRow,
    Comparison,
    SetFacts,
    StudyResult,
    StudySetup,
    VariationRow,
    Verdict,
)

__all__ = [
    "budget_text",
    "compared",
    "equivalence_sentence",
    "plural",
    "score_text",
    "sentences_of",
    "signed_interval",
    "verdict_on",
]

REGIME_WORDS = {
    "synthetic": "renders alone",
    "synthetic+real": "renders, then",
    "mixed": "renders mixed with",
}
"""What a way to train is called, before the number of its photographs."""


def equivalence_sentence(found: DataEquivalence, setup: StudySetup) -> str:
    """The renders in labelled photographs, with how far that is from sure."""
    renders = setup.synthetic
    where = f"{setup.metric} on {_set_text(setup.real_eval)}"
    subject = f"Measured by {where}, the {renders.images:,} renders of {renders.name} are worth"
    if not math.isfinite(found.images):
        bound = _most_text(found.largest, setup) if found.images > 0 else "the fewest that were tried"
        text = f"{found.text_of(found.images)} labelled photographs, {bound}"
    else:
        labels = round(found.images * (setup.real.labels_per_image if setup.real else 0.0))
        text = f"{plural(round(found.images), 'labelled photograph')}, about {plural(labels, 'label')}"
    return f"{subject} {text}{_ends_text(found)}."


def _most_text(largest: int, setup: StudySetup) -> str:
    """What the largest number of photographs that were trained on is of all."""
    there = setup.real.images if setup.real else largest
    return "all there were" if largest >= there else f"the most that were tried (of {there:,})"


def compared(
    regime: Regime, real: int, base: Literal["all", "the same"], base_real: int, difference: Estimate, sign: float
) -> Comparison:
    """A way to train beside photographs alone: their difference, and whether the images and seeds tell them apart.

    Args:
        regime: Of the way to train; with so many photographs.
        real: Their number.
        base: "all" photographs, or "the same".
        base_real: The number of those.
        difference: The way's score minus that of the photographs alone.
        sign: 1 where more is better, else -1.
    """
    return Comparison(
        regime=regime,
        real=real,
        base=base,
        what=f"{REGIME_WORDS[regime]} {plural(real, 'photograph')}" if real else REGIME_WORDS[regime],
        against=f"{'the same ' if base == 'the same' else ''}{plural(base_real, 'photograph')} alone",
        difference=difference,
        verdict=verdict_on(difference, sign),
    )


def verdict_on(one: Estimate, sign: float) -> Verdict:
    """Whether a difference is told apart from nothing, and whether it is one for the better; `sign` as above."""
    if one.low is None or one.high is None or one.low <= 0 <= one.high:
        return "not told apart"
    return "better" if sign * one.mean > 0 else "worse"


def plural(count: int, noun: str) -> str:
    """Such as "1 photograph" and "1,200 photographs"."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def budget_text(setup: StudySetup) -> str:
    """How many steps each regime takes, in words."""
    if setup.budget == "total":
        share = f"{100 * setup.finetune_share:g}%"
        return f"every regime takes {setup.steps:,} steps in all; synthetic+real keeps {share} of them for photographs"
    return f"every stage takes {setup.steps:,} steps, so synthetic+real takes {2 * setup.steps:,} in all"


def sentences_of(result: StudyResult) -> tuple[str, ...]:
    """The result in sentences, the most important first."""
    parts = (_equivalence_sentences, _comparison_sentences, _sizes_sentences, _ablation_sentences, _variation_sentences)
    return tuple(sentence for part in parts for sentence in part(result))


def score_text(score: Estimate | None) -> str:
    """Mean with its interval, such as 0.412 [0.371, 0.455]; a dash where nothing was measured."""
    return "–" if score is None else str(score)


def signed_interval(one: Estimate) -> str:
    """The interval of a difference behind a space; empty where there is none."""
    return "" if one.low is None or one.high is None else f" [{one.low:+.3f}, {one.high:+.3f}]"


def _set_text(one: SetFacts) -> str:
    return f"{one.images:,} photographs of {one}"


def _ends_text(found: DataEquivalence) -> str:
    if found.low is None or found.high is None:
        return ""
    if found.low == -math.inf and found.high == math.inf:
        return ", but these images and seeds leave every number open"
    if found.low == found.high and not math.isfinite(found.low):
        return " (so in 95% of the resamples)"
    return f" (95%: {found.text_of(found.low)} to {found.text_of(found.high)})"


def _equivalence_sentences(result: StudyResult) -> Iterator[str]:
    if result.data_equivalence:
        yield equivalence_sentence(result.data_equivalence, result.setup)


def _comparison_sentences(result: StudyResult) -> Iterator[str]:
    """One sentence a way to train and what it is compared with; each number of photographs in it."""
    groups: dict[tuple[str, str], list[Comparison]] = {}
    for one in result.comparisons:
        groups.setdefault((one.regime, one.base), []).append(one)
    for (regime, base), rows in groups.items():
        against = rows[0].against if base == "all" else "the same photographs alone"
        found = [_difference_text(row, result.setup.metric) for row in rows]
        way = REGIME_WORDS[regime] + (" photographs" if regime != "synthetic" else "")
        yield f"{_capital(way)}, against {against}: {'; '.join(found)}."


def _difference_text(row: Comparison, metric: str) -> str:
    which = f"with {row.real:,} " if row.real else ""
    return f"{which}{row.difference.mean:+.3f}{signed_interval(row.difference)} {metric}, {row.verdict}"


def _sizes_sentences(result: StudyResult) -> Iterator[str]:
    fit = result.sizes.fit if result.sizes else None
    if fit is None:
        return
    low, high = fit.gain_interval
    ends = "" if low is None or high is None else f" [{low:.3f}, {high:.3f}]"
    gain = f"{MORE} times as many renders would bring {fit.gain:.3f}{ends} by the fitted law"
    floor = f"{100 * fit.floor_share:.0f}% of the error at {fit.largest:,} renders would stay with any number"
    start = {
        "render more": "Render more",
        "change the generator": "Change the generator",
        "undecided": "Undecided between more renders and another generator",
    }[fit.verdict]
    yield f"{start}: {floor}; {gain}."


def _ablation_sentences(result: StudyResult) -> Iterator[str]:
    metric = result.setup.metric
    rows = _with_interval(result.ablation.rows if result.ablation else ())
    for verb, chosen in (
        ("gains from", [(row, gain) for row, gain, low, _ in rows if low > 0]),
        ("loses by", [(row, gain) for row, gain, _, high in rows if high < 0]),
    ):
        if chosen:
            parts = [f"{row.name} ({gain.mean:+.3f}{signed_interval(gain)})" for row, gain in chosen]
            yield f"{metric} on photographs {verb} the randomising of {', '.join(parts)}."
    unsure = [row.name for row, _, low, high in rows if low <= 0 <= high]
    if unsure:
        yield f"Not told apart from no effect: {', '.join(unsure)}."


def _variation_sentences(result: StudyResult) -> Iterator[str]:
    if result.variations is None:
        return
    metric, several = result.setup.metric, len({row.regime for row in result.variations.rows}) > 1
    for verdict, verb in (("better", "gains from"), ("worse", "loses by")):
        rows = [(row, row.gain) for row in result.variations.rows if row.gain and row.verdict == verdict]
        parts = [f"{_varied_name(row, several)} ({gain.mean:+.3f}{signed_interval(gain)})" for row, gain in rows]
        if parts:
            yield f"{metric} on photographs {verb} {', '.join(parts)}."
    unsure = [row for row in result.variations.rows if row.gain and row.verdict == "not told apart"]
    if unsure:
        yield f"Not told apart from no change: {', '.join(_varied_name(row, several) for row in unsure)}."
    if result.variations.resolution is not None:
        yield f"Differences below about {result.variations.resolution:.3f} drown in these images and seeds."


def _varied_name(row: VariationRow, several: bool) -> str:
    return f"{row.name} with {REGIME_TITLES[row.regime]}" if several else row.name


def _with_interval(rows: Sequence[AblationRow]) -> list[tuple[AblationRow, Estimate, float, float]]:
    """Rows whose gain has an interval, with the gain and its ends."""
    return [
        (row, row.gain, row.gain.low, row.gain.high)
        for row in rows
        if row.gain is not None and row.gain.low is not None and row.gain.high is not None
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
