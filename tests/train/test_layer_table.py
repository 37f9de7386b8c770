"""The layer table, held to numbers worked by hand, to torch's own counter and to published totals."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from synthvis.errors import UsageError
from synthvis.train.backbones.features import whole_network
from synthvis.train.backbones.layer_table import LayerTable, classifier_table, layer_table, run_table

pytestmark = pytest.mark.train

ALEXNET = [
    # layer, output, memory KB, weights K, multiply-adds in millions: each from kernel, channels and size, by hand
    ("features.0", (64, 56, 56), 784, 23, 73),
    ("features.2", (64, 27, 27), 182, 0, 0),
    ("features.3", (192, 27, 27), 547, 307, 224),
    ("features.5", (192, 13, 13), 127, 0, 0),
    ("features.6", (384, 13, 13), 254, 664, 112),
    ("features.8", (256, 13, 13), 169, 885, 150),
    ("features.10", (256, 13, 13), 169, 590, 100),
    ("features.12", (256, 6, 6), 36, 0, 0),
    ("classifier.1", (4096,), 16, 37_749, 38),
    ("classifier.4", (4096,), 16, 16_777, 17),
    ("classifier.6", (1000,), 4, 4_096, 4),
]

RESNETS = {18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3}
"""Thousand millions of multiply-adds in table 1 of He et al. 2016."""


def shown(table: LayerTable) -> list[tuple]:
    return [
        (
            one.name,
            one.output_shape,
            round(one.memory_bytes / 1024),
            round(one.weights / 1e3),
            round(one.multiply_adds / 1e6),
        )
        for one in table.layers
    ]


def counted_by_torch(network: nn.Module, images: torch.Tensor) -> int:
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network.eval()(images)
    return counter.get_total_flops() // 2


def on_meta(name: str, side: int) -> tuple[nn.Module, torch.Tensor]:
    with torch.device("meta"):
        return whole_network(name, (side, side)), torch.zeros(1, 3, side, side)


def test_alexnet_is_the_table_of_the_lectures() -> None:
    table = classifier_table("alexnet", (227, 227))
    assert shown(table) == ALEXNET
    first = table.layers[0]
    assert (first.weights, first.biases) == (64 * 3 * 11 * 11, 64)
    assert first.multiply_adds == 64 * 56 * 56 * 3 * 11 * 11
    assert table.parameters == 61_100_840


def test_resnets_of_the_paper_with_its_stride_and_its_shortcuts() -> None:
    """As published: bottlenecks stride on their first 1x1 convolution, and 18 and 34 have shortcuts without weights."""
    for depth, published in RESNETS.items():
        with torch.device("meta"):
            network, images = torchvision.models.get_model(f"resnet{depth}", weights=None), torch.zeros(1, 3, 224, 224)
        for block in network.modules():
            if isinstance(block, torchvision.models.resnet.Bottleneck) and block.conv2.stride == (2, 2):
                block.conv1.stride, block.conv2.stride = (2, 2), (1, 1)
        layers = layer_table(network, images, "").layers
        counted = [one for one in layers if depth >= 50 or "downsample" not in one.name]
        assert sum(one.multiply_adds for one in counted) / 1e9 == pytest.approx(published, abs=0.06)


def test_todays_resnet50_strides_later_and_costs_more() -> None:
    table = classifier_table("resnet50", (224, 224))
    assert table.multiply_adds == 4_089_184_256
    assert table.parameters == 25_557_032


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "mobilenet_v2", "seresnet18", "swin_tiny", "dino"])
def test_totals_are_those_of_torchs_counter(name: str) -> None:
    side = 96 if name in ("dino", "swin_tiny") else 64
    network, images = on_meta(name, side)
    table = layer_table(network, images, name)
    assert table.multiply_adds == counted_by_torch(network, images)
    assert table.parameters == sum(one.numel() for one in network.parameters())


def test_attention_counts_both_of_its_products() -> None:
    """Every token with every token, for scores and for the sum: 2 N^2 D a block, beside its four linear layers."""
    table = classifier_table("dino", (224, 224))
    tokens, width, blocks = 14 * 14 + 1, 384, 12
    attention = [one for one in table.layers if one.name.endswith(".attn")]
    assert [one.multiply_adds for one in attention] == [2 * tokens**2 * width] * blocks
    assert {one.memory_bytes for one in attention} == {0}
    own = [one for one in table.layers if one.name == "(network)"]
    assert sum(one.parameters for one in own) == width + tokens * width


class Shared(nn.Module):
    """One convolution for two sizes, a linear layer that never runs, a product of matrices, a parameter of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1, groups=1)
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2, bias=False)
        self.idle = nn.Linear(5, 7)
        self.scale = nn.Parameter(torch.ones(4, 1, 1))

    def forward(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        large = self.conv(images) * self.scale
        small = self.conv(images[:, :, ::2, ::2])
        flat = small.flatten(2)
        return {"large": self.up(large), "product": flat @ flat.transpose(1, 2)}


def test_shared_and_idle_parameters_are_counted_once() -> None:
    table = layer_table(Shared(), torch.zeros(1, 3, 8, 8), "")
    rows = {}
    for one in table.layers:
        rows.setdefault(one.name, []).append(one)
    first, second = rows["conv"]
    assert (first.weights, first.biases, second.parameters) == (4 * 3 * 9, 4, 0)
    assert (first.multiply_adds, second.multiply_adds) == (4 * 64 * 27, 4 * 16 * 27)
    assert (rows["up"][0].multiply_adds, rows["up"][0].output_shape) == (4 * 64 * 2 * 4, (2, 16, 16))
    (itself,) = rows["(network)"]
    assert (itself.multiply_adds, itself.weights, itself.biases) == (4 * 4 * 16, 4 + 35, 7)
    assert table.parameters == sum(one.numel() for one in Shared().parameters())


def test_the_walk_leaves_no_hooks_behind() -> None:
    network = Shared()
    layer_table(network, torch.zeros(1, 3, 8, 8), "")
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())


