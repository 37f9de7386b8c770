"""Parts heaped in a box, rendered and exported to BOP: their models, projected by numpy, lie in their masks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

import synthvis as sv

pytestmark = pytest.mark.blender

IMAGE_HW = (120, 160)
LEG_MM, WIDTH_MM, THICK_MM = 60.0, 40.0, 6.0
POINTS = 400
"""On the surface of each part."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An angle has no symmetry that would hide a wrong turn. bpy and torch never share a process."""
    folder = tmp_path_factory.mktemp("bin")
    upright = trimesh.transformations.translation_matrix(((LEG_MM - THICK_MM) / 2, 0, (LEG_MM - THICK_MM) / 2))
    legs = [
        trimesh.creation.box((LEG_MM, WIDTH_MM, THICK_MM)),
        trimesh.creation.box((THICK_MM, WIDTH_MM, LEG_MM), transform=upright),
    ]
    trimesh.util.concatenate(legs).export(folder / "angle.obj")
    settings = ("image.width_px=160", "image.height_px=120", "render.samples=2", "objects.count=[3,4]")
    command = ["render", "--recipe", "bin", "--assets", str(folder / "angle.obj"), "--n", "1", "--workers", "1"]
    command += [word for setting in settings for word in ("--set", setting)]
    done = subprocess.run(
        [sys.executable, "-m", "synthvis", *command, "--out", str(folder / "set")],
        env=os.environ | {"SYNTHVIS_CACHE": str(folder / "cache")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return sv.export(folder / "set", "bop", folder / "bop").root


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def surface_px(root: Path, K: NDArray[np.float64], one: dict[str, Any]) -> NDArray[np.int64]:
    """(N, 2) pixels, column and row, of points on the surface of the model: K (R p + t), by the layout of BOP."""
    mesh = trimesh.load(str(root / "models" / f"obj_{one['obj_id']:06d}.ply"), process=False)
    points_mm, _ = trimesh.sample.sample_surface(mesh, POINTS, seed=0)
    cam_mm = points_mm @ np.reshape(one["cam_R_m2c"], (3, 3)).T + np.array(one["cam_t_m2c"])
    assert (cam_mm[:, 2] > 0).all()
    homogeneous = cam_mm @ K.T
    return np.rint(homogeneous[:, :2] / homogeneous[:, 2:]).astype(np.int64)


def share_inside(mask: NDArray[np.bool_], pixels: NDArray[np.int64]) -> float:
    """Of the points that are in the picture, those in the mask or beside it, since a pixel shows one ray only."""
    height, width = mask.shape
    seen = pixels[((pixels >= 0) & (pixels < (width, height))).all(axis=1)]
    grown = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return float(grown[seen[:, 1], seen[:, 0]].mean())


def mask_of(scene: Path, folder: str, position: int) -> NDArray[np.bool_]:
    return np.asarray(cv2.imread(str(scene / folder / f"000001_{position:06d}.png"), cv2.IMREAD_UNCHANGED)) > 0


def test_projected_models_lie_in_the_masks_of_their_parts(root: Path) -> None:
    scene = root / "train" / "000000"
    parts = read(scene / "scene_gt.json")["1"]
    K = np.reshape(read(scene / "scene_camera.json")["1"]["cam_K"], (3, 3))
    assert len(parts) >= 3
    pixels = [surface_px(root, K, one) for one in parts]
    wholes = [mask_of(scene, "mask", position) for position in range(len(parts))]
    for position, (own, whole) in enumerate(zip(pixels, wholes, strict=True)):
        assert share_inside(whole, own) == 1
        # What shows of a part is covered by its points, each with the pixels around it.
        visible = mask_of(scene, "mask_visib", position)
        assert visible.sum() and not (visible & ~whole).any()
        covered = np.zeros(IMAGE_HW, np.uint8)
        inside = own[((own >= 0) & (own < IMAGE_HW[::-1])).all(axis=1)]
        covered[inside[:, 1], inside[:, 0]] = 1
        assert (cv2.dilate(covered, np.ones((9, 9), np.uint8))[visible] > 0).mean() > 0.98
    others = [share_inside(whole, pixels[position - 1]) for position, whole in enumerate(wholes)]
    assert max(others) < 0.9, "a pose of another part would be seen"


def test_a_wrong_turn_would_be_seen(root: Path) -> None:
    """The inverse rotation, as of a pose that was written the other way round."""
    scene = root / "train" / "000000"
    K = np.reshape(read(scene / "scene_camera.json")["1"]["cam_K"], (3, 3))
    for position, one in enumerate(read(scene / "scene_gt.json")["1"]):
        inverse = one | {"cam_R_m2c": np.reshape(one["cam_R_m2c"], (3, 3)).T.ravel().tolist()}
        assert share_inside(mask_of(scene, "mask", position), surface_px(root, K, inverse)) < 0.97
