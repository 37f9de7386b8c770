"""What the numbers of a study justify saying, and no more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from synthvis.study.resampling import Estimate
from synthvis.study.worth import Worth

__all__ = ["compared", "interval_said", "next_steps", "plural", "sentences_of", "worth_sentence"]

Facts = Mapping[str, Any]
MORE = 10
ARM_WORDS = {
    "synthetic": "renders alone",
    "synthetic+real": "renders, then",
    "mixed": "renders mixed with",
}
"""What a way to train is called, before the number of its photographs."""

ARM_STEPS = {
    "synthetic+real": (
        "Train on the renders, then on {photographs}",
        "synthvis train --data {real}:train --init-from RUN",
    ),
    "mixed": ("Train on {photographs} among the renders", "synthvis train --data data/{data} --mix {real}:train"),
}
"""What to do, and what to type."""


def worth_sentence(worth: Worth, study: Facts, labels_per_image: float) -> str:
    """The renders in labelled photographs, with how far that is from sure."""
    renders = study["synthetic"]
    where = f"{study['metric']} on {_set_said(study['real_eval'])}"
    subject = f"Measured by {where}, the {renders['images']:,} renders of {renders['name']} are worth"
    if not math.isfinite(worth.images):
        beyond = worth.images > 0
        bound = worth.largest if beyond else worth.smallest
        tail = "all there were" if beyond else "the fewest that were tried"
        said = f"{'more' if beyond else 'fewer'} than {bound:,} labelled photographs, {tail}"
    else:
        labels = round(worth.images * labels_per_image)
        said = f"{_photographs(worth.images)}, about {labels:,} label{'s' * (labels != 1)}"
    return f"{subject} {said}{_ends_said(worth)}."


def compared(arm: str, real: int, base: str, base_real: int, lost: Estimate, sign: float) -> dict[str, Any]:
    """A way to train beside photographs alone: their difference, and whether the images and seeds tell them apart.

    Args:
        arm: Of the way to train; with so many photographs.
        real: Their number.
        base: "all" photographs, or "the same".
        base_real: The number of those.
        lost: The way's score minus that of the photographs alone.
        sign: 1 where more is better, else -1.
    """
    verdict = "not told apart"
    if lost.low is not None and lost.high is not None and (lost.low > 0 or lost.high < 0):
        verdict = "better" if sign * lost.mean > 0 else "worse"
    facts = {"mean": lost.mean, "spread": lost.spread, "low": lost.low, "high": lost.high, "seeds": lost.seeds}
    words = {
        "what": f"{ARM_WORDS[arm]} {plural(real, 'photograph')}" if real else ARM_WORDS[arm],
        "against": f"{'the same ' if base == 'the same' else ''}{plural(base_real, 'photograph')} alone",
    }
    return {"arm": arm, "real": real, "base": base, **words, **facts, "verdict": verdict}


def plural(count: int, noun: str) -> str:
    """Such as "1 photograph" and "1,200 photographs"."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def sentences_of(content: Facts) -> list[str]:
    """The result in sentences, the most important first."""
    return [*_worth_said(content), *_comparisons_said(content), *_sizes_said(content), *_ablation_said(content)]


def next_steps(content: Facts) -> list[dict[str, str]]:
    """What to change, what for, and what to type; only what an interval without 0, or a sure verdict, supports."""
    return [*_step_of_sizes(content), *_steps_of_ablation(content), *_step_of_arms(content)]


def interval_said(facts: Facts, digits: int = 3) -> str:
    """Mean with its interval, such as 0.412 [0.371, 0.455]; a dash where nothing was measured."""
    if facts.get("mean") is None:
        return "–"
    if facts.get("low") is None or facts.get("high") is None:
        return f"{facts['mean']:.{digits}f}"
    return f"{facts['mean']:.{digits}f} [{facts['low']:.{digits}f}, {facts['high']:.{digits}f}]"


def _set_said(facts: Facts) -> str:
    return f"{facts['images']:,} photographs of {facts['name']}:{facts['split']}"


def _photographs(count: float) -> str:
    return plural(round(count), "labelled photograph")


def _ends_said(worth: Worth) -> str:
    if worth.low is None or worth.high is None:
        return ""
    if worth.low == -math.inf and worth.high == math.inf:
        return ", but these images and seeds leave every number open"
    if worth.low == worth.high and not math.isfinite(worth.low):
        return " (so in 95% of the resamples)"
    ends = [
        f"fewer than {worth.smallest:,}" if end == -math.inf
        else f"more than {worth.largest:,}" if end == math.inf
        else f"{round(end):,}"
        for end in (worth.low, worth.high)
    ]  # fmt: skip
    return f" (95%: {ends[0]} to {ends[1]})"


def _worth_said(content: Facts) -> Iterator[str]:
    if content["worth"]:
        yield content["worth"]["sentence"]


