"""A label that an installed package brings, from the page that explains it to dataset, gate, preview and explain."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from fake_dataset import write_fake_dataset

from synthvis.assets.resolve import resolve
from synthvis.checks.gate import check_dataset
from synthvis.cli import cli
from synthvis.config.load import load_recipe
from synthvis.dataset.manifest import open_rendered
from synthvis.errors import RecipeError, UsageError
from synthvis.formats.images import read_image_rgb, read_png
from synthvis.labels import registry
from synthvis.render.produce import RenderRequest, render_dataset
from synthvis.report.provenance import provenance_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "labels.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(), re.S)
SOURCE = next(text for language, text in BLOCKS if language == "python" and "RANGE = Label(" in text)
IMAGE = 2
MODULES = ("my_package", "my_package.range_label")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Puts a package that brings labels into a folder of the import path, for this process and its children."""

    def put(source: str = SOURCE, name: str = "RANGE") -> None:
        site = tmp_path / "site"
        (site / "my_package").mkdir(parents=True)
        (site / "my_package" / "__init__.py").write_text("")
        (site / "my_package" / "range_label.py").write_text(source)
        info = site / "my_package-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[synthvis.labels]\nrange = my_package.range_label:{name}\n")
        monkeypatch.syspath_prepend(site)
        monkeypatch.setenv("PYTHONPATH", str(site))
        for module in MODULES:
            monkeypatch.delitem(sys.modules, module, raising=False)

    yield put
    for module in MODULES:
        sys.modules.pop(module, None)
    monkeypatch.undo()


@pytest.fixture
def dataset(install, tmp_path: Path) -> Path:
    """Three images with the label of the page and one of synthvis, made without Blender."""
    install()
    return write_fake_dataset(tmp_path / "fruit", ("boundary", "range"))


def run(*words: object) -> str:
    result = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def distance_from(root: Path, image: dict, split: str = "train"):
    """What the pixels of a pinhole camera and the depth map, in millimetres, say of the distance."""
    (fx, _, cx), (_, fy, cy), _ = image["synthvis"]["K"]
    depth_m = read_png(root / "depth" / split / f"{image['id']:06d}.png") / 1000
    y, x = np.indices(depth_m.shape) + 0.5
    return depth_m * np.sqrt(((x - cx) / fx) ** 2 + ((y - cy) / fy) ** 2 + 1), (depth_m > 0) & (depth_m < 65.5)


def assert_true_on_disk(root: Path) -> None:
    """Maps and facts of the label are what the other files of the dataset say."""
    value = json.loads((root / "annotations" / "instances_train.json").read_bytes())
    assert value["images"]
    for image in value["images"]:
        stored = np.load(root / "range" / "train" / f"{image['id']:06d}.npy")
        truth, is_known = distance_from(root, image)
        assert stored.dtype == np.float32 and np.abs(stored - truth)[is_known].max() < 0.002
        ids = read_png(root / "instances" / "train" / f"{image['id']:06d}.png")
        for entry in value["annotations"]:
            if entry["image_id"] == image["id"]:
                nearest_m = truth[is_known & (ids == entry["synthvis"]["instance_id"])].min()
                assert entry["synthvis"]["range"] == {"nearest_m": pytest.approx(nearest_m, abs=0.002)}


def test_it_is_in_the_files_of_a_dataset_and_passes_the_gate(dataset: Path) -> None:
    assert_true_on_disk(dataset)
    assert check_dataset(dataset).problems == ()


def shortened(path: Path) -> None:
    np.save(path, np.load(path) / 2)


def other_nearest(path: Path) -> None:
    values = json.loads(path.read_bytes())
    for entry in values["annotations"]:
        entry["synthvis"]["range"]["nearest_m"] += 0.01
    path.write_text(json.dumps(values))


def without_facts(path: Path) -> None:
    values = json.loads(path.read_bytes())
    del values["annotations"][0]["synthvis"]["range"]
    path.write_text(json.dumps(values))


