"""Depth maps in every encoding: what each number in a file means, and that nothing hit stays apart from too far."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthvis.errors import DatasetError
from synthvis.formats.depth import ENCODINGS, PNG_1MM, encoding_named

NAMES = sorted(ENCODINGS)
FINE, FLOATS = ENCODINGS["png_0.1mm"], ENCODINGS["npy_m"]


def one(depth_m: float) -> np.ndarray:
    return np.array([[depth_m]], dtype=np.float32)


@pytest.mark.parametrize(
    ("depth_m", "millimetres", "tenths"),
    [
        (np.inf, 0, 0), (0.0, 0, 0), (-1.0, 0, 0), (np.nan, 0, 0), (1e-5, 1, 1), (0.001, 1, 10), (1.2344, 1234, 12344),
        (6.55, 6550, 65500), (6.5534, 6553, 65534), (6.56, 6560, 65535), (65.534, 65534, 65535), (65.54, 65535, 65535),
        (1e9, 65535, 65535),
    ],
)  # fmt: skip
def test_pixels_are_units_with_nothing_and_too_far_apart(depth_m: float, millimetres: int, tenths: int) -> None:
    stored = [encoding.encode(one(depth_m)) for encoding in (PNG_1MM, FINE)]
    assert [str(pixels.dtype) for pixels in stored] == ["uint16", "uint16"]
    assert [int(pixels[0, 0]) for pixels in stored] == [millimetres, tenths]
    is_hit = bool(np.isfinite(depth_m)) and depth_m > 0
    assert [bool(e.is_hit(e.encode(one(depth_m)))[0, 0]) for e in ENCODINGS.values()] == [is_hit] * 3


@given(st.floats(0.001, 6.5), st.sampled_from(NAMES))
def test_depth_is_kept_to_half_a_unit_and_floats_exactly(depth_m: float, name: str) -> None:
    back = encoding_named(name).decode(encoding_named(name).encode(one(depth_m)))[0, 0]
    half_unit_m = {"png_1mm": 0.0005, "png_0.1mm": 0.00005, "npy_m": 0.0}[name]
    # Single precision itself is 2.4e-7 at 6.5 m.
    assert abs(float(back) - float(np.float32(depth_m))) <= half_unit_m + (5e-7 if half_unit_m else 0)


@pytest.mark.parametrize("name", NAMES)
def test_files_come_back_and_equal_arrays_are_equal_bytes(name: str, tmp_path: Path) -> None:
    encoding = encoding_named(name)
    depth_m = np.linspace(0.2, 6, 35, dtype=np.float32).reshape(5, 7)
    depth_m[2, 3] = np.inf
    paths = [tmp_path / f"{number}.{encoding.suffix}" for number in (1, 2)]
    for path in paths:
        encoding.write(path, depth_m)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    back = encoding.read(paths[0])
    assert back.dtype == np.float32 and encoding.size_of(paths[0]) == (5, 7)
    assert np.array_equal(np.isinf(back), np.isinf(depth_m))
    known = np.isfinite(depth_m)
    assert np.abs(back[known] - depth_m[known]).max() <= (encoding.unit_m or 0) / 2 + 1e-6


def test_other_programs_read_the_same_numbers(tmp_path: Path) -> None:
    depth_m = np.array([[0.12344, 2.5], [np.inf, 6.0]], dtype=np.float32)
    FINE.write(tmp_path / "a.png", depth_m)
    assert cv2.imread(str(tmp_path / "a.png"), cv2.IMREAD_UNCHANGED).tolist() == [[1234, 25000], [0, 60000]]
    FLOATS.write(tmp_path / "a.npy", depth_m)
    assert np.array_equal(np.load(tmp_path / "a.npy", allow_pickle=False), depth_m)


def npy(shape: str, kind: str = "<f4", body: bytes = b"") -> bytes:
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + body


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x93NUMPY", npy("(1000000, 1000000)"), npy("(-1, 4)"), npy("(4,)", body=b"\0" * 16), npy("(0, 4)"),
        npy("(2, 2)", "<f8", b"\0" * 32), npy("(2, 2)", "|O", b"\0" * 32), npy("(2, 2)", body=b"\0" * 15),
        npy("(2, 2)", body=b"\0" * 17), npy("(" * 5000), b"\x93NUMPY\x02\x00" + b"\xff" * 40, b"\x89PNG\r\n",
    ],
)  # fmt: skip
def test_a_damaged_float_map_is_one_line_and_costs_no_memory(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(content)
    for read in (FLOATS.read, FLOATS.size_of):
        with pytest.raises(DatasetError, match=r"a\.npy") as caught:
            read(path)
        assert len(caught.value.what) < 400


def test_other_pixels_are_refused_with_what_is_wanted(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((2, 2), np.uint8))
    with pytest.raises(DatasetError, match="uint8") as caught:
        FINE.read(tmp_path / "a.png")
    assert "0.1 mm" in str(caught.value)
    with pytest.raises(DatasetError, match="8-bit grey"):
        FINE.size_of(tmp_path / "a.png")
    with pytest.raises(DatasetError, match="exr") as caught:
        encoding_named("exr")
    assert "npy_m" in str(caught.value)
