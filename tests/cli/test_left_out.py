"""What the commands say of a set from outside that cannot be used as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from synthvis.cli import cli
from synthvis.formats.images import write_jpeg


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A COCO folder with one sound image, an absent one, and an annotation with a negative width."""
    write_jpeg(tmp_path / "images" / "val" / "a.jpg", np.full((30, 40, 3), 90, np.uint8), 90)
    box = {"image_id": 1, "category_id": 1, "area": 9, "iscrowd": 0}
    content = {
        "images": [{"id": k, "file_name": name, "width": 40, "height": 30} for k, name in ((1, "a.jpg"), (2, "b.jpg"))],
        "annotations": [{"id": 1, "bbox": [1, 1, 9, 9], **box}, {"id": 2, "bbox": [5, 5, -3, 4], **box}],
        "categories": [{"id": 1, "name": "cup"}],
    }
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "instances_val.json").write_text(json.dumps(content))
    return tmp_path


def test_stats_shows_the_table_on_stderr_and_has_it_in_its_json(foreign: Path) -> None:
    result = CliRunner().invoke(cli, ["stats", str(foreign), "--json"])
    assert result.exit_code == 0
    (rows,) = json.loads(result.stdout)["sets"][0]["left_out"].values()
    assert [(row["part"], row["reason"], row["count"]) for row in rows] == [("annotations", "bbox has no area", 1)]


def test_check_lists_what_would_be_left_out(foreign: Path) -> None:
    result = CliRunner().invoke(cli, ["check", str(foreign), "--json"])
    assert json.loads(result.stdout)["by_rule"] == {"annotations": 1, "images": 1}
    assert "no such file (first: b.jpg)" in result.stdout
    (foreign / "images" / "val" / "b.jpg").write_bytes((foreign / "images" / "val" / "a.jpg").read_bytes())
    path = foreign / "annotations" / "instances_val.json"
    path.write_text(path.read_text().replace("[5, 5, -3, 4]", "[5, 5, 3, 4]"))
    assert CliRunner().invoke(cli, ["check", str(foreign)]).exit_code == 0
