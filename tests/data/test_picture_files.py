"""Picture files from outside: broken ones are left out before anything is trained, odd ones are read as others do."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from synthvis.data.picture_files import fault_of_picture, with_sound_pictures
from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.errors import DatasetError, RealDataError
from synthvis.formats.images import read_image_rgb

HW = (30, 40)


def picture() -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 255, (*HW, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (9, 9), 3)


def encoded(suffix: str) -> bytes:
    return bytes(cv2.imencode(suffix, picture())[1])


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that states a size."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jpg", encoded(".jpg"), None),
        ("a.png", encoded(".png"), None),
        ("a.webp", encoded(".webp"), None),
        ("png-inside.jpg", encoded(".png"), None),
        ("phone.jpg", encoded(".jpg") + b"and a film" * 100, None),
        ("cut.jpg", encoded(".jpg")[:-40], "cut short"),
        ("cut.png", encoded(".png")[:-40], "cut short"),
        ("head.jpg", encoded(".jpg")[:100], "no picture"),
        ("empty.jpg", b"", "empty file"),
        ("zeros.jpg", bytes(1000), "no picture"),
        ("text.jpg", b"not found" * 100, "no picture"),
        ("bomb.png", png_of(100_000, 100_000), "million pixels"),
        ("other.png", png_of(41, 30), "size differs"),
        ("sideways.png", png_of(30, 40), "size differs"),
    ],
)
def test_what_is_wrong_with_a_file(name: str, content: bytes, said: str | None, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    fault = fault_of_picture(tmp_path / name, HW)
    assert fault is None if said is None else fault is not None and said in fault


def test_what_is_no_file(tmp_path: Path) -> None:
    os.symlink(tmp_path / "b", tmp_path / "a")
    os.symlink(tmp_path / "a", tmp_path / "b")
    os.mkfifo(tmp_path / "pipe")
    for name in ("absent", "a", "pipe", ".", "x" * 300):
        assert fault_of_picture(tmp_path / name) in ("no such file", "cannot be read")
        with pytest.raises(DatasetError, match="cannot read image"):
            read_image_rgb(tmp_path / name)


def test_a_decompression_bomb_asks_for_no_memory(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(png_of(20_000, 20_000))
    with pytest.raises(DatasetError, match="20000 x 20000 pixels are too many"):
        read_image_rgb(tmp_path / "bomb.png")


def test_a_chunk_longer_than_its_file_asks_for_no_memory(tmp_path: Path) -> None:
    content = bytearray(encoded(".png"))
    place = content.index(b"IDAT") - 4
    content[place : place + 4] = struct.pack(">I", 2**31 - 1)
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(DatasetError, match="cut short or damaged"):
        read_image_rgb(tmp_path / "a.png")


def test_few_bytes_cannot_hold_many_pixels(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png_of(10_000, 10_000))
    with pytest.raises(DatasetError, match="10000 x 10000 pixels cannot be in"):
        read_image_rgb(tmp_path / "a.png")


@pytest.mark.parametrize(("mode", "name"), [("CMYK", "a.jpg"), ("P", "a.png"), ("L", "a.jpg"), ("RGBA", "a.png")])
def test_odd_colours_are_read_as_pillow_reads_them(mode: str, name: str, tmp_path: Path) -> None:
    Image.fromarray(picture()).convert(mode).save(tmp_path / name, quality=100)
    theirs = np.asarray(Image.open(tmp_path / name).convert("RGB")).astype(int)
    assert np.abs(read_image_rgb(tmp_path / name) - theirs).max() <= 3
    assert fault_of_picture(tmp_path / name, HW) is None


def test_sixteen_bits_are_cut_to_eight(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), picture().astype(np.uint16) * 257)
    assert np.array_equal(read_image_rgb(tmp_path / "a.png"), picture()[:, :, ::-1])


def split_of(folder: Path, names: list[str], kind: str = "real") -> Split:
    images = tuple(
        Sample(id=k, path=folder / name, labelled_hw=HW, objects=()) for k, name in enumerate(names, start=1)
    )
    return Split(name="x", kind=kind, split="val", images=images, class_names=(), category_ids={})


def test_a_split_goes_on_without_its_broken_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(encoded(".jpg"))
    (tmp_path / "cut.jpg").write_bytes(encoded(".jpg")[:-40])
    split = with_sound_pictures(split_of(tmp_path, ["a.jpg", "cut.jpg", "b.jpg", "c.jpg"]))
    assert [image.path.name for image in split.images] == ["a.jpg"]
    assert [(row.reason, row.count, row.example) for row in split.left_out.rows] == [
        ("file is cut short", 1, "cut.jpg"),
        ("no such file", 2, "b.jpg"),
    ]
    with pytest.raises(RealDataError, match="none of the 2 pictures of x:val can be used: no such file"):
        with_sound_pictures(split_of(tmp_path, ["b.jpg", "c.jpg"]))


def test_renders_are_left_to_their_own_gate(tmp_path: Path) -> None:
    split = split_of(tmp_path, ["absent.jpg"], kind="synthetic")
    assert with_sound_pictures(split) is split
