"""Convolutions at the border. The oracle adds up by hand what of the kernel lies inside the map."""

from __future__ import annotations

import itertools

import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor, nn

from synthvis.train.config import ModelConfig
from synthvis.train.dense.border import EvenConv2d
from synthvis.train.dense.decoders import DECODERS

pytestmark = pytest.mark.train


def by_hand(plain: nn.Conv2d, maps: Tensor) -> Tensor:
    """Sums over the taps inside, times all taps over those inside, plus the bias; one channel to one."""
    (size, _), (stride, _), (pad, _), (reach, _) = plain.kernel_size, plain.stride, plain.padding, plain.dilation
    assert isinstance(pad, int)
    high, wide = maps.shape[2:]
    found, kernel = plain(maps).detach().clone(), plain.weight.detach()
    for row, column in itertools.product(range(found.shape[2]), range(found.shape[3])):
        total, inside = 0.0, 0
        for i, j in itertools.product(range(size), range(size)):
            y, x = row * stride - pad + i * reach, column * stride - pad + j * reach
            if 0 <= y < high and 0 <= x < wide:
                total += float(kernel[0, 0, i, j] * maps[0, 0, y, x])
                inside += 1
        found[0, 0, row, column] = total * size**2 / inside + (
            0.0 if plain.bias is None else float(plain.bias.detach()[0])
        )
    return found


@pytest.mark.parametrize(
    ("size", "stride", "pad", "reach"), [(3, 1, 1, 1), (3, 2, 1, 1), (5, 1, 2, 1), (3, 1, 4, 4), (1, 1, 0, 1)]
)
@pytest.mark.parametrize("bias", [True, False])
def test_sums_are_stretched_by_what_lies_inside(size: int, stride: int, pad: int, reach: int, bias: bool) -> None:
    torch.manual_seed(0)
    plain = nn.Conv2d(1, 1, size, stride, pad, reach, bias=bias)
    maps = torch.randn(1, 1, 7, 6)
    even = EvenConv2d.of(plain)
    assert torch.allclose(even(maps), by_hand(plain, maps), atol=1e-5)
    assert even.weight is plain.weight and even.bias is plain.bias


def test_a_map_of_one_value_stays_one() -> None:
    """With equal weights, that is; zeros beyond the border would make 4/9 of it in the corners."""
    plain = nn.Conv2d(1, 1, 3, padding=1, bias=False)
    nn.init.constant_(plain.weight, 1 / 9)
    maps = torch.ones(1, 1, 5, 5)
    assert torch.allclose(EvenConv2d.of(plain)(maps), maps)
    assert float(plain(maps)[0, 0, 0, 0].detach()) == pytest.approx(4 / 9)


def test_a_u_net_of_stride_4_has_no_other_convolution_that_pads() -> None:
    network = DECODERS["unet4"].build(ModelConfig(arch="unet4", head_channels=32), 2)
    pretrained = set(network.encoder.modules())  # type: ignore[union-attr]
    padded = [
        module
        for module in network.modules()
        if isinstance(module, nn.Conv2d) and module not in pretrained and module.padding[0]
    ]
    assert len(padded) == 7 and all(isinstance(module, EvenConv2d) for module in padded)
    assert network(torch.zeros(2, 3, 64, 64)).shape == (2, 2, 16, 16)
