import cv2
import numpy as np
import pytest

from synthvis.errors import DatasetError
from synthvis.formats.images import read_image_rgb, read_png, write_jpeg, write_png


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (5, 7, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_png_round_trip(tmp_path, shape, dtype):
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, endpoint=True).astype(dtype)
    write_png(tmp_path / "é x.png", pixels)
    back = read_png(tmp_path / "é x.png")
    assert back.dtype == dtype
    assert np.array_equal(back, pixels)


def test_colour_is_rgb_at_the_border(tmp_path):
    red = np.zeros((16, 16, 3), dtype=np.uint8)
    red[:, :, 0] = 255
    write_jpeg(tmp_path / "red.jpg", red, 95)
    write_png(tmp_path / "red.png", red)
    assert cv2.imread(str(tmp_path / "red.jpg"))[8, 8, 2] > 200
    for name in ("red.jpg", "red.png"):
        assert read_image_rgb(tmp_path / name)[8, 8] == pytest.approx([255, 0, 0], abs=3)


def test_grey_and_transparent_images_become_rgb(tmp_path):
    write_png(tmp_path / "grey.png", np.full((4, 4), 9, dtype=np.uint8))
    assert read_image_rgb(tmp_path / "grey.png").shape == (4, 4, 3)


@pytest.mark.parametrize("content", [b"", b"not an image", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
@pytest.mark.parametrize("read", [read_image_rgb, read_png])
def test_damaged_files_are_named(tmp_path, content, read):
    path = tmp_path / "bad.jpg"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"bad\.jpg"):
        read(path)


def test_absent_files_and_folders_are_named(tmp_path):
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(DatasetError, match=path.name):
            read_image_rgb(path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    write_png(path, np.zeros((2, 2), dtype=np.uint8))
    before = path.read_bytes()

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("synthvis.formats.atomic.os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_png(path, np.ones((2, 2), dtype=np.uint8))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]
