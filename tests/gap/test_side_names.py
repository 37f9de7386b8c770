"""A comparison calls photographs photographs and renders renders, also where both sets are rendered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import made_up_gap
import pytest

from synthvis.report.report_inputs import ReportInputs, SetGap
from synthvis.report.sections.differences import differences_sections


@pytest.mark.parametrize(
    ("kinds", "halves", "names"),
    [
        (("synthetic", "real"), False, ("renders", "photographs")),
        (("synthetic", "synthetic"), False, ("renders of made-up", "renders of fruit")),
        (("real", "real"), False, ("photographs of made-up", "photographs of fruit")),
        (("real", "real"), True, ("images of one half", "images of the other half")),
    ],
)
def test_each_side_is_called_what_it_is(kinds: Any, halves: bool, names: tuple[str, str], tmp_path: Path) -> None:
    made = made_up_gap.set_gap(None, real="fruit")
    found = replace(
        made,
        synthetic=replace(made.synthetic, set="made-up", kind=kinds[0]),
        real=replace(made.real, set="fruit", kind=kinds[1]),
        halves_of_one_set=halves,
    )
    assert found.side_names == names
    inputs = ReportInputs(title="t", gaps=(SetGap(folder=tmp_path, comparison=found, task=None),))
    (section,) = differences_sections(inputs).sections
    assert section.title == f"How the {names[0]} differ from the {names[1]}"
