"""One writer for one folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from synthvis.dataset.lock import hold_folder, remove_half_written
from synthvis.errors import DatasetError

HOLDER = """
import sys, time
from pathlib import Path
from synthvis.dataset.lock import hold_folder
with hold_folder(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_refused_until_the_first_dies(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DatasetError, match=rf"another render \(process {holder.pid}\)"), hold_folder(tmp_path):
            pass
        holder.kill()
    with hold_folder(tmp_path):
        pass
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b""]


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(DatasetError, match="is a file, not a folder") as caught,
        hold_folder(tmp_path / "file" / "data"),
    ):
        pass
    assert "--out" in str(caught.value.hint)


def test_leftovers_of_killed_writers_go_and_files_stay(tmp_path: Path) -> None:
    images = tmp_path / "images" / "train"
    images.mkdir(parents=True)
    (images / ".000001.jpg.abc.tmp").write_text("half")
    (images / "000002.jpg").write_text("whole")
    (tmp_path / "annotations" / ".merge.x1").mkdir(parents=True)
    assert remove_half_written(tmp_path) == 2
    assert os.listdir(images) == ["000002.jpg"]
    assert os.listdir(tmp_path / "annotations") == []
