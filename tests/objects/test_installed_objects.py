"""A type of object that an installed package brings, from the page that explains it to a rendered dataset."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import cv2
import pytest

from synthvis.checks.gate import check_dataset
from synthvis.config.load import load_recipe
from synthvis.errors import UsageError
from synthvis.objects import registry
from synthvis.render.produce import RenderRequest, render_dataset

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "own_object.md"
RECIPE = """
name: crates
image: {width_px: 96, height_px: 96}
render: {samples: 4}
objects: {kinds: {brand_crate: 1}, count: [1, 1]}
distractors: {count: [0, 0]}
free_environment: {weights: {studio: 1}}
sensor: {exposure_ev: [0, 0]}
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The package of the page, installed in a folder of the import path."""
    source = next(block for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S) if "CRATE" in block)
    site = tmp_path / "site"
    (site / "my_package").mkdir(parents=True)
    (site / "my_package" / "__init__.py").write_text("")
    (site / "my_package" / "crate.py").write_text(source)
    info = site / "my_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[synthvis.objects]\nbrand_crate = my_package.crate:CRATE\nmisnamed = my_package.crate:CRATE\n"
        "broken = my_package.crate:NOTHING\n"
    )
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", str(site))
    registry._entry_points.cache_clear()
    registry._installed.cache_clear()
    yield site
    monkeypatch.undo()
    registry._entry_points.cache_clear()
    registry._installed.cache_clear()


def test_installed_types_are_named_like_those_that_come_along(package: Path) -> None:
    assert set(registry.object_type_names()) - set(registry.OBJECT_TYPES) == {"brand_crate", "misnamed", "broken"}
    assert [category.name for category in registry.categories_for(["brand_crate", "apple"])] == ["apple", "brand crate"]
    with pytest.raises(UsageError, match="misnamed has the name brand_crate"):
        registry.object_type_named("misnamed")
    with pytest.raises(UsageError, match="broken cannot be loaded: AttributeError"):
        registry.object_type_named("broken")


def test_what_is_not_installed_is_unknown() -> None:
    with pytest.raises(UsageError, match="no kind of object 'brand_crate'"):
        registry.object_type_named("brand_crate")


@pytest.mark.blender
def test_an_installed_type_is_rendered_labelled_and_checked(package: Path, tmp_path: Path) -> None:
    (tmp_path / "crates.yaml").write_text(RECIPE)
    recipe = load_recipe(str(tmp_path / "crates.yaml"))
    root = tmp_path / "crates"
    request = RenderRequest(recipe=recipe, seed=1, root=root, n=3, device="cpu", workers=1)
    assert render_dataset(request, lambda progress: nullcontext()).made == 3
    written = [json.loads(path.read_text()) for path in sorted(root.glob("**/instances*.json"))]
    assert {(c["id"], c["name"]) for part in written for c in part["categories"]} == {(2001, "brand crate")}
    boxes = [(part["images"], note) for part in written for note in part["annotations"]]
    assert len(boxes) == 3
    for images, note in boxes:
        name = next(image["file_name"] for image in images if image["id"] == note["image_id"])
        (picture,) = (cv2.imread(str(path)) for path in root.glob(f"**/{Path(name).name}") if path.suffix == ".jpg")
        x, y, w, h = (round(value) for value in note["bbox"])
        blue, green, red = picture[y + h // 4 : y + h - h // 4, x + w // 4 : x + w - w // 4].reshape(-1, 3).mean(axis=0)
        assert red > 1.2 * max(green, blue)
    assert check_dataset(root).problems == ()
