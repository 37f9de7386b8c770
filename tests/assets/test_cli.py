"""Own assets and scenes at the shell."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import own_files
import pytest

from synthvis.cli import main
from synthvis.cli.render.command import EPILOG

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


def test_the_examples_of_render_for_own_meshes_show_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "meshes").mkdir()
    for path in (tmp_path / "part.stl", tmp_path / "meshes" / "part.stl"):
        path.write_bytes(own_files.cube_stl(80))
    examples = [line.strip() for line in EPILOG.splitlines() if "--assets" in line]
    assert len(examples) == 2
    for example in examples:
        words = shlex.split(example.replace("~", str(tmp_path)))[1:]
        code, out, err = run([*words, "--dry-run", "--json"], capsys)
        assert code == 0 and json.loads(out)["recipe"] == "meshes", err
        assert "recipe meshes: all meshes labelled" in err
    code, _, err = run(["render", "--assets", "part.stl", "--recipe", "coco", "--dry-run"], capsys)
    assert code == 2 and "no picture can show a mesh of part.stl" in err and "--recipe meshes" in err
    code, _, err = run(["render", "--set", "objects.kinds={unicorn: 1}", "--dry-run"], capsys)
    assert code == 2 and "objects: no effect" in err
    code, _, err = run(["render", "--recipe", "meshes", "--dry-run"], capsys)
    assert code == 2 and "--assets PATH" in err


def test_render_and_show_take_folders_and_scenes(
    things: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "from synthvis.scene.environments.environment import environment\n"
    text += "from synthvis.scene.environments.desk import DESK\n"
    (tmp_path / "mine.py").write_text(
        text + "@environment(kinds=DESK.kinds)\ndef mine(c):\n    return DESK.compose(c)\n"
    )
    kinds = 'objects.kinds={"things/*": 1}'
    words = ["render", "--assets", str(things), "--set", kinds, "--scene", "mine.py:mine", "--dry-run", "--json"]
    code, _, err = run(words, capsys)
    assert code == 2 and "no picture can show a mesh of things" in err
    words += ["--set", "environments.free=1"]
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
