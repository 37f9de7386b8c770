"""The view of tracks in a preview of films."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_films import Mover, write_mot_film

import synthvis as sv
from synthvis.errors import DatasetError
from synthvis.formats.images import read_image_rgb
from synthvis.viz.overlay import color_of

MOVERS = (Mover(3, 10, 20, 8), Mover(9, 90, 30, -8), Mover(5, 40, 60, 0, is_ignored=True))


@pytest.mark.parametrize("form", ["mot", "coco"])
def test_boxes_have_the_colour_of_their_track(tmp_path: Path, form: str) -> None:
    write_mot_film(tmp_path / "set" / "walk", MOVERS, 3)
    root = sv.open_dataset(tmp_path / "set").export(form, tmp_path / form).root
    sheet = read_image_rgb(sv.preview(root, n=3, views=["tracks"], tile_px=384, out=tmp_path / "sheet.png"))
    for one in MOVERS:
        assert (np.abs(sheet.astype(int) - color_of(one.track_id)).sum(axis=2) == 0).sum() > 100, one


def test_still_pictures_have_no_tracks(tmp_path: Path) -> None:
    write_mot_film(tmp_path / "set" / "walk", MOVERS, 1)
    stills = sv.open_dataset(tmp_path / "set").export("voc", tmp_path / "stills").root
    with pytest.raises(DatasetError, match="has no tracks: image 1 is no frame of a film"):
        sv.preview(stills, views=["tracks"], out=tmp_path / "sheet.png")
