"""Architectures, losses and answers for each pixel."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from synthvis.errors import UsageError
from synthvis.train.backbones.freezing import freeze_backbone
from synthvis.train.backbones.weights import packaged_lite0
from synthvis.train.config import ModelConfig
from synthvis.train.dense.predict import predicted_maps
from synthvis.train.depth.loss import depth_losses
from synthvis.train.normals.loss import normal_losses
from synthvis.train.picture import Picture
from synthvis.train.registry import task_named
from synthvis.train.semantic.loss import class_losses

pytestmark = pytest.mark.train

SEMANTIC, DEPTH, NORMALS = (task_named(name) for name in ("semantic", "depth", "normals"))
CLASSES = ("background", "apple", "cup")


def small(arch: str = "auto") -> ModelConfig:
    return ModelConfig(input_size=64, head_channels=32, arch=arch)


@pytest.mark.parametrize("arch", SEMANTIC.description.archs)
def test_every_architecture_answers_learns_and_names_its_class_rows(arch: str) -> None:
    torch.manual_seed(0)
    network = SEMANTIC.build(small(arch), CLASSES, pretrained=False)
    freeze_backbone(network.body, 1)
    network.train()
    network.body.eval()
    images = torch.randint(0, 255, (1, 3, 64, 64), dtype=torch.uint8)
    targets = [{"classes": torch.zeros(64, 64, dtype=torch.uint8)}]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = network(images, targets)
    assert losses["cross_entropy"].dtype == torch.float32
    losses["cross_entropy"].backward()
    learning = {name for name, parameter in network.named_parameters() if parameter.requires_grad}
    body = {f"core.encoder.model.{name}" for name, _ in network.body.named_parameters()}
    assert {name.split(".")[4] for name in learning & body} == {"5", "6"}
    for name, parameter in network.named_parameters():
        assert name not in learning or parameter.grad is not None, name
    rows = [value for name, value in network.state_dict().items() if name.startswith(network.class_layers)]
    assert rows and all(len(row) == len(CLASSES) for row in rows)
    others = [value for name, value in network.state_dict().items() if not name.startswith(network.class_layers)]
    assert all(value.shape[:1] != (len(CLASSES),) for value in others)
    network.eval()
    assert network(images).shape == (1, len(CLASSES), 64, 64)


@pytest.mark.parametrize("arch", SEMANTIC.description.archs)
def test_heads_have_no_running_statistics(arch: str) -> None:
    """The averaged weights would keep those of the first moment."""
    network = SEMANTIC.build(small(arch), CLASSES, pretrained=False)
    heads = {name for name, _ in network.named_buffers() if not name.startswith("core.encoder.")}
    assert heads == {"normalise.mean", "normalise.std"}


def test_the_body_has_the_packaged_weights_and_sees_normalised_pixels() -> None:
    network = DEPTH.build(small(), ())
    packaged = packaged_lite0()
    for name, value in network.body.state_dict().items():
        assert torch.equal(value, packaged[name]), name
    seen = []
    network.body.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    network.eval()(torch.stack([torch.zeros(3, 64, 64), torch.full((3, 64, 64), 255)]).to(torch.uint8))
    assert seen[0].amin() == pytest.approx(-1, abs=0.01) and seen[0].amax() == pytest.approx(1, abs=0.01)


def test_an_architecture_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean 'unet'"):
        SEMANTIC.build(small("unett"), CLASSES, pretrained=False)
    with pytest.raises(UsageError, match="depth has no architecture 'fcn'"):
        DEPTH.build(small("fcn"), (), pretrained=False)
    with pytest.raises(UsageError, match="'nothing'"):
        DEPTH.build(ModelConfig(backbone="nothing"), (), pretrained=False)
    with pytest.raises(UsageError, match="FCN cannot stand on 'vgg11': its layers do not fit"):
        SEMANTIC.build(ModelConfig(backbone="vgg11", arch="fcn"), CLASSES, pretrained=False)


def test_answers_are_what_they_mean() -> None:
    images = torch.randint(0, 255, (2, 3, 64, 64), dtype=torch.uint8)
    with torch.inference_mode():
        normals = NORMALS.build(small(), (), pretrained=False).eval()(images)
        depth_m = DEPTH.build(small(), (), pretrained=False).eval()(images)
    torch.testing.assert_close(normals.norm(dim=1), torch.ones(2, 64, 64))
    assert (normals[:, 2] < 0).float().mean() > 0.6
    assert depth_m.shape == (2, 1, 64, 64) and (depth_m > 0).all()


def test_cross_entropy_by_hand() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 0.0]]).log1p()[None, :, None]
    classes = torch.tensor([[0, 255]], dtype=torch.uint8)
    assert float(class_losses(logits, [{"classes": classes}])["cross_entropy"]) == pytest.approx(-math.log(3 / 4))
    nothing = class_losses(logits.requires_grad_(), [{"classes": classes * 0 + 255}])["cross_entropy"]
    nothing.backward()
    assert float(nothing.detach()) == 0


def test_depth_losses_by_hand() -> None:
    """Two valid pixels with log errors 0.3 and 0.1, one without truth; a second image without any."""
    truth = torch.tensor([[[2.0, 5.0, 0.0]], [[0.0, 0.0, 0.0]]])
    log_depths = torch.tensor([[[math.log(2) + 0.3, math.log(5) + 0.1, 9.0]], [[1.0, 1.0, 1.0]]])[:, None]
    log_depths.requires_grad_()
    losses = depth_losses(log_depths, [{"depth_m": one} for one in truth])
    assert float(losses["scale_invariant"].detach()) == pytest.approx(0.05 - 0.5 * 0.04)
    assert float(losses["log_l1"].detach()) == pytest.approx(0.2)
    sum(losses.values()).backward()
    assert torch.isfinite(log_depths.grad).all() and float(log_depths.grad[0, 0, 0, 2]) == 0
    empty = depth_losses(log_depths[1:], [{"depth_m": truth[1]}])
    assert [float(value.detach()) for value in empty.values()] == [0, 0]


def test_normal_losses_by_hand() -> None:
    directions = torch.tensor([[3.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]).T[None, :, None]
    normals = torch.tensor([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 0.0]]).T[:, None]
    directions.requires_grad_()
    loss = normal_losses(directions, [{"normals": normals}])["cosine"]
    assert float(loss.detach()) == pytest.approx((0 + 0.2) / 2)
    loss.backward()
    assert torch.isfinite(directions.grad).all()
    nothing = normal_losses(directions, [{"normals": normals * 0}])["cosine"]
    assert float(nothing.detach()) == 0


class Columns(torch.nn.Module):
    """Answers with the red of each pixel."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images[:, :1].float()


@pytest.mark.parametrize("image_hw", [(30, 40), (96, 128), (200, 50), (64, 64)])
def test_answers_come_back_at_the_stored_size(image_hw: tuple[int, int]) -> None:
    ramp = np.linspace(0, 250, image_hw[1]).astype(np.uint8)
    picture = Picture(pixels=np.broadcast_to(ramp[None, :, None], (*image_hw, 3)).copy())
    found = list(predicted_maps(Columns(), [picture] * 3, 64, torch.device("cpu")))
    assert len(found) == 3
    for answer in found:
        assert answer.shape == (1, *image_hw)
        assert np.abs(answer[0].numpy() - ramp).max() < 12
