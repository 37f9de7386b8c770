"""The page of runs that follow objects and that estimate poses, on films and cards whose labels are known."""

from __future__ import annotations

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("jinja2")

import made_up_tracks_and_poses as made_up
from posed_cards import CARD_M, K

from synthvis.evaluation.run_folder import read_evaluations
from synthvis.report.build import page_of, write_report
from synthvis.report.errors.tracks import frames_to_show
from synthvis.report.page import Section
from synthvis.report.report_inputs import read_report_inputs


def section_of(run: Path, template: str) -> Section:
    inputs = read_report_inputs(run, None, None, None, embed_real=True)
    return next(one for one in page_of(inputs).sections if one.template == template)


@pytest.fixture(scope="module")
def tracking_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tracks")
    return made_up.make_tracking_run(folder / "run", made_up.make_films(folder / "films"))


@pytest.fixture(scope="module")
def pose_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("poses")
    return made_up.make_pose_run(folder / "run", folder / "cards")


def test_trackers_and_films_stand_beside_each_other(tracking_run: Path) -> None:
    """In 12 frames two tracks swap their numbers at frame 6, and one box is missed; the other film is right."""
    (films,) = section_of(tracking_run, "tracks").data.sets
    assert [(row.tracker, row.boxes) for row in films.rows] == [
        ("bytetrack, score 0.4", "of the network"),
        ("bytetrack, score 0.4", "labelled"),
        ("sort, score 0.4", "of the network"),
        ("sort, score 0.4", "labelled"),
    ]
    assert [name for name, _ in films.films] == ["crossing", "alone"]
    crossing = films.films[0][1].metrics
    # One miss and two switches of 24 boxes; of 24 and 23 boxes 7 + 7 are in the right track, those after the swap.
    assert crossing["MOTA"].value == pytest.approx(1 - 3 / 24) and crossing["IDSW"].value == 2
    assert crossing["IDF1"].value == pytest.approx(2 * 14 / (24 + 23), abs=1e-6)
    assert films.films[1][1].metrics["HOTA"].value == 1
    text = write_report(tracking_run, embed_real=True).read_text()
    assert "Tracks by tracker and by film" in text and "95% intervals, drawn from frames" in text


def test_the_strip_shows_the_switch_with_the_frame_before(tracking_run: Path) -> None:
    panel = section_of(tracking_run, "errors").data
    first, second = panel.groups
    assert first.title.startswith("film crossing, HOTA 0.581 [") and "12 frames, 2 switches" in first.title
    captions = [picture.caption for picture in first.pictures]
    assert len(captions) == 6 and "frame 6: 2 switches, 0 missed, 0 wrong boxes" in captions
    assert captions.index("frame 5: 0 switches, 0 missed, 0 wrong boxes") + 1 == next(
        place for place, text in enumerate(captions) if text.startswith("frame 6")
    )
    assert all(picture.uri.startswith("data:image/jpeg") for picture in first.pictures)
    assert second.title.endswith("0 switches")


@pytest.mark.parametrize(
    ("switches", "count", "shown"),
    [
        ([0] * 9, 3, [0, 4, 8]),
        ([0, 0, 0, 1, 0, 0, 0, 0, 0], 4, [0, 2, 3, 5]),
        ([1, 0], 6, [0, 1]),
        ([0, 1, 1, 1], 2, [0, 1]),
        ([0], 6, [0]),
    ],
)
def test_which_frames_are_shown(switches: list[int], count: int, shown: list[int]) -> None:
    assert frames_to_show(switches, count) == shown


def test_a_damaged_folder_of_another_tracker_is_named_and_the_page_is_written(tmp_path: Path) -> None:
    run = made_up.make_tracking_run(tmp_path / "run", made_up.make_films(tmp_path / "films", frames=7))
    (file,) = (run / "tracker-sort-0.4").glob("eval_*.json")
    file.write_text("{")
    (films,) = section_of(run, "tracks").data.sets
    assert len(films.rows) == 2 and films.command.endswith("--tracker sort")
    assert "What tracker-sort-0.4 reached" in write_report(run, embed_real=True).read_text()


def test_runs_of_older_versions_have_no_films(tmp_path: Path) -> None:
    run = made_up.make_tracking_run(tmp_path / "run", made_up.make_films(tmp_path / "films", frames=7))
    for file in run.rglob("eval_*.json"):
        content = json.loads(file.read_text())
        del content["per_film"]
        file.write_text(json.dumps(content))
    (films,) = section_of(run, "tracks").data.sets
    assert films.films == () and films.chart == ""
    write_report(run, embed_real=True)


def test_poses_have_every_metric_with_its_interval(pose_run: Path) -> None:
    (evaluation,) = read_evaluations(pose_run)
    ((name, rows),) = section_of(pose_run, "poses").data.sets
    assert name == "cards (real)" and [(row.name, row.poses) for row in rows] == [("all classes", 4)]
    # 1, 2 and 3 cm along the optical axis, and one card without an estimate: the lower of the middle two.
    assert rows[0].metrics["translation_error"].value == pytest.approx(0.02, abs=1e-6)
    assert rows[0].metrics["rotation_error"].value == pytest.approx(5, abs=1e-4)
    assert rows[0].metrics["posed"].value == 0.75 and rows[0].metrics["AR"].value is None
    assert (
        rows[0].metrics["ADD(-S)_AUC"].low is not None and evaluation.per_class["card"].metrics["posed"].low is not None
    )


def test_the_box_of_the_model_is_drawn_where_the_pose_is(pose_run: Path) -> None:
    panel = section_of(pose_run, "errors").data
    worst, best = panel.groups[0], panel.groups[-1]
    assert worst.pictures[0].caption == "card: no estimate" and worst.pictures[0].source == "image 4"
    assert worst.pictures[1].caption.endswith("turned by 5.0 degrees, 30 mm away")
    assert len(worst.pictures) == 4 and worst is best
    drawn = worst.pictures[1].overlay_svg
    assert [drawn.count(f'class="axis-{axis}"') for axis in range(3)] == [1, 1, 1]
    assert 'class="predicted"' in drawn and 'class="predicted"' not in worst.pictures[0].overlay_svg
    content = json.loads((pose_run.parent / "cards" / "val" / "000001" / "scene_gt.json").read_text())["3"][0]
    longest = _lengths_px(np.array(content["cam_R_m2c"]).reshape(3, 3), np.array(content["cam_t_m2c"]) / 1000)
    found = sorted({round(length, 1) for length in _line_lengths(drawn, "truth")} - {0.0})
    assert np.allclose(found, sorted(longest), atol=0.2)


def _lengths_px(turn: np.ndarray, shift_m: np.ndarray) -> list[float]:
    """Of the four sides of the card in the picture, by OpenCV."""
    corners = np.array([[x, y, 0] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]) * [*np.array(CARD_M) / 2, 0]
    places = cv2.projectPoints(corners, cv2.Rodrigues(turn)[0], shift_m, np.array(K), None)[0].reshape(-1, 2)
    return [float(np.linalg.norm(places[k] - places[k - 1])) for k in range(4)]


def _line_lengths(svg: str, kind: str) -> list[float]:
    ends = re.findall(rf'<line class="{kind}" x1="(.+?)" y1="(.+?)" x2="(.+?)" y2="(.+?)"', svg)
    return [float(np.hypot(float(c) - float(a), float(d) - float(b))) for a, b, c, d in ends]
