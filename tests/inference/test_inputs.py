"""What the words of a user stand for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthvis.errors import UsageError
from synthvis.inference.inputs import Camera, PictureFile, VideoFile, find_inputs, name_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a/1.jpg", "a/2.PNG", "a/b/1.jpg", "a/notes.txt", "a/.hidden.jpg", "a/.git/x.jpg", "c/1.jpg",
                 "c/clip.mp4", "v/clip.MOV", "odd/[x].jpg"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*words: str, **how: Path) -> list[str]:
    return [one.name for one in find_inputs(words, **how)]


def test_a_folder_stands_for_its_pictures_and_those_of_its_folders(folder: Path) -> None:
    assert names("a") == ["a/1.jpg", "a/2.PNG", "a/b/1.jpg"]
    assert [one.parts for one in find_inputs(["a"])] == [("1.jpg",), ("2.PNG",), ("b", "1.jpg")]
    # Of several folders their names tell the outputs apart.
    assert [one.parts for one in find_inputs(["a/b", "c"])] == [("b", "1.jpg"), ("c", "1.jpg")]


def test_files_patterns_videos_and_cameras(folder: Path) -> None:
    found = find_inputs(["c/clip.mp4", "a/1.jpg", "0", "a/notes.txt"])
    assert [type(one) for one in found] == [VideoFile, PictureFile, Camera, PictureFile]
    assert names("*/1.jpg") == ["a/1.jpg", "c/1.jpg"]
    assert [one.parts for one in find_inputs(["*/1.jpg"])] == [("a", "1.jpg"), ("c", "1.jpg")]
    assert names("**/1.jpg") == ["a/1.jpg", "a/b/1.jpg", "c/1.jpg"]
    assert [one.parts for one in find_inputs([str(folder / "c" / "*.jpg")])] == [("1.jpg",)]
    # A file of that name is a file, whatever else the name could mean.
    assert names("odd/[x].jpg") == ["odd/[x].jpg"]
    (folder / "7").touch()
    assert isinstance(find_inputs(["7"])[0], PictureFile)


def test_each_file_counts_once(folder: Path) -> None:
    assert names("a/1.jpg", "a", "./a/1.jpg", str(folder / "a" / "2.PNG")) == ["a/1.jpg", "a/2.PNG", "a/b/1.jpg"]
    os.symlink(folder / "a" / "1.jpg", folder / "a" / "same.jpg")
    assert names("a") == ["a/1.jpg", "a/2.PNG", "a/b/1.jpg"]
    assert len(find_inputs(["0", "0", "1"])) == 2


def test_outputs_are_no_inputs_and_links_to_folders_are_not_followed(folder: Path) -> None:
    os.symlink(folder, folder / "a" / "loop")
    (folder / "a" / "out" / "drawn").mkdir(parents=True)
    (folder / "a" / "out" / "drawn" / "1.jpg").touch()
    assert names("a", not_below=folder / "a" / "out") == ["a/1.jpg", "a/2.PNG", "a/b/1.jpg"]
    assert names("a/**/*.jpg", not_below=Path("a/out")) == ["a/1.jpg", "a/b/1.jpg"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to predict on"),
        (["nowhere"], "'nowhere' is no file, folder, pattern"),
        ([""], "'' is no file"),
        (["-1"], "'-1' is no file"),
        (["a/*.gif"], "no file is like 'a/\\*.gif'"),
        (["v"], "no picture in v \\(but 1 video: name them\\)"),
        (["a", "x\ny"], r"x\\x0ay"),
    ],
)
def test_what_names_nothing_is_refused(folder: Path, words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        find_inputs(words)


def test_a_rendered_dataset_is_no_folder_of_pictures(folder: Path) -> None:
    (folder / "a" / "dataset.json").touch()
    with pytest.raises(UsageError, match="rendered dataset") as refused:
        find_inputs(["a"])
    assert refused.value.hint == "name its pictures: a/images/val"


def test_a_name_for_the_outputs(folder: Path) -> None:
    cases = {
        ("a",): "a", ("a/",): "a", ("a/b/..",): "a", ("c/clip.mp4",): "clip", ("a/1.jpg", "a/2.PNG"): "a",
        ("a/1.jpg", "c/1.jpg"): "1", ("3",): "camera-3", ("a/*.jpg",): "a", ("*.jpg",): folder.name,
        (".",): folder.name,
    }  # fmt: skip
    assert {words: name_of(words) for words in cases} == cases
