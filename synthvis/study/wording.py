"""What the numbers of a study justify saying, and no more."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthvis.metrics.missing import command_line
from synthvis.study.commands import EVERY_FACTOR, value_of, with_option
from synthvis.study.data_equivalence import Worth
from synthvis.study.resampling import Estimate

__all__ = ["KnownPlaces", "compared", "equivalence_sentence", "interval_said", "next_steps", "plural", "sentences_of"]

Facts = Mapping[str, Any]
MORE = 10
REGIME_WORDS = {
    "synthetic": "renders alone",
    "synthetic+real": "renders, then",
    "mixed": "renders mixed with",
}
"""What a way to train is called, before the number of its photographs."""

REGIME_STEPS = {
    "synthetic+real": "Train on the renders, then on {photographs}",
    "mixed": "Train on {photographs} among the renders",
}
"""What to do to use renders in this way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlaces:
    """What commands have to name: paths as they would be typed, None where they are not known.

    Attributes:
        dataset: Folder of the renders of the study.
        seed: Of those renders.
        run: Folder of a run that was trained on them.
    """

    dataset: str | None = None
    seed: int = 0
    run: str | None = None


def equivalence_sentence(worth: Worth, study: Facts, labels_per_image: float) -> str:
    """The renders in labelled photographs, with how far that is from sure."""
    renders = study["synthetic"]
    where = f"{study['metric']} on {_set_said(study['real_eval'])}"
    subject = f"Measured by {where}, the {renders['images']:,} renders of {renders['name']} are worth"
    if not math.isfinite(worth.images):
        beyond = worth.images > 0
        bound = worth.largest if beyond else worth.smallest
        tail = _most_said(worth.largest, study) if beyond else "the fewest that were tried"
        said = f"{'more' if beyond else 'fewer'} than {bound:,} labelled photographs, {tail}"
    else:
        labels = round(worth.images * labels_per_image)
        said = f"{_photographs(worth.images)}, about {labels:,} label{'s' * (labels != 1)}"
    return f"{subject} {said}{_ends_said(worth)}."


def _most_said(largest: int, study: Facts) -> str:
    """What the largest number of photographs that were trained on is of all."""
    there = (study["real"] or {"images": largest})["images"]
    return "all there were" if largest >= there else f"the most that were tried (of {there:,})"


def compared(regime: str, real: int, base: str, base_real: int, lost: Estimate, sign: float) -> dict[str, Any]:
    """A way to train beside photographs alone: their difference, and whether the images and seeds tell them apart.

    Args:
        regime: Of the way to train; with so many photographs.
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
        "what": f"{REGIME_WORDS[regime]} {plural(real, 'photograph')}" if real else REGIME_WORDS[regime],
        "against": f"{'the same ' if base == 'the same' else ''}{plural(base_real, 'photograph')} alone",
    }
    return {"regime": regime, "real": real, "base": base, **words, **facts, "verdict": verdict}


def plural(count: int, noun: str) -> str:
    """Such as "1 photograph" and "1,200 photographs"."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def sentences_of(content: Facts) -> list[str]:
    """The result in sentences, the most important first."""
    return [*_worth_said(content), *_comparisons_said(content), *_sizes_said(content), *_ablation_said(content)]


def next_steps(content: Facts, known: KnownPlaces | None = None) -> list[dict[str, str]]:
    """What to do ("do"), because of what ("why"), how in words ("how") and as a command line ("command").

    Only what an interval without 0, or a sure verdict, supports. Of "how" and "command" one may be empty.
    """
    places = known or KnownPlaces()
    steps = (_step_of_sizes, _steps_of_ablation, _step_of_regimes)
    return [step for make in steps for step in make(content, places)]


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
        groups.setdefault((one["regime"], one["base"]), []).append(one)
    for (regime, base), rows in groups.items():
        against = rows[0]["against"] if base == "all" else "the same photographs alone"
        found = [_difference_said(row, metric) for row in rows]
        way = REGIME_WORDS[regime] + (" photographs" if regime != "synthetic" else "")
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


