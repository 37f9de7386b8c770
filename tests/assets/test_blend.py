"""Own .blend files: what is read of them, and that nothing in them is run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from synthvis.assets.folder import scan
from synthvis.assets.object_import import import_folders

pytestmark = pytest.mark.blender

# Left by os._exit: Blender with a driver may hang when Python winds up.
MAKE = """
import os
import sys
import bpy
path, mark, hostile = sys.argv[1], sys.argv[2], sys.argv[3] == "hostile"
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.mesh.primitive_cube_add(size=0.1, location=(1, 2, 3))
cube = bpy.context.object
material = bpy.data.materials.new("red")
if bpy.app.version < (5, 0):
    material.use_nodes = True
material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (0.8, 0.1, 0.1, 1)
cube.data.materials.append(material)
cube.scale = (2, 1, 1)
modifier = cube.modifiers.new("mirror", "MIRROR")
modifier.mirror_object = None
if hostile:
    text = bpy.data.texts.new("evil.py")
    text.write(f"open({mark + '-text'!r}, 'w')")
    text.use_module = True
    driver = cube.driver_add("location", 0).driver
    driver.type = "SCRIPTED"
    driver.expression = f"0 if open({mark + '-driver'!r}, 'w') else 1"
bpy.ops.wm.save_as_mainfile(filepath=path)
os._exit(0)
"""
OPEN = """
import os
import sys
import bpy
bpy.context.preferences.filepaths.use_scripts_auto_execute = True
bpy.ops.wm.open_mainfile(filepath=sys.argv[1], use_scripts=True)
bpy.context.view_layer.update()
os._exit(0)
"""


def in_blender(code: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, timeout=200)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))


@pytest.mark.slow
def test_a_cube_comes_with_its_transform_and_material_and_nothing_is_run(tmp_path: Path) -> None:
    folder, mark = tmp_path / "things", tmp_path / "ran"
    folder.mkdir()
    in_blender(MAKE, str(folder / "good.blend"), str(mark), "good")
    in_blender(MAKE, str(folder / "evil.blend"), str(mark), "hostile")
    (folder / "cut.blend").write_bytes((folder / "good.blend").read_bytes()[:3000])
    (folder / "other.blend").write_bytes(b"no file of Blender's")
    # Making the file may itself have evaluated the driver.
    for path in tmp_path.glob("ran-*"):
        path.unlink()
    result = import_folders([scan(folder)])
    assert list(tmp_path.glob("ran-*")) == [], "something of the file was run"
    assert set(result.left_out) == {"things/cut", "things/other"}, result.left_out
    for name in ("things/good", "things/evil"):
        kind = result.kinds[name]
        sample = kind.sample(np.random.default_rng(0))
        mesh = kind.build(sample.params)
        assert np.allclose(mesh.vertices_m.min(axis=0), (-0.1, -0.05, 0))
        assert np.allclose(mesh.vertices_m.max(axis=0), (0.1, 0.05, 0.1))
        (surface,) = sample.surfaces.values()
        assert surface.params["color"] == pytest.approx((0.8, 0.1, 0.1))
    # The file is hostile indeed: where scripts are allowed, it does what it wants.
    in_blender(OPEN, str(folder / "evil.blend"))
    assert len(list(tmp_path.glob("ran-*"))) >= 1
