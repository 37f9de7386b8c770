"""Types of object from a Python file: run when it is given, and only then."""

from __future__ import annotations

import math
import re
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from synthvis.assets.object_import import objects_of_assets
from synthvis.assets.resolve import catalogue_of, resolve
from synthvis.checks.gate import check_dataset
from synthvis.config.load import load_recipe
from synthvis.config.recipe import Recipe
from synthvis.errors import RecipeError, UsageError
from synthvis.render.produce import RenderRequest, render_dataset
from synthvis.scene.sample import sample_scene

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "own_object.md"
CRATE = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.S)[1]
SMALL = ["image.width_px=64", "image.height_px=64", "render.samples=1", "distractors.count=[0, 0]"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))


def written(folder: Path, text: str = CRATE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "crate.py").write_text(text)
    return folder / "crate.py"


def test_the_types_of_a_file_are_labelled_and_drawn_anew_in_each_image(tmp_path: Path) -> None:
    said: list[str] = []
    ready = resolve(load_recipe("meshes", SMALL), [written(tmp_path)], said.append)
    assert ready.objects is not None and list(ready.objects.kinds) == ["crate.py/brand_crate"]
    assert re.fullmatch(r"crate\.py@[0-9a-f]{16}", *ready.assets)
    # From the recipe alone, as a worker has it.
    catalogue = catalogue_of(Recipe.model_validate_json(ready.model_dump_json()))
    assert [(one.id, one.name) for one in catalogue.categories_of(ready)] == [(2001, "brand crate")]
    drawn = [sample_scene(ready, 5, number, catalogue=catalogue).objects for number in range(1, 9)]
    crates = [item for objects in drawn for item in objects if item.kind == "crate.py/brand_crate"]
    assert {item.category for item in crates} == {"brand crate"}
    assert len({item.params["size_m"] for item in crates}) == len(crates) > 4
    for item in crates:
        # A cube, worked by hand: its side along each axis, and its keypoint on top.
        mesh, side_m = catalogue.objects.mesh_of(item), item.params["size_m"]
        assert np.ptp(mesh.vertices_m, axis=0) == pytest.approx([side_m] * 3)
        assert math.isclose(mesh.keypoints_m[0][2], side_m)
    assert resolve(ready) == ready
    assert set(objects_of_assets(ready.assets).own) == {"crate.py/brand_crate"}


def test_code_is_run_only_of_files_that_are_given(tmp_path: Path) -> None:
    mark = tmp_path / "was_run"
    file = written(tmp_path / "a", f"open({str(mark)!r}, 'w').close()\n{CRATE}")
    named = load_recipe("meshes", SMALL).model_copy(update={"assets": (str(file),)})
    with pytest.raises(RecipeError, match="code is run only when you say so") as caught:
        resolve(named)
    assert str(file) in caught.value.hint and not mark.exists()
    ready = resolve(named, [file])
    assert mark.exists() and len(ready.assets) == 1
    elsewhere = f"crate.py@{'0' * 16}"
    with pytest.raises(RecipeError, match="cache does not have"):
        resolve(ready.model_copy(update={"assets": (elsewhere,)}))


def test_another_content_is_another_dataset(tmp_path: Path) -> None:
    here, same, other = (
        resolve(load_recipe("meshes", SMALL), [written(tmp_path / name, CRATE + more)])
        for name, more in (("a", ""), ("b", ""), ("c", "# more\n"))
    )
    assert here.content_hash() == same.content_hash() != other.content_hash()
    with pytest.raises(RecipeError, match="have changed"):
        resolve(here, [tmp_path / "c" / "crate.py"])
    # The copy is what is run; one that was tampered with is none.
    (copy,) = (tmp_path / "cache" / "code").glob(f"{here.assets[0][-16:]}/crate.py")
    copy.write_text("raise SystemExit\n")
    with pytest.raises(RecipeError, match="cache does not have"):
        objects_of_assets(here.assets)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(CRATE, "1 / 0\n", r"ZeroDivisionError.*line 1 of crate\.py", id="import fails"),
        pytest.param(CRATE, "x = 1\n", "holds no type of object", id="none"),
        pytest.param("CRATE = ", "OTHER = CRATE = ", None, id="two names of one type"),
        pytest.param(
            'size_m = number(params, "size_m")', "size_m = 1 / 0", "brand_crate fails: Zero", id="build fails"
        ),
        pytest.param('{"paint": paint}', "{}", "slot 'paint'", id="no surface"),
        pytest.param('("top",)', '("top", "foot")', "has 1 keypoints, its class 2", id="keypoints"),
        pytest.param('"brand_crate"', '"a/b"', "slash", id="slash"),
        pytest.param("id=2001", "id=53", "cannot live together", id="an id that comes along"),
        pytest.param('"brand crate"', '"apple"', "cannot live together", id="a name that comes along"),
    ],
)
def test_what_is_wrong_with_a_type_is_said_before_anything_is_rendered(
    tmp_path: Path, old: str, new: str, message: str | None
) -> None:
    assert old in CRATE
    file = written(tmp_path, CRATE.replace(old, new))
    if message is None:
        assert resolve(load_recipe("meshes", SMALL), [file]).objects.kinds.keys() == {"crate.py/brand_crate"}
        return
    with pytest.raises((UsageError, RecipeError), match=message):
        resolve(load_recipe("meshes", SMALL), [file])


def test_attachments_of_the_same_file_are_called_as_recipes_call_them(tmp_path: Path) -> None:
    more = (
        "from dataclasses import replace\nfrom synthvis.objects.object_type import Attachment\n"
        "def pair(rng):\n    one, two = sample(rng), sample(rng)\n"
        "    return replace(one, attachments=(Attachment(kind='brand_crate', params=two.params, surfaces=two.surfaces),"
        " Attachment(kind='cup', **CUP)))\n"
        "import numpy\nfrom synthvis.objects.registry import object_type_named\n"
        "cup = object_type_named('cup').sample(numpy.random.default_rng(0))\n"
        "CUP = {'params': cup.params, 'surfaces': cup.surfaces}\n"
        "PAIR = replace(CRATE, name='pair', sample=pair)\n"
    )
    ready = resolve(
        load_recipe("meshes", [*SMALL, 'objects.kinds={"crate.py/pair": 1}']), [written(tmp_path, CRATE + more)]
    )
    objects = catalogue_of(ready).objects
    drawn = objects.named("crate.py/pair").sample(np.random.default_rng(1))
    assert [part.kind for part in drawn.attachments] == ["crate.py/brand_crate", "cup"]


@pytest.mark.blender
def test_own_types_are_rendered_labelled_and_checked(tmp_path: Path) -> None:
    ready = resolve(load_recipe("meshes", SMALL), [written(tmp_path)])
    request = RenderRequest(recipe=ready, seed=1, root=tmp_path / "set", n=2, workers=1)
    summary = render_dataset(request, lambda progress: nullcontext())
    assert summary.made == 2 and not summary.quarantined
    report = check_dataset(tmp_path / "set")
    assert report.ok, report.problems
