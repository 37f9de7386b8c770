"""Own meshes: what is read of them, and that nothing hostile gets further than a line in a report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import own_files
import pytest

from synthvis.assets.folder import scan
from synthvis.assets.meshes.importing import pack_of
from synthvis.assets.object_import import ImportResult, import_folders
from synthvis.assets.resolve import catalogue_of, resolve
from synthvis.config.finish import Finish
from synthvis.config.recipe import Recipe
from synthvis.errors import RecipeError
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.object_type import ObjectType
from synthvis.objects.spec import KeypointSymmetry
from synthvis.scene.sample import sample_scene
from synthvis.scene.serialise import scene_to_json

pytest.importorskip("trimesh")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def things(tmp_path: Path) -> Path:
    folder = tmp_path / "things"
    folder.mkdir()
    return folder


def mesh_named(result: ImportResult, name: str) -> Mesh:
    kind: ObjectType = result.kinds[name]
    return kind.build(kind.sample(np.random.default_rng(0)).params)


@pytest.mark.slow
def test_every_format_gives_the_same_cube(things: Path) -> None:
    (things / "o.obj").write_text(own_files.cube_obj())
    (things / "s.stl").write_bytes(own_files.cube_stl())
    (things / "p.ply").write_text(own_files.cube_ply())
    (things / "b.glb").write_bytes(own_files.cube_glb())
    (things / "sub").mkdir()
    (things / "sub" / "g.gltf").write_text(json.dumps(own_files.cube_gltf()))
    own_files.textured_cube(things)
    result = import_folders([scan(things)])
    assert result.left_out == {}
    assert set(result.kinds) == {f"things/{name}" for name in ("o", "s", "p", "b", "sub/g", "box")}
    for name in result.kinds:
        mesh = mesh_named(result, name)
        assert mesh.vertices_m.shape == (8, 3) and mesh.faces.shape == (12, 3), name
        assert np.allclose(mesh.vertices_m.min(axis=0), (-0.05, -0.05, 0)), name
        assert np.allclose(mesh.vertices_m.max(axis=0), (0.05, 0.05, 0.1)), name
        normals = np.cross(*(mesh.vertices_m[mesh.faces[:, k]] - mesh.vertices_m[mesh.faces[:, 0]] for k in (1, 2)))
        outward = mesh.vertices_m[mesh.faces].mean(axis=1) - (0, 0, 0.05)
        assert (np.einsum("ij,ij->i", normals, outward) > 0).all(), name
    surfaces = {name: next(iter(kind.sample(np.random.default_rng(0)).surfaces.values()))
                for name, kind in result.kinds.items()}  # fmt: skip
    assert surfaces["things/p"].params["painted"] is True
    assert np.allclose(mesh_named(result, "things/p").attributes["red"], 1)
    assert surfaces["things/b"].params["color"] == pytest.approx((0, 0.5, 0), abs=0.01)
    assert surfaces["things/b"].params["roughness"] == pytest.approx(0.3)
    assert surfaces["things/s"].kind in ("plain", "plastic")
    where = str(surfaces["things/box"].params["picture"])
    assert where.startswith("assets/") and (pack_of("x").parents[1] / where).is_file()
    assert mesh_named(result, "things/box").corner_uv is not None


def test_the_sheet_says_what_files_are(things: Path) -> None:
    (things / "a.obj").write_text(own_files.cube_obj(100.0))
    (things / "b.obj").write_text(own_files.cube_obj(2.0))
    (things / "assets.yaml").write_text("""
unit: mm
up: z
files:
  "*.obj": {category: crate, front: -x, rest_poses: [{name: upright}, {name: side, tilt_deg: [90, 90], axis: x}]}
  a.obj:
    keypoints: {corner: [0, 0, 0], lid: [50, 50, 100]}
    skeleton: [[corner, lid]]
    symmetry: [{cycles: [[lid, corner]]}]
  b.obj: {category: cup, size_m: [0.1, 0.2, 0.3], keypoints: {base: [1, 1, 0]}}
