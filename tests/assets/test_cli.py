"""Own assets and scenes at the shell."""

from __future__ import annotations

import json
from pathlib import Path

import own_files
import pytest

from synthvis.cli import main

pytest.importorskip("trimesh")


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


@pytest.fixture
def things(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "things"
    folder.mkdir()
    own_files.textured_cube(folder, "crate")
    (folder / "broken.glb").write_bytes(b"glTF")
    return folder


def test_a_folder_is_listed_with_what_was_left_out(things: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["scenes", "ls", "--assets", str(things), "--json"], capsys)
    said = json.loads(out)
    assert code == 0 and set(said["left_out"]) == {"things/broken"}
    (row,) = said["kinds"]
    # Ids count all files of the folder, so that mending one moves no other.
    assert (row["name"], row["category"], row["category_id"]) == ("things/crate", "crate", 1002)
    code, out, err = run(["scenes", "ls", "--assets", str(things)], capsys)
    assert code == 0 and "things/crate" in out and "left out: things/broken" in err
    code, _, err = run(["scenes", "ls", "--assets", str(things / "nowhere")], capsys)
    assert code == 2 and "no folder" in err


def test_render_and_show_take_folders_and_scenes(
    things: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "from synthvis.scene.places.place import place\nfrom synthvis.scene.places.desk import DESK\n"
    (tmp_path / "mine.py").write_text(text + "@place(kinds=DESK.kinds)\ndef mine(c):\n    return DESK.compose(c)\n")
    kinds = 'objects.kinds={"things/*": 1}'
    words = ["render", "--assets", str(things), "--set", kinds, "--scene", "mine.py:mine", "--dry-run", "--json"]
    code, _, err = run(words, capsys)
    assert (code == 2 and "objects: no effect" in err) or "no picture can show a mesh of things" in err
    words += ["--set", "places.free=1"]
    code, out, _ = run(words, capsys)
    assert code == 0 and json.loads(out)["images_to_make"] == 100
    code, out, err = run(["bench", *words], capsys)
    assert code == 0 and json.loads(out)["recipe"] == "tabletop", err
    code, _, err = run(["bench", "render", "--assets", str(things / "nowhere"), "--dry-run"], capsys)
    assert code == 2 and "no folder" in err
    code, out, err = run(["scenes", "show", "things/crate", "--assets", str(things), "--dry-run"], capsys)
    assert (code, out) == (0, "things_crate.png\n"), err
    code, out, err = run(["scenes", "show", "mine.py:mine", "--dry-run"], capsys)
    assert (code, out) == (0, "mine.py_mine.png\n"), err
    code, _, err = run(["scenes", "show", "things/none", "--assets", str(things), "--dry-run"], capsys)
    assert code == 2 and "things/none" in err
