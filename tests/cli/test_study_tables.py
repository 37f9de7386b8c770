"""What `study` prints of sizes and ablations."""

from __future__ import annotations

from dataclasses import replace

from synthvis.cli.study.tables import _table_of_ablation, _table_of_sizes
from synthvis.study.estimate import Estimate
from synthvis.study.study_result import AblationResult, AblationRow, SizePoint, SizesResult
from synthvis.ui.console import data_console

SCORE = Estimate(mean=0.4, spread=0.01, low=0.35, high=0.45, seeds=2)


def shown(table: object, capsys) -> str:
    data_console.cache_clear()
    data_console().print(table)
    data_console.cache_clear()
    return str(capsys.readouterr().out)


def test_each_size_has_its_score(capsys) -> None:
    single = replace(SCORE, spread=None, low=None, high=None, seeds=1)
    points = (SizePoint(synthetic=1200, score=SCORE), SizePoint(synthetic=300, score=single))
    text = shown(_table_of_sizes(SizesResult(points=points, fit=None, why="two sizes"), "AP [95%]"), capsys)
    rows = [line.split() for line in text.splitlines() if line.strip()]
    assert ["1,200", "2", "0.400", "[0.350,", "0.450]"] in rows and ["300", "1", "0.400"] in rows


def test_each_randomiser_has_what_it_brings_and_one_that_failed_a_dash(capsys) -> None:
    gain = Estimate(mean=-0.02, spread=None, low=-0.03, high=-0.01, seeds=2)
    words = {"effect": "", "remains": "", "overrides": ()}
    rows = (AblationRow(name="texture", gain=gain, **words), AblationRow(name="camera", **words))
    found = AblationResult(images=300, everything=SCORE, rows=rows, absent=())
    text = shown(_table_of_ablation(found, "AP"), capsys)
    assert "300 renders with all of them: AP 0.400 [0.350, 0.450]" in text
    found = [line.split() for line in text.splitlines() if line.strip()]
    assert ["texture", "2", "-0.020", "[-0.030,", "-0.010]"] in found and ["camera", "0", "–"] in found
