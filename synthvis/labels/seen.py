"""Which labelled objects can be seen in the stored picture, and whether the picture is worth keeping.

An object that cannot be seen keeps its pixels in depth, normals and the instance map, as unlabelled objects do, and
gets neither annotation nor class in the semantic map: nobody could have drawn it on a photograph.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthvis.labels.contrast import MIN_CONTRAST, VisibleColours, contrasts_of
from synthvis.labels.image_labels import ImageLabels
from synthvis.scene.spec import SceneSpec

__all__ = ["MEAN_TOLERANCE", "fault_of_picture", "mean_light", "seen_only"]

MEAN_TOLERANCE = 0.05
"""Share of the least mean light that compression, noise and sharpening may take."""

LUMA = np.array([0.2126, 0.7152, 0.0722])
_encoded = np.arange(256) / 255
LINEAR = np.where(_encoded <= 0.04045, _encoded / 12.92, ((_encoded + 0.055) / 1.055) ** 2.4)
"""Linear light of each 8-bit sRGB value (IEC 61966-2-1)."""


def seen_only(labels: ImageLabels, stored_rgb: NDArray[np.uint8]) -> ImageLabels:
    """The labels of what can be seen, each with its contrast; the ids of the rest are in `unseen_instance_ids`.

    Args:
        labels: Of everything that has a pixel.
        stored_rgb: (H, W, 3) uint8, the picture as it is read back from its file.
    """
    contrasts = contrasts_of(VisibleColours.of(stored_rgb), {one.instance_id: one.mask for one in labels.instances})
    unseen = tuple(one.instance_id for one in labels.instances if contrasts[one.instance_id] < MIN_CONTRAST)
    semantic = labels.semantic.copy()
    for one in labels.instances:
        if one.instance_id in unseen:
            semantic[one.mask] = 0
    return replace(
        labels,
        instances=tuple(
            replace(one, contrast=contrasts[one.instance_id])
            for one in labels.instances
            if one.instance_id not in unseen
        ),
        semantic=semantic,
        unseen_instance_ids=unseen,
    )


def fault_of_picture(spec: SceneSpec, annotated: int, stored_rgb: NDArray[np.uint8]) -> str | None:
    """Why a picture is not worth keeping; None where it is.

    Args:
        spec: Its scene.
        annotated: Number of its objects that can be seen.
        stored_rgb: (H, W, 3) uint8, the picture as it is read back from its file.
    """
    labelled = sum(item.category is not None for item in spec.objects)
    if labelled and not annotated:
        return f"none of its {labelled} labelled objects can be seen"
    least = spec.sensor.least_mean
    mean = mean_light(stored_rgb)
    if least is not None and mean < (1 - MEAN_TOLERANCE) * least:
        return f"its mean light is {mean:.3f}, {least:.3f} is the least that was asked for"
    return None


def mean_light(rgb: NDArray[np.uint8]) -> float:
    """Mean linear luminance (Rec. 709) of an sRGB picture, 0 to 1."""
    return float(LINEAR[rgb].reshape(-1, 3).mean(axis=0) @ LUMA)
