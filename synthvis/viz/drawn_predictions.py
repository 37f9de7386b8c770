"""What a network says about a picture, drawn: objects over it, maps beside it, classes below it, with a legend."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthvis.data.maps.semantic import background_of
from synthvis.formats.arrays import encode_normals
from synthvis.metrics.picture_predictions import (
    ClassMap,
    ClassProbabilities,
    DepthMap,
    DetectedObject,
    DetectedObjects,
    NormalMap,
    NumberMap,
    PictureNumbers,
    PicturePrediction,
    PoseLine,
    Vocabulary,
)
from synthvis.viz import overlay
from synthvis.viz.chips import draw_chips, plain_text, text_width
from synthvis.viz.legend import DEPTH_NOTE, NORMALS_NOTE, TRACKS_NOTE, entries_strip, legend_strip
from synthvis.viz.overlay_3d import draw_pose_lines
from synthvis.viz.palette import Color, class_colors
from synthvis.viz.trails import Trails

__all__ = ["PredictionArtist"]

Image = NDArray[np.uint8]

MIN_SIDE_PX, MAX_SIDE_PX = 480, 1600
"""Longer side of a drawn picture: small ones are enlarged, so that names can be read, large ones reduced."""

GAP_PX = 4
BACKGROUND = 24
LIKELIEST = 5
"""So many classes are named below a classified picture."""

MAX_CLASSES_IN_A_KEY = 24
"""A video whose network knows more classes has no legend: names stand beside the boxes."""

VISIBLE = 2
CHIP_PADDING_PX = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class PredictionArtist:
    """Draws the predictions of one network.

    Attributes:
        words: Its classes and keypoints.
        is_video: The pictures are the frames of a video: all are drawn in one size, with a legend that stays.
        is_followed: The objects of the video have tracks, of which each has a colour.
    """

    words: Vocabulary
    is_video: bool = False
    is_followed: bool = False

    @cached_property
    def colors(self) -> Mapping[str, Color]:
        """Of each class and each keypoint, by name."""
        return class_colors([*self.words.categories, *self.words.keypoints])

    def draw(self, image_rgb: Image, found: PicturePrediction, trails: Trails | None = None) -> Image:
        """The picture (H, W, 3) with what was found, (H', W', 3) uint8 RGB.

        Args:
            image_rgb: The picture that was predicted on.
            found: Of the same size.
            trails: Where the tracks of earlier frames went, to which this one is added; None: no lines are drawn.
        """
        image = overlay.resized(image_rgb, _drawn_hw(image_rgb))
        if isinstance(found, DetectedObjects):
            if trails is not None:
                trails.add(found)
                image = trails.draw(image, np.array(image.shape[1::-1]) / found.image_hw[::-1])
            return _above(self._with_objects(image, found), self._key_of_objects(found, image.shape[1]))
        if isinstance(found, ClassMap | NumberMap):
            beside = overlay.resized_map(self._map_colors(found), image.shape)
            gap = np.full((image.shape[0], GAP_PX, 3), BACKGROUND, np.uint8)
            both = np.concatenate([image, gap, beside], axis=1)
            return _above(both, self._key_of_map(found, both.shape[1]))
        return _above(image, self._key_of_picture(found, image.shape[1]))

    def _with_objects(self, image: Image, found: DetectedObjects) -> Image:
        zoom_xy = np.array(image.shape[1::-1]) / found.image_hw[::-1]
        # What is drawn last lies above: the surest objects.
        objects = sorted(found.objects, key=lambda one: one.score)
        colors = [self._color(one) for one in objects]
        drawn = overlay.draw_masks(image, *self._masks(objects, found.image_hw, image.shape[:2]))
        boxes = [tuple((np.array(one.bbox_xywh_px).reshape(2, 2) * zoom_xy).ravel().tolist()) for one in objects]
        drawn = overlay.draw_boxes(drawn, boxes, colors)
        scale = overlay.font_scale(drawn)
        labels = [_label(*self._words(one), box[2], scale) for one, box in zip(objects, boxes, strict=True)]
        drawn = draw_chips(drawn, boxes, colors, labels)
        point_colors = [self.colors[name] for name in self.words.keypoints]
        for one, (_, _, width, height) in zip(objects, boxes, strict=True):
            side_px = math.sqrt(max(width * height, 0.0))
            if one.keypoints and overlay.has_room_for_keypoints(side_px):
                points = np.array(one.keypoints, dtype=np.float64).reshape(-1, 3)
                points[:, :2] *= zoom_xy
                points[:, 2] = VISIBLE
                drawn = overlay.draw_points(drawn, points, point_colors, side_px)
        return draw_pose_lines(drawn, [_zoomed(one.lines, zoom_xy) for one in objects], colors)

    def _masks(
        self, objects: Sequence[DetectedObject], own_hw: tuple[int, int], hw: tuple[int, ...]
    ) -> tuple[list[NDArray[np.bool_]], list[Color]]:
        with_mask = [one for one in objects if one.segmentation is not None]
        masks = [
            overlay.resized_mask(one.segmentation.checked(own_hw).decode(), hw)
            for one in with_mask
            if one.segmentation is not None
        ]
        return masks, [self._color(one) for one in with_mask]

    def _name(self, one: DetectedObject) -> str:
        return self.words.categories[one.label]

    def _color(self, one: DetectedObject) -> Color:
        """Of its track where it has one, else of its class."""
        return self.colors[self._name(one)] if one.track_id is None else overlay.color_of(one.track_id)

    def _words(self, one: DetectedObject) -> tuple[str, str]:
        """Its class, and what matters more: the number of its track, else the score."""
        return self._name(one), f"{one.score:.2f}" if one.track_id is None else str(one.track_id)

    def _map_colors(self, found: PicturePrediction) -> Image:
        if isinstance(found, ClassMap):
            return overlay.class_map_colors(found.labels, self.words.categories, self.colors)
        if isinstance(found, NormalMap):
            return encode_normals(found.values)
        values = found.values if isinstance(found, NumberMap) else np.zeros(found.image_hw, np.float32)
        return overlay.depth_colors(values if values.ndim == 2 else np.linalg.norm(values, axis=2))

    def _key_of_objects(self, found: DetectedObjects, width_px: int) -> Image:
        if self.is_followed:
            return entries_strip((), width_px, [TRACKS_NOTE])
        if self.words.keypoints:
            return entries_strip([(self.colors[name], name, "") for name in self.words.keypoints], width_px)
        if self.is_video:
            return self._fixed_key(width_px)
        notes = () if found.objects else ("Nothing was found.",)
        return legend_strip([self._name(one) for one in found.objects], self.colors, width_px, notes)

    def _fixed_key(self, width_px: int) -> Image:
        background = background_of(self.words.categories)
        names = [name for label, name in enumerate(self.words.categories) if label != background]
        shown = names if len(names) <= MAX_CLASSES_IN_A_KEY else []
        return entries_strip([(self.colors[name], name, "") for name in shown], width_px)

    def _key_of_map(self, found: PicturePrediction, width_px: int) -> Image:
        if isinstance(found, ClassMap):
            return self._fixed_key(width_px) if self.is_video else self._shares(found, width_px)
        if isinstance(found, NormalMap):
            return entries_strip((), width_px, [NORMALS_NOTE])
        if isinstance(found, DepthMap) and not self.is_video:
            low, high = float(found.values.min()), float(found.values.max())
            return entries_strip((), width_px, [DEPTH_NOTE, f"{low:.2f} m to {high:.2f} m."])
        return entries_strip((), width_px, [DEPTH_NOTE] if isinstance(found, DepthMap) else ())

    def _shares(self, found: ClassMap, width_px: int) -> Image:
        """Classes by the share of the picture; the background, which is as dark as the strip, in words."""
        shares = np.bincount(found.labels.ravel(), minlength=len(self.words.categories)) / max(found.labels.size, 1)
        background = background_of(self.words.categories)
        order = [label for label in np.argsort(-shares, kind="stable").tolist() if shares[label] > 0]
        named = [(self.words.categories[label], float(shares[label])) for label in order if label != background]
        entries = [(self.colors[name], name, f"{share:.1%}") for name, share in named]
        notes = [f"{shares[background]:.1%} is background."] if background is not None else []
        return entries_strip(entries, width_px, notes)

    def _key_of_picture(self, found: PicturePrediction, width_px: int) -> Image:
        if isinstance(found, ClassProbabilities):
            likeliest = np.argsort(-found.probabilities, kind="stable")[:LIKELIEST].tolist()
            named = [(self.words.categories[label], float(found.probabilities[label])) for label in likeliest]
            return entries_strip([(self.colors[name], name, f"{share:.2f}") for name, share in named], width_px)
        numbers = found.numbers if isinstance(found, PictureNumbers) else {}
        text = ", ".join(f"{plain_text(name)} {value:.4g}" for name, value in numbers.items())
        return entries_strip((), width_px, [text] if text else ())


def _drawn_hw(image: Image) -> tuple[int, int]:
    height, width = image.shape[:2]
    factor = min(MAX_SIDE_PX, max(MIN_SIDE_PX, height, width)) / max(height, width)
    return max(1, round(height * factor)), max(1, round(width * factor))


def _label(name: str, number: str, width_px: float, scale: float) -> str:
    """Name and number, or the number alone where the box is too narrow for both."""
    whole = f"{plain_text(name)} {number}"
    return whole if text_width(whole, scale) <= width_px - CHIP_PADDING_PX else number


def _zoomed(lines: Sequence[PoseLine], zoom_xy: NDArray[np.float64]) -> list[PoseLine]:
    return [
        replace(one, ends_xy_px=tuple((np.array(one.ends_xy_px).reshape(2, 2) * zoom_xy).ravel().tolist()))
        for one in lines
    ]


def _above(image: Image, strip: Image) -> Image:
    return np.concatenate([image, strip]) if strip.shape[0] else image
