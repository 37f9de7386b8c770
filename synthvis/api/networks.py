"""The backbones that training knows by name, and what the layers of a network cost."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.errors import UsageError
from synthvis.train.backbones.catalogue import Backbone, of_family
from synthvis.train.backbones.names import require_known
from synthvis.train.registry import tasks

if TYPE_CHECKING:
    from synthvis.train.backbones.layer_table import LayerTable

__all__ = ["backbones", "check_network", "layer_table", "tasks_over"]


def backbones(family: str | None = None) -> Sequence[Backbone]:
    """The backbones that training knows by name; other names of timm work as well.

    Args:
        family: The family to list, such as resnet; None: all.

    Returns:
        For each its strides, where its weights come from, and their licence.

    Raises:
        UsageError: There is no such family.

    Examples:
        >>> import synthvis as sv
        >>> sv.backbones("resnet")[0].strides
        (2, 4, 8, 16, 32)
    """
    return tuple(of_family(family))


def tasks_over(backbone: Backbone) -> tuple[str, ...]:
    """Names of the tasks whose networks can be built over a backbone, those of installed packages among them."""
    return tuple(name for name, task in tasks().items() if task.can_stand_on(backbone))


def layer_table(network: Path | str, *, image_hw: tuple[int, int] | None = None) -> LayerTable:
    """The output size, memory, parameters and multiply-adds of each layer. Nothing is downloaded.

    Args:
        network: Name of a backbone, torchvision:NAME, or a trained run.
        image_hw: Height and width of the image, in pixels; None: those of the weights or of the run.

    Returns:
        The layers in the order in which they are entered; `table.at_depth(1)` adds them up by part.

    Raises:
        UsageError: There is no such backbone, or the size does not suit it.
        CheckpointError: The run has no weights.
        MissingDependency: PyTorch is not installed.

    Examples:
        >>> import synthvis as sv
        >>> sv.layer_table("resnet18").parameters  # doctest: +SKIP
        11689512
    """
    name, path = str(network), Path(network)
    check_network(network)
    from synthvis.train.torch_loading import load_torch

    load_torch()
    from synthvis.train.backbones.layer_table import classifier_table, run_table

    if not _is_run(network):
        return classifier_table(name, image_hw)
    from synthvis.train.engine.checkpoint import load_trained

    trained = load_trained(path)
    side = trained.model.input_size
    if image_hw is not None and image_hw[0] != image_hw[1]:
        raise UsageError("a trained network takes square images", hint=f"--input-size {image_hw[0]}x{image_hw[0]}")
    title = f"{path.name}: {trained.task}, {trained.model.backbone}, {len(trained.classes)} classes"
    return run_table(trained.network, image_hw[0] if image_hw else side, title)


def check_network(network: Path | str) -> None:
    """Refuse an unknown name before torch is loaded; a run turns out when it is read.

    Raises:
        UsageError: There is no such backbone.
    """
    if not _is_run(network):
        require_known(str(network))


def _is_run(network: Path | str) -> bool:
    name = str(network)
    return os.sep in name or name.endswith(".safetensors") or Path(network).is_dir()
