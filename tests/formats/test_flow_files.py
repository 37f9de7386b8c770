"""Flow files byte by byte, against OpenCV, and what is refused."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvis.errors import DatasetError
from synthvis.formats.flow_files import flo_bytes, read_flo, read_flow_png, write_flo, write_flow_png
from synthvis.labels.flow.flow_map import FlowMap

FLOW = np.random.default_rng(2).normal(0, 30, (5, 7, 2)).astype(np.float32)
MASK = np.ones((5, 7), dtype=bool)
MASK[1, 2:4] = False
MADE = FlowMap(flow_xy_px=np.where(MASK[..., None], FLOW, 0).astype(np.float32), is_valid=MASK)
TWO = FlowMap(flow_xy_px=np.array([[[1.0, -2.0], [0.5, 0.25]]], np.float32), is_valid=np.array([[True, False]]))


def test_a_flo_file_byte_by_byte():
    # Two pixels side by side: 202021.25, 2, 1, then 1, -2 and two numbers above 1e9.
    assert flo_bytes(TWO).hex() == (
        "50494548" "02000000" "01000000" "0000803f" "000000c0" "f9021550" "f9021550"
    )  # fmt: skip
    assert struct.unpack("<f", b"PIEH")[0] == 202021.25
    assert struct.unpack("<f", bytes.fromhex("f9021550"))[0] == 1e10


def test_flo_files_are_those_of_opencv(tmp_path: Path):
    ours, theirs = tmp_path / "ours.flo", tmp_path / "theirs.flo"
    write_flo(ours, MADE)
    stored = np.where(MASK[..., None], FLOW, np.float32(1e10))
    assert cv2.writeOpticalFlow(str(theirs), stored)
    assert ours.read_bytes() == theirs.read_bytes()
    assert np.array_equal(cv2.readOpticalFlow(str(ours)), stored)
    back = read_flo(theirs)
    assert np.array_equal(back.flow_xy_px, MADE.flow_xy_px) and np.array_equal(back.is_valid, MASK)
    assert back.flow_xy_px.dtype == np.float32


def test_numbers_that_are_none_are_not_known(tmp_path: Path):
    path = tmp_path / "odd.flo"
    values = np.array([[1, 2, np.nan, 0, 0, np.inf, -2e9, 0, 1e9, -1e9]], "<f4")
    path.write_bytes(b"PIEH" + struct.pack("<ii", 5, 1) + values.tobytes())
    back = read_flo(path)
    assert back.is_valid.tolist() == [[True, False, False, False, True]]
    assert np.isfinite(back.flow_xy_px).all()


def test_a_png_of_kitti_pixel_by_pixel(tmp_path: Path):
    path = tmp_path / "flow.png"
    write_flow_png(path, TWO)
    # Decoded here without any library of pictures: one row, no filter or the one to the left.
    content = path.read_bytes()
    at, data = content.index(b"IDAT"), b""
    assert content[16:26] == struct.pack(">IIBB", 2, 1, 16, 2)
    data = zlib.decompress(content[at + 4 : at + 4 + struct.unpack(">I", content[at - 4 : at])[0]])
    row = np.frombuffer(data[1:], np.uint8).astype(int).reshape(2, 6)
    pixels = (np.cumsum(row, axis=0) if data[0] == 1 else row) % 256
    assert data[0] in (0, 1)
    # 64 * 1 + 32768, 64 * -2 + 32768, 1; then nothing.
    assert (pixels[:, ::2] * 256 + pixels[:, 1::2]).tolist() == [[32832, 32640, 1], [0, 0, 0]]


def test_the_png_read_by_opencv_with_the_formula_of_the_benchmark(tmp_path: Path):
    path = tmp_path / "flow.png"
    write_flow_png(path, MADE)
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[:, :, ::-1].astype(float)
    assert np.array_equal(pixels[..., 2], MASK.astype(float))
    flow = (pixels[..., :2] - 2**15) / 64
    assert np.abs(flow - FLOW)[MASK].max() <= 1 / 128
    back = read_flow_png(path)
    assert np.array_equal(back.flow_xy_px[MASK], flow[MASK])
    assert np.array_equal(back.is_valid, MASK) and not back.flow_xy_px[~MASK].any()


def test_what_is_occluded_is_flow_for_the_benchmark(tmp_path: Path):
    path, hidden = tmp_path / "flow.png", FlowMap(flow_xy_px=FLOW, is_valid=MASK, is_occluded=MASK)
    write_flow_png(path, hidden)
    assert np.array_equal(cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., 0], MASK.astype(np.uint16))
    assert read_flow_png(path).is_occluded is None


def test_flow_too_long_for_the_png_is_not_known_there(tmp_path: Path):
    long = FlowMap(flow_xy_px=np.array([[[600.0, 0.0], [1.0, 1.0]]], np.float32), is_valid=np.ones((1, 2), dtype=bool))
    write_flow_png(tmp_path / "long.png", long)
    assert read_flow_png(tmp_path / "long.png").is_valid.tolist() == [[False, True]]
    write_flo(tmp_path / "long.flo", long)
    assert read_flo(tmp_path / "long.flo").is_valid.all()


WHOLE = flo_bytes(MADE)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is no .flo file"),
        (b"PIEH\x07", "is no .flo file"),
        (b"HEIP" + WHOLE[4:], "is no .flo file"),
        (WHOLE[:-1], "cut or damaged: 279 bytes of flow for 7 x 5 pixels"),
        (WHOLE + b"\x00", "cut or damaged: 281 bytes"),
        (WHOLE[:12], "cut or damaged: 0 bytes"),
        (b"PIEH" + struct.pack("<ii", 0, 5), "0 x 5 pixels large"),
        (b"PIEH" + struct.pack("<ii", -7, -5) + WHOLE[12:], "-7 x -5 pixels large"),
        (b"PIEH" + struct.pack("<ii", 2**31 - 1, 2**31 - 1) + WHOLE[12:], "2147483647 x 2147483647 pixels large"),
        (b"PIEH" + struct.pack("<ii", 5, 8) + WHOLE[12:], "for 5 x 8 pixels"),
    ],
)
def test_damaged_flo_files(tmp_path: Path, content: bytes, what: str):
    path = tmp_path / "damaged.flo"
    path.write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        read_flo(path)
    assert what in caught.value.what and "\n" not in caught.value.what and caught.value.hint


def test_files_that_are_not_there_or_something_else(tmp_path: Path):
    for read in (read_flo, read_flow_png):
        with pytest.raises(DatasetError, match=r"cannot read .*none"):
            read(tmp_path / "none.flo")
        with pytest.raises(DatasetError, match="cannot read"):
            read(tmp_path)
    cv2.imwrite(str(tmp_path / "grey.png"), np.zeros((4, 4), np.uint16))
    with pytest.raises(DatasetError, match="is a 16-bit grey PNG, which holds no flow"):
        read_flow_png(tmp_path / "grey.png")
    write_flow_png(tmp_path / "cut.png", MADE)
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:-40])
    with pytest.raises(DatasetError, match=r"cut.png"):
        read_flow_png(tmp_path / "cut.png")
