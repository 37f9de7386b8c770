"""MOTChallenge folders, read, written and damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_films import HW, Mover, write_mot_film
from odd_set import write_odd_set

from synthvis.data.contents import Content, contents_of
from synthvis.data.dataset import find_dataset
from synthvis.data.export.settings import ExportSettings
from synthvis.data.film import Film
from synthvis.data.split import Split
from synthvis.errors import RealDataError, UsageError

WALKERS = (Mover(3, 10, 20, 4), Mover(9, 90, 30, -4, frames=range(2, 5)), Mover(5, 40, 60, 0, is_ignored=True))


@pytest.fixture
def walk(tmp_path: Path) -> Path:
    write_mot_film(tmp_path / "set" / "walk", WALKERS, 4, fps=12.5)
    return tmp_path / "set"


def with_rows(walk: Path, *rows: str) -> Split:
    (walk / "walk" / "gt" / "gt.txt").write_text("".join(f"{row}\n" for row in rows))
    return find_dataset(walk).read()


def test_films_are_read(walk: Path) -> None:
    found = find_dataset(walk)
    assert found.format.name == "mot" and found.splits == ("all",)
    split = found.read()
    assert split.films == {1: Film(id=1, name="walk", fps=12.5)} and split.class_names == ("person",)
    assert [(one.video_id, one.frame_id, one.path.name) for one in split] == [
        (1, k, f"{k:06d}.jpg") for k in (1, 2, 3, 4)
    ]
    second = split[1]
    assert second.image_hw == HW
    assert [(one.track_id, one.bbox_xywh_px, one.is_crowd) for one in second.objects] == [
        (3, (14, 20, 16, 24), False), (9, (86, 30, 16, 24), False), (5, (40, 60, 16, 24), True),
    ]  # fmt: skip
    assert contents_of(split) == {Content.BOXES: 7, Content.TRACKS: 7, Content.IGNORE_REGIONS: 4}
    assert not split.left_out


def test_a_film_by_itself_and_films_by_split(walk: Path) -> None:
    assert len(find_dataset(walk / "walk").read()) == 4
    write_mot_film(walk.parent / "by split" / "train" / "b", WALKERS, 2)
    write_mot_film(walk.parent / "by split" / "train" / "a", WALKERS, 3)
    write_mot_film(walk.parent / "by split" / "val" / "c", WALKERS, 1)
    found = find_dataset(walk.parent / "by split")
    assert found.splits == ("train", "val")
    train = found["train"]
    assert [(one.id, one.video_id, one.frame_id) for one in train] == [
        (1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 2, 1), (5, 2, 2),
    ]  # fmt: skip
    assert [one.name for one in train.films.values()] == ["a", "b"]


def test_rows_of_2015_and_of_2016(walk: Path) -> None:
    """Ten columns end in world coordinates, nine in class and visibility."""
    split = with_rows(walk, "1,1,1,1,10,10,1,-1,-1,-1", "1,2,21,1,10.5,10,1,3,0.25", "1,3,41,1,10,10", "2,1,1,1,5,5,0")
    assert [(one.class_name, one.visible_fraction) for one in split[0].objects] == [
        ("person", 1.0), ("car", 0.25), ("person", 1.0),
    ]  # fmt: skip
    assert split[0].objects[1].bbox_xywh_px == (20, 0, 10.5, 10)
    assert split[1].objects[0].is_crowd
    assert split.class_names == ("person", "car")


def test_distractors_of_the_challenge_are_ignored(walk: Path) -> None:
    split = with_rows(walk, "1,1,1,1,10,10,1,7,1", "1,2,21,1,10,10,1,1,1", "1,4,41,1,10,10,0,3,1")
    assert [(one.class_name, one.is_crowd) for one in split[0].objects] == [
        ("person", True), ("person", False), ("car", True),
    ]  # fmt: skip
    # Not so where a set has classes of its own, of which the seventh is no distractor.
    (walk / "walk" / "gt" / "labels.txt").write_text("".join(f"kind {k}\n" for k in range(1, 8)))
    again = find_dataset(walk).read()
    assert [(one.class_name, one.is_crowd) for one in again[0].objects][:2] == [("kind 7", False), ("kind 1", False)]
    assert len(again.class_names) == 7


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nan,1,1,1,10,10,1", "numbers that are none"),
        ("1,inf,1,1,10,10,1", "numbers that are none"),
        ("1,1,1,1,10", "fewer than 6 columns"),
        ("1,1,one,1,10,10,1", "not numbers"),
        ("0,1,1,1,10,10,1", "below 1"),
        ("-3,1,1,1,10,10,1", "below 1"),
        ("1.5,1,1,1,10,10,1", "the frame is not a whole number"),
        ("1,0.5,1,1,10,10,1", "the id is not a whole number"),
        ("1,1e300,1,1,10,10,1", "the id is not a whole number"),
        ("1,1,1,1,0,10,1", "without area"),
        ("1,1,1,1,10,-10,1", "without area"),
        ("1,1,1e9,1,10,10,1", "of no picture"),
        ("1,1,500,1,10,10,1", "outside its picture"),
        ("99,1,1,1,10,10,1", "no picture"),
        ("1,1,1,1,10,10,1,99,1", "not among the names"),
        ("1,1,1,1,10,10,1,1,7", "no share"),
        ("1,2,30,1,10,10,1", "another box in that frame"),
        ("x" * 100_000, "fewer than 6 columns"),
        ("1,1,1,1,10,10," * 50, "more than 20"),
    ],
)
def test_rows_that_cannot_be_used_are_counted(walk: Path, row: str, reason: str) -> None:
    split = with_rows(walk, "1,2,1,1,10,10,1", row)
    assert [one.track_id for one in split[0].objects] == [2]
    (lost,) = split.left_out.rows
    assert reason in lost.reason and lost.count == 1 and lost.part == "annotations" and len(lost.example) < 200
    assert lost.example.startswith("'walk' line 2: ")


def test_a_box_that_reaches_out_is_clipped(walk: Path) -> None:
    split = with_rows(walk, "1,2,-9,1,20,10,1")
    assert split[0].objects[0].bbox_xywh_px == (0, 0, 10, 10)
    assert [(row.treatment, row.count) for row in split.left_out.rows] == [("clipped", 1)]


def test_pictures_that_are_no_frames_are_counted(walk: Path) -> None:
    pictures = walk / "walk" / "img1"
    (pictures / "000002.jpg").rename(pictures / "cover.jpg")
    (pictures / "3.png").write_bytes((pictures / "000003.jpg").read_bytes())
    (pictures / "000004.jpg").write_bytes(b"no picture")
    split = find_dataset(walk).read()
    assert [one.frame_id for one in split] == [1, 3]
    assert {row.reason for row in split.left_out.rows if row.part == "images"} == {
        "its name is no number of a frame", "another picture is that frame", "no picture",
    }  # fmt: skip
    assert split.left_out.rows[-1].reason == "its frame has no picture"


@pytest.mark.parametrize("folder", ["../elsewhere", "/etc", "..\\elsewhere", "a/../../b"])
def test_pictures_are_looked_for_in_the_folder_of_the_film_only(walk: Path, folder: str) -> None:
    (walk / "walk" / "seqinfo.ini").write_text(f"[Sequence]\nimDir={folder}\n")
    with pytest.raises(RealDataError, match="leads out"):
        find_dataset(walk).read()


@pytest.mark.parametrize(
    "text", ["", "nothing", "[Other]\na=1\n", "[Sequence]\nframeRate=nan\n", "[Sequence]\na=%(b)s\n"]
)
def test_other_ini_files_say_nothing(walk: Path, text: str) -> None:
    (walk / "walk" / "seqinfo.ini").write_text(text)
    if text == "nothing":
        with pytest.raises(RealDataError, match="no INI file"):
            find_dataset(walk).read()
    else:
        assert find_dataset(walk).read().films[1].fps is None


def test_class_lists_must_agree_and_be_names(walk: Path) -> None:
    write_mot_film(walk / "other", WALKERS, 1, labels=("dog",))
    with pytest.raises(RealDataError, match="different gt/labels"):
        find_dataset(walk).read()
    (walk / "walk" / "gt" / "labels.txt").write_text("dog\ndog\n")
    with pytest.raises(RealDataError, match="different names"):
        find_dataset(walk).read()


def test_folders_without_films_are_not_taken(tmp_path: Path) -> None:
    (tmp_path / "a" / "gt").mkdir(parents=True)
    with pytest.raises(RealDataError, match="not in the form mot"):
        find_dataset(tmp_path, formats=("mot",))


def test_what_is_written_is_the_layout_of_the_challenge(walk: Path, tmp_path: Path) -> None:
    """By the description of the format: 1-based boxes, nine columns, pictures by frame."""
    root = find_dataset(walk).export("mot", tmp_path / "copy").root / "all" / "walk"
    lines = (root / "gt" / "gt.txt").read_text().splitlines()
    assert lines[:3] == ["1,3,11,21,16,24,1,1,1", "1,5,41,61,16,24,0,1,1", "2,3,15,21,16,24,1,1,1"]
    assert sorted(path.name for path in (root / "img1").iterdir()) == [f"{k:06d}.jpg" for k in (1, 2, 3, 4)]
    assert (root / "gt" / "labels.txt").read_text() == "person\n"
    said = dict(line.split("=") for line in (root / "seqinfo.ini").read_text().splitlines()[1:])
    assert said == {
        "name": "walk", "imDir": "img1", "frameRate": "12.5", "seqLength": "4", "imWidth": "128", "imHeight": "96",
        "imExt": ".jpg",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["mot", "coco", "webdataset"])
def test_tracks_come_through_exports(walk: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))
    source = find_dataset(walk)
    assert not source.plan_export(ExportSettings(format=form)).lost
    copy = source.export(form, tmp_path / "copy").read()
    before = source.read()
    assert copy.films == before.films and copy.category_ids == before.category_ids

    def facts(split: Split) -> list[object]:
        return [
            (one.video_id, one.frame_id, sorted((box.track_id, box.bbox_xywh_px, box.is_crowd) for box in one.objects))
            for one in split
        ]

    assert facts(copy) == facts(before)


def test_an_export_that_loses_tracks_says_so(walk: Path) -> None:
    lost = {one.content: one.count for one in find_dataset(walk).plan_export(ExportSettings(format="yolo")).lost}
    assert lost[Content.TRACKS] == 7


def test_still_pictures_are_no_film(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="3 of 3 pictures of odd:train belong to no film"):
        find_dataset(write_odd_set(tmp_path / "odd")).export("mot", tmp_path / "copy")


@pytest.mark.real
def test_the_pets_film(real_root: Path) -> None:
    """Counts as its README has them."""
    if not (real_root / "pets").is_dir():
        pytest.skip("the folder of real photographs has no pets")
    split = find_dataset("pets", real_root).read()
    objects = [one for image in split for one in image.objects]
    assert len(split) == 200 and len(objects) == 1223 and sum(one.is_crowd for one in objects) == 101
    assert len({one.track_id for one in objects}) == 8 and not split.left_out and split.films[1].fps == 7
