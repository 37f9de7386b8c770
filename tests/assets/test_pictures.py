"""Own textures, environment maps and photographs: shown in their share, broken ones left out, nothing else changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import own_files
import pytest

from synthvis.assets.resolve import catalogue_of, resolve
from synthvis.cache import cached
from synthvis.config.load import recipe_from
from synthvis.config.recipe import Recipe
from synthvis.errors import RecipeError, RenderError
from synthvis.scene.sample import sample_scene

IMAGES = range(1, 41)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))


def recipe(**roles: Any) -> Recipe:
    values = {
        "name": "pictures",
        "world": {"group_size": 1},
        "free_environment": {"weights": {"tabletop": 1, "ground": 1}},
        "objects": {"kinds": {"apple": 1}},
        **roles,
    }
    return recipe_from(values, where="test")


def folder_of(root: Path, name: str = "tex") -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    own_files.picture(folder / "red.png", (200, 10, 10), 64)
    own_files.picture(folder / "blue.png", (10, 10, 200), 64)
    return folder


@pytest.mark.slow
def test_textures_cover_their_share_and_change_nothing_else(tmp_path: Path) -> None:
    said: list[str] = []
    folder = folder_of(tmp_path)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 50)
    (folder / "empty.jpg").write_bytes(b"")
    own_files.picture(folder / "dot.png", size=2)
    (folder / "bomb.png").write_bytes(bomb(60_000))
    (tmp_path / "secret.png").write_bytes((folder / "red.png").read_bytes())
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    ready = resolve(recipe(textures={"folder": str(folder), "share": 0.5}), say=said.append)
    assert len(said) == 5 and all(line.startswith("left out: tex/") for line in said), said
    plain = recipe()
    shown = total = 0
    for number in IMAGES:
        with_them, without = (
            sample_scene(ready, 2, number, catalogue=catalogue_of(ready)),
            sample_scene(plain, 2, number),
        )
        assert replace(with_them, surroundings=without.surroundings) == without
        surfaces = [
            spec for slot, spec in with_them.surroundings.surfaces.items() if slot not in ("marking", "trunk", "crown")
        ]
        own = [spec for spec in surfaces if spec.kind == "picture"]
        assert all(cached(str(spec.params["picture"])).is_file() for spec in own)
        shown, total = shown + len(own), total + len(surfaces)
    assert 0.4 < shown / total < 0.6


def bomb(side: int) -> bytes:
    """A PNG that says it is SIDE x SIDE pixels."""
    import struct
    import zlib

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_backgrounds_replace_what_is_behind_and_leave_objects_and_camera(tmp_path: Path) -> None:
    ready = resolve(recipe(backgrounds={"folder": str(folder_of(tmp_path)), "share": 1}))
    for number in IMAGES:
        with_them, without = (
            sample_scene(ready, 2, number, catalogue=catalogue_of(ready)),
            sample_scene(recipe(), 2, number),
        )
        assert replace(with_them, surroundings=without.surroundings) == without
        strips = [
            slot for slot in with_them.surroundings.surfaces if slot.startswith(("backdrop", "box", "trunk", "crown"))
        ]
        assert strips == ["backdrop_0"]
        assert with_them.surroundings.surfaces["backdrop_0"].kind == "photograph"


def test_environment_maps_light_their_share_of_the_groups_at_one_brightness(tmp_path: Path) -> None:
    openexr = pytest.importorskip("OpenEXR")
    folder = tmp_path / "skies"
    folder.mkdir()
    for name, level in (("dim", 0.01), ("bright", 900.0)):
        cv2.imwrite(str(folder / f"{name}.hdr"), np.full((32, 64, 3), level, dtype=np.float32))
    light = np.full((32, 64, 3), 3.0, dtype=np.float32)
    light[0, 0] = np.nan
    openexr.File({"type": openexr.scanlineimage}, {"RGB": light}).write(str(folder / "nan.exr"))
    cv2.imwrite(str(folder / "square.hdr"), np.ones((32, 32, 3), dtype=np.float32))
    (folder / "broken.exr").write_bytes(b"v/1\x01" + b"x" * 40)
    said: list[str] = []
    ready = resolve(recipe(hdris={"folder": str(folder), "share": 0.5}), say=said.append)
    assert sorted(line.split(":")[1].strip() for line in said) == ["skies/broken.exr", "skies/square.hdr"]
    names = [sample_scene(ready, 2, number, catalogue=catalogue_of(ready)).world.hdri for number in IMAGES]
    own = [name for name in names if name and "/" in name]
    assert len(set(own)) == 3 and 10 < len(own) < 30
    for name in set(own):
        with openexr.File(str(cached(name))) as file:
            stored = file.channels()["RGB"].pixels
            assert stored.mean() == pytest.approx(1.0, abs=0.02) and np.isfinite(stored).all()


def test_equal_folders_elsewhere_are_one_dataset_and_other_bytes_another(tmp_path: Path) -> None:
    here, there = folder_of(tmp_path / "a"), folder_of(tmp_path / "b")
    first, second = (resolve(recipe(textures={"folder": str(folder)})) for folder in (here, there))
    assert first == second and str(tmp_path) not in first.model_dump_json()
    assert resolve(first) == first
    own_files.picture(there / "red.png", (201, 10, 10), 64)
    assert resolve(recipe(textures={"folder": str(there)})).content_hash() != first.content_hash()


def test_a_folder_without_pictures_and_a_name_out_of_the_cache_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RecipeError, match="no usable picture"):
        resolve(recipe(textures={"folder": str(tmp_path / "empty")}))
    with pytest.raises(RecipeError, match="no folder"):
        resolve(recipe(backgrounds={"folder": str(tmp_path / "none")}))
    with pytest.raises(RenderError, match="leads out"):
        cached("../../etc/passwd")


@pytest.mark.blender
def test_pictures_are_seen_in_a_render(tmp_path: Path) -> None:
    from contextlib import nullcontext

    from synthvis.dataset.layout import DatasetLayout
    from synthvis.formats.images import read_image_rgb
    from synthvis.render.produce import RenderRequest, render_dataset

    folder = tmp_path / "green"
    folder.mkdir()
    own_files.picture(folder / "g.png", (5, 250, 5), 64)
    shown = recipe(
        image={"width_px": 64, "height_px": 64},
        render={"samples": 1},
        world={"hdri_share": 0},
        textures={"folder": str(folder), "share": 1},
        backgrounds={"folder": str(folder), "share": 1},
        sensor={"grey_share": 0},
    )
    root = tmp_path / "data"
    render_dataset(RenderRequest(recipe=shown, root=root, n=1, seed=3, workers=1), lambda progress: nullcontext())
    red, green, blue = read_image_rgb(DatasetLayout(root).image("train", 1)).reshape(-1, 3).mean(axis=0)
    assert green > 1.5 * max(red, blue)