MAP, FACTS = f"range/train/{IMAGE:06d}.npy", "annotations/instances_train.json"
DAMAGE = {
    "a map of half the distance": (MAP, shortened, "nearer than the depth map says"),
    "no map": (MAP, Path.unlink, "No such file"),
    "a map of another size": (MAP, lambda path: np.save(path, np.load(path)[1:]), "not 32-bit floats of 64 x 48"),
    "another nearest point": (FACTS, other_nearest, "another nearest point"),
    "no facts": (FACTS, without_facts, "has no range"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_under_its_name(dataset: Path, name: str) -> None:
    place, damage, message = DAMAGE[name]
    damage(dataset / place)
    problems = [problem for problem in check_dataset(dataset).problems if problem.rule != "records"]
    assert {problem.rule for problem in problems} == {"range"}
    assert any(message in problem.message for problem in problems), problems


def test_preview_shows_it_and_its_help_names_it(dataset: Path, tmp_path: Path) -> None:
    run("preview", dataset, "--image", IMAGE, "--views", "range", "--size", 64, "--out", tmp_path / "sheet.png")
    shown = read_image_rgb(tmp_path / "sheet.png")[4:52, 4:68].astype(int)
    distance_m = np.load(dataset / MAP)
    # Near is bright.
    near, far = distance_m < np.quantile(distance_m, 0.2), distance_m > np.quantile(distance_m, 0.8)
    assert shown[near].mean() > shown[far].mean() + 20
    assert "scene_flow, range" in " ".join(run("preview", "--help").split())


def test_explain_names_its_file_and_shows_its_facts(dataset: Path) -> None:
    found = provenance_of(open_rendered(dataset), IMAGE)
    assert found.files["range"] == dataset / MAP
    assert "nearest_m" in found.coco.annotations[0]["synthvis"]["range"]
    assert MAP in "".join(run("explain", dataset, IMAGE).split())


def test_recipes_know_it_by_name_and_bench_measures_it(install) -> None:
    with pytest.raises(RecipeError, match="no label 'range'"):
        resolve(load_recipe("fruit", ["labels.extra=[range]"]))
    install()
    recipe = resolve(load_recipe("fruit", ["labels.extra=[range, nocs]"]))
    assert recipe.labels.extra == ("nocs", "range")
    assert registry.label_names()[-1] == "range"


def test_without_its_package_the_gate_says_that_it_was_not_checked(dataset: Path, monkeypatch) -> None:
    built_in = {label.name: label for label in registry.BUILT_IN}
    monkeypatch.setattr(registry, "with_installed", lambda *_, **__: built_in)
    (problem,) = check_dataset(dataset).problems
    assert problem.rule == "labels" and "the label range is not checked" in problem.message
    assert "range" not in provenance_of(open_rendered(dataset), IMAGE).files


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        ("RANGE = 3", "RANGE", "is a int, not a Label"),
        ("RANGE = 1 / 0", "RANGE", "cannot be loaded: ZeroDivisionError"),
        ("from synthvis.labels.nocs import NOCS", "NOCS", "calls itself nocs, which is taken"),
        (SOURCE.replace('name="range"', 'name="depth"'), "RANGE", "calls itself depth, which is taken"),
        (SOURCE.replace('name="range"', 'name="../range"'), "RANGE", "small letters"),
    ],
)
def test_what_is_no_label_or_takes_a_name_is_refused(install, source: str, name: str, message: str) -> None:
    install(source, name)
    with pytest.raises(UsageError, match=message):
        registry.labels_on_request()


@pytest.mark.blender
def test_it_is_rendered_checked_and_made_again_when_its_map_is_gone(install, tmp_path: Path) -> None:
    install()
    small = ["image.width_px=96", "image.height_px=96", "render.samples=2", "split.val_every=0"]
    recipe = load_recipe("fruit", [*small, "labels.extra=[range, occlusion_order]"])
    request = RenderRequest(recipe=recipe, seed=1, root=tmp_path / "fruit", n=2, device="cpu", workers=1)
    assert render_dataset(request, lambda progress: nullcontext()).made == 2
    assert_true_on_disk(request.root)
    assert check_dataset(request.root, mesh_checked_images=None).problems == ()
    manifest = json.loads((request.root / "dataset.json").read_bytes())
    assert manifest["recipe"]["labels"]["extra"] == ["occlusion_order", "range"]
    whole = shutil.copytree(request.root, tmp_path / "whole")
    (request.root / "range" / "train" / "000001.npy").unlink()
    assert render_dataset(request, lambda progress: nullcontext()).made == 1
    for path in (path for path in sorted(whole.rglob("*")) if path.is_file() and path.name != "run.json"):
        assert (request.root / path.relative_to(whole)).read_bytes() == path.read_bytes()


def test_the_page_has_a_section_with_a_picture_for_every_label() -> None:
    page = PAGE.read_text()
    assert [one.name for one in registry.BUILT_IN if f"\n## `{one.name}`" not in page] == []
    assert [one.name for one in registry.BUILT_IN if f"pictures/labels/{one.name}.jpg" not in page] == []