def _comparisons_said(content: Facts) -> Iterator[str]:
    """One sentence a way to train and what it is compared with; each number of photographs in it."""
    metric = content["study"]["metric"]
    groups: dict[tuple[str, str], list[Facts]] = {}
    for one in content["comparisons"]:
        groups.setdefault((one["arm"], one["base"]), []).append(one)
    for (arm, base), rows in groups.items():
        against = rows[0]["against"] if base == "all" else "the same photographs alone"
        found = [_difference_said(row, metric) for row in rows]
        way = ARM_WORDS[arm] + (" photographs" if arm != "synthetic" else "")
        yield f"{_capital(way)}, against {against}: {'; '.join(found)}."


def _difference_said(row: Facts, metric: str) -> str:
    which = f"with {row['real']:,} " if row["real"] else ""
    return f"{which}{row['mean']:+.3f}{_signed_interval(row)} {metric}, {row['verdict']}"


def _signed_interval(one: Facts) -> str:
    return "" if one["low"] is None else f" [{one['low']:+.3f}, {one['high']:+.3f}]"


def _sizes_said(content: Facts) -> Iterator[str]:
    fit = (content["sizes"] or {}).get("fit")
    if not fit:
        return
    low, high = fit["gain_interval"]
    ends = "" if low is None else f" [{low:.3f}, {high:.3f}]"
    gain = f"{MORE} times as many renders would bring {fit['gain']:.3f}{ends} by the fitted law"
    floor = f"{100 * fit['floor_share']:.0f}% of the error at {fit['largest']:,} renders would stay with any number"
    start = {
        "render more": "Render more",
        "change the generator": "Change the generator",
        "undecided": "Undecided between more renders and another generator",
    }[fit["verdict"]]
    yield f"{start}: {floor}; {gain}."


def _ablation_said(content: Facts) -> Iterator[str]:
    ablation = content["ablation"]
    rows = [row for row in (ablation or {}).get("rows", ()) if row.get("low") is not None]
    if not rows:
        return
    metric = content["study"]["metric"]
    for said, chosen in (
        ("gains from", [row for row in rows if row["low"] > 0]),
        ("loses by", [row for row in rows if row["high"] < 0]),
    ):
        if chosen:
            parts = [f"{row['name']} ({row['mean']:+.3f}{_signed_interval(row)})" for row in chosen]
            yield f"{metric} on photographs {said} the randomising of {', '.join(parts)}."
    unsure = [row["name"] for row in rows if row["low"] <= 0 <= row["high"]]
    if unsure:
        yield f"Not told apart from no effect: {', '.join(unsure)}."


def _step_of_sizes(content: Facts) -> Iterator[dict[str, str]]:
    fit = (content["sizes"] or {}).get("fit")
    if fit and fit["verdict"] != "undecided":
        more = fit["verdict"] == "render more"
        yield {
            "do": "Render more images of the same recipe" if more else "Change the recipe rather than render more",
            "why": f"the part of the error that stays is {100 * fit['floor_share']:.0f}% at {fit['largest']:,} renders",
            "how": f"synthvis render --n {MORE * fit['largest']}" if more else "synthvis study --ablate ...",
        }


def _steps_of_ablation(content: Facts) -> Iterator[dict[str, str]]:
    for row in (content["ablation"] or {}).get("rows", ()):
        if row.get("low") is None:
            continue
        effect = f"{row['mean']:+.3f}{_signed_interval(row)} with it"
        if row["high"] < 0:
            how = " ".join(f"--set '{one}'" for one in row["overrides"])
            yield {"do": f"Render without the randomising of {row['name']}", "why": effect, "how": how}
        elif row["low"] > 0:
            yield {"do": f"Keep the randomising of {row['name']}, and try a wider one", "why": effect, "how": ""}


def _step_of_arms(content: Facts) -> Iterator[dict[str, str]]:
    """The way to use renders that surely helps: with the fewest photographs that beat all alone, else with the most."""
    # Studies of earlier versions say their arms in words only.
    sure = [one for one in content["comparisons"] if one["verdict"] == "better" and one.get("arm") in ARM_STEPS]
    beats_all = [one for one in sure if one["base"] == "all"]
    if not sure:
        return
    chosen = min(beats_all, key=_fewest) if beats_all else max(sure, key=lambda one: (one["real"], abs(one["mean"])))
    do, how = ARM_STEPS[chosen["arm"]]
    study = content["study"]
    names = {"data": study["synthetic"]["name"], "real": (study["real"] or study["real_eval"])["name"]}
    yield {
        "do": do.format(photographs=plural(chosen["real"], "photograph")),
        "why": f"{chosen['mean']:+.3f}{_signed_interval(chosen)} against {chosen['against']}",
        "how": how.format(**names) + (f" --task {study['task']}" if study["task"] != "detection" else ""),
    }


def _fewest(one: Facts) -> tuple[int, float]:
    return one["real"], -abs(one["mean"])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