def _step_of_sizes(content: Facts, known: KnownPlaces) -> Iterator[dict[str, str]]:
    fit = (content["sizes"] or {}).get("fit")
    if not fit or fit["verdict"] == "undecided":
        return
    share = f"{100 * fit['floor_share']:.0f}%"
    why = f"at {fit['largest']:,} renders, {share} of the error would remain with any number of renders"
    if fit["verdict"] == "render more":
        count = MORE * fit["largest"]
        how = f"repeat the command that made the renders with --n {count}; it adds to them"
        command = _render_words(known, count, ()) if known.dataset else ()
        yield _step("Render more images of the same recipe", why, "" if command else how, command)
    else:
        ablate = with_option(content["study"]["command"], "--ablate", EVERY_FACTOR)
        how = "find out which part of the recipe matters"
        yield _step("Change the recipe rather than render more", why, how, ablate)


def _steps_of_ablation(content: Facts, known: KnownPlaces) -> Iterator[dict[str, str]]:
    metric = content["study"]["metric"]
    for row in (content["ablation"] or {}).get("rows", ()):
        if row.get("low") is None:
            continue
        effect = f"{metric} on photographs {row['mean']:+.3f}{_signed_interval(row)} with it"
        if row["high"] < 0:
            keys = tuple(word for one in row["overrides"] for word in ("--set", one))
            images = content["study"]["synthetic"]["images"]
            command = _render_words(known, images, keys, f"-without-{row['name']}") if known.dataset else ()
            how = "" if command else f"render with {shlex.join(keys)}"
            yield _step(f"Render without the randomising of {row['name']}", effect, how, command)
        elif row["low"] > 0:
            yield _step(f"Keep the randomising of {row['name']}, and try a wider one", effect)


def _render_words(known: KnownPlaces, count: int, keys: tuple[str, ...], ending: str = "") -> tuple[str, ...]:
    """The renders again, from their own recipe, more of them or with other keys into another folder."""
    seed = ("--seed", str(known.seed)) if known.seed else ()
    recipe = ("--recipe", f"{known.dataset}/dataset.json")
    return ("render", "--n", str(count), *recipe, *seed, *keys, "--out", f"{known.dataset}{ending}")


def _step_of_regimes(content: Facts, known: KnownPlaces) -> Iterator[dict[str, str]]:
    """The way to use renders that surely helps: with the fewest photographs that beat all alone, else with the most."""
    sure = [one for one in content["comparisons"] if one["verdict"] == "better" and one["regime"] in REGIME_STEPS]
    beats_all = [one for one in sure if one["base"] == "all"]
    if not sure:
        return
    chosen = min(beats_all, key=_fewest) if beats_all else max(sure, key=lambda one: (one["real"], abs(one["mean"])))
    study = content["study"]
    do = REGIME_STEPS[chosen["regime"]].format(photographs=plural(chosen["real"], "photograph"))
    why = f"{study['metric']} {chosen['mean']:+.3f}{_signed_interval(chosen)} against {chosen['against']}"
    command = _training_words(chosen["regime"], study, known)
    how = "" if command else "start with --init-from from a run that was trained on the renders"
    yield _step(do, why, how, command)


def _training_words(regime: str, study: Facts, known: KnownPlaces) -> tuple[str, ...]:
    """The training, as far as the places in it are known."""
    real = (study["real"] or study["real_eval"])["name"]
    measured = ("--eval-on", study["real_eval"]["name"])
    task = ("--task", study["task"]) if study["task"] != "detection" else ()
    if regime == "mixed":
        data = known.dataset or value_of(study["command"], "--data") or study["synthetic"]["name"]
        return ("train", "--data", data, "--mix", f"{real}:train", *measured, *task, "--out", f"runs/{real}-mixed")
    if known.run is None:
        return ()
    start = ("train", "--data", f"{real}:train", "--init-from", known.run)
    return (*start, *measured, *task, "--out", f"{known.run}-then-{real}")


def _step(do: str, why: str, how: str = "", command: Sequence[str] = ()) -> dict[str, str]:
    return {"do": do, "why": why, "how": how, "command": command_line(*command) if command else ""}


def _fewest(one: Facts) -> tuple[int, float]:
    return one["real"], -abs(one["mean"])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
