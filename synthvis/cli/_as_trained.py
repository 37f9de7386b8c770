"""`synthvis preview --as-trained`: the first batches of a training, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import UsageError

if TYPE_CHECKING:
    from synthvis.train.config import TrainConfig

__all__ = ["draw_as_trained"]

BATCHES = 1


def draw_as_trained(
    data: str, settings: Mapping[str, Any], count: int | None, tile_px: int, out: Path | None, *, dry_run: bool
) -> tuple[Path, NDArray[np.uint8] | None]:
    """Where the sheet goes, and the sheet unless it is a dry run.

    Args:
        data: What `synthvis train --data` takes.
        settings: Options of the training; None where not typed.
        count: Images; None: the first batch.
        tile_px: Side of a tile.
        out: File to write; None: among the previews of the dataset.
        dry_run: Only say where.

    Raises:
        UsageError: The data is no dataset and no file is named.
        RealDataError: There is no such data.
    """
    from synthvis.cli._torch import start_torch
    from synthvis.cli._training import checked_config, config_from
    from synthvis.train.sets import resolve_splits
    from synthvis.ui.left_out import show_left_out

    settings = dict(settings)
    classes = settings.pop("classes", None)
    train, _, _ = resolve_splits(data, (), classes=classes, task=checked_config(settings).task)
    show_left_out((train,))
    start_torch()
    from synthvis.report.fed_sheet import fed_sheet
    from synthvis.train.registry import task_named
    from synthvis.train.views.shown import first_views

    config = config_from(settings)
    path = out or _default_path(data, config)
    if dry_run:
        return path, None
    views = first_views(task_named(config.task), train, config, count or BATCHES * config.batch)
    return path, fed_sheet(views, tile_px)


def _default_path(data: str, config: TrainConfig) -> Path:
    """Among the dataset's previews; what is drawn of photographs belongs where its owner says."""
    from synthvis.dataset.layout import DatasetLayout
    from synthvis.train.views.augment import recipe_of

    if not (Path(data) / "dataset.json").is_file():
        raise UsageError(f"{data} is no rendered dataset, so its preview has no place", hint="name a file with --out")
    how = recipe_of(config).name or "recipe"
    return DatasetLayout(Path(data)).previews / f"as-trained_{config.task}_{how}.png"
