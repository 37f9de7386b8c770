"""One training of a study as a value, with a key that says what decides its outcome."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthvis.data.split import Split
from synthvis.train.config import TrainConfig

__all__ = ["Data", "Job", "data_of", "file_digest", "split_digest"]

WITHOUT_EFFECT = {"workers", "threads", "device"}
"""Settings of a training that change how long it takes, not what it learns."""

KEY_LETTERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A set to train on.

    Attributes:
        key: Digest of all that decides its content.
        real: Photographs in it, each counted once.
        synthetic: Renders in it.
        split: The labelled images.
    """

    key: str
    real: int
    synthetic: int
    split: Split = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One training, and the measurement after it.

    Attributes:
        name: For people, also the start of the folder's name.
        config: Of the trainer.
        data: What it is trained on.
        init: The job whose weights it begins from.
        weights: File of backbone weights, None for the package's own.
        unit: Jobs of one unit stay on one machine, for they share what is rendered or pretrained for them.
    """

    name: str
    config: TrainConfig
    data: Data
    init: Job | None = None
    weights: Path | None = None
    unit: str = ""

    @property
    def key(self) -> str:
        """Equal for equal config, data and start, on any machine and in any folder."""
        facts = {
            "config": self.config.model_dump(mode="json", exclude=WITHOUT_EFFECT),
            "data": self.data.key,
            "init": self.init.key if self.init else None,
            "weights": file_digest(self.weights) if self.weights else None,
        }
        return _digest(facts)[:KEY_LETTERS]

    @property
    def folder(self) -> str:
        """Name of its folder."""
        return f"{self.name}-{self.key}"

    @property
    def steps(self) -> tuple[int, ...]:
        """Steps from the pretrained backbone on, stage by stage."""
        return (*(self.init.steps if self.init else ()), self.config.steps)


def data_of(split: Split, *, real: int, synthetic: int) -> Data:
    """A set that has been read."""
    return Data(key=split_digest(split), real=real, synthetic=synthetic, split=split)


def split_digest(split: Split) -> str:
    """SHA-256 over classes, labels, and names and sizes of the image files, hex.

    Folders do not count, so that a copy on another machine is the same set. Pixels are not read: a file that was
    replaced by another of equal length goes unnoticed.
    """
    digest = hashlib.sha256(f"{split.name}\n{split.kind}\n{split.split}\n{list(split.class_names)}".encode())
    for image in split.images:
        path = getattr(image, "path", None)
        digest.update(f"\n{_entry_text(image)} {_size_of(path)}".encode())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entry_text(image: Any) -> str:
    """An entry of any task in words, with every path cut down to its last part."""
    names = getattr(type(image), "__dataclass_fields__", None)
    if names is None:
        return repr(image)
    values = {name: getattr(image, name) for name in names}
    return repr({name: value.name if isinstance(value, Path) else value for name, value in values.items()})


def _size_of(path: Path | None) -> int:
    try:
        return path.stat().st_size if path else 0
    except OSError:
        # The trainer will say so, with a hint.
        return -1


def _digest(facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
