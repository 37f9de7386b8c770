"""Which part of a backbone learns."""

from __future__ import annotations

from typing import Any

from torch import nn

from synthvis.train.config import BatchNormMode

__all__ = ["freeze_backbone", "set_training_mode", "stage_of_parameters"]


def freeze_backbone(body: Any, trainable_stages: int, batchnorm: BatchNormMode = "frozen") -> None:
    """Let only the last stages of a backbone learn.

    Args:
        body: From `feature_body`.
        trainable_stages: 0 freezes all of it.
        batchnorm: "frozen" and "auto" keep scale, shift and statistics of ImageNet; "learn" lets the stages that learn
            train theirs on the statistics of each batch (Ioffe and Szegedy 2015); "statistics" keeps every scale and
            shift and lets the statistics of all stages follow the new images (Li et al. 2016).
    """
    stages = stage_of_parameters(body)
    first = max(stages.values()) + 1 - trainable_stages
    for name, parameter in body.named_parameters():
        parameter.requires_grad_(stages[name] >= first)
    if batchnorm != "learn":
        for module in body.modules():
            if _is_batchnorm(module):
                module.requires_grad_(False)
    set_training_mode(body, batchnorm)


def set_training_mode(body: nn.Module, batchnorm: BatchNormMode) -> None:
    """Put what learns into training mode and the rest into evaluation mode: what is frozen drops nothing either."""
    _set_mode(body, False, batchnorm)


def _set_mode(module: nn.Module, parent_learns: bool, batchnorm: BatchNormMode) -> None:
    own = list(module.parameters())
    learns = any(parameter.requires_grad for parameter in own) if own else parent_learns
    module.training = (batchnorm == "statistics" or learns) if _is_batchnorm(module) else learns
    for child in module.children():
        _set_mode(child, learns, batchnorm)


def _is_batchnorm(module: nn.Module) -> bool:
    return isinstance(module, nn.modules.batchnorm._BatchNorm)


def stage_of_parameters(body: Any) -> dict[str, int]:
    """Stage of each parameter by name: stage i ends with the module that yields feature map i.

    That module may be a pooling or an activation, which has no parameters itself. A body without feature maps, as a
    task from outside may have one, is one stage.
    """
    if not hasattr(body, "feature_info"):
        return {name: 0 for name, _ in body.named_parameters()}
    ends = [info["module"].replace(".", "_") + "_" for info in body.feature_info.info]
    stage, inside, stages = 0, False, {}
    for module_name, module in body.named_modules():
        # Extractors of transformers hold the network under this name.
        flat = module_name.removeprefix("model.").replace(".", "_") + "_"
        match = next((place for place in range(stage, len(ends)) if flat.startswith(ends[place])), None)
        if match is None and inside:
            stage = min(stage + 1, len(ends) - 1)
        stage = stage if match is None else match
        inside = match is not None
        for name, _ in module.named_parameters(module_name, recurse=False):
            stages[name] = stage
    return stages
