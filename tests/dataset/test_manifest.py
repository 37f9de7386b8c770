"""One folder, one dataset."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from synthvis.dataset.discover import newest_dataset
from synthvis.dataset.layout import DatasetLayout, write_json_atomic
from synthvis.dataset.manifest import deciding_versions, manifest_of, open_rendered, reserve_dataset
from synthvis.errors import DatasetError
from synthvis.objects.spec import Category, KeypointSymmetry

APPLE = Category(
    id=53,
    name="apple",
    supercategory="food",
    keypoints=("top", "bottom"),
    skeleton=((0, 1),),
    flip_pairs=((0, 1),),
    symmetry=(KeypointSymmetry(cycles=((0, 1),), first="left"),),
)
CUP = Category(id=47, name="cup", supercategory="kitchen")
VERSIONS = {"synthvis": "1", "bpy": "2"}


def manifest(seed: int = 0, **recipe: object) -> dict[str, object]:
    return manifest_of({"name": "fruit", "camera": {"distance_m": (0.4, 1.2)}, **recipe}, seed, [APPLE, CUP], VERSIONS)


def test_a_claimed_folder_opens_with_what_was_claimed(tmp_path: Path) -> None:
    root = tmp_path / "fruit"
    reserve_dataset(root, manifest(seed=7))
    dataset = open_rendered(root)
    assert (dataset.name, dataset.seed, dataset.categories) == ("fruit", 7, (CUP, APPLE))
    assert dataset.recipe.value_at("camera") == {"distance_m": [0.4, 1.2]}
    reserve_dataset(root, manifest(seed=7))


def test_equal_requests_give_equal_bytes_and_different_ones_other_hashes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        reserve_dataset(tmp_path / name, manifest())
    assert (tmp_path / "a/dataset.json").read_bytes() == (tmp_path / "b/dataset.json").read_bytes()
    hashes = {str(manifest(seed=s, extra=e).content_hash) for s in (0, 1) for e in (1, 2)}
    assert len(hashes) == 4


def test_another_recipe_is_refused_by_the_keys_that_differ(tmp_path: Path) -> None:
    reserve_dataset(tmp_path, manifest())
    with pytest.raises(DatasetError) as caught:
        reserve_dataset(tmp_path, manifest(seed=1, camera={"distance_m": [0.4, 2.0]}))
    assert "recipe.camera.distance_m is [0.4, 1.2] there, [0.4, 2.0] asked" in caught.value.what
    assert "seed is 0 there, 1 asked" in caught.value.what
    assert "--out" in str(caught.value.hint)


def test_a_foreign_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(DatasetError, match=r"holds thesis\.tex"):
        reserve_dataset(tmp_path, manifest())
    assert os.listdir(tmp_path) == ["thesis.tex"]
    with pytest.raises(DatasetError, match="is a file"):
        reserve_dataset(tmp_path / "thesis.tex", manifest())


def test_a_dry_claim_writes_nothing(tmp_path: Path) -> None:
    reserve_dataset(tmp_path / "new", manifest(), write=False)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "cannot be read"),
        (b"[]", "cannot be read"),
        (b'{"schema_version": 999}', "schema version 999"),
        (b'{"schema_version": 1}', "render the dataset again"),
        (b'{"schema_version": 3}', "seed: this key is missing"),
    ],
)
def test_a_damaged_manifest_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "dataset.json").write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        open_rendered(tmp_path)
    assert str(tmp_path) in caught.value.what


def test_what_is_no_dataset_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder"):
        open_rendered(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=r"no dataset\.json"):
        open_rendered(tmp_path)


def test_missing_annotations_tell_how_to_go_on(tmp_path: Path) -> None:
    reserve_dataset(tmp_path, manifest())
    with pytest.raises(DatasetError, match="did not reach its end"):
        open_rendered(tmp_path).annotations("instances", "train")


def test_the_newest_dataset_is_the_one_rendered_last(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no dataset in"):
        newest_dataset(tmp_path)
    for age, name in enumerate(("new", "old")):
        reserve_dataset(tmp_path / name, manifest())
        layout = DatasetLayout(tmp_path / name)
        write_json_atomic(layout.run_facts, {})
        for path in (layout.manifest, layout.run_facts):
            os.utime(path, (1000 - age, 1000 - age))
    assert newest_dataset(tmp_path).name == "new"


def test_versions_name_every_deciding_package() -> None:
    assert deciding_versions().keys() == {"synthvis", "bpy", "numpy", "opencv"}
    assert json.dumps(deciding_versions())
