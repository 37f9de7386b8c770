"""Whatever the user gives is seen in pictures, or refused with the way out."""

from __future__ import annotations

import os
from pathlib import Path

import own_files
import pytest

from synthvis.assets import folder as folder_module
from synthvis.assets.folder import files_in, scan
from synthvis.assets.resolve import catalogue_of, resolve
from synthvis.config.effect import FREE_ONLY_KEYS, idle_keys
from synthvis.config.load import list_shipped, load_recipe
from synthvis.errors import RecipeError
from synthvis.scene.sample import sample_scene

pytest.importorskip("trimesh")


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "meshes" / "part.stl"
    path.parent.mkdir()
    path.write_bytes(own_files.cube_stl(80))
    return path


def shown(recipe: str, *assets: Path, changes: tuple[str, ...] = ()) -> tuple[set[str], set[str], list[str]]:
    """Labelled classes and kinds of ten pictures, and what was said."""
    said: list[str] = []
    ready = resolve(load_recipe(recipe, changes), assets, said.append)
    known = catalogue_of(ready)
    objects = [item for number in range(1, 11) for item in sample_scene(ready, 0, number, catalogue=known).objects]
    return {item.category for item in objects if item.category}, {item.kind for item in objects}, said


@pytest.mark.slow
def test_the_recipe_for_own_meshes_shows_and_labels_them_alone(part: Path) -> None:
    classes, kinds, _ = shown("meshes", part)
    assert classes == {"part"} and "part.stl" in kinds and len(kinds) > 3
    classes, kinds, _ = shown("meshes", part.parent, changes=('objects.kinds={"meshes/*": 1}',))
    assert classes == {"part"} and "meshes/part" in kinds


@pytest.mark.slow
def test_a_recipe_that_names_no_own_mesh_labels_them_all_and_says_so(part: Path) -> None:
    classes, kinds, said = shown("tabletop", part, part.parent)
    assert classes == {"part"} and {"part.stl", "meshes/part"} <= kinds
    assert any(line.startswith("labelled: part.stl, meshes/part, in place of apple") for line in said)
    classes, kinds, said = shown("tabletop", part, changes=("distractors.kinds={part.stl: 1}",))
    assert "part" not in classes and "part.stl" in kinds and not any("labelled:" in line for line in said)


def test_a_distractor_has_its_class_only_where_the_recipe_labels_that_class() -> None:
    without = ("objects.kinds={apple: 1}", "distractors.kinds={cup: 1, red_apple: 1}", "distractors.count=[3,3]")
    classes, kinds, _ = shown("tabletop", changes=without)
    assert classes == {"apple"} and {"cup", "red_apple"} <= kinds


@pytest.mark.parametrize(
    ("recipe", "changes", "message", "hint"),
    [
        ("coco", (), "no picture can show a mesh of part.stl", "--recipe meshes"),
        ("tabletop", ('objects.kinds={"part.slt": 1}',), "unknown kind of object: part.slt", "did you mean part.stl"),
        ("tabletop", ('objects.kinds={"other/*": 1}',), "no own mesh matches other/*", "scenes ls"),
        ("coco", ("environments.free=1", "objects.kinds={cup: 1}", "distractors.kinds={part.stl: 0, unicorn: 1}"),
         "unknown kind of object: unicorn", "scenes ls"),
    ],
)  # fmt: skip
def test_meshes_that_cannot_be_seen_are_refused_with_the_way_out(
    recipe: str, changes: tuple[str, ...], message: str, hint: str, part: Path
) -> None:
    with pytest.raises(RecipeError) as caught:
        resolve(load_recipe(recipe, changes), [part])
    assert message in caught.value.what and hint in str(caught.value.hint)
    assert len(str(caught.value)) < 500


def test_the_way_out_of_places_is_one(part: Path) -> None:
    classes, kinds, _ = shown("coco", part, changes=("environments={free: 1}", 'objects.kinds={"part.stl": 1}'))
    assert classes == {"part"} and kinds == {"part.stl"}
    with pytest.raises(RecipeError, match=r"no picture can show a mesh of meshes") as caught:
        resolve(load_recipe("tabletop", ['objects.kinds={"part.stl": 1}']), [part, part.parent])
    assert '"meshes/*": 1' in str(caught.value.hint)