def test_groups_divide_the_cost() -> None:
    network = nn.Sequential(nn.Conv2d(8, 8, 3, groups=8, bias=False), nn.ReLU(), nn.Flatten())
    conv, flatten = layer_table(network, torch.zeros(1, 8, 5, 5), "").layers
    assert (conv.multiply_adds, conv.kind) == (8 * 9 * 9, "Conv2d 3x3 groups 8")
    assert (flatten.output_shape, flatten.multiply_adds) == ((72,), 0)


def test_depth_sums_rows_and_keeps_totals() -> None:
    table = classifier_table("resnet18", (64, 64))
    whole = table.at_depth(1)
    assert [one.name for one in whole.layers][-3:] == ["layer4", "global_pool", "fc"]
    assert whole.layers[-3].output_shape == (512, 2, 2)
    for total in ("memory_bytes", "weights", "biases", "multiply_adds"):
        assert getattr(whole, total) == getattr(table, total)


def test_sizes_that_a_network_cannot_take_are_refused() -> None:
    with pytest.raises(UsageError, match="alexnet cannot take images of 20x20"):
        classifier_table("alexnet", (20, 20))
    with pytest.raises(UsageError, match="resnet5000") as caught:
        classifier_table("resnet5000")
    assert "did you mean" in (caught.value.hint or "")


def test_a_detector_is_computed_at_its_image_size() -> None:
    from synthvis.train.config import ModelConfig
    from synthvis.train.registry import task_named

    config = ModelConfig(input_size=128, head_channels=32, head_convs=1)
    network = task_named("detection").build(config, ("a", "b"), pretrained=False)
    table = run_table(network, 128, "run")
    assert table.image_hw == (128, 128)
    assert table.parameters == sum(one.numel() for one in network.parameters())
    logits = [one for one in table.layers if one.name == "head.classification_head.cls_logits"]
    assert [one.output_shape for one in logits] == [(2, 16, 16), (2, 8, 8), (2, 4, 4), (2, 2, 2)]
    assert [one.weights for one in logits] == [32 * 2 * 9, 0, 0, 0]
    assert sum(one.multiply_adds for one in logits) == (256 + 64 + 16 + 4) * 2 * 32 * 9
