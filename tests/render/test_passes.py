from __future__ import annotations

import numpy as np
import pytest

from synthvis.camera.pinhole import look_at
from synthvis.errors import RenderError
from synthvis.render.passes import read_passes

OpenEXR = pytest.importorskip("OpenEXR")

HEIGHT, WIDTH = 4, 6
WORLD_FROM_CAM = look_at((0.0, -2.0, 1.0), (0.0, 0.0, 0.5))
HEADER = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.scanlineimage}


def _arrays():
    rng = np.random.default_rng(3)
    depth = rng.uniform(0.5, 3.0, (HEIGHT, WIDTH)).astype(np.float32)
    depth[0] = 1e10
    return {
        "Combined": dict(zip("RGBA", rng.random((4, HEIGHT, WIDTH)).astype(np.float32), strict=True)),
        "Depth": {"Z": depth},
        "Normal": dict(zip("XYZ", rng.normal(size=(3, HEIGHT, WIDTH)).astype(np.float32), strict=True)),
        "IndexOB": {"X": rng.integers(0, 9, (HEIGHT, WIDTH)).astype(np.float32)},
    }


def _write_one_part(path, arrays):
    """As bpy 4.5 does: every pass a layer of one part."""
    channels = {f"ViewLayer.{name}.{letter}": v for name, found in arrays.items() for letter, v in found.items()}
    OpenEXR.File(dict(HEADER), channels).write(str(path))


def _write_parts(path, arrays):
    """As bpy 5 does: a part for each pass, and another name for the index."""
    parts = []
    for name, found in (arrays | {"Object Index": arrays["IndexOB"]}).items():
        if name == "IndexOB":
            continue
        letters = {"V": next(iter(found.values()))} if len(found) == 1 else found
        channels = {f"ViewLayer.{name}.{letter}": values for letter, values in letters.items()}
        parts.append(OpenEXR.Part(dict(HEADER), channels, f"ViewLayer.{name}"))
    OpenEXR.File(parts).write(str(path))


@pytest.mark.parametrize("write", [_write_one_part, _write_parts])
def test_every_layout_reads_the_same(tmp_path, write):
    arrays = _arrays()
    write(tmp_path / "a.exr", arrays)
    found = read_passes(tmp_path / "a.exr", WORLD_FROM_CAM)
    assert np.array_equal(found.rgb, np.stack([arrays["Combined"][c] for c in "RGB"], axis=-1))
    assert np.isinf(found.depth_m[0]).all()
    assert np.array_equal(found.depth_m[1:], arrays["Depth"]["Z"][1:])
    assert found.instance_id.dtype == np.uint16
    assert np.array_equal(found.instance_id, arrays["IndexOB"]["X"])


def test_normals_turn_into_the_camera_frame(tmp_path):
    arrays = _arrays()
    _write_one_part(tmp_path / "a.exr", arrays)
    found = read_passes(tmp_path / "a.exr", WORLD_FROM_CAM).normal_cam
    world = np.array([arrays["Normal"][c][2, 3] for c in "XYZ"], dtype=np.float64)
    expected = np.linalg.inv(WORLD_FROM_CAM)[:3, :3] @ (world / np.linalg.norm(world))
    assert not found[0].any()
    assert found[2, 3] == pytest.approx(expected, abs=1e-6)


def test_a_missing_pass_is_named(tmp_path):
    arrays = _arrays()
    del arrays["IndexOB"]
    _write_one_part(tmp_path / "a.exr", arrays)
    with pytest.raises(RenderError, match="IndexOB"):
        read_passes(tmp_path / "a.exr", WORLD_FROM_CAM)


@pytest.mark.parametrize("content", [b"", b"not an image", None])
def test_a_broken_file_is_a_render_error(tmp_path, content):
    path = tmp_path / "a.exr"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RenderError, match=r"a\.exr"):
        read_passes(path, WORLD_FROM_CAM)
