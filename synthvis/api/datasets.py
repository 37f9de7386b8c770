"""Opening labelled sets."""

from __future__ import annotations

from pathlib import Path

from synthvis.data.dataset import Dataset, find_dataset
from synthvis.errors import UsageError

__all__ = ["open_dataset"]


def open_dataset(path: str | Path, *, format: str | None = None, task: str | None = None) -> Dataset:
    """Open a labelled set: a rendered dataset, a folder or file in any known form, or a benchmark by its name.

    Several forms may lie in one folder: of a rendered dataset, "coco" has boxes and masks, "coco-keypoints" keypoints.

    Args:
        path: "data/fruit", "data/fruit:val", "photos/annotations/instances_val.json", or a name such as "coco".
        format: Name of the form to read; None: the first in which something is found there.
        task: Read the form with the labels of this task, such as "keypoints"; None: as `format` says.

    Returns:
        The set; splits, pictures and labels are read when they are asked for.

    Raises:
        RealDataError: Nothing is there, with what to type.
        UsageError: There is no such form or task, or both are named.

    Examples:
        >>> import synthvis as sv
        >>> dataset = sv.open_dataset("data/fruit")
        >>> dataset.splits
        ('train', 'val')
        >>> for sample in dataset["val"]:
        ...     print(sample.image.dtype, len(sample.boxes) == len(sample.masks))
        uint8 True
        >>> sv.open_dataset("data/fruit", task="keypoints").format.name
        'coco-keypoints'
    """
    if task is None:
        return find_dataset(path, formats=None if format is None else (format,))
    if format is not None:
        raise UsageError("a format and a task are two ways to say what to read", hint="leave one of them out")
    from synthvis.train.registry import description_of

    return find_dataset(path, formats=description_of(task).formats)
