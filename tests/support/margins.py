"""Bounds on what a short training reaches.

A training of a few steps ends elsewhere with another seed and on another CPU. A bound on its result stands at least
three standard deviations from the mean over seeds and instruction sets: `make margins` measures both and says which
bounds are too near.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

SEEDS = range(int(os.environ.get("SYNTHVIS_TEST_SEEDS", "1")))
"""Seeds of the trainings that end in a bound; `make margins` takes several."""
THREADS = int(os.environ.get("SYNTHVIS_TEST_THREADS", "1"))
"""Threads of torch in tests."""

_LOG = os.environ.get("SYNTHVIS_MARGINS_FILE")


def assert_above(name: str, value: float, bound: float) -> None:
    """Assert `value > bound`, and note both where `make margins` asks for it."""
    _note(name, value, bound, above=True)
    assert value > bound, f"{name} is {value}, its bound {bound}"


def assert_below(name: str, value: float, bound: float) -> None:
    """Assert `value < bound`, and note both where `make margins` asks for it."""
    _note(name, value, bound, above=False)
    assert value < bound, f"{name} is {value}, its bound {bound}"


def _note(name: str, value: float, bound: float, *, above: bool) -> None:
    if _LOG:
        test = re.sub(r"seed\d+-?|\[seed\d+\]", "", os.environ["PYTEST_CURRENT_TEST"].split(" ")[0].rpartition("/")[2])
        row = {"test": test, "name": name, "value": float(value), "bound": float(bound), "above": above}
        with Path(_LOG).open("a") as file:
            file.write(json.dumps(row) + "\n")
