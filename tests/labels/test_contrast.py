"""What can be seen and what cannot, on pictures made by hand; colour differences are scikit-image's where it counts."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fake_render import camera
from fake_scene import at, scene, thing

from synthvis.camera.pinhole import look_at
from synthvis.labels.contrast import MIN_CONTRAST, VisibleColours, contrasts_of
from synthvis.labels.image_labels import ImageLabels, InstanceLabel
from synthvis.labels.seen import fault_of_picture, mean_light, seen_only

HW = (96, 128)
SQUARE = (slice(30, 60), slice(40, 80))


def masked(where) -> np.ndarray:
    mask = np.zeros(HW, np.bool_)
    mask[where] = True
    return mask


def contrast(background, inside, where=SQUARE, *, noise=0.0, seed=0, quality=None) -> float:
    """Of a flat thing on a flat ground, both 8-bit grey or RGB."""
    picture = np.empty((*HW, 3), np.float32)
    picture[...] = background
    picture[where] = inside
    picture += noise * np.random.default_rng(seed).standard_normal(picture.shape)
    pixels = np.clip(np.round(picture), 0, 255).astype(np.uint8)
    if quality is not None:
        _, stored = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        pixels = np.ascontiguousarray(cv2.imdecode(stored, cv2.IMREAD_COLOR)[:, :, ::-1])
    return contrasts_of(VisibleColours.of(pixels), {1: masked(where)})[1]


def test_the_measure_by_hand():
    """L* of grey 128 is 53.585 and of 100 is 42.375 (CIE 15). The outline of 30 x 40 pixels has 136, so just noticeable
    is 2.3 (1 + 2.4 / sqrt(136)) = 2.773, and the contrast (53.585 - 42.375) / 2.773 = 4.04."""
    assert contrast(100, 128) == pytest.approx(4.04, rel=0.02)
    assert contrast(128, 100) == pytest.approx(4.04, rel=0.02)


@pytest.mark.parametrize(
    ("background", "inside", "is_seen"),
    [
        (0, 0, False),
        (0, 4, False),  # Black on black: L* 1.1.
        (255, 255, False),
        (255, 253, False),  # White on white: L* 99.3.
        (255, 243, True),  # A white plate on white paper: L* 95.8.
        (0, 30, True),
        (120, 120, False),
        ((120, 120, 120), (135, 112, 112), True),  # As light, another colour.
    ],
)
@pytest.mark.parametrize("quality", [None, 60])
def test_flat_things_on_flat_grounds(background, inside, is_seen, quality):
    assert (contrast(background, inside, quality=quality) >= MIN_CONTRAST) == is_seen


@pytest.mark.parametrize("noise", [2.0, 6.0, 12.0])
@pytest.mark.parametrize("seed", range(3))
def test_noise_makes_nothing_to_see_of_nothing_and_hides_no_large_step(noise, seed):
    assert contrast(110, 110, noise=noise, seed=seed) < MIN_CONTRAST
    assert contrast(110, 160, noise=noise, seed=seed) > 3 * MIN_CONTRAST


def test_few_pixels_of_noise_are_taken_for_a_thing():
    """One value is all that a pixel has, so chance now and then makes it stand out."""
    pixel = (slice(50, 51), slice(60, 61))
    seen = [contrast(110, 110, pixel, noise=6.0, seed=seed) >= MIN_CONTRAST for seed in range(20)]
    assert np.mean(seen) <= 0.2


@pytest.mark.parametrize(("inside", "is_seen"), [(112, False), (118, False), (150, True), (255, True)])
def test_one_pixel(inside, is_seen):
    """It needs 2.3 (1 + 2.4) = 7.8: L* 46.4 of 110, 47.2 of 112, 49.6 of 118, 62.2 of 150."""
    assert (contrast(110, inside, (slice(50, 51), slice(60, 61))) >= MIN_CONTRAST) == is_seen


def test_what_the_border_of_the_picture_cuts_off_has_an_outline_inside_only():
    corner = (slice(0, 20), slice(0, 20))
    assert contrast(60, 160, corner) > 5 * MIN_CONTRAST
    assert contrast(60, 60, corner) == pytest.approx(0, abs=0.01)
    # It fills the picture: nothing is around it, and flat it shows nothing.
    assert contrast(60, 60, (slice(None), slice(None))) == 0


def test_detail_shows_a_thing_whose_outline_is_lost():
    """White keys on a black keyboard on black."""
    picture = np.zeros((*HW, 3), np.uint8)
    picture[36:54:6, 46:74] = 220
    picture[37:54:6, 46:74] = 220
    assert contrasts_of(VisibleColours.of(picture), {1: masked(SQUARE)})[1] > 5 * MIN_CONTRAST


def test_a_lit_rim_shows_a_thing_in_the_dark():
    picture = np.zeros((*HW, 3), np.uint8)
    # A third of the outline.
    picture[30:33, 40:80] = 90
    picture[30:40, 40:43] = 90
    assert contrasts_of(VisibleColours.of(picture), {1: masked(SQUARE)})[1] > MIN_CONTRAST


def label(instance_id: int, mask) -> InstanceLabel:
    return InstanceLabel(
        instance_id=instance_id, category="box", mask=mask, bbox_xywh_px=(0, 0, 1, 1), area_px=int(mask.sum()),
        amodal_mask=mask, amodal_bbox_xywh_px=(0, 0, 1, 1), visible_fraction=1.0, truncation=0.0,
        keypoints_xyv=np.zeros((2, 3)), cam_from_object=np.eye(4),
    )  # fmt: skip


def test_what_cannot_be_seen_has_no_label():
    left, right = masked((slice(20, 40), slice(10, 40))), masked((slice(20, 40), slice(80, 110)))
    picture = np.full((*HW, 3), 40, np.uint8)
    picture[left] = 200
    semantic = np.where(left | right, 7, 0).astype(np.uint8)
    labels = ImageLabels(
        image_hw=HW, instances=(label(3, left), label(4, right)), semantic=semantic, hidden_instance_ids=(5,)
    )
    found = seen_only(labels, picture)
    assert [one.instance_id for one in found.instances] == [3]
    assert found.instances[0].contrast > MIN_CONTRAST
    assert (found.hidden_instance_ids, found.unseen_instance_ids) == ((5,), (4,))
    np.testing.assert_array_equal(found.semantic, np.where(left, 7, 0))
    np.testing.assert_array_equal(labels.semantic, semantic)


def test_mean_light_and_faults_of_pictures():
    """Linear light of 188 is 0.503 (IEC 61966-2-1), half of the picture has it."""
    picture = np.zeros((*HW, 3), np.uint8)
    picture[:, :64] = 188
    assert mean_light(picture) == pytest.approx(0.2515, abs=1e-3)
    spec = scene(camera(look_at((0, -1, 1), (0, 0, 0)), image_hw=HW), thing(1, at(0, 0, 0)))
    assert fault_of_picture(spec, 1, picture) is None
    assert "none of its 1 labelled objects can be seen" in fault_of_picture(spec, 0, picture)
    asked = replace(spec, sensor=replace(spec.sensor, least_mean=0.3))
    assert "0.300 is the least" in fault_of_picture(asked, 1, picture)
    assert fault_of_picture(replace(spec, sensor=replace(spec.sensor, least_mean=0.25)), 1, picture) is None
    # A road without cones is a picture as good as others.
    assert fault_of_picture(replace(spec, objects=(thing(1, at(0, 0, 0), category=None),)), 0, picture) is None
