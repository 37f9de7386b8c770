"""Parts of a split, on four images whose content is written out."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthvis.data.derived.subset import some_images
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.errors import UsageError


def split_of(*contents: tuple[str, ...]) -> Split:
    names = ("apple", "traffic light", "cup")
    images = tuple(
        Sample(
            id=number,
            path=Path(f"{number}.jpg"),
            labelled_hw=(10, 10),
            objects=tuple(
                LabelledObject(class_name=name, bbox_xywh_px=(0, 0, 2, 2), area_px=4, is_crowd=False)
                for name in content
            ),
        )
        for number, content in enumerate(contents, start=1)
    )
    ids = {"apple": 53, "traffic light": 10, "cup": 47}
    return Split(name="made", kind="real", split="train", images=images, class_names=names, category_ids=ids)


MADE = split_of(("apple", "cup"), ("cup",), (), ("traffic light", "apple", "apple"))


def test_other_classes_become_background_and_images_stay() -> None:
    found = MADE.of_classes(["Traffic_Light", "apple"])
    assert found.class_names == ("apple", "traffic light")
    assert found.category_ids == {"apple": 53, "traffic light": 10}
    assert [[box.class_name for box in image.objects] for image in found.images] == [
        ["apple"], [], [], ["traffic light", "apple", "apple"]
    ]  # fmt: skip


def test_a_class_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="made has no class 'aple'; did you mean 'apple'"):
        MADE.of_classes(["aple"])


def test_some_images_are_part_of_more_and_depend_on_the_seed() -> None:
    large = split_of(*[("cup",)] * 50)
    few, more = ({image.id for image in some_images(large, count, seed=3).images} for count in (10, 25))
    assert len(few) == 10
    assert few < more
    assert few != {image.id for image in some_images(large, 10, seed=4).images}
    assert [image.id for image in some_images(large, 50, seed=3).images] == list(range(1, 51))


@pytest.mark.parametrize("count", [0, 5, -1])
def test_more_images_than_there_are_is_refused(count: int) -> None:
    with pytest.raises(UsageError, match="it has 4"):
        some_images(MADE, count, seed=0)
