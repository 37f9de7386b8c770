"""Feature maps of the networks that timm does not have, cut out of torchvision's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torchvision
from timm.models import FeatureInfo
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.feature_extraction import create_feature_extractor

from synthvis.errors import UsageError
from synthvis.train.backbones.catalogue import Backbone

__all__ = ["TorchvisionBody", "torchvision_network"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """Where a network is cut."""

    maps: tuple[tuple[int, int, str], ...]
    """(stride, channels, module) of each map, finest first: the last one at its stride."""
    after: tuple[str, ...]
    """Prefixes of the parameters behind the last map."""
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    border_px: int = 0
    """Zeros to put above and to the left of the input, for the pixels that poolings without padding lose."""
    surplus: tuple[int, ...] = ()
    """Rows and columns that each map then has too many at its start."""


CUTS = {
    # Unpadded: cell i of the maps at 8, 16 and 32 looks at pixel 8i + 7, 16i + 15 and 32i + 31. With 31 zeros before
    # the image and the surplus cells dropped, it looks at pixel stride * i, as in a padded network.
    "alexnet": _Cut(
        maps=((8, 192, "features.4"), (16, 256, "features.11"), (32, 256, "features.12")),
        after=("classifier.",),
        border_px=31,
        surplus=(3, 1, 0),
    ),
    # Its weights were ported from TensorFlow and want inputs from -1 to 1.
    "googlenet": _Cut(
        maps=((4, 192, "conv3"), (8, 480, "inception3b"), (16, 832, "inception4e"), (32, 1024, "inception5b")),
        after=("aux1.", "aux2.", "fc."),
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
    ),
    "mobilenet_v2": _Cut(
        maps=((4, 24, "features.3"), (8, 32, "features.6"), (16, 96, "features.13"), (32, 320, "features.17")),
        after=("features.18.", "classifier."),
    ),
}


class TorchvisionBody(nn.Module):
    """Feature maps at some strides, with what timm's bodies tell of themselves: `feature_info`, `pretrained_cfg`.

    Raises:
        UsageError: It is not known where to cut this network, or it has no maps at these strides.
    """

    def __init__(self, backbone: Backbone, strides: tuple[int, ...]) -> None:
        super().__init__()
        cut = CUTS.get(backbone.model)
        if cut is None:
            raise UsageError(
                f"it is not known where torchvision's {backbone.model} has its feature maps",
                hint=f"of torchvision's: {', '.join(CUTS)}; timm knows it of nearly all its networks",
            )
        at = [place for place, (stride, _, _) in enumerate(cut.maps) if stride in strides]
        if len(at) != len(strides):
            raise UsageError(f"{backbone.name} has maps at strides {', '.join(str(one[0]) for one in cut.maps)} only")
        nodes = {cut.maps[place][2]: str(place) for place in at}
        self.network = create_feature_extractor(
            torchvision_network(backbone.model), return_nodes=nodes, suppress_diff_warning=True
        )
        self.feature_info = FeatureInfo(
            [{"reduction": stride, "num_chs": width, "module": f"network.{node}"} for stride, width, node in cut.maps],
            tuple(at),
        )
        self.pretrained_cfg: dict[str, Any] = {"mean": cut.mean, "std": cut.std}
        self.parameters_after = cut.after
        self._border_px, self._surplus = cut.border_px, [cut.surplus[place] if cut.surplus else 0 for place in at]

    def forward(self, images: Tensor) -> list[Tensor]:
        """Maps (N, C, H / stride, W / stride) of normalised images (N, 3, H, W), finest first."""
        if self._border_px:
            images = functional.pad(images, (self._border_px, 0, self._border_px, 0))
        maps = self.network(images).values()
        return [one[:, :, extra:, extra:] for one, extra in zip(maps, self._surplus, strict=True)]


def torchvision_network(model: str) -> Any:
    """A whole torchvision classifier with random weights, without auxiliary classifiers.

    Raises:
        UsageError: torchvision has none of that name.
    """
    options = {"googlenet": {"aux_logits": False, "init_weights": False}, "inception_v3": {"init_weights": False}}
    known = torchvision.models.list_models(module=torchvision.models)
    if model not in known:
        raise UsageError(f"torchvision knows no classifier '{model}'", hint=f"it has {', '.join(known[:6])} ...")
    return torchvision.models.get_model(model, weights=None, **options.get(model, {}))
