"""What an augmentation recipe may say, and that a run does what it says."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from synthvis.data.dataset import find_dataset
from synthvis.errors import RealDataError, RecipeError, UsageError
from synthvis.formats.images import write_png
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.detection.data import DetectionViews
from synthvis.train.views.augment import augmentation_for, recipe_of
from synthvis.train.views.loader import train_loader
from synthvis.train.views.recipe import AugmentRecipe, load_augment_recipe, named_recipes
from synthvis.train.views.strength import recipe_of_strength

pytestmark = pytest.mark.train

SMALL = ModelConfig(input_size=64)


def test_the_named_recipes_are_read_and_survive_a_round_trip_through_json() -> None:
    assert named_recipes() == ("default", "heavy", "light", "sim2real")
    for name in named_recipes():
        config = TrainConfig(augment_recipe=name)  # type: ignore[arg-type]
        assert config.augment_recipe is not None and config.augment_recipe.name == name
        assert TrainConfig.model_validate_json(config.model_dump_json()) == config
        assert TrainConfig.model_validate(json.loads(json.dumps(config.model_dump()))) == config
    assert TrainConfig().augment_recipe is None


def test_one_number_is_the_default_recipe_done_more_or_less() -> None:
    default = load_augment_recipe("default")
    assert recipe_of(TrainConfig()) == default.model_copy(update={"name": "strength1"})
    half, double = recipe_of_strength(0.5), recipe_of_strength(2)
    assert half.flip == double.flip == default.flip
    assert (half.iou_crop.share, double.iou_crop.share) == (0.25, 1.0)  # type: ignore[union-attr]
    assert half.scale.factor == (0.8, 1.0) and double.scale.factor == (0.25, 1.0)  # type: ignore[union-attr]
    assert (half.jitter.hue, double.jitter.brightness) == (0.015, 0.6)  # type: ignore[union-attr]
    assert half.jitter.share == default.jitter.share  # type: ignore[union-attr]
    for recipe in (half, double):
        assert AugmentRecipe.model_validate(recipe.model_dump()) == recipe
    nothing = recipe_of_strength(0)
    assert not any(
        getattr(nothing, name) for name, field in AugmentRecipe.model_fields.items() if field.default is None
    )
    assert nothing.min_left == 0 and not nothing.random_offset


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("flipp: {share: 0.5}", "flipp: unknown key; did you mean 'flip'"),
        ("blur: {share: 0.5, sigma: [1, 2]}", r"blur\.sigma: unknown key; did you mean 'sigma_px'"),
        ("flip: {share: 1.5}", r"flip\.share"),
        ("flip: {}", r"flip\.share: this key is needed"),
        ("rotate: {share: 1, degrees: [9, -9]}", r"rotate\.degrees: expected two numbers that ascend"),
        ("jpeg: {share: 1, quality: [0, 90]}", r"jpeg\.quality: expected two numbers that ascend between 1 and 100"),
        ("base: sim2reel", "base: no recipe 'sim2reel'; did you mean 'sim2real'"),
        ("- 1", "expected keys and values"),
    ],
)
def test_mistakes_are_named_with_what_was_meant(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=said):
        load_augment_recipe(str(path))


def test_a_name_that_is_none_is_answered_with_the_nearest() -> None:
    with pytest.raises(RecipeError, match="did you mean 'heavy'"):
        TrainConfig(augment_recipe="heavvy")  # type: ignore[arg-type]


def test_a_file_may_change_a_named_recipe_part_by_part(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("base: default\nflip: null\nblur: {share: 0.9}\ncutout: {share: 0.1}\n")
    mine, default = load_augment_recipe(str(path)), load_augment_recipe("default")
    assert mine.name == "mine" and mine.flip is None and mine.cutout is not None
    assert mine.blur is not None and mine.blur.share == 0.9
    assert default.blur is not None and mine.blur.sigma_px == default.blur.sigma_px
    assert mine.jitter == default.jitter


def test_options_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="both given"):
        recipe_of(TrainConfig(augment=0.5, augment_recipe="light"))  # type: ignore[arg-type]
    matching = {"histogram_match": {"share": 1.0}}
    with pytest.raises(UsageError, match="matches photographs"):
        recipe_of(TrainConfig(augment_recipe=matching))  # type: ignore[arg-type]
    for folder, said in ((tmp_path, "holds no"), (tmp_path / "absent", "is no folder")):
        with pytest.raises(RealDataError, match=said):
            augmentation_for(TrainConfig(model=SMALL, match_photos=str(folder)))


def test_photographs_alone_add_both_kinds_of_matching_to_the_default(tmp_path: Path) -> None:
    write_png(tmp_path / "deep" / "dark.png", np.full((20, 30, 3), 9, np.uint8))
    config = TrainConfig(model=SMALL, match_photos=str(tmp_path))
    recipe = recipe_of(config)
    assert recipe is not None and recipe.histogram_match and recipe.fourier and recipe.flip
    mine = TrainConfig(match_photos=str(tmp_path), augment_recipe={"fourier": {"share": 1.0}})  # type: ignore[arg-type]
    recipe = recipe_of(mine)
    assert recipe is not None and recipe.histogram_match is None
    full = {"histogram_match": {"share": 1.0, "blend": [1.0, 1.0]}}
    augment = augmentation_for(TrainConfig(model=SMALL, match_photos=str(tmp_path), augment_recipe=full))  # type: ignore[arg-type]
    image = torch.full((3, 64, 64), 200, dtype=torch.uint8)
    view = augment(image, torch.zeros((0, 4)), torch.zeros(0, dtype=torch.int64))
    assert view["image"].unique().tolist() == [9]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_batches_are_the_same_with_workers_and_after_a_stop(squares: Path) -> None:
    """What is sent to a loader process is pickled here; the process itself is a fork, which need not import torch."""
    split = find_dataset(squares).read("train")
    recipe = {
        "base": "heavy", "mosaic": {"share": 0.5}, "mixup": {"share": 0.5}, "noise": {"share": 0.5},
        "randaugment": {"share": 0.5},
    }  # fmt: skip
    config = TrainConfig(model=SMALL, batch=3, steps=3, augment_recipe=recipe)  # type: ignore[arg-type]
    views = pickle.loads(pickle.dumps(DetectionViews(split, split.class_names, config)))
    torch.manual_seed(0)
    here = list(train_loader(views, config, 0, workers=0))
    torch.manual_seed(1)
    loader = train_loader(views, config, 0, workers=1)
    pickle.dumps(loader.collate_fn)
    loader.multiprocessing_context = "fork"
    # OpenCV may not be asked about its threads in a fork, which has none of them.
    loader.worker_init_fn = None
    there = list(loader)
    later = list(train_loader(views, config, 2, workers=0))
    assert len(here) == len(there) == 3 and len(later) == 1
    for expected, found in (*zip(here, there, strict=True), (here[2], later[0])):
        assert torch.equal(expected[0], found[0])
        for mine, other in zip(expected[1], found[1], strict=True):
            assert mine.keys() == other.keys() == {"boxes", "labels"}
            assert all(torch.equal(mine[name], other[name]) for name in mine)
    assert any(len(target["labels"]) > 2 for _, targets in here for target in targets), "nothing was mixed"


def test_every_part_of_a_recipe_changes_views(tmp_path: Path) -> None:
    """Each part done always, alone, on an image with an object: pixels differ from those of the bare recipe."""
    rng = np.random.default_rng(0)
    write_png(tmp_path / "a.png", rng.integers(0, 99, (40, 50, 3), dtype=np.uint8))
    image = torch.from_numpy(rng.integers(0, 256, (3, 60, 60), dtype=np.uint8))
    alone = [name for name, field in AugmentRecipe.model_fields.items() if field.default is None]
    batchwise = {"mosaic", "copy_paste", "mixup", "cutmix"}
    bare = _view({"random_offset": False}, image, None)
    for name in set(alone) - batchwise:
        photos = str(tmp_path) if name in ("histogram_match", "fourier") else None
        extra = {"iou_crop": {"min_iou": [0.3]}, "fourier": {"beta": [0.1, 0.1]}}.get(name, {})
        view = _view({"random_offset": False, name: {"share": 1.0, **extra}}, image, photos)
        assert not torch.equal(view["image"], bare["image"]), name
        assert view["image"].shape == (3, 64, 64) and view["image"].dtype == torch.uint8


def _view(recipe: dict, image: torch.Tensor, photos: str | None) -> dict[str, torch.Tensor]:
    torch.manual_seed(3)
    augment = augmentation_for(TrainConfig(model=SMALL, augment_recipe=recipe, match_photos=photos))
    return augment(image, torch.tensor([[10.0, 10, 40, 40]]), torch.tensor([0]))
