"""The command line of a study, and the same one with another option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthvis.train.config import DEFAULT_TASK

if TYPE_CHECKING:
    from synthvis.study.plan import StudyPlan

__all__ = ["EVERY_FACTOR", "study_words", "value_of", "with_option"]

EVERY_FACTOR = "lighting,texture,camera,distractors,context,sensor"


def study_words(plan: StudyPlan, synth: str | None = None) -> tuple[str, ...]:
    """Words behind "synthvis" of a study that was not typed as a command, such as that of a pipeline.

    Args:
        plan: The study.
        synth: Folder of the renders; None: they are called by the name of their set.
    """
    sets, config = plan.sets, plan.config
    real = sets.real or sets.real_eval
    words = ["study", "--data", synth or sets.synthetic.name, "--real", real.name]
    words += ["--task", sets.task] if sets.task != DEFAULT_TASK else []
    words += ["--regimes", ",".join(config.regimes)] if config.regimes else []
    words += ["--fractions", ",".join(f"{one:g}" for one in config.fractions)] if config.fractions else []
    return (*words, "--seeds", ",".join(map(str, config.seeds)), "--steps", str(config.training.steps))


def with_option(words: Sequence[str], name: str, value: str) -> tuple[str, ...]:
    """The words of a command with an option set to a value, whatever it was before."""
    kept, skipped = [], False
    for word in words:
        if skipped:
            skipped = False
        elif word == name:
            skipped = True
        elif not word.startswith(f"{name}="):
            kept.append(word)
    return (*kept, name, value)


def value_of(words: Sequence[str], name: str) -> str | None:
    """The value of an option of a command; None where it does not have it."""
    for place, word in enumerate(words):
        if word == name and place + 1 < len(words):
            return words[place + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None