@pytest.mark.parametrize("key", FREE_ONLY_KEYS)
def test_a_key_that_places_do_not_read_is_refused_and_read_where_scenes_are_free(key: str) -> None:
    value = {"objects": "{kinds: {cup: 1}}", "distractors": "{kinds: {cup: 1}}", "free_environment": "{clutter: 0.1}"}
    change = f"{key}={value.get(key, '[11, 12]')}"
    with pytest.raises(RecipeError, match=key) as caught:
        resolve(load_recipe("coco", [change]))
    assert "environments.free=1" in str(caught.value.hint)
    needed = () if key == "objects" else ("objects={kinds: {cup: 1}}",)
    assert resolve(load_recipe("coco", [change, *needed, "environments.free=1"])).has_free_scenes


def test_unknown_kinds_are_refused_by_name_and_not_with_all_others() -> None:
    with pytest.raises(RecipeError) as caught:
        resolve(load_recipe("tabletop", ["objects.kinds={aple: 1}"]))
    assert "apple" in str(caught.value.hint) and "scenes ls" in str(caught.value.hint) and len(str(caught.value)) < 200


def test_pictures_that_are_never_shown_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "photos").mkdir()
    own_files.picture(tmp_path / "photos" / "a.png", (5, 250, 5), 64)
    photos = f"backgrounds={{folder: {tmp_path / 'photos'}, share: 1}}"
    studio = "free_environment.weights={studio: 1}"
    with pytest.raises(RecipeError, match="none of the photographs is shown") as caught:
        resolve(load_recipe("tabletop", [photos, studio]))
    assert "free_environment.weights.tabletop" in str(caught.value.hint)
    assert resolve(load_recipe("tabletop", [photos])).backgrounds is not None
    assert resolve(load_recipe("coco", [photos])).backgrounds is not None
    for role in ("textures", "hdris", "backgrounds"):
        with pytest.raises(RecipeError, match=f"{role}.share is 0"):
            resolve(load_recipe("tabletop", [f"{role}={{folder: {tmp_path / 'photos'}, share: 0}}"]))


def test_keys_that_another_key_switches_off_are_mentioned() -> None:
    changes = [
        "camera.f_number=[2,4]",
        "camera.defocus_share=0",
        "free_environment.weights={studio: 1}",
        "free_environment.road_share=0.1",
    ]
    said = idle_keys(load_recipe("tabletop", changes))
    assert [line.split()[0] for line in said] == [
        "camera.f_number",
        "free_environment.road_share",
        "free_environment.clutter",
    ]
    assert "camera.defocus_share is 0" in said[0]
    shipped = [one.name for one in list_shipped() if one.what == "recipe"]
    assert len(shipped) >= 8
    assert {name: keys for name in shipped if (keys := idle_keys(load_recipe(name)))} == {}


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc on this system")
def test_folders_of_the_system_are_refused_at_once() -> None:
    for look in (scan, lambda path: files_in(path, frozenset({".png"}))):
        for path in (Path("/proc"), Path("/dev"), Path("/proc/self"), Path("/")):
            with pytest.raises(RecipeError, match=r"no files of yours|whole disk"):
                look(path)


def test_folders_without_meshes_loops_and_unreadable_files_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RecipeError, match="holds no mesh") as caught:
        scan(tmp_path / "empty")
    assert ".stl" in str(caught.value.hint)
    (tmp_path / "round").symlink_to(tmp_path / "round")
    with pytest.raises(RecipeError, match="in a circle"):
        scan(tmp_path / "round")
    with pytest.raises(RecipeError, match="no folder or mesh file"):
        scan(tmp_path / "nowhere")
    with pytest.raises(RecipeError, match="no mesh file"):
        (tmp_path / "a.txt").write_text("x")
        scan(tmp_path / "a.txt")
    loops = tmp_path / "loops"
    loops.mkdir()
    (loops / "a.stl").symlink_to(loops / "b.stl")
    (loops / "b.stl").symlink_to(loops / "a.stl")
    (loops / "gone.stl").symlink_to(loops / "nothing.stl")
    (loops / "again").symlink_to(loops)
    with pytest.raises(RecipeError, match=r"a\.stl: links that lead in a circle.*gone\.stl: a link to nothing"):
        scan(loops)
    for name in ("good.stl", "secret.stl"):
        (loops / name).write_bytes(own_files.cube_stl(80))
    may = os.access
    # Whoever runs the tests may be allowed to read everything.
    monkeypatch.setattr(folder_module.os, "access", lambda path, mode: "secret" not in str(path) and may(path, mode))
    found = scan(loops)
    assert [file.kind for file in found.files] == ["loops/good"]
    assert found.left_out["secret.stl"] == "you may not read it"
    with pytest.raises(RecipeError, match="you may not read it"):
        scan(loops / "secret.stl")
