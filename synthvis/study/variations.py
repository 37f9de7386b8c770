"""Choices that a study takes one at a time: another value of one setting, or other renders, all else as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from synthvis.config.yaml_reader import parse_yaml
from synthvis.data.split import Split
from synthvis.errors import UsageError
from synthvis.train.config import TrainConfig

__all__ = ["DATA_KEY", "Choice", "Variation", "choices_of"]

DATA_KEY = "data"
"""Varies what is rendered instead of a setting of the training."""

FIXED_KEYS = ("seed", "eval_every", "task", "device", "threads", "workers")
"""Keys that are an option of their own, or that change no number."""

MAX_CHOICES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of one key, as it was typed.

    Attributes:
        key: A setting of `synthvis train`, or DATA_KEY.
        text: The value as typed.
        value: What it means.
    """

    key: str
    text: str
    value: object

    @property
    def name(self) -> str:
        """Such as "steps=1200"."""
        return f"{self.key}={self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """A choice, and what every regime trains with when it is made.

    Attributes:
        choice: The key and its value.
        training: Settings of every training.
        synthetic: Renders to train on.
    """

    choice: Choice
    training: TrainConfig
    synthetic: Split = field(repr=False)

    @property
    def label(self) -> str:
        """Part of the names of its trainings, made of letters, digits, "-" and "_"."""
        text = Path(self.choice.text).name if self.choice.key == DATA_KEY else self.choice.text
        return re.sub(r"[^A-Za-z0-9_-]+", "_", f"{self.choice.key}-{text}")[:40]


def choices_of(typed: Sequence[str]) -> tuple[Choice, ...]:
    """Every value of `KEY=VALUE,VALUE` texts, each once.

    Raises:
        UsageError: A text has no key or no value, or its key cannot be varied.
    """
    found: dict[str, Choice] = {}
    for text in typed:
        for choice in _values(text):
            found.setdefault(choice.name, choice)
    if len(found) > MAX_CHOICES:
        raise UsageError(f"--vary: {len(found)} values, at most {MAX_CHOICES}")
    return tuple(found.values())


def _values(text: str) -> Iterator[Choice]:
    key, _, values = (part.strip() for part in text.partition("="))
    shown = text[:80]
    if not key or not values:
        raise UsageError(f"--vary {shown}: expected KEY=VALUE,VALUE", hint="such as --vary steps=600,1200")
    key = key.replace("-", "_")
    if key in FIXED_KEYS:
        own = {"seed": "--seeds", "task": "--task"}.get(key)
        hint = f"use {own}" if own else "it changes no result"
        raise UsageError(f"--vary {shown}: {key} cannot be varied", hint=hint)
    for value in (one.strip() for one in values.split(",")):
        if not value:
            raise UsageError(f"--vary {shown}: a value is empty", hint="such as --vary steps=600,1200")
        yield Choice(key=key, text=value, value=value if key == DATA_KEY else parse_yaml(value, where=f"--vary {key}"))
