"""The distorted picture against OpenCV's inverse of the lens formula."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fake_render import camera, cast_rays, cube_mesh
from fake_scene import at, scene, thing
from opencv_distortion import undistorted

from synthvis.camera.enclosing import enclosing_pinhole
from synthvis.camera.pinhole import K_of, look_at
from synthvis.camera.spec import CameraSpec
from synthvis.labels.passes import Passes
from synthvis.render.distort import distort_passes

BARREL = (-0.22, 0.03, 0.001, -0.002, 0.0)
PINCUSHION = (0.25, 0.0, -0.002, 0.001, 0.0)
HW = (90, 120)


def distorted_camera(distortion) -> CameraSpec:
    view = camera(look_at((1.0, -0.8, 0.9), (0, 0, 0.1), roll_rad=0.3), image_hw=HW)
    return replace(view, distortion=distortion, intrinsics_px=(100.0, 98.0, 63.0, 41.0))


def directions_by_opencv(cam: CameraSpec):
    """(H, W, 2) directions of the pixel centres."""
    pixels = np.stack(np.meshgrid(np.arange(HW[1]) + 0.5, np.arange(HW[0]) + 0.5), axis=-1)
    return undistorted(pixels, K_of(cam), cam.distortion).reshape(*HW, 2)


def directions(cam: CameraSpec):
    K, (height, width) = K_of(cam), cam.image_hw
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return np.stack([(x - K[0, 2]) / K[0, 0], (y - K[1, 2]) / K[1, 1]], axis=-1)


def passes_of(rgb, **others) -> Passes:
    hw = rgb.shape[:2]
    blank = {
        "depth_m": np.ones(hw, np.float32),
        "normal_cam": np.zeros((*hw, 3), np.float32),
        "instance_id": np.zeros(hw, np.uint16),
    }
    return Passes(rgb=rgb.astype(np.float32), **{**blank, **others})


@pytest.mark.parametrize("distortion", [BARREL, PINCUSHION])
def test_every_pixel_shows_the_direction_that_opencv_finds(distortion):
    """In the pinhole picture the colour is the direction itself, which bilinear samples keep."""
    cam = distorted_camera(distortion)
    wide = enclosing_pinhole(cam)
    ramp = directions(wide)
    distorted = distort_passes(passes_of(np.dstack([ramp, ramp[..., :1]])), wide, cam)
    # OpenCV places bilinear samples to 1/32 pixel.
    np.testing.assert_allclose(distorted.rgb[..., :2], directions_by_opencv(cam), atol=0.05 / 98)


@pytest.mark.parametrize("distortion", [BARREL, PINCUSHION])
def test_ids_depth_and_normals_are_those_of_bent_rays(distortion):
    cam = distorted_camera(distortion)
    wide = enclosing_pinhole(cam)
    objects = [thing(1, at(0.1, 0, 0)), thing(2, at(-0.3, 0.2, 0.1))]
    meshes = {1: cube_mesh(0.5), 2: cube_mesh(0.4)}
    found = distort_passes(cast_rays(scene(wide, *objects), meshes, floor_z_m=-0.25), wide, cam)
    truth = cast_rays(scene(cam, *objects), meshes, floor_z_m=-0.25)
    differs = found.instance_id != truth.instance_id
    outline = cv2.dilate(cv2.morphologyEx(truth.instance_id, cv2.MORPH_GRADIENT, np.ones((3, 3))), np.ones((3, 3))) > 0
    assert not differs[~outline].any()
    assert differs.mean() < 0.02
    same = ~cv2.dilate(outline.astype(np.uint8), np.ones((3, 3))).astype(bool) & np.isfinite(truth.depth_m)
    # Inverse depth is linear over a plane's picture; half a pixel is at most so much of it.
    assert np.quantile(np.abs(1 / found.depth_m[same] - 1 / truth.depth_m[same]), 0.98) < 0.02
    assert (np.einsum("ij,ij->i", found.normal_cam[same], truth.normal_cam[same]) > 0.99).mean() > 0.98
    assert found.instance_id.dtype == np.uint16 and found.depth_m.dtype == np.float32


def test_no_coefficients_give_the_very_pixels():
    cam = distorted_camera((0.0, 0.0, 0.0, 0.0, 0.0))
    wide = enclosing_pinhole(cam)
    rng = np.random.default_rng(0)
    hw = wide.image_hw
    passes = passes_of(
        rng.random((*hw, 3)),
        depth_m=rng.random(hw, dtype=np.float32),
        normal_cam=rng.random((*hw, 3), dtype=np.float32),
        instance_id=rng.integers(0, 60000, hw).astype(np.uint16),
    )
    distorted = distort_passes(passes, wide, cam)
    left, top = (round(float(offset)) for offset in (K_of(wide) - K_of(cam))[:2, 2])
    inside = (slice(top, top + HW[0]), slice(left, left + HW[1]))
    for name in ("rgb", "depth_m", "normal_cam", "instance_id"):
        assert np.array_equal(getattr(distorted, name), getattr(passes, name)[inside]), name
    pinhole = replace(cam, distortion=None)
    assert distort_passes(passes, enclosing_pinhole(pinhole), pinhole) is passes


def test_squeezed_corners_are_averaged():
    """Stripes one pinhole pixel wide, where a barrel squeezes most: a single sample would show them as moire."""
    cam = replace(distorted_camera((-0.34, 0.06, 0.0, 0.0, 0.0)), intrinsics_px=(100.0, 100.0, 60.0, 45.0))
    wide = enclosing_pinhole(cam)
    stripes = np.zeros((*wide.image_hw, 3))
    stripes[:, ::2] = 1.0
    distorted = distort_passes(passes_of(stripes), wide, cam).rgb
    assert distorted[:10, :10].std() < 0.2
    assert distorted[:10, :10].mean() == pytest.approx(0.5, abs=0.05)
