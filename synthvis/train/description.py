"""What is known of a task before torch is loaded: its names, where its labels are, what a network can be measured on.

Each task has a description in `train/TASK/description.py` and, in `train/TASK/task.py`, a half that learns and needs
torch. What a user mistypes is refused by the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from synthvis.data.left_out import LeftOut

__all__ = ["FoundSet", "LabelledSplit", "TaskDescription"]


class FoundSet(Protocol):
    """A labelled set on disk, not read yet."""

    @property
    def name(self) -> str:
        """Short name."""

    @property
    def kind(self) -> str:
        """Either real or synthetic."""

    @property
    def default_split(self) -> str:
        """The split that is meant where none is named."""

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of its splits."""


class LabelledSplit(Protocol):
    """Labelled images of one split."""

    @property
    def name(self) -> str:
        """Name of the set."""

    @property
    def kind(self) -> str:
        """Either real or synthetic."""

    @property
    def split(self) -> str:
        """Such as train or val."""

    @property
    def images(self) -> Sequence[Any]:
        """The images in a fixed order."""

    @property
    def left_out(self) -> LeftOut:
        """What of the set could not be used."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the network answers, by name; empty for a map of numbers."""

    @property
    def label_count(self) -> int:
        """Labels to learn from; 0: there is nothing to train on."""


class TaskDescription(Protocol):
    """What a task is called, chooses among and reads. It holds no state and loads no torch."""

    name: str
    """As in `--task`."""
    headline: str
    """Metric by which the best weights are kept."""
    lower_is_better: bool
    labels: str
    """What `LabelledSplit.label_count` counts, in the plural."""
    archs: tuple[str, ...]
    """Architectures by the names that `--arch` takes, the default first."""
    losses: tuple[str, ...]
    """Losses by the names that `--loss` takes, the default first; empty where the loss is part of the network."""
    test_time: tuple[str, ...]
    """Further views of each image that predictions can be averaged over, as in `--tta`."""

    def find(self, name_or_path: str | Path, root: str | Path | None = None) -> FoundSet:
        """A set by its name or folder.

        Raises:
            RealDataError: Nothing is there, with what to type.
        """

    def read(self, found: Any, split: str | None = None) -> Any:
        """One split of a set.

        Raises:
            RealDataError: There is no such split, or it cannot be read.
        """

    def require_comparable(self, split: Any, classes: Sequence[str]) -> None:
        """Refuse a set on which a network that knows `classes` cannot be measured.

        Raises:
            RealDataError: With the reason.
        """
