"""Where commands may write: through each command line, and never really into a folder of the system."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from synthvis.cli import cli
from synthvis.dataset.output import COMPARISON, DATASET, RUN, STUDY, check_output_file, check_output_folder
from synthvis.errors import DatasetError, SynthvisError, UsageError

TO_FOLDERS = {
    "render": ["render", "--n", "1", "--recipe", "fruit", "--out"],
    "train": ["train", "--data", "nothing", "--out"],
    "evaluate": ["evaluate", "nothing", "--eval-on", "nothing", "--out"],
    "gap": ["gap", "nothing", "nothing", "--out"],
    "rank": ["gap", "--rank", "a", "b", "c", "--out"],
    "study": ["study", "--data", "nothing", "--real", "nothing", "--out"],
    "merge": ["merge", "part1", "--out"],
    "report": ["report"],
}
TO_FILES = {
    "report": ["report", "nothing", "--out"],
    "preview": ["preview", "nothing", "--out"],
    "fit-sensor": ["fit-sensor", "nothing", "--out"],
    "scenes": ["scenes", "show", "banana", "--out"],
}
FORBIDDEN = ["/", "/etc", "/etc/synthvis", "/proc/self", "/usr", "/tmp", "/dev/null/x"]


def refusal(words: list[str]) -> SynthvisError:
    """What a command is refused with, as the program itself would print it."""
    found = CliRunner().invoke(cli, words, standalone_mode=False).exception
    assert isinstance(found, SynthvisError), found
    assert found.hint and "\n" not in found.what
    return found


@pytest.mark.parametrize("words", TO_FOLDERS.values(), ids=TO_FOLDERS)
@pytest.mark.parametrize("place", FORBIDDEN)
def test_no_command_writes_to_a_folder_that_belongs_to_others(words: list[str], place: str) -> None:
    assert place in refusal([*words, place]).what


@pytest.mark.parametrize("words", TO_FILES.values(), ids=TO_FILES)
@pytest.mark.parametrize("place", ["/x.html", "/etc/x.html", "/proc/x.html"])
def test_no_command_writes_a_file_there(words: list[str], place: str) -> None:
    assert place in refusal([*words, place]).what


@pytest.mark.parametrize(
    "words", [["fetch", "coco", "--dry-run", "--real-root", "/"], ["run", "smoke", "--set", "out=/"]]
)
def test_places_for_folders_are_looked_at_too(words: list[str]) -> None:
    assert "root folder" in refusal(words).what


@pytest.mark.parametrize("words", TO_FOLDERS.values(), ids=TO_FOLDERS)
def test_a_loop_of_links_is_said_and_not_followed(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    refusal([*words, str(tmp_path / "a")])
    refusal([*words, str(tmp_path / "a" / "below")])
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


@pytest.mark.parametrize("words", TO_FOLDERS.values(), ids=TO_FOLDERS)
def test_a_folder_with_files_of_the_user_is_left_alone(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with_output = refusal([*words, str(tmp_path)])
    assert "thesis.tex" in with_output.what and with_output.exit_code == 1
    assert os.listdir(tmp_path) == ["thesis.tex"]


@pytest.mark.parametrize("words", TO_FOLDERS.values(), ids=TO_FOLDERS)
def test_the_home_folder_is_left_alone(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert str(tmp_path) in refusal([*words, str(tmp_path)]).what


def test_a_link_to_the_root_folder_is_the_root_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")
    with pytest.raises(UsageError, match="root folder"):
        check_output_folder(tmp_path / "link", RUN)
    with pytest.raises(UsageError, match="root folder"):
        check_output_file(tmp_path / "link" / "page.html")


@pytest.mark.parametrize(
    ("kind", "sign"),
    [
        (DATASET, "dataset.json"),
        (RUN, "last.pt"),
        (RUN, "eval_x.json"),
        (COMPARISON, "nearest.jpg"),
        (STUDY, "study.json"),
    ],
)
def test_what_synthvis_made_may_be_written_to_again(kind: object, sign: str, tmp_path: Path) -> None:
    (tmp_path / sign).touch()
    (tmp_path / "notes.txt").touch()
    check_output_folder(tmp_path, kind)  # type: ignore[arg-type]
    assert {path.name for path in tmp_path.iterdir()} == {sign, "notes.txt"}


def test_a_run_is_not_written_into_a_dataset(tmp_path: Path) -> None:
    (tmp_path / "dataset.json").touch()
    with pytest.raises(DatasetError, match="not a synthvis run"):
        check_output_folder(tmp_path, RUN)


@pytest.mark.parametrize("place", ["new/deep", ".", "/dev/shm/synthvis-test-of-output"])
def test_new_and_empty_folders_are_good(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_output_folder(Path(place), RUN)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "file.txt/below", "file.txt"])
def test_names_that_no_folder_can_have(name: str, tmp_path: Path) -> None:
    (tmp_path / "file.txt").touch()
    with pytest.raises(SynthvisError) as found:
        check_output_folder(tmp_path / name, RUN)
    assert len(str(found.value)) < 600 and found.value.hint


def test_a_pipe_is_no_file_to_write(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DatasetError, match="no regular file"):
        check_output_file(tmp_path / "pipe")
