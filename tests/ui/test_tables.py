from __future__ import annotations

from dataclasses import replace

import made_up_run
from rich.console import Console

from synthvis.evaluation.gap_table import gap_table
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.ui import tables
from synthvis.ui.console import data_console, stderr_console


def shown(table):
    console = Console(width=160, no_color=True)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def evaluations(*real):
    names = ("apple", "[red]orange[/red]")
    ours = made_up_run.evaluation("synthetic", "synthetic", 0.62, names)
    return [ours, *(made_up_run.evaluation(name, "real", 0.34, names) for name in real)]


def test_the_gap_table_has_difference_and_ratio():
    text = shown(tables.gap_table(gap_table(evaluations("fruit"), "r")))
    for expected in ("0.620 [0.570, 0.670]", "0.340 [0.290, 0.390]", "0.280", "0.55"):
        assert expected in text
    assert "not measured" not in text


def test_without_real_photographs_the_table_says_so():
    assert shown(tables.gap_table(gap_table(evaluations(), "r"))).count("not measured") == 4


def classified(name, kind, accuracy):
    return Evaluation(
        set=name, kind=kind, split="val", task="classification", headline="accuracy", images=12, counts={"labels": 34},
        metrics={"top5": MetricValue(0.9), "accuracy": MetricValue(accuracy, 0.25, 0.75)},
        per_class={"kiwi": made_up_run.class_row({"accuracy": accuracy}, {"labels": 7})},
    )  # fmt: skip


def test_another_task_shows_its_headline_and_its_labels(capsys):
    gap = gap_table([classified("s", "synthetic", 0.8), classified("shop", "real", 0.6)], "r")
    text = shown(tables.gap_table(gap))
    assert [text.index(word) for word in ("labels", "accuracy [95%]", "top5 [95%]", "difference")] == sorted(
        text.index(word) for word in ("labels", "accuracy [95%]", "top5 [95%]", "difference")
    )
    for expected in ("34", "0.600 [0.250, 0.750]", "0.900", "0.200", "0.75"):
        assert expected in text
    classes = shown(tables.class_table(gap))
    assert "shop accuracy (labels)" in classes and "0.600 (7)" in classes
    assert "AP" not in text + classes


def test_without_real_photographs_another_task_says_so():
    assert shown(tables.gap_table(gap_table([classified("s", "synthetic", 0.8)], "r"))).count("not measured") == 4


def test_what_no_look_at_the_picture_would_get_is_shown_where_it_is_known():
    ours, theirs = classified("s", "synthetic", 0.8), classified("shop", "real", 0.6)
    text = shown(
        tables.gap_table(gap_table([ours, replace(theirs, prior_baseline={"accuracy": MetricValue(0.123)})], "r"))
    )
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.split()}
    assert rows["set"][-4:] == ["baseline", "accuracy", "difference", "ratio"]
    assert rows["shop"][-3:] == ["0.123", "0.200", "0.75"] and rows["s"][-1] == "-"
    assert "baseline" not in shown(tables.gap_table(gap_table([ours, theirs], "r")))


def test_class_names_are_not_markup():
    assert "[red]orange[/red]" in shown(tables.class_table(gap_table(evaluations("fruit"), "r")))


def test_undefined_is_a_dash():
    assert tables.interval_text(MetricValue(None)) == "-"
    assert tables.interval_text(MetricValue(0.5)) == "0.500"


def test_a_table_in_a_file_is_not_cut(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    data_console.cache_clear()
    tables.print_gap(gap_table(evaluations("a_folder_with_quite_a_long_name"), "r"))
    data_console.cache_clear()
    text = capsys.readouterr().out
    assert "difference" in text
    assert "a_folder_with_quite_a_long_name val (real)" in text


def test_without_a_measured_class_there_is_no_table_of_them(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    data_console.cache_clear()
    tables.print_gap(gap_table([], "r"))
    data_console.cache_clear()
    text = capsys.readouterr().out
    assert "not measured" in text
    assert "By class" not in text


def test_names_are_neither_markup_nor_emoji(capsys):
    stderr_console.cache_clear()
    stderr_console().print("runs/[b]x fruit:train: 4 images")
    stderr_console.cache_clear()
    assert "runs/[b]x fruit:train: 4 images" in capsys.readouterr().err
