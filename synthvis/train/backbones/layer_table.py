"""What each layer of a network gives and costs: output size, memory, parameters, multiply-adds.

Counted in one forward pass of one image, on real shapes, by hooks. On torch's meta device no number is computed and no
weight is held. One multiply-add is one; a FLOP count of hardware vendors is twice that. Counted are convolutions,
linear layers and products of matrices (attention); not biases, normalisation, activations, pooling, sums.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torch.utils.hooks import RemovableHandle

from synthvis.errors import UsageError
from synthvis.train.backbones.catalogue import find_backbone
from synthvis.train.backbones.features import native_input_hw, whole_network

__all__ = ["Layer", "LayerTable", "classifier_table", "layer_table", "run_table"]

BYTES = 4
"""Of a float32."""

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One call of one layer."""

    name: str
    kind: str
    """Class of the module, with kernel, stride and padding where it has them."""
    output_shape: Shape
    """Without the batch; empty where the output is no tensor."""
    memory_bytes: int
    """Of its output at four bytes a number; 0 for a layer whose parts have rows of their own."""
    weights: int
    """Numbers in kernels and matrices. Parameters that layers share stand with the first."""
    biases: int
    """Numbers in biases and in the scales and shifts of normalisation."""
    multiply_adds: int

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTable:
    """All layers of a network in the order in which they are entered."""

    title: str
    image_hw: tuple[int, int]
    layers: tuple[Layer, ...]

    @property
    def memory_bytes(self) -> int:
        """All outputs together."""
        return sum(one.memory_bytes for one in self.layers)

    @property
    def weights(self) -> int:
        """Numbers in kernels and matrices."""
        return sum(one.weights for one in self.layers)

    @property
    def biases(self) -> int:
        """Numbers in biases and normalisation."""
        return sum(one.biases for one in self.layers)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases

    @property
    def multiply_adds(self) -> int:
        """For one image."""
        return sum(one.multiply_adds for one in self.layers)

    def at_depth(self, depth: int) -> LayerTable:
        """The same table with one row for all layers that share the first `depth` parts of their names."""
        groups: dict[str, list[Layer]] = {}
        for layer in self.layers:
            groups.setdefault(".".join(layer.name.split(".")[:depth]), []).append(layer)
        rows = tuple(_sum_of(name, layers) for name, layers in groups.items())
        return LayerTable(title=self.title, image_hw=self.image_hw, layers=rows)


def classifier_table(name: str, image_hw: tuple[int, int] | None = None) -> LayerTable:
    """The table of a network of the catalogue, of timm or of torchvision, classifier included.

    Args:
        name: As in `find_backbone`.
        image_hw: Size of the input in pixels; None: that of its weights.

    Raises:
        UsageError: There is no such network, or it cannot take images of this size.
    """
    backbone = find_backbone(name)
    size = image_hw or native_input_hw(name)
    with torch.device("meta"):
        network = whole_network(name, size)
        images = torch.zeros(1, 3, *size)
    label = backbone.timm_name if backbone.library == "timm" else backbone.model
    return _table_or_refusal(network, images, name, f"{backbone.name} ({backbone.library} {label})")


def run_table(network: nn.Module, input_size: int, title: str) -> LayerTable:
    """The table of a trained network at the size of its images; it chooses among its answers, so it is computed.

    Raises:
        UsageError: It cannot take images of this size.
    """
    images = torch.zeros(1, 3, input_size, input_size, dtype=torch.uint8)
    return _table_or_refusal(network, images, "the network", title)


