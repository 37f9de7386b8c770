"""Maps of labels on request, as OpenCV and NumPy read them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from synthvis.errors import DatasetError
from synthvis.formats.label_maps import read_label_map, write_label_map
from synthvis.labels.map_form import FLOAT, GREY_8, GREY_16, RGB_8, RGB_16

FORMS = {"8-bit grey": GREY_8, "16-bit grey": GREY_16, "8-bit RGB": RGB_8, "16-bit RGB": RGB_16, "32-bit floats": FLOAT}


def some(form):
    shape = (5, 7) if form.channels == 1 else (5, 7, 3)
    values = np.random.default_rng(1).integers(0, 256 if form.dtype == "uint8" else 65536, shape)
    return (
        values.astype(form.dtype) / (8 if form.dtype == "float32" else 1)
        if form is FLOAT
        else values.astype(form.dtype)
    )


@pytest.mark.parametrize("name", FORMS)
def test_other_programs_read_what_was_written(tmp_path, name):
    form = FORMS[name]
    path, pixels = tmp_path / f"1.{form.suffix}", some(form)
    write_label_map(path, pixels, form)
    found = np.load(path) if form is FLOAT else cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert found.dtype == np.dtype(form.dtype)
    assert np.array_equal(found[..., ::-1] if form.channels == 3 else found, pixels)
    assert np.array_equal(read_label_map(path, (5, 7), form), pixels)
    assert str(form) == name


def test_floats_may_be_infinite(tmp_path):
    write_label_map(tmp_path / "1.npy", np.full((2, 3), np.inf, dtype=np.float32), FLOAT)
    assert np.isposinf(np.load(tmp_path / "1.npy")).all()


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("other", FORMS)
def test_pixels_of_another_form_are_neither_written_nor_read(tmp_path, name, other):
    if name == other:
        return
    path = tmp_path / f"1.{FORMS[name].suffix}"
    with pytest.raises(DatasetError, match=f"not {other} of 7 x 5"):
        write_label_map(path, some(FORMS[name]), FORMS[other])
    assert not path.exists()
    write_label_map(path, some(FORMS[name]), FORMS[name])
    with pytest.raises(DatasetError, match=r"1\.(png|npy)"):
        read_label_map(path, (5, 7), FORMS[other])


@pytest.mark.parametrize("name", FORMS)
def test_maps_of_another_size_or_damaged_or_absent_are_refused(tmp_path, name):
    form = FORMS[name]
    path = tmp_path / f"1.{form.suffix}"
    write_label_map(path, some(form), form)
    with pytest.raises(DatasetError, match="of 5 x 7"):
        read_label_map(path, (7, 5), form)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DatasetError):
        read_label_map(path, (5, 7), form)
    with pytest.raises(DatasetError):
        read_label_map(tmp_path / "2", (5, 7), form)
