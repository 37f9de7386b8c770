"""A BOP set drawn from its files alone: models read by trimesh, projected by OpenCV, filled by a plain z-buffer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import trimesh
from numpy.typing import NDArray

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnObject:
    """An object of an image.

    Attributes:
        image: Its im_id.
        position: Its place in the list of the image.
        ground_truth: Entry of scene_gt.json.
        info: Entry of scene_gt_info.json.
        mask: mask/, whole silhouette.
        visible: mask_visib/.
        depth_mm: Depth map of the image, 0 where nothing is known.
        drawn_mm: Depth of the model in its pose, inf where it is not.
        points_px: (V, 2) its vertices.
    """

    image: int
    position: int
    ground_truth: dict[str, Any]
    info: dict[str, Any]
    mask: NDArray[np.bool_]
    visible: NDArray[np.bool_]
    depth_mm: Float
    drawn_mm: Float
    points_px: Float

    @property
    def iou(self) -> float:
        """Of the drawn model and the whole silhouette."""
        drawn = np.isfinite(self.drawn_mm)
        union = int((drawn | self.mask).sum())
        return int((drawn & self.mask).sum()) / union if union else 1.0

    @property
    def miss_mm(self) -> Float:
        """Of the drawn depth from the map, where the object shows and both are known."""
        both = self.visible & np.isfinite(self.drawn_mm) & (self.depth_mm > 0)
        return np.abs(self.drawn_mm[both] - self.depth_mm[both])


def drawn_objects(root: Path, split: str) -> Iterator[DrawnObject]:
    """All objects of a split."""
    for scene in sorted((root / split).iterdir()):
        truth, info, cameras = (
            json.loads((scene / f"scene_{name}.json").read_text()) for name in ("gt", "gt_info", "camera")
        )
        for key in truth:
            number, camera = int(key), cameras[key]
            depth = cv2.imread(str(scene / "depth" / f"{number:06d}.png"), cv2.IMREAD_UNCHANGED)
            assert depth.dtype == np.uint16 and depth.ndim == 2
            K = np.array(camera["cam_K"]).reshape(3, 3)
            for position, (one, own) in enumerate(zip(truth[key], info[key], strict=True)):
                masks = [
                    cv2.imread(str(scene / name / f"{number:06d}_{position:06d}.png"), cv2.IMREAD_UNCHANGED)
                    for name in ("mask", "mask_visib")
                ]
                assert all(mask.dtype == np.uint8 and set(np.unique(mask)) <= {0, 255} for mask in masks)
                drawn_mm, points_px = draw(root, one, K, depth.shape)
                yield DrawnObject(
                    image=number, position=position, ground_truth=one, info=own, mask=masks[0] > 0,
                    visible=masks[1] > 0, depth_mm=depth * camera["depth_scale"], drawn_mm=drawn_mm,
                    points_px=points_px,
                )  # fmt: skip


def draw(root: Path, one: dict[str, Any], K: Float, image_hw: tuple[int, ...]) -> tuple[Float, Float]:
    """Depth in millimetres of a model in its pose, inf where it is not, and its vertices in pixels."""
    vertices, faces = model(root, one["obj_id"])
    rotation, shift = np.array(one["cam_R_m2c"]).reshape(3, 3), np.array(one["cam_t_m2c"])
    points_px = cv2.projectPoints(vertices, cv2.Rodrigues(rotation)[0], shift, K, None)[0].reshape(-1, 2)
    return z_buffer(points_px, (vertices @ rotation.T + shift)[:, 2], faces, image_hw), points_px


@lru_cache(maxsize=32)
def model(root: Path, number: int) -> tuple[Float, NDArray[np.int64]]:
    """Vertices in millimetres and faces, as trimesh reads the PLY."""
    mesh = trimesh.load(str(root / "models" / f"obj_{number:06d}.ply"), process=False)
    return np.asarray(mesh.vertices, dtype=np.float64), np.asarray(mesh.faces)


def z_buffer(points_px: Float, z: Float, faces: NDArray[np.int64], image_hw: tuple[int, ...]) -> Float:
    """(H, W) least z of triangles over the middle of each pixel, which is at whole numbers; inf where none is."""
    buffer = np.full(image_hw[:2], np.inf)
    height, width = image_hw[:2]
    for face in faces[(z[faces] > 0).all(axis=1)]:
        (ax, ay), (bx, by), (cx, cy) = points_px[face]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        left, right = max(int(np.ceil(min(ax, bx, cx))), 0), min(int(np.floor(max(ax, bx, cx))), width - 1)
        top, bottom = max(int(np.ceil(min(ay, by, cy))), 0), min(int(np.floor(max(ay, by, cy))), height - 1)
        if area == 0 or left > right or top > bottom:
            continue
        x, y = np.arange(left, right + 1)[None, :], np.arange(top, bottom + 1)[:, None]
        b = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
        c = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
        a = 1 - b - c
        inside = (a >= 0) & (b >= 0) & (c >= 0)
        # 1 / z is linear over the picture.
        depth = 1 / (a / z[face[0]] + b / z[face[1]] + c / z[face[2]])
        part = buffer[top : bottom + 1, left : right + 1]
        np.copyto(part, depth, where=inside & (depth < part))
    return buffer
