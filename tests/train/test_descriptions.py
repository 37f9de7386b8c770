"""What is said of a task before torch is loaded agrees with the half that learns."""

from __future__ import annotations

import pytest

from synthvis.errors import UsageError
from synthvis.train.backbones.catalogue import CATALOGUE
from synthvis.train.backbones.names import timm_names
from synthvis.train.config import ModelConfig
from synthvis.train.dense.decoders import DECODERS
from synthvis.train.dense.network import NETWORKS as DENSE
from synthvis.train.depth.loss import LOSSES as DEPTH_LOSSES
from synthvis.train.detection.architectures import DETECTORS
from synthvis.train.keypoints.task import NETWORKS as KEYPOINTS
from synthvis.train.normals.loss import LOSSES as NORMALS_LOSSES
from synthvis.train.registry import description_of, task_named, tasks
from synthvis.train.semantic.loss import LOSSES as SEMANTIC_LOSSES

pytestmark = pytest.mark.train

BUILT = {"detection": DETECTORS, "keypoints": KEYPOINTS}
LOSSES = {"semantic": SEMANTIC_LOSSES, "depth": DEPTH_LOSSES, "normals": NORMALS_LOSSES}


@pytest.mark.parametrize("name", tasks())
def test_names_are_those_that_can_be_built(name: str) -> None:
    described, task = description_of(name), task_named(name)
    assert task.description is described
    if name in BUILT:
        assert described.archs == tuple(BUILT[name])
    if name in LOSSES:
        assert described.losses == tuple(LOSSES[name])
        assert set(described.archs) <= set(DENSE) & set(DECODERS)


@pytest.mark.parametrize("backbone", ["alexnet", "dino", "swin_tiny", "seresnet18"])
@pytest.mark.parametrize("name", ["detection", "classification", "semantic", "depth"])
def test_a_task_says_which_backbones_its_own_network_can_stand_on(name: str, backbone: str) -> None:
    config, classes = ModelConfig(backbone=backbone, input_size=64, head_channels=32), ("cup",)
    if not description_of(name).can_stand_on(CATALOGUE[backbone]):
        with pytest.raises(UsageError, match=backbone):
            task_named(name).build(config, classes, pretrained=False)
        return
    network = task_named(name).build(config, classes, pretrained=False)
    # Under the names of the catalogue, which are not always those of timm, it is the network of these weights.
    wanted = CATALOGUE[backbone]
    assert wanted.library == "torchvision" or network.body.pretrained_cfg["architecture"] == wanted.model


@pytest.mark.parametrize("name", ["instances", "classification"])
def test_the_one_architecture_of_a_task_is_the_one_that_is_built(name: str) -> None:
    described = description_of(name)
    config = ModelConfig(input_size=64, head_channels=32, arch=described.archs[0])
    assert task_named(name).build(config, ("cup",), pretrained=False) is not None


def test_names_read_from_the_sources_of_timm_are_those_it_registers() -> None:
    import timm

    assert set(timm.list_models()) <= timm_names()
    assert all(timm.is_model(name) for name in timm_names())
