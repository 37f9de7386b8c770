"""Views of a picture and its map: scaled, mirrored and placed in the square together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset
from torchvision.transforms import v2

from synthvis.errors import UsageError
from synthvis.seeds import integer_seed_for, rng_for
from synthvis.train.config import TrainConfig
from synthvis.train.dense.placement import Placement, draw_placement
from synthvis.train.views.letterbox import Letterbox
from synthvis.train.views.pixels import CACHE_BYTES, CACHE_SCALE

__all__ = ["DenseViews", "MapRules", "same_map"]

Map = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRules:
    """What a kind of map is to the views. Its functions stand in a module, as loader processes are sent them.

    Attributes:
        target: Name of the map among the targets.
        unknown: Value of pixels without truth, the padding among them.
        mirrored: Turns the values of a map that was mirrored left to right.
        zoomed: Turns the values of a map (first) that was enlarged by a factor (second).
    """

    target: str
    unknown: float
    mirrored: Callable[[Map], Map]
    zoomed: Callable[[Map, float], Map]


def same_map(values: Map, _: float = 1.0) -> Map:
    """For values that do not change with the view."""
    return values


class DenseViews(Dataset[dict[str, Tensor]]):
    """Views with "image" (3, S, S) uint8 and the target (S, S) or (C, S, S), keyed by (epoch, index).

    Args:
        images: Entries that `read_pair` understands.
        read_pair: Pixels (H, W, 3) uint8 RGB of an entry and its map (H, W) or (H, W, C).
        rules: Of the kind of map.
        config: Input size, strength of augmentation, seed.
    """

    def __init__(
        self,
        images: Sequence[Any],
        read_pair: Callable[[Any], tuple[NDArray[np.uint8], Map]],
        rules: MapRules,
        config: TrainConfig,
    ) -> None:
        self._pairs = _PairCache(images, read_pair, round(CACHE_SCALE * config.model.input_size))
        self._rules, self._size = rules, config.model.input_size
        if config.augment_recipe is not None or config.match_photos is not None:
            raise UsageError(
                f"the task {config.task} has no augmentation by recipe", hint="--augment sets the strength of its own"
            )
        self._seed, self._strength = config.seed, config.augment
        self._colours = _colours(config.augment) if config.augment > 0 else None

    def __len__(self) -> int:
        return len(self._pairs)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        epoch, index = key
        pixels, values = self._pairs[index]
        rng = rng_for(self._seed, epoch, f"place/{index}")
        place = draw_placement((pixels.shape[0], pixels.shape[1]), self._size, self._strength, rng)
        values = self._rules.zoomed(place.of_map(values, self._rules.unknown), place.zoom)
        if place.mirror:
            values = self._rules.mirrored(values)
        image = torch.from_numpy(place.of_picture(pixels)).permute(2, 0, 1)
        return {"image": self._coloured(image, epoch, index), self._rules.target: _as_tensor(values)}

    def _coloured(self, image: Tensor, epoch: int, index: int) -> Tensor:
        if self._colours is None:
            return image
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(integer_seed_for(self._seed, epoch, f"augment/{index}"))
            coloured: Tensor = self._colours(image)
        return coloured


class _PairCache:
    """Pictures and maps shrunk to what an input needs; as many in memory as fit."""

    def __init__(
        self,
        images: Sequence[Any],
        read_pair: Callable[[Any], tuple[NDArray[np.uint8], Map]],
        long_side_px: int,
    ) -> None:
        self._images, self._read_pair, self._long_side_px = images, read_pair, long_side_px
        self._kept: dict[int, tuple[NDArray[np.uint8], Map]] = {}
        self._kept_bytes = 0

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], Map]:
        if index in self._kept:
            return self._kept[index]
        pair = self._shrunk(*self._read_pair(self._images[index]))
        size_bytes = pair[0].nbytes + pair[1].nbytes
        if self._kept_bytes + size_bytes <= CACHE_BYTES:
            self._kept[index] = pair
            self._kept_bytes += size_bytes
        return pair

    def _shrunk(self, pixels: NDArray[np.uint8], values: Map) -> tuple[NDArray[np.uint8], Map]:
        if max(pixels.shape[:2]) <= self._long_side_px:
            return pixels, values
        inner_hw = Letterbox((pixels.shape[0], pixels.shape[1]), self._long_side_px).inner_hw
        whole = Placement(inner_hw=inner_hw, corner_xy=(0, 0), mirror=False, zoom=1.0, view_hw=inner_hw)
        return whole.of_picture(pixels), whole.of_map(values, 0)


def _as_tensor(values: Map) -> Tensor:
    channels_first = values.transpose(2, 0, 1) if values.ndim == 3 else values
    return torch.from_numpy(np.ascontiguousarray(channels_first))


def _colours(strength: float) -> v2.Transform:
    amount = min(1.0, 0.3 * strength)
    jitter = v2.ColorJitter(brightness=amount, contrast=amount, saturation=amount, hue=0.03 * min(strength, 2.0))
    blur = v2.GaussianBlur(5, sigma=(0.3, 1.0 + 0.5 * strength))
    return v2.Compose(
        [
            v2.RandomApply([jitter], p=0.7),
            v2.RandomGrayscale(p=0.03 * strength),
            v2.RandomApply([blur], p=min(1.0, 0.15 * strength)),
        ]
    )
