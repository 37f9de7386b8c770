"""`synthvis scenes` at the shell, and the sheet that it draws."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvis.cli import main
from synthvis.objects.registry import OBJECT_TYPES
from synthvis.scene.environments.registry import ENVIRONMENTS
from synthvis.viz.grouped_sheet import BACKGROUND, GAP_PX, GROUP_GAP_PX, close_up, grouped_sheet


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def test_ls_names_every_kind_with_its_class(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["scenes", "ls", "--json"], capsys)
    rows = {row["name"]: row for row in json.loads(out)["kinds"]}
    assert code == 0 and set(rows) == set(OBJECT_TYPES)
    assert (rows["banana_bunch"]["category"], rows["banana_bunch"]["category_id"]) == ("banana", 52)
    assert rows["sprig"]["category"] is None
    assert "traffic_cone" in run(["scenes", "ls"], capsys)[1]


def test_an_unknown_kind_is_refused_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(["scenes", "show", "banan", "--dry-run"], capsys)
    assert code == 2 and "banan" in err and "did you mean 'banana'" in err


def test_places_are_listed_and_a_misspelt_one_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    names = {row["name"] for row in json.loads(run(["scenes", "ls", "--json"], capsys)[1])["environments"]}
    assert names == set(ENVIRONMENTS)
    code, _, err = run(["scenes", "show", "dessk", "--dry-run"], capsys)
    assert code == 2 and "did you mean desk" in err
    assert run(["scenes", "show", "desk", "--dry-run"], capsys)[:2] == (0, "desk.png\n")


@pytest.mark.blender
@pytest.mark.slow
def test_show_draws_one_tile_a_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(["scenes", "show", "orange", "--n", "2", "--size", "64", "--json"], capsys)
    assert code == 0 and json.loads(out) == {"path": "orange.png", "names": ["orange"], "samples": 2}
    sheet = cv2.imread("orange.png")
    assert sheet.shape == (64 + 2 * GAP_PX, 2 * 64 + 3 * GAP_PX, 3)
    middle = sheet[sheet.shape[0] // 2, GAP_PX + 32].astype(int)
    assert middle[2] > middle[0] + 40, "the middle of an orange is more red than blue"


def test_kinds_start_rows_of_their_own() -> None:
    white, grey = np.full((8, 8, 3), 255, np.uint8), np.full((8, 8, 3), 99, np.uint8)
    sheet = grouped_sheet([[white] * 7, [grey]])
    assert sheet.shape == (3 * (8 + GAP_PX) + GAP_PX, 6 * (8 + GAP_PX) + GAP_PX, 3)
    centres = sheet[GAP_PX + 4 :: 8 + GAP_PX, GAP_PX + 4 :: 8 + GAP_PX, 0]
    assert centres.tolist() == [[255] * 6, [255] + [BACKGROUND] * 5, [99] + [BACKGROUND] * 5]


def test_many_kinds_stand_side_by_side() -> None:
    """Eight kinds of two tiles: two abreast, four rows."""
    tiles = [[np.full((10, 10, 3), 30 * kind, np.uint8)] * 2 for kind in range(1, 9)]
    sheet = grouped_sheet(tiles)
    row_px = 10 + GAP_PX
    assert sheet.shape == (4 * row_px + GAP_PX, 2 * (2 * row_px + GROUP_GAP_PX) + GAP_PX, 3)
    first_of_second = GAP_PX + 2 * row_px + GROUP_GAP_PX
    assert sheet[GAP_PX, first_of_second, 0] == 60
    assert sheet[GAP_PX, first_of_second - 1, 0] == BACKGROUND
    assert sheet[GAP_PX + row_px, GAP_PX, 0] == 90


def test_a_close_up_shows_the_box_with_room_and_enlarges_nothing() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    image[10:50, 50:90] = 255
    tile = close_up(image, np.array([[50.0, 10, 40, 40]]), 23)
    # 40 px with 15% room are 46 px, half of which is a tile: the square's edge is 3 px from the tile's, halved.
    assert tile.shape == (23, 23, 3) and (tile[2:21, 2:21] == 255).all() and (tile[0] == 0).all()
    small = close_up(image, np.array([[50.0, 10, 2, 2]]), 30)
    assert small.shape == (30, 30, 3) and (small == image[:30, 36:66]).all()
    assert (close_up(image, np.zeros((0, 4)), 100) == image).all()
