"""Damaged files of optical flow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mutations import INPUTS, mutated_bytes, refusals

from synthvis.formats.flow_files import flo_bytes, read_flo, read_flow_png, write_flow_png
from synthvis.labels.flow.flow_map import FlowMap

MADE = FlowMap(
    flow_xy_px=np.random.default_rng(0).normal(0, 9, (8, 9, 2)).astype(np.float32), is_valid=np.eye(8, 9, dtype=bool)
)


def test_flo(tmp_path: Path) -> None:
    # A flipped bit of a number is a number.
    assert INPUTS / 4 < refusals(read_flo, tmp_path / "damaged.flo", mutated_bytes(flo_bytes(MADE))) < INPUTS


def test_png(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_flow_png(tmp_path / "whole.png", MADE)
    content = (tmp_path / "whole.png").read_bytes()
    assert INPUTS / 4 < refusals(read_flow_png, tmp_path / "damaged.png", mutated_bytes(content)) < INPUTS
    capfd.readouterr()
