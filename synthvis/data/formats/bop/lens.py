"""How far projections by cam_K miss pictures that a lens has bent: BOP has no place for its distortion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from synthvis.camera.pinhole import pixels_of
from synthvis.camera.projector import projector_through
from synthvis.data.sample import Sample

__all__ = ["largest_shift_px"]

LENSES_LOOKED_AT = 200
POINTS_A_SIDE = 9


def largest_shift_px(splits: Sequence[Sequence[Sample]]) -> float | None:
    """Largest distance between where a point is seen and where a pinhole of the same K would show it, pixels.

    Looked at are a grid of points of a picture and up to 200 lenses, spread over the images; None: none is bent.

    Raises:
        DatasetError: What an image says of its camera is none.
        UsageError: A distortion folds its picture over.
    """
    positions = list(_lenses(splits))
    step = max(1, len(positions) // LENSES_LOOKED_AT)
    return max((_shift_px(splits[split][position]) for split, position in positions[::step]), default=None)


def _lenses(splits: Sequence[Sequence[Sample]]) -> Iterator[tuple[int, int]]:
    """Split and position of the first image of each camera that bends its picture."""
    met: set[int] = set()
    for split, images in enumerate(splits):
        for position, image in enumerate(images):
            camera = hash(str(image.camera_facts))
            if image.camera_facts is not None and image.camera_facts.get("distortion") and camera not in met:
                met.add(camera)
                yield split, position


def _shift_px(image: Sample) -> float:
    camera = image.camera
    if camera is None or camera.distortion is None:
        return 0.0
    height, width = image.image_hw
    k1, k2, p1, p2, k3 = camera.distortion.tolist()
    projector = projector_through(camera.K, image.image_hw, (k1, k2, p1, p2, k3))
    columns, rows = np.meshgrid(np.linspace(0, width, POINTS_A_SIDE), np.linspace(0, height, POINTS_A_SIDE))
    seen = np.stack([columns.ravel(), rows.ravel()], axis=1)
    straight = pixels_of(projector.directions(seen), camera.K)
    return float(np.linalg.norm(straight - seen, axis=1).max())