""")
    result = import_folders([scan(things)])
    assert result.left_out == {}
    crate, cup = result.kinds["things/a"], result.kinds["things/b"]
    assert crate.category is not None and cup.category is not None
    assert (crate.category.name, crate.category.id) == ("crate", 1001)
    assert crate.category.keypoints == ("corner", "lid") and crate.category.skeleton == ((0, 1),)
    assert crate.category.symmetry == (KeypointSymmetry(cycles=((1, 0),), first="lowest"),)
    assert crate.front_rad == 0.0
    assert [pose.name for pose in crate.rest_poses] == ["upright", "side"]
    mesh = mesh_named(result, "things/a")
    # The front, -x of the file, becomes +x; so the corner at the file's origin is in front and to the left.
    assert np.allclose(mesh.keypoints_m, [(0.05, 0.05, 0), (0, 0, 0.1)])
    assert cup.category.id == 47, "a class of COCO that comes along keeps its id and its keypoints"
    mesh = mesh_named(result, "things/b")
    assert np.allclose(np.ptp(mesh.vertices_m, axis=0), (0.1, 0.2, 0.3))
    base = cup.category.keypoints.index("base")
    assert np.allclose(mesh.keypoints_m[base], 0) and np.isnan(np.delete(mesh.keypoints_m, base, axis=0)).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("files: {a.obj: {colour: red}}", "unknown key", id="unknown key"),
        pytest.param("unit: furlong", "unit", id="unknown unit"),
        pytest.param(
            "files: {a.obj: {category: cup, keypoints: {nose: [0, 0, 0]}}}", "no keypoint 'nose'", id="keypoint"
        ),
        pytest.param(
            "files: {a.obj: {symmetry: [{cycles: [[a, b]]}]}}", "a turn names the keypoint 'a'", id="foreign turn"
        ),
        pytest.param("symmetry: [{cycles: [[a, b], [c, d, e]]}]", "have one length", id="cycles of two lengths"),
        pytest.param("symmetry: [{cycles: [[a, b], [b, c]]}]", "one cycle of a turn only", id="a point in two cycles"),
        pytest.param("files: {a.obj: {category: {name: mine, id: 53}}}", "both have id 53", id="taken id"),
        pytest.param("a: !!python/object/apply:os.system ['true']", "assets.yaml", id="code"),
    ],
)
def test_a_wrong_sheet_is_named(things: Path, content: str, message: str) -> None:
    (things / "a.obj").write_text(own_files.cube_obj())
    (things / "assets.yaml").write_text(content)
    with pytest.raises(RecipeError, match=message):
        import_folders([scan(things)])


def hostile(folder: Path, outside: Path) -> dict[str, str]:
    """Files that no one should trust, and what is said of each."""
    secret = outside / "secret.png"
    own_files.picture(secret)
    (outside / "secret.mtl").write_text("newmtl m\nKd 1 0 0\n")
    nan, inf, far = (own_files.cube_obj().replace("v 0.1 0.1 0.1", f"v {value} 0 0") for value in ("nan", "inf", "1e9"))
    files: dict[str, tuple[str | bytes, str]] = {
        "empty.obj": ("", "no triangles"),
        "empty_too.stl": (b"", ""),
        "noise.glb": (np.random.default_rng(0).bytes(500), "glb"),
        "cut.glb": (own_files.cube_glb()[:-60], "glb"),
        "cut_too.stl": (own_files.cube_stl()[:-20], ""),
        "liar.stl": (own_files.cube_stl()[:80] + b"\xff\xff\xff\xff" + own_files.cube_stl()[84:], ""),
        "nan.obj": (nan, "not numbers"),
        "inf.obj": (inf, "not numbers"),
        "far.obj": (far, "coordinates beyond"),
        "huge.obj": (own_files.cube_obj(9e6), "m long"),
        "point.obj": ("v 1 1 1\nf 1 1 1\n", ""),
        "index.obj": (own_files.cube_obj() + "f 1 2 99\n", ""),
        "mtl.obj": (own_files.cube_obj(head=f"mtllib ../{outside.name}/secret.mtl", material="usemtl m"), "outside"),
        "map.obj": (own_files.cube_obj(head="mtllib map.mtl", material="usemtl m"), "outside the folder"),
        "buffer.gltf": (json.dumps(own_files.cube_gltf(buffer_uri="../../../etc/passwd")), "outside the folder"),
        "net.gltf": (json.dumps(own_files.cube_gltf(buffer_uri="http://127.0.0.1:9/x.bin")), "outside the folder"),
        "image.gltf": (json.dumps(own_files.cube_gltf(image_uri=secret.as_uri())), "outside the folder"),
        "quoted.gltf": (json.dumps(own_files.cube_gltf(buffer_uri="%2e%2e/%2e%2e/etc/passwd")), "outside the folder"),
    }
    deep = own_files.cube_gltf()
    deep["accessors"][0]["count"] = 10**10  # type: ignore[index]
    del deep["accessors"][0]["bufferView"]  # type: ignore[index]
    files["bomb.gltf"] = (json.dumps(deep), "")
    for name, (content, _) in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "map.mtl").write_text(f"newmtl m\nmap_Kd ../{outside.name}/secret.png\n")
    (folder / "link.obj").symlink_to(outside / "far.obj")
    (outside / "far.obj").write_text(own_files.cube_obj())
    return {f"hostile/{Path(name).stem}": said for name, (_, said) in files.items()}


def test_broken_and_hostile_files_are_left_out_with_a_reason_and_the_others_stay(tmp_path: Path) -> None:
    folder, outside = tmp_path / "hostile", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    expected = hostile(folder, outside)
    (folder / "zz_good.obj").write_text(own_files.cube_obj())
    result = import_folders([scan(folder)])
    assert set(result.kinds) == {"hostile/zz_good"}
    assert "leads out of the folder" in result.left_out["hostile/link.obj"]
    for name, said in expected.items():
        assert said in result.left_out[name], (name, result.left_out[name])


def recipe(*folders: Path, **kinds: float) -> Recipe:
    values = {
        "name": "own",
        "image": {"width_px": 96, "height_px": 96},
        "render": {"samples": 2},
        "world": {"group_size": 4, "hdri_share": 0},
        "assets": [str(folder) for folder in folders],
        "objects": {"kinds": kinds, "count": [2, 3], "empty_share": 0},
        "distractors": {"kinds": {"things/plain": 1}, "count": [1, 1]},
    }
    return Recipe.model_validate_json(json.dumps(values))


@pytest.mark.slow
def test_a_dataset_depends_on_the_bytes_of_the_files_and_not_on_where_they_are(things: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "things"
    for folder in (things, other):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "crate.obj").write_text(own_files.cube_obj())
        (folder / "plain.stl").write_bytes(own_files.cube_stl(0.05))
    here, there = resolve(recipe(things, **{"things/cr*": 1})), resolve(recipe(other, **{"things/cr*": 1}))
    assert here == there and here.content_hash() == there.content_hash()
    assert str(tmp_path) not in here.model_dump_json()
    scene = sample_scene(here, 3, 1, catalogue=catalogue_of(here))
    assert str(tmp_path) not in scene_to_json(scene).decode()
    assert {item.category for item in scene.objects} == {"crate", None}
    assert [category.name for category in catalogue_of(here).categories_of(here)] == ["crate"]
    assert resolve(here) == here, "the digest is enough where the cache has the files"
    (other / "crate.obj").write_text(own_files.cube_obj(0.2))
    changed = resolve(recipe(other, **{"things/cr*": 1}))
    assert changed.content_hash() != here.content_hash()
    with pytest.raises(RecipeError, match="have changed"):
        resolve(here, [other])


def test_a_recipe_whose_folder_is_nowhere_says_how_to_name_it(own_cache: Path) -> None:
    lost = recipe(Path("x"), apple=1).model_copy(update={"assets": ("things@" + "0" * 64,)})
    with pytest.raises(RecipeError, match="things") as caught:
        resolve(lost)
    assert "--assets" in str(caught.value)


@pytest.mark.blender
@pytest.mark.slow
def test_labels_of_a_rendered_own_cube_are_where_its_corners_project(things: Path, tmp_path: Path) -> None:
    from contextlib import nullcontext

    from synthvis.camera.pinhole import K_of, project
    from synthvis.checks.gate import check_dataset
    from synthvis.dataset.layout import DatasetLayout
    from synthvis.formats.images import read_png
    from synthvis.geometry import transform_points
    from synthvis.labels.pose import cam_from_object
    from synthvis.render.produce import RenderRequest, render_dataset
    from synthvis.scene.serialise import scene_from_json

    own_files.textured_cube(things, "crate")
    (things / "plain.stl").write_bytes(own_files.cube_stl(0.05))
    (things / "assets.yaml").write_text("files: {crate.obj: {unit: m, keypoints: {corner: [0, 0, 0]}}}")
    root = tmp_path / "data"
    request = RenderRequest(recipe=recipe(things, **{"things/crate": 1, "things/nothing": 0}), seed=1, root=root, n=2,
                            workers=1)  # fmt: skip
    with pytest.raises(Exception, match="things/nothing"):
        render_dataset(request, lambda progress: nullcontext())
    request = RenderRequest(recipe=recipe(things, **{"things/crate": 1}), seed=1, root=root, n=2, workers=1)
    summary = render_dataset(request, lambda progress: nullcontext())
    assert summary.made == 2 and not summary.quarantined
    report = check_dataset(root)
    assert report.ok, report.problems
    layout, objects = DatasetLayout(root), catalogue_of(resolve(request.recipe)).objects
    for index in (1, 2):
        spec = scene_from_json(layout.scene("train", index).read_bytes())
        seen = read_png(layout.instances("train", index))
        semantic = read_png(layout.semantic("train", index))
        for item in spec.objects:
            corners = objects.mesh_of(item).vertices_m
            assert len(corners) == 8
            pixels = project(transform_points(cam_from_object(spec.camera, item), corners), K_of(spec.camera))
            rows, columns = np.nonzero(seen == item.instance_id)
            if len(rows):
                assert columns.min() + 1 >= pixels[:, 0].min() - 1 and columns.max() <= pixels[:, 0].max() + 1
                assert rows.min() + 1 >= pixels[:, 1].min() - 1 and rows.max() <= pixels[:, 1].max() + 1
                assert (semantic[rows, columns] == (1001 if item.category else 0)).all()


def test_materials_of_a_recipe_and_of_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "things"
    folder.mkdir()
    corners = "v 0 0 0\nv 0.1 0 0\nv 0 0.1 0\nv 0 0 0.1\n"
    for name in ("one", "two"):
        (folder / f"{name}.obj").write_text(f"{corners}f 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n")
    (folder / "assets.yaml").write_text("files: {two.obj: {materials: [wood]}}\n")
    kinds = import_folders([scan(folder)], finish=Finish(materials=("cast iron",))).kinds
    drawn = {name: kind.sample(np.random.default_rng(0)).surfaces.values() for name, kind in kinds.items()}
    stuffs = {name: {surface.kind for surface in surfaces} for name, surfaces in drawn.items()}
    assert stuffs == {"things/one": {"cast_iron"}, "things/two": {"wood"}}


def test_files_of_cad_programs_are_told_from_meshes(tmp_path: Path) -> None:
    part = tmp_path / "part.STEP"
    part.write_text("ISO-10303-21;")
    for path in (part, tmp_path):
        with pytest.raises(RecipeError) as refused:
            scan(path)
        assert "gmsh part.STEP -2 -o part.stl" in (refused.value.hint or "")
