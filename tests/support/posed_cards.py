"""A tiny BOP set: a card of four colours before a camera, drawn by OpenCV."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import trimesh
from numpy.typing import NDArray

from synthvis.formats.images import write_png

CARD_M = 0.2, 0.14
COLORS = ((220, 40, 40), (40, 60, 220), (240, 220, 60), (40, 200, 80))
SIDE = 96
K = [[110.0, 0, 47.5], [0, 110.0, 47.5], [0, 0, 1]]
"""As BOP has it: the middle of the top left pixel is (0, 0)."""
CAMERA = {"fx": 110.0, "fy": 110.0, "cx": 47.5, "cy": 47.5, "width": SIDE, "height": SIDE}


def write_posed_cards(root: Path, images: int = 4, *, name: str = "card", seed: int = 0) -> Path:
    """Write train and val (the same images), a card in each, and its model in millimetres; returns the folder."""
    rng = np.random.default_rng(seed)
    half = np.array([*CARD_M, 0]) / 2
    corners = np.array([[x, y, 0] for x in (-1, 1) for y in (-1, 1)]) * half
    mesh = trimesh.Trimesh(corners * 1000, [[0, 2, 3], [0, 3, 1]], process=False)
    (root / "models").mkdir(parents=True)
    (root / "models" / "obj_000001.ply").write_bytes(mesh.export(file_type="ply", encoding="ascii"))
    (root / "models" / "models_info.json").write_text(json.dumps({"1": {"name": name}}))
    (root / "camera.json").write_text(json.dumps(CAMERA))
    truth, info, cameras, pictures = {}, {}, {}, {}
    for number in range(1, images + 1):
        pose = _pose(rng)
        pictures[number], box = _drawn(pose)
        turn, shift = pose[:3, :3].ravel().tolist(), (pose[:3, 3] * 1000).tolist()
        truth[number] = [{"cam_R_m2c": turn, "cam_t_m2c": shift, "obj_id": 1}]
        info[number] = [{"bbox_obj": box, "bbox_visib": box, "visib_fract": 1.0, "px_count_visib": 100}]
        cameras[number] = {"cam_K": np.ravel(K).tolist()}
    for split in ("train", "val"):
        scene = root / split / "000001"
        for number, pixels in pictures.items():
            write_png(scene / "rgb" / f"{number:06d}.png", pixels)
        for file, content in (("gt", truth), ("gt_info", info), ("camera", cameras)):
            (scene / f"scene_{file}.json").write_text(json.dumps(content))
    return root


def _pose(rng: np.random.Generator) -> NDArray[np.float64]:
    """Facing the camera, turned in the picture and a little aslant."""
    turn = cv2.Rodrigues(np.array([0, 0, rng.uniform(-0.6, 0.6)]))[0]
    tilt = cv2.Rodrigues(np.array([*rng.uniform(-0.5, 0.5, 2), 0]))[0]
    pose = np.eye(4)
    pose[:3, :3] = tilt @ turn
    pose[:3, 3] = [*rng.uniform(-0.03, 0.03, 2), rng.uniform(0.36, 0.44)]
    return pose


def _drawn(pose: NDArray[np.float64]) -> tuple[NDArray[np.uint8], list[int]]:
    pixels = np.full((SIDE, SIDE, 3), 127, np.uint8)
    seen = []
    for (x, y), color in zip(((-1, -1), (0, -1), (-1, 0), (0, 0)), COLORS, strict=True):
        quad = np.array([[x, y, 0], [x + 1, y, 0], [x + 1, y + 1, 0], [x, y + 1, 0]]) * np.array([*CARD_M, 0]) / 2
        cam = quad @ pose[:3, :3].T + pose[:3, 3]
        place = cam @ np.array(K).T
        place = place[:, :2] / place[:, 2:]
        seen.append(place)
        cv2.fillConvexPoly(pixels, np.rint(place * 16).astype(np.int32), color, cv2.LINE_AA, 4)
    low, high = np.concatenate(seen).min(axis=0), np.concatenate(seen).max(axis=0)
    return pixels, [round(float(v)) for v in (*low, *(high - low))]
