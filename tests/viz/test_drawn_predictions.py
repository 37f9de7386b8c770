"""What is drawn of predictions: colours where things are, in every size, and never an error."""

from __future__ import annotations

import numpy as np
import pytest

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
    Vocabulary,
)
from synthvis.metrics.predictions import RleMask
from synthvis.viz.drawn_predictions import GAP_PX, MAX_SIDE_PX, MIN_SIDE_PX, PredictionArtist
from synthvis.viz.palette import class_colors

WORDS = Vocabulary(categories=("apple", "café 苹果"), keypoints=("stem", "tip"))
COLORS = class_colors([*WORDS.categories, *WORDS.keypoints])


def grey(hw: tuple[int, int]) -> np.ndarray:
    return np.full((*hw, 3), 127, np.uint8)


def detected(hw: tuple[int, int]) -> DetectedObjects:
    mask = np.zeros(hw, bool)
    mask[: max(1, hw[0] // 2)] = True
    box = (hw[1] / 4, hw[0] / 4, hw[1] / 2, hw[0] / 2)
    one = DetectedObject(
        label=1, bbox_xywh_px=box, score=0.5, segmentation=RleMask.of_mask(mask), keypoints=(1, 1, 0.5, 2, 2, 0.1)
    )
    return DetectedObjects(image_hw=hw, objects=(one, DetectedObject(label=0, bbox_xywh_px=box, score=0.9)))


def every_kind(hw: tuple[int, int]) -> list[PicturePrediction]:
    numbers = np.random.default_rng(0).uniform(0.5, 3, (*hw, 3)).astype(np.float32)
    return [
        detected(hw),
        DetectedObjects(image_hw=hw, objects=()),
        ClassProbabilities(image_hw=hw, probabilities=np.array([0.25, 0.75])),
        ClassMap(image_hw=hw, labels=np.zeros(hw, np.uint8)),
        DepthMap(image_hw=hw, values=numbers[..., 0]),
        NormalMap(image_hw=hw, values=numbers / np.linalg.norm(numbers, axis=2, keepdims=True)),
        NumberMap(image_hw=hw, values=numbers),
        PictureNumbers(image_hw=hw, numbers={"count": 3.0}),
        PictureNumbers(image_hw=hw, numbers={}),
    ]


@pytest.mark.parametrize("hw", [(1, 1), (3, 1000), (120, 160), (1700, 400)])
@pytest.mark.parametrize("is_video", [False, True])
def test_every_kind_is_drawn_in_every_size(hw: tuple[int, int], is_video: bool) -> None:
    image = grey(hw)
    for found in every_kind(hw):
        drawn = PredictionArtist(words=WORDS, is_video=is_video).draw(image, found)
        assert drawn.dtype == np.uint8 and drawn.ndim == 3
        width = drawn.shape[1] if not isinstance(found, ClassMap | NumberMap) else (drawn.shape[1] - GAP_PX) // 2
        expected = min(MAX_SIDE_PX, max(MIN_SIDE_PX, *hw))
        assert (width if hw[1] >= hw[0] else expected) == expected
    assert (image == 127).all()


def test_a_box_lies_around_its_pixels_in_the_colour_of_its_class() -> None:
    """A box from (100, 200) to (300, 300) of a picture of 480 x 640 px, which is drawn in its own size."""
    words = Vocabulary(categories=("apple",))
    one = DetectedObject(label=0, bbox_xywh_px=(100, 200, 200, 100), score=0.9)
    drawn = PredictionArtist(words=words).draw(grey((480, 640)), DetectedObjects(image_hw=(480, 640), objects=(one,)))
    color = class_colors(["apple"])["apple"]
    for x, y in ((200, 300), (99, 250), (300, 250), (250, 300)):
        assert tuple(drawn[y, x]) == color
    assert (drawn[201:299, 101:299] == 127).all()
    # Of a picture twice as large a box has half its size in the drawn one.
    twice = DetectedObject(label=0, bbox_xywh_px=(200, 400, 400, 200), score=0.9)
    large = PredictionArtist(words=words).draw(
        grey((1600, 3200)), DetectedObjects(image_hw=(1600, 3200), objects=(twice,))
    )
    assert large.shape[1] == 1600 and (large[205:295, 105:295] == 127).all() and tuple(large[301, 200]) == color


def test_a_map_lies_beside_its_picture() -> None:
    labels = np.zeros((480, 640), np.uint8)
    labels[:, 320:] = 1
    drawn = PredictionArtist(words=WORDS).draw(grey((480, 640)), ClassMap(image_hw=(480, 640), labels=labels))
    assert (drawn[:480, :640] == 127).all()
    assert tuple(drawn[100, 640 + GAP_PX + 100]) == COLORS["apple"]
    assert tuple(drawn[100, 640 + GAP_PX + 400]) == COLORS["café 苹果"]


def test_frames_of_a_video_are_of_one_size() -> None:
    artist = PredictionArtist(words=Vocabulary(categories=("apple", "pear")), is_video=True)
    one = DetectedObject(label=0, bbox_xywh_px=(10, 20, 60, 50), score=0.9)
    frames = [DetectedObjects(image_hw=(120, 160), objects=(one,)), DetectedObjects(image_hw=(120, 160), objects=())]
    assert len({artist.draw(grey((120, 160)), one).shape for one in frames}) == 1


def test_the_background_has_no_swatch_in_the_legend_of_a_video() -> None:
    words = Vocabulary(categories=("background", "apple"))
    labels = ClassMap(image_hw=(120, 160), labels=np.zeros((120, 160), np.uint8))
    drawn = PredictionArtist(words=words, is_video=True).draw(grey((120, 160)), labels)
    strip = drawn[360:].reshape(-1, 3)
    colors = class_colors(words.categories)
    assert (strip == colors["apple"]).all(axis=1).any() and not (strip == colors["background"]).all(axis=1).any()
