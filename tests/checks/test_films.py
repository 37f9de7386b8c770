"""What the quality gate says of films that somebody spoilt."""

from __future__ import annotations

import numpy as np
import pytest

from synthvis.checks.films import film_findings
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry

FPS, FRAMES = 10.0, 3


def image(number: int, *, video: int | None = None, frame: int | None = None) -> ImageEntry:
    eye = np.eye(4)
    eye[0, 3] = 0.1 * number
    place = {
        "video_id": (number - 1) // FRAMES + 1 if video is None else video,
        "frame_id": (number - 1) % FRAMES + 1 if frame is None else frame,
    }
    return ImageEntry.of(
        {"id": number, "file_name": "a.jpg", "width": 9, "height": 9, **place,
         "synthvis": {"fps": FPS, "world_from_cam": eye.tolist()}}
    )  # fmt: skip


def annotation(
    image_id: int, x_m: float, speed_mps: float, *, track: int | None = 7, category: int = 1
) -> AnnotationEntry:
    """An object at x in the world, whose camera has moved by 0.1 m an image."""
    pose = np.eye(4)
    pose[0, 3] = x_m - 0.1 * image_id
    facts = {"cam_from_object": pose.tolist(), "velocity_world_mps": [speed_mps, 0.0, 0.0]}
    return AnnotationEntry.of(
        {"image_id": image_id, "category_id": category, "bbox": [1, 1, 2, 2], "track_id": track, "synthvis": facts}
    )


def messages(images: list[ImageEntry], entries: list[AnnotationEntry], frames: int | None = FRAMES) -> list[str]:
    by_image: dict[int, list[AnnotationEntry]] = {}
    for entry in entries:
        by_image.setdefault(entry.image_id, []).append(entry)
    return [message for _, message in film_findings(images, by_image, frames)]


def test_a_film_in_order_has_no_faults() -> None:
    images = [image(number) for number in range(1, 7)]
    entries = [annotation(number, 0.05 * number, 0.5) for number in range(1, 7)]
    assert messages(images, entries) == []
    assert messages([], []) == []


def test_frames_in_wrong_places_are_found() -> None:
    assert "video_id and frame_id are 1 and 2, not 1 and 1" in messages([image(1, frame=2)], [])[0]
    assert "not None and None" in messages([image(1)], [], frames=None)[0]
    still = ImageEntry.of({"id": 1, "file_name": "a.jpg", "width": 9, "height": 9})
    assert "are None and None, not 1 and 1" in messages([still], [])[0]
    assert messages([still], [], frames=None) == []


def test_what_jumps_farther_than_its_velocity_says_is_found() -> None:
    """0.1 s at 0.5 m/s is 5 cm; gravity, an impact and a spin explain 7 cm more, and half a metre they do not."""
    images = [image(1), image(2)]
    assert messages(images, [annotation(1, 0.0, 0.5), annotation(2, 0.11, 0.5)]) == []
    (found,) = messages(images, [annotation(1, 0.0, 0.5), annotation(2, 0.55, 0.5)])
    assert "0.50 m farther" in found
    # From one film to the next things are elsewhere.
    assert messages([image(3), image(4)], [annotation(3, 0.0, 0.5), annotation(4, 9.0, 0.5)]) == []


def test_a_bounce_is_no_jump() -> None:
    """Down at 3 m/s and up at 2: anything between the two ways is possible."""
    images = [image(1), image(2)]
    for way in (-0.25, 0.0, 0.15):
        assert messages(images, [annotation(1, 0.0, -3.0), annotation(2, way, 2.0)]) == []


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([annotation(1, 0.0, 0.0, track=None)], "no track_id"),
        ([annotation(1, 0.0, 0.0, track=0)], "no track_id"),
        ([annotation(1, 0.0, 0.0), annotation(1, 0.0, 0.0)], "two annotations have the track 7"),
        ([annotation(1, 0.0, 0.0), annotation(2, 0.0, 0.0, category=2)], "of another class before"),
    ],
)
def test_tracks_that_are_not_one_object_are_found(entries: list[AnnotationEntry], said: str) -> None:
    assert any(said in message for message in messages([image(1), image(2)], entries))


def test_a_hidden_object_keeps_its_track() -> None:
    images = [image(number) for number in (1, 2, 3)]
    assert messages(images, [annotation(1, 0.0, 1.0), annotation(3, 0.2, 1.0)]) == []
