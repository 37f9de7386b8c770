"""Damaged masks must never reach the C code of pycocotools, where they end the process or hang it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mutations import INPUTS

MAX_S = 60 + INPUTS / 20
"""A hang is longer than any machine takes for the inputs."""


def test_hostile_masks_end_no_process() -> None:
    child = Path(__file__).with_name("masks_child.py")
    ended = subprocess.run(
        [sys.executable, str(child), str(INPUTS)], capture_output=True, text=True, timeout=MAX_S, check=False
    )
    lines = ended.stdout.split("\n")
    assert ended.returncode == 0, f"rc {ended.returncode} at input {lines[-2]}: {ended.stderr[-1500:]}"
    accepted = int(lines[-2].removeprefix("accepted "))
    assert INPUTS / 20 < accepted < INPUTS / 2
