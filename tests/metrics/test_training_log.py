"""metrics.jsonl as kills leave it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthvis.metrics.training_log import cut_training_log, read_training_log

ROWS = [{"step": k, "loss": 2 / k, "lr": 0.001, "seconds": 0.25} for k in range(1, 6)]
WHOLE = "".join(json.dumps(row) + "\n" for row in ROWS)


def test_a_torn_last_line_is_dropped_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text(WHOLE + '{"step": 6, "lo')
    log = read_training_log(tmp_path / "metrics.jsonl")
    assert [row.step for row in log.rows] == [1, 2, 3, 4, 5] and log.is_torn and not log.damaged
    assert log.note == "The last line of metrics.jsonl was cut short and is left out."


def test_a_log_is_cut_at_the_step_it_resumes_from_byte_by_byte(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text(WHOLE + '{"step": 6, "lo')
    assert "cut short" in cut_training_log(path, 3)
    assert path.read_text() == "".join(WHOLE.splitlines(keepends=True)[:3])
    assert cut_training_log(path, 3) == ""


def test_a_step_that_was_logged_twice_counts_once_as_it_was_last(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text(WHOLE + json.dumps({"step": 4, "loss": 9.0}) + "\n")
    cut_training_log(path, 5)
    assert [(row.step, row.values["loss"]) for row in read_training_log(path).rows][3] == (4, 9.0)


@pytest.mark.parametrize("line", ["null", "[1]", '{"step": "4"}', '{"loss": 1}', '{"step": 4, "loss": NaN}', "\xff"])
def test_a_damaged_line_within_is_named_and_the_rest_is_read(line: str, tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(f"{line}\n{WHOLE}".encode("latin-1"))
    log = read_training_log(path)
    assert len(log.rows) == 5 and log.damaged == (1,) and "Line 1 of metrics.jsonl" in log.note


def test_without_a_log_there_are_no_rows(tmp_path: Path) -> None:
    assert read_training_log(tmp_path / "metrics.jsonl").rows == ()
    assert cut_training_log(tmp_path / "metrics.jsonl", 4) == ""


def test_curves_are_drawn_from_what_is_sound(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    curves = pytest.importorskip("synthvis.train.engine.curves")
    assert curves.draw_curves(tmp_path) is None
    (tmp_path / "metrics.jsonl").write_text('{"step": 1, "loss": 1.5, "extra": 2}\n' + WHOLE + '{"step": 6, "lo')
    assert curves.draw_curves(tmp_path).read_bytes().startswith(b"\x89PNG")
