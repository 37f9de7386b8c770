"""Poses as targets: boxes of whole images, and the keypoints of one object of each in the square around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from synthvis.data.camera import Camera
from synthvis.data.object_models import ObjectModel, PoseSplit, has_pose
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import class_key
from synthvis.seeds import integer_seed_for
from synthvis.train.config import TrainConfig
from synthvis.train.detection.data import labels_of
from synthvis.train.keypoints.crops import Crop
from synthvis.train.pose6d.model_keypoints import KEYPOINTS, canonical_pose, model_keypoints_m, project_px
from synthvis.train.views.augment import augmentation_for
from synthvis.train.views.pixels import PixelCache

__all__ = ["PoseViews"]

SHIFT_OF_SIDE = 0.08
SIZES = 0.85, 1.2
"""How a box that the network will find may differ from the labelled one."""

KNOWN = 2


class PoseViews(Dataset[dict[str, Tensor]]):
    """Augmented views keyed by (epoch, index), as `PoseNetwork` takes them.

    Keypoints that are hidden are targets as well: the pose puts them there. Those outside the crop are not. The crop is
    never mirrored: its mirror image would be of another object.
    """

    def __init__(self, split: PoseSplit, class_names: Sequence[str], config: TrainConfig) -> None:
        self._images = split.images
        self._label_of = {class_key(name): label for label, name in enumerate(class_names)}
        self._models: dict[str, ObjectModel] = {class_key(name): model for name, model in split.models.items()}
        self._points = {name: model_keypoints_m(model) for name, model in self._models.items()}
        self._seed, self._min_visible = config.seed, config.min_visible
        self._side = config.model.input_size
        self._augment = augmentation_for(config)
        self._augment_crop = augmentation_for(config, flip=False)
        self._pixels = PixelCache(split.images, config.model.input_size)

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        epoch, index = key
        entry, pixels = self._images[index], self._pixels[index]
        boxes_px, labels = labels_of(entry, self._label_of, self._min_visible)
        scale_xy = np.array([pixels.shape[1] / entry.image_hw[1], pixels.shape[0] / entry.image_hw[0]])
        boxes = torch.from_numpy(boxes_px * np.tile(scale_xy, 2).astype(np.float32))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(integer_seed_for(self._seed, epoch, f"augment/{index}"))
            view = self._augment(torch.from_numpy(pixels).permute(2, 0, 1), boxes, torch.from_numpy(labels))
            return view | self._crop(entry, pixels, scale_xy)

    def _crop(self, entry: Sample, pixels: NDArray[np.uint8], scale_xy: NDArray[np.float64]) -> dict[str, Tensor]:
        seen = [one for one in entry.objects if has_pose(one) and one.visible_fraction >= self._min_visible]
        chosen = seen[int(torch.randint(0, len(seen), ()))] if seen else None
        camera = entry.camera if chosen else None
        if chosen is None or camera is None:
            nothing = torch.zeros(3, self._side, self._side, dtype=torch.uint8)
            return {"crop": nothing, "crop_label": torch.tensor(0), "keypoints": torch.zeros(KEYPOINTS, 3)}
        crop = Crop.around(_jittered(chosen.bbox_xywh_px, scale_xy))
        points = np.full((1, KEYPOINTS, 3), float(KNOWN))
        found, ahead = self._keypoints_px(chosen, camera)
        points[0, :, :2] = crop.to_crop(found * scale_xy, self._side)
        points[0, ~ahead, 2] = 0
        view = self._augment_crop(
            torch.from_numpy(crop.pixels(pixels, self._side)).permute(2, 0, 1),
            torch.tensor([[0.0, 0.0, self._side, self._side]]),
            torch.zeros(1, dtype=torch.int64),
            keypoints_xyv=torch.from_numpy(points.astype(np.float32)),
        )
        keypoints = view["keypoints"][0] if len(view["keypoints"]) else torch.zeros(KEYPOINTS, 3)
        inside = ((keypoints[:, :2] >= 0) & (keypoints[:, :2] < self._side)).all(dim=1)
        keypoints = torch.where(inside[:, None], keypoints, 0.0)
        label = self._label_of[class_key(chosen.class_name)]
        return {"crop": view["image"], "crop_label": torch.tensor(label), "keypoints": keypoints}

    def _keypoints_px(self, one: LabelledObject, camera: Camera) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        name = class_key(one.class_name)
        ground_truth = one.cam_from_object.matrix if one.cam_from_object else np.eye(4)
        return project_px(self._points[name], canonical_pose(ground_truth, self._models[name].symmetries), camera)


def _jittered(box_xywh_px: Sequence[float], scale_xy: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """The box in a picture of another size, a little beside and of another size, by torch's generator."""
    x, y, width, height = (float(value) for value in np.asarray(box_xywh_px) * np.tile(scale_xy, 2))
    side = max(width, height)
    right, down = ((torch.rand(2) * 2 - 1) * SHIFT_OF_SIDE * side).tolist()
    factor = float(torch.empty(1).uniform_(*SIZES))
    grown = width * factor, height * factor
    return x + width / 2 + right - grown[0] / 2, y + height / 2 + down - grown[1] / 2, *grown
