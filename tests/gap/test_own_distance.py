"""A distance from outside the package: seen in set_gap.json, in the tables, in the help and in the report."""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from made_up_gap import set_gap
from rich.console import Console

from synthvis.cli import cli
from synthvis.cli.gap.tables import comparison_tables
from synthvis.dataset.layout import write_json_atomic
from synthvis.errors import UsageError
from synthvis.gap.comparison import FILE_NAME, FeatureComparison, read_set_comparison
from synthvis.gap.distances import Distance, DistanceResult, Draws, FeatureRows, distances, resampled
from synthvis.gap.distances.registry import distances_of_names
from synthvis.gap.feature_gap import feature_distances
from synthvis.gap.resampling import make_draws
from synthvis.report.report_inputs import ReportInputs, SetGap
from synthvis.report.sections.features import features_sections


def _measured(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int) -> DistanceResult:
    return resampled(lambda a, b: float(np.abs(a.mean(axis=0) - b.mean(axis=0)).max()), synthetic, real, draws)


TOY = Distance(
    name="toy_shift",
    title="Largest shift of a mean",
    source="Nobody, 2026",
    explanation="The largest difference of the means of a feature.",
    scale=100.0,
    digits=1,
    compute=_measured,
)
NOT_A_DISTANCE = "kid"
NAMELESS_TWIN = Distance(name="kid", title="KID again", source="", explanation="", compute=_measured)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """A package that brings distances, as `importlib.metadata` finds it."""

    def install(*names: str) -> None:
        entries = [
            importlib.metadata.EntryPoint(name=name.lower(), value=f"{__name__}:{name}", group="synthvis.distances")
            for name in names
        ]
        values = {f"{__name__}:{name}": globals().get(name) for name in names}
        found = importlib.metadata.entry_points
        monkeypatch.setattr(
            importlib.metadata,
            "entry_points",
            lambda group: entries if group == "synthvis.distances" else found(group=group),
        )
        monkeypatch.setattr(importlib.metadata.EntryPoint, "load", lambda entry: values[entry.value])
        # Packages are looked for once an import path.
        monkeypatch.syspath_prepend(tmp_path)

    return install


def rows(shift: float, seed: int) -> FeatureRows:
    """20 images with one row each; the first of three features is shifted."""
    features = np.random.default_rng(seed).normal(0, 0.01, (20, 3))
    features[:, 0] += shift
    return FeatureRows(features=features, owner=np.arange(20), images=20, labels=("apple",) * 20)


def test_a_distance_from_outside_is_in_file_table_help_and_report(installed, tmp_path: Path) -> None:
    installed("TOY")
    part = feature_distances(rows(0.5, 0), rows(0.0, 1), make_draws(20, 20, resamples=20))
    # The only shift that was put in, and none between halves of the real set.
    assert part.value("toy_shift") == pytest.approx(0.5, abs=0.02)
    null = part.distances["toy_shift"].null.high
    assert null is not None and null < 0.05
    features = FeatureComparison(
        backbone="made", min_crop_px=32, images=part, crops=part, crops_by_class={"apple": part}
    )
    comparison = replace(set_gap(), features=features)
    write_json_atomic(tmp_path / FILE_NAME, comparison.to_dict())
    read = read_set_comparison(tmp_path / FILE_NAME)
    assert read == comparison and read.features is not None
    console = Console(width=200, record=True)
    for table in comparison_tables(read):
        console.print(table)
    shown = f"{100 * (part.value('toy_shift') or 0):.1f}"
    assert "Largest shift of a mean × 100" in (text := console.export_text()) and shown in text
    (section,) = features_sections(
        ReportInputs(title="t", gaps=(SetGap(folder=tmp_path, comparison=read, task=None),))
    ).sections
    assert [row.distance.name for row in section.data.rows][-1] == "toy_shift"
    help_text = CliRunner().invoke(cli, ["gap", "--help"]).output
    assert "Largest shift of a mean" in " ".join(help_text.split())


def test_without_the_package_the_file_is_still_shown_under_the_plain_name(installed, tmp_path: Path) -> None:
    assert "toy_shift" not in distances()
    assert [one.heading for one in distances_of_names(["toy_shift", "kid"])] == ["KID × 1000", "toy_shift"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("NOT_A_DISTANCE", "is a str, not a Distance"), ("NAMELESS_TWIN", "calls itself kid, which is taken")],
)
def test_what_is_no_distance_or_takes_a_name_is_refused(installed, name: str, message: str) -> None:
    installed(name)
    with pytest.raises(UsageError, match=message):
        distances()


def test_resampling_repeats_the_rows_of_the_images_that_were_drawn() -> None:
    ones, twos = np.ones((2, 1)), 2 * np.ones((2, 1))
    synthetic = FeatureRows(
        features=np.concatenate([ones, twos]), owner=np.array([0, 0, 1, 1]), images=2, labels=("",) * 4
    )
    real = FeatureRows(features=np.zeros((2, 1)), owner=np.arange(2), images=2, labels=("",) * 2)
    draws = Draws(synthetic=np.array([[2.0, 0.0], [0.0, 2.0]]), real=np.ones((2, 2)), halves=np.array([[1.0, 0.0]]))
    found = resampled(lambda a, b: float(a.mean() - b.mean()), synthetic, real, draws)
    # Means 1 and 2 of the resamples around 1.5, the value itself: the ends of 95% between them.
    assert found.value == 1.5
    assert found.estimate.low == pytest.approx(1.025) and found.estimate.high == pytest.approx(1.975)
    assert found.null.high == 0.0


def test_the_page_about_the_gap_explains_every_distance() -> None:
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "gap.md").read_text()
    assert [distance.title for distance in distances().values() if f"| {distance.title} |" not in page] == []