def _table_or_refusal(network: nn.Module, images: Tensor, name: str, title: str) -> LayerTable:
    try:
        return layer_table(network, images, title)
    except (RuntimeError, AssertionError, ValueError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        height, width = images.shape[-2:]
        raise UsageError(f"{name} cannot take images of {height}x{width}: {reason}") from error


def layer_table(network: nn.Module, images: Tensor, title: str) -> LayerTable:
    """Walk through one forward pass.

    Args:
        network: On the device of `images`; it is left in evaluation mode.
        images: (1, 3, H, W), of the dtype that the network wants.
        title: Of the table.

    Raises:
        RuntimeError: Whatever the network raises on these images.
    """
    network.eval()
    walk = _Walk(network)
    with walk.hooked(), walk.counter, torch.no_grad():
        network(images)
    height, width = images.shape[-2:]
    return LayerTable(title=title, image_hw=(height, width), layers=tuple(walk.rows()))


@dataclass(slots=True)
class _Call:
    """One call of one module, while it runs and after."""

    name: str
    module: nn.Module
    counted_before: int
    input_shape: Shape
    nested: int = 0
    """Multiply-adds of the modules that it called."""
    own: int = 0
    output_shape: Shape = ()
    output_numbers: int = 0
    parameters: list[nn.Parameter] = field(default_factory=list)


class _Walk:
    """Listens to a forward pass."""

    def __init__(self, network: nn.Module) -> None:
        self.counter = FlopCounterMode(display=False)
        self._names = {module: name for name, module in network.named_modules()}
        self._calls: list[_Call] = []
        self._open: list[_Call] = []

    @contextmanager
    def hooked(self) -> Iterator[None]:
        """With hooks on every module, and without them afterwards."""
        handles: list[RemovableHandle] = []
        for module in self._names:
            handles.append(module.register_forward_pre_hook(self._enter))
            handles.append(module.register_forward_hook(self._leave))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _counted(self) -> int:
        # The counter counts a multiplication and an addition as two.
        return int(self.counter.get_total_flops()) // 2

    def _enter(self, module: nn.Module, inputs: Any) -> None:
        shape = next((tuple(one.shape) for one in _tensors(inputs)), ())
        call = _Call(self._names[module], module, self._counted(), shape)
        self._calls.append(call)
        self._open.append(call)

    def _leave(self, module: nn.Module, inputs: Any, output: Any) -> None:
        call = self._open.pop()
        inside = self._counted() - call.counted_before
        if self._open:
            self._open[-1].nested += inside
        tensors = list(_tensors(output))
        call.output_shape = tuple(tensors[0].shape) if tensors else ()
        call.output_numbers = sum(one.numel() for one in tensors)
        by_formula = _multiply_adds(module, call)
        call.own = inside - call.nested if by_formula is None else by_formula

    def rows(self) -> Iterator[Layer]:
        """One row a call of a layer that has parameters, costs multiply-adds or changes the shape."""
        self._share_out_parameters()
        for call in self._calls:
            is_leaf = next(call.module.children(), None) is None
            changes = is_leaf and call.output_shape != call.input_shape
            if call.own or call.parameters or changes:
                yield _row(call, is_leaf=is_leaf)

    def _share_out_parameters(self) -> None:
        """Give each parameter to the first call of its module, or of the nearest one around it that was called."""
        first_call: dict[str, _Call] = {}
        for call in self._calls:
            first_call.setdefault(call.name, call)
        seen: set[int] = set()
        for call in first_call.values():
            _take(call, call.module.parameters(recurse=False), seen)
        for name, parameter in self._calls[0].module.named_parameters():
            around = name.rpartition(".")[0]
            while around not in first_call:
                around = around.rpartition(".")[0]
            _take(first_call[around], [parameter], seen)


def _take(call: _Call, parameters: Iterable[nn.Parameter], seen: set[int]) -> None:
    new = [one for one in parameters if id(one) not in seen]
    seen.update(id(one) for one in new)
    call.parameters.extend(new)


def _multiply_adds(module: nn.Module, call: _Call) -> int | None:
    """By the textbook, from the shapes; None for what is no plain convolution or linear layer."""
    if isinstance(module, nn.modules.conv._ConvNd):
        a_number = math.prod(module.kernel_size) * module.in_channels // module.groups
        if module.transposed:
            a_number = math.prod(module.kernel_size) * module.out_channels // module.groups
            return math.prod(call.input_shape) * a_number
        return call.output_numbers * a_number
    return call.output_numbers * module.in_features if isinstance(module, nn.Linear) else None


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        yield from _tensors(tuple(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _tensors(one)


def _row(call: _Call, *, is_leaf: bool) -> Layer:
    shape = call.output_shape
    return Layer(
        name=call.name or "(network)",
        kind=_kind(call.module),
        output_shape=shape[1:] if shape[:1] == (1,) else shape,
        memory_bytes=BYTES * call.output_numbers if is_leaf else 0,
        weights=sum(one.numel() for one in call.parameters if one.ndim > 1),
        biases=sum(one.numel() for one in call.parameters if one.ndim < 2),
        multiply_adds=call.own,
    )


def _kind(module: nn.Module) -> str:
    words = [type(module).__name__]
    for prefix, key, plain in (("", "kernel_size", None), ("/", "stride", 1), ("pad ", "padding", 0)):
        value = getattr(module, key, None)
        if isinstance(value, tuple) and len(set(value)) == 1:
            value = value[0]
        if value is None or value == plain or isinstance(value, nn.Module):
            continue
        text = "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
        words.append(f"{prefix}{f'{text}x{text}' if key == 'kernel_size' and 'x' not in text else text}")
    groups = getattr(module, "groups", 1)
    return " ".join([*words, *([f"groups {groups}"] if isinstance(groups, int) and groups > 1 else [])])


def _sum_of(name: str, layers: list[Layer]) -> Layer:
    return Layer(
        name=name,
        kind=layers[0].kind if len(layers) == 1 else f"{len(layers)} layers",
        output_shape=layers[-1].output_shape,
        memory_bytes=sum(one.memory_bytes for one in layers),
        weights=sum(one.weights for one in layers),
        biases=sum(one.biases for one in layers),
        multiply_adds=sum(one.multiply_adds for one in layers),
    )
