"""Which part of a backbone learns."""

from __future__ import annotations

from typing import Any

from torch import nn

__all__ = ["freeze_backbone"]


def freeze_backbone(body: Any, trainable_stages: int) -> None:
    """Let only the last stages of a backbone learn; its normalisation keeps ImageNet's statistics throughout.

    Args:
        body: From `feature_body`.
        trainable_stages: 0 freezes all of it.
    """
    stages = _stage_of_parameters(body)
    first = max(stages.values()) + 1 - trainable_stages
    for name, parameter in body.named_parameters():
        parameter.requires_grad_(stages[name] >= first)
    for module in body.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.requires_grad_(False)
    body.eval()


def _stage_of_parameters(body: Any) -> dict[str, int]:
    """Stage of each parameter: stage i ends with the module that yields feature map i.

    That module may be a pooling or an activation, which has no parameters itself.
    """
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
