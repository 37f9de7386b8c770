"""The rules of the quality gate about films: frames in their places, tracks that stay themselves, poses that move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.scene.film import frame_of
from synthvis.scene.physics import GRAVITY_MPS2

__all__ = ["film_findings"]

Float = NDArray[np.float64]
Finding = tuple[int | None, str]
"""Image id and message."""

SLACK_M = 0.02
"""A thing that spins about its middle moves its origin on a curve."""


def film_findings(
    images: Sequence[ImageEntry], annotations: Mapping[int, Sequence[AnnotationEntry]], frames: int | None
) -> Iterator[Finding]:
    """What contradicts that images are frames of films.

    Args:
        images: Of a split.
        annotations: By image id.
        frames: Of a film, as the recipe says; None: the images are no films.
    """
    films: dict[int, list[ImageEntry]] = {}
    for image in sorted(images, key=lambda one: one.id):
        fault = _fault_of_place(image, frames)
        if fault is not None:
            yield image.id, fault
        elif image.video is not None:
            films.setdefault(image.video.id, []).append(image)
    for number, shown in films.items():
        yield from _track_findings(number, shown, annotations)
        for before, after in pairwise(shown):
            if after.id == before.id + 1:
                yield from _velocity_findings(before, after, annotations)


def _fault_of_place(image: ImageEntry, frames: int | None) -> str | None:
    found = None if image.video is None else image.video.id, image.frame_id
    expected = (None, None) if frames is None else frame_of(image.id, frames)
    if found == expected:
        return None
    return f"video_id and frame_id are {found[0]} and {found[1]}, not {expected[0]} and {expected[1]}"


def _track_findings(
    number: int, images: Sequence[ImageEntry], annotations: Mapping[int, Sequence[AnnotationEntry]]
) -> Iterator[Finding]:
    """A track is one object in each image at most, and of one class throughout."""
    classes: dict[int, int] = {}
    for image in images:
        seen: set[int] = set()
        for entry in annotations.get(image.id, ()):
            track = entry.track_id
            if track is None or track < 1:
                yield image.id, f"{entry.name} has no track_id from 1 on"
                continue
            if track in seen:
                yield image.id, f"two annotations have the track {track}"
            if classes.setdefault(track, entry.category_id) != entry.category_id:
                yield image.id, f"{entry.name}: track {track} of film {number} was of another class before"
            seen.add(track)


def _velocity_findings(
    before: ImageEntry, after: ImageEntry, annotations: Mapping[int, Sequence[AnnotationEntry]]
) -> Iterator[Finding]:
    """From one frame to the next a thing goes as far as its velocities say, give or take gravity and one impact."""
    fps = before.fps
    if not fps:
        yield before.id, "the image entry of a frame has no fps"
        return
    step_s = 1.0 / fps
    earlier = {entry.track_id: entry for entry in annotations.get(before.id, ())}
    for entry in annotations.get(after.id, ()):
        first = earlier.get(entry.track_id)
        if first is None:
            continue
        places = (_origin_m(before, first), _origin_m(after, entry))
        speeds = (first.velocity_world_mps, entry.velocity_world_mps)
        if places[0] is None or places[1] is None or speeds[0] is None or speeds[1] is None:
            yield after.id, f"{entry.name} has no pose or no velocity"
            continue
        way = places[1] - places[0]
        miss_m = float(np.linalg.norm(way - step_s * (speeds[0] + speeds[1]) / 2))
        allowed_m = step_s * float(np.linalg.norm(speeds[1] - speeds[0])) / 2 + GRAVITY_MPS2 * step_s**2 / 2 + SLACK_M
        if not miss_m <= allowed_m:
            yield after.id, f"{entry.name} has moved {miss_m:.2f} m farther than its velocity says"


def _origin_m(image: ImageEntry, entry: AnnotationEntry) -> Float | None:
    if image.world_from_cam is None or entry.cam_from_object is None:
        return None
    origin: Float = (image.world_from_cam @ entry.cam_from_object)[:3, 3]
    return origin
