"""What is known of a task before torch is loaded: its names, where its labels are, what a network can be measured on.

Each task has a description in `train/TASK/description.py` and, in `train/TASK/task.py`, a half that learns and needs
torch. What a user mistypes is refused by the first.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.picture_files import with_sound_pictures
from synthvis.data.split import Split

__all__ = ["LabelledSplit", "TaskDescription"]


LabelledSplit = Split
"""Labelled images of one split."""


class TaskDescription(Protocol):
    """What a task is called, chooses among and reads. It holds no state and loads no torch.

    Attributes:
        name: As in `--task`.
        headline: Metric by which the best weights are kept.
        lower_is_better: Whether less of it is better.
        labels: What `Split.label_count` counts, in the plural.
        formats: Names of the data formats in which its labels are found, the likeliest first.
        archs: Architectures by the names that `--arch` takes, the default first.
        losses: Losses by the names that `--loss` takes, the default first; empty where it is part of the network.
        test_time: Further views of each image that predictions can be averaged over, as in `--tta`.
    """

    name: str
    headline: str
    lower_is_better: bool = False
    labels: str
    formats: tuple[str, ...]
    archs: tuple[str, ...]
    losses: tuple[str, ...] = ()
    test_time: tuple[str, ...] = ()

    def find(self, name_or_path: str | Path, root: str | Path | None = None) -> Dataset:
        """A set by its name, folder or file; `NAME:SPLIT` sets the default split.

        Raises:
            RealDataError: Nothing is there, with what to type.
        """
        return find_dataset(name_or_path, root, formats=self.formats)

    def read(self, found: Dataset, split: str | None = None) -> Any:
        """One split of a set, without the photographs that cannot be opened.

        Raises:
            RealDataError: There is no such split, or it cannot be read.
        """
        return with_sound_pictures(self.labelled(found.read(split)))

    def labelled(self, split: Split) -> Split:
        """The split as the task sees it.

        Raises:
            RealDataError: It lacks labels of the task.
        """
        return split

    @abstractmethod
    def require_comparable(self, split: Any, classes: Sequence[str]) -> None:
        """Refuse a set on which a network that knows `classes` cannot be measured.

        Raises:
            RealDataError: With the reason.
        """
