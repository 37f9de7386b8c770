"""What to do after a study, as far as its numbers support it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthvis.metrics.missing import command_line
from synthvis.study.commands import EVERY_FACTOR, value_of, with_option
from synthvis.study.scaling import MORE
from synthvis.study.study_result import Comparison, StudyResult, StudySetup
from synthvis.study.wording import plural, signed_interval
from synthvis.train.config import DEFAULT_TASK

__all__ = ["KnownPlaces", "NextStep", "next_steps"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Something to do.

    Attributes:
        do: What.
        why: What was measured that supports it.
        how: In words; empty where the command says it.
        command: A whole command line; empty where there is none to give.
    """

    do: str
    why: str
    how: str = ""
    command: str = ""


def next_steps(result: StudyResult, known: KnownPlaces | None = None) -> list[NextStep]:
    """What an interval without 0, or a sure verdict, supports."""
    places = known or KnownPlaces()
    steps = (_step_of_sizes, _steps_of_ablation, _step_of_regimes)
    return [step for make in steps for step in make(result, places)]


def _step_of_sizes(result: StudyResult, known: KnownPlaces) -> Iterator[NextStep]:
    fit = result.sizes.fit if result.sizes else None
    if fit is None or fit.verdict == "undecided":
        return
    share = f"{100 * fit.floor_share:.0f}%"
    why = f"at {fit.largest:,} renders, {share} of the error would remain with any number of renders"
    if fit.verdict == "render more":
        count = MORE * fit.largest
        how = f"repeat the command that made the renders with --n {count}; it adds to them"
        command = _render_words(known, count, ()) if known.dataset else ()
        yield _step("Render more images of the same recipe", why, "" if command else how, command)
    else:
        ablate = with_option(result.setup.command, "--ablate", EVERY_FACTOR)
        how = "find out which part of the recipe matters"
        yield _step("Change the recipe rather than render more", why, how, ablate)


def _steps_of_ablation(result: StudyResult, known: KnownPlaces) -> Iterator[NextStep]:
    setup = result.setup
    for row in result.ablation.rows if result.ablation else ():
        gain = row.gain
        if gain is None or gain.low is None or gain.high is None:
            continue
        effect = f"{setup.metric} on photographs {gain.mean:+.3f}{signed_interval(gain)} with it"
        if gain.high < 0:
            keys = tuple(word for one in row.overrides for word in ("--set", one))
            images = setup.synthetic.images
            command = _render_words(known, images, keys, f"-without-{row.name}") if known.dataset else ()
            how = "" if command else f"render with {shlex.join(keys)}"
            yield _step(f"Render without the randomising of {row.name}", effect, how, command)
        elif gain.low > 0:
            yield _step(f"Keep the randomising of {row.name}, and try a wider one", effect)


def _render_words(known: KnownPlaces, count: int, keys: tuple[str, ...], ending: str = "") -> tuple[str, ...]:
    """The renders again, from their own recipe, more of them or with other keys into another folder."""
    seed = ("--seed", str(known.seed)) if known.seed else ()
    recipe = ("--recipe", f"{known.dataset}/dataset.json")
    return ("render", "--n", str(count), *recipe, *seed, *keys, "--out", f"{known.dataset}{ending}")


def _step_of_regimes(result: StudyResult, known: KnownPlaces) -> Iterator[NextStep]:
    """The way to use renders that surely helps: with the fewest photographs that beat all alone, else with the most."""
    sure = [one for one in result.comparisons if one.verdict == "better" and one.regime in REGIME_STEPS]
    beats_all = [one for one in sure if one.base == "all"]
    if not sure:
        return
    most = max(sure, key=lambda one: (one.real, abs(one.difference.mean)))
    chosen = min(beats_all, key=_fewest) if beats_all else most
    setup, gain = result.setup, chosen.difference
    do = REGIME_STEPS[chosen.regime].format(photographs=plural(chosen.real, "photograph"))
    why = f"{setup.metric} {gain.mean:+.3f}{signed_interval(gain)} against {chosen.against}"
    command = _training_words(chosen.regime, setup, known)
    how = "" if command else "start with --init-from from a run that was trained on the renders"
    yield _step(do, why, how, command)


def _training_words(regime: str, setup: StudySetup, known: KnownPlaces) -> tuple[str, ...]:
    """The training, as far as the places in it are known."""
    real = (setup.real or setup.real_eval).name
    measured = ("--eval-on", setup.real_eval.name)
    task = ("--task", setup.task) if setup.task != DEFAULT_TASK else ()
    if regime == "mixed":
        data = known.dataset or value_of(setup.command, "--data") or setup.synthetic.name
        return ("train", "--data", data, "--mix", f"{real}:train", *measured, *task, "--out", f"runs/{real}-mixed")
    if known.run is None:
        return ()
    start = ("train", "--data", f"{real}:train", "--init-from", known.run)
    return (*start, *measured, *task, "--out", f"{known.run}-then-{real}")


def _step(do: str, why: str, how: str = "", command: Sequence[str] = ()) -> NextStep:
    return NextStep(do=do, why=why, how=how, command=command_line(*command) if command else "")


def _fewest(one: Comparison) -> tuple[int, float]:
    return one.real, -abs(one.difference.mean)
