"""Renders and photographs in one set, on a handful of images whose content is written out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from synthvis.data.derived.box_style import BoxStyle, in_style
from synthvis.data.derived.mixed import mixed, mixed_counts
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.errors import UsageError

PLAIN = BoxStyle()


def split_of(kind: str, images: int, classes: dict[str, int]) -> Split:
    names = tuple(sorted(classes, key=classes.__getitem__))
    entries = tuple(
        Sample(
            id=number,
            path=Path(f"{kind}-{number}.jpg"),
            labelled_hw=(100, 100),
            objects=(
                LabelledObject(
                    class_name=names[number % len(names)],
                    bbox_xywh_px=(40, 40, 20, 20),
                    area_px=400,
                    is_crowd=False,
                    amodal_bbox_xywh_px=(30, 40, 30, 20) if kind == "synthetic" else None,
                ),
            ),
        )
        for number in range(1, images + 1)
    )
    return Split(name=kind, kind=kind, split="train", images=entries, class_names=names, category_ids=classes)


RENDERS = split_of("synthetic", 12, {"traffic cone": 3, "cup": 5})
PHOTOGRAPHS = split_of("real", 4, {"Traffic_Cone": 1, "dog": 5})


def origins(split: Split) -> Counter[str]:
    return Counter(image.path.name.partition("-")[0] for image in split.images)


@pytest.mark.parametrize(
    ("real", "synthetic", "share", "counts"),
    [
        (4, 12, 0.5, (12, 12)),
        (12, 4, 0.5, (12, 12)),
        (4, 12, 0.25, (4, 12)),
        (4, 12, 0.1, (4, 36)),
        (4, 12, 0.8, (48, 12)),
        (1, 3, 0.4, (2, 3)),
        (1, 1, 0.5, (1, 1)),
    ],
)
def test_the_share_holds_and_no_image_is_lost(real: int, synthetic: int, share: float, counts: tuple) -> None:
    assert mixed_counts(real, synthetic, share) == counts
    found = mixed_counts(real, synthetic, share)
    assert found[0] >= real
    assert found[1] >= synthetic
    assert found[0] / sum(found) == pytest.approx(share, abs=0.5 / sum(found) + 1e-9)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.2, 1.5])
def test_a_share_of_nothing_or_all_is_no_mixture(share: float) -> None:
    with pytest.raises(UsageError, match="share"):
        mixed_counts(4, 12, share)
    with pytest.raises(UsageError, match="nothing to mix: 0 real"):
        mixed_counts(0, 12, 0.5)


def test_every_image_is_there_and_every_entry_has_its_own_id() -> None:
    both = mixed(PHOTOGRAPHS, RENDERS, real_share=0.5, style=PLAIN)
    assert origins(both) == {"synthetic": 12, "real": 12}
    assert [image.id for image in both.images] == list(range(1, 25))
    assert set(Counter(image.path for image in both.images if "real" in image.path.name).values()) == {3}
    assert (both.kind, both.name, both.split) == ("mixed", "synthetic+real", "train")
    assert both.label_count == 24


def test_an_incomplete_repetition_is_drawn_by_the_seed() -> None:
    """Beside 14 photographs, two of the 12 renders appear twice."""

    def twice(seed: int) -> list[str]:
        found = mixed(split_of("real", 14, {"cup": 1}), RENDERS, real_share=0.5, style=PLAIN, seed=seed)
        assert origins(found) == {"synthetic": 14, "real": 14}
        counts = Counter(image.path.name for image in found.images)
        assert set(counts.values()) == {1, 2}
        return sorted(name for name, count in counts.items() if count == 2)

    assert twice(0) == twice(0)
    assert len({tuple(twice(seed)) for seed in range(6)}) > 1


def test_classes_go_by_name_and_ids_stay_apart() -> None:
    both = mixed(PHOTOGRAPHS, RENDERS, style=PLAIN)
    assert both.class_names == ("traffic cone", "cup", "dog")
    # The photographs' dog has 5, which is the renders' cup.
    assert both.category_ids == {"traffic cone": 3, "cup": 5, "dog": 6}
    names = {box.class_name for image in both.images for box in image.objects}
    assert names == {"traffic cone", "cup", "dog"}


def test_only_boxes_of_renders_are_redrawn_and_only_once() -> None:
    style = BoxStyle(kind="amodal", margin=0.1)
    both = mixed(PHOTOGRAPHS, RENDERS, style=style)
    boxes = {image.path.name.partition("-")[0]: image.objects[0].bbox_xywh_px for image in both.images}
    assert boxes["real"] == (40, 40, 20, 20)
    # The whole object, 30 x 20 at (30, 40), and a tenth of a side more on each side.
    assert boxes["synthetic"] == pytest.approx((27, 38, 36, 24))
    # The trainer asks for the style of its config once more.
    assert in_style(both, style) == both


def test_the_parts_stay_as_they_were() -> None:
    before = replace(RENDERS)
    mixed(PHOTOGRAPHS, RENDERS, style=BoxStyle(margin=0.2))
    assert before == RENDERS
