"""Poses of the objects that a network finds in pictures of a known camera."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from synthvis.data.pose import Pose
from synthvis.errors import UsageError
from synthvis.metrics.picture_predictions import DetectedObject, DetectedObjects
from synthvis.train.detection.predict import detect
from synthvis.train.keypoints.crops import Crop
from synthvis.train.picture import Picture
from synthvis.train.pose6d.model_keypoints import BOX_CORNERS
from synthvis.train.pose6d.network import PoseNetwork
from synthvis.train.pose6d.pose_lines import pose_lines
from synthvis.train.pose6d.solve import likely_poses
from synthvis.train.trained import Trained

__all__ = ["poses_in"]

Float = NDArray[np.float64]

BATCH = 16
MAX_OBJECTS = 30
"""Of a picture whose poses are solved, the best scores first."""

MIN_BOX_SCORE = 0.05
TOLERANCE_OF_CROP = 0.04
"""How far a keypoint may be off to agree with a pose, as a share of the side of its crop."""

SCORE_DECIMALS = 5


def poses_in(
    trained: Trained, network: PoseNetwork, pictures: Sequence[Picture], device: torch.device, min_score: float = 0.0
) -> Iterator[DetectedObjects]:
    """Objects with poses, the best scores first; a box without a pose is left out.

    The score is that of the box times the mean score of the keypoints.

    Raises:
        UsageError: The camera of a picture is not known.
    """
    if any(picture.camera is None for picture in pictures):
        raise UsageError(
            "a pose needs the camera of its pictures",
            hint="--camera camera.json, with fx, fy, cx, cy, width and height",
        )
    boxes = detect(trained, pictures, device, MIN_BOX_SCORE)
    for picture, found in zip(pictures, boxes, strict=True):
        best = sorted(found.objects, key=lambda one: -one.score)[:MAX_OBJECTS]
        posed = [one for one in _posed(trained, network, picture, best, device) if one.score >= min_score]
        objects = tuple(sorted(posed, key=lambda one: -one.score))
        yield DetectedObjects(image_hw=picture.image_hw, objects=objects)


def _posed(
    trained: Trained, network: PoseNetwork, picture: Picture, objects: Sequence[DetectedObject], device: torch.device
) -> Iterator[DetectedObject]:
    side = trained.model.input_size
    for start in range(0, len(objects), BATCH):
        some = objects[start : start + BATCH]
        crops = [Crop.around(one.bbox_xywh_px) for one in some]
        found = _points_in(network, picture.pixels, crops, [one.label for one in some], side, device)
        for one, crop, points in zip(some, crops, found, strict=True):
            points[..., :2] = crop.to_image(points[..., :2], side)
            model_points = network.keypoints_m[one.label].cpu().numpy().astype(np.float64)
            camera = picture.camera
            tolerance_px = TOLERANCE_OF_CROP * crop.side_px
            poses = () if camera is None else likely_poses(points, model_points, camera, tolerance_px)
            if poses and camera is not None:
                pose = poses[0]
                score = round(one.score * float(points[:, :, 2].sum(axis=1).mean()), SCORE_DECIMALS)
                lines = pose_lines(pose, model_points[:BOX_CORNERS], camera)
                yield replace(one, score=score, cam_from_object=Pose.of_rows(pose.tolist()), lines=lines)


@torch.inference_mode()
def _points_in(
    network: PoseNetwork,
    image_rgb: NDArray[np.uint8],
    crops: Sequence[Crop],
    labels: Sequence[int],
    side: int,
    device: torch.device,
) -> Float:
    squares = np.stack([crop.pixels(image_rgb, side) for crop in crops])
    images = torch.from_numpy(squares).permute(0, 3, 1, 2).to(device)
    found = network.points_in(images, torch.tensor(labels, device=device))
    return np.asarray(found.cpu().numpy(), dtype=np.float64)
