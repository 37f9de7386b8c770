"""At 80 and 60 columns no number and no word of a table or a progress line is cut."""

from __future__ import annotations

import io

import made_up_run
import pytest
from rich.console import Console
from rich.progress import Progress

from synthvis.cli.shared.training_display import fitting_columns
from synthvis.evaluation.gap_table import gap_table
from synthvis.ui import tables
from synthvis.ui.fitting import FittingTable, counting_columns, shared_widths
from synthvis.ui.progress import ProgressView, WorkerView, _picture, duration_text

WIDTHS = (160, 80, 60)


def shown(renderable: object, width: int) -> str:
    console = Console(width=width, no_color=True, file=io.StringIO(), markup=False)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def words_of(text: str) -> set[str]:
    return {word.strip("─━╸╺:") for word in text.split()} - {""}


def tables_to_show() -> dict[str, FittingTable]:
    names = ("granny smith apple", "orange", "banana bunch")
    ours = made_up_run.evaluation("synthetic-orchard-long-name", "synthetic", 0.62, names)
    real = [made_up_run.evaluation(name, "real", 0.34, names) for name in ("fruit", "coco")]
    gap = gap_table([ours, *real], "r")
    wide = tables.plain_table("Trait by trait, a title of several words", ("trait", *(f"column {n}" for n in range(9))))
    wide.add_row("brightness of the picture", *(f"0.{n}12 [0.371, 0.455]" for n in range(9)))
    return {"gap": tables.gap_table(gap), "classes": tables.class_table(gap), "wide": wide}


@pytest.mark.parametrize("name", ["gap", "classes", "wide"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_word_of_a_table_is_whole_at_any_width(name: str, width: int) -> None:
    """The oracle is the same table where there is room for all of it."""
    everything = words_of(shown(tables_to_show()[name], 1000))
    text = shown(tables_to_show()[name], width)
    assert "…" not in text
    assert everything <= words_of(text)
    assert max(map(len, text.splitlines())) <= width


def test_a_table_that_fits_is_as_it_was() -> None:
    text = shown(tables_to_show()["classes"], 160)
    assert len([line for line in text.splitlines() if "granny smith apple" in line]) == 1


def test_a_table_much_too_wide_becomes_a_list_of_its_rows() -> None:
    lines = [line.rstrip() for line in shown(tables_to_show()["wide"], 60).splitlines()]
    assert "trait: brightness of the picture" in lines
    assert "  column 8: 0.812 [0.371, 0.455]" in lines


def test_a_path_without_spaces_is_folded_and_keeps_its_letters() -> None:
    table = FittingTable("rule", "problem", box=None, padding=0)
    path = "/".join(["annotations"] * 12)
    table.add_row("extra", path)
    text = shown(table, 60)
    assert path in "".join(text.split())


@pytest.mark.parametrize("room", [6, 9, 15, 40])
def test_widths_fill_the_room_between_least_and_natural(room: int) -> None:
    least, natural = [2, 3, 1], [4, 30, 2]
    widths = shared_widths(least, natural, room)
    assert sum(widths) == min(room, sum(natural))
    assert all(low <= width <= high for low, width, high in zip(least, widths, natural, strict=True))


@pytest.mark.parametrize("width", WIDTHS)
def test_the_progress_of_a_render_shows_rate_and_time_to_go(width: int) -> None:
    workers = tuple(WorkerView(number, 99_990 + number, 12_345, 9999.0, 1234.0) for number in range(4))
    view = ProgressView(
        total=100_000, already_there=0, done=12_345, quarantined=3, retried=17, recycled=40, elapsed_s=20_000.0,
        workers=workers,
    )  # fmt: skip
    text = shown(_picture(view), width)
    said = " ".join(text.split())
    assert view.line in said
    assert "images/s" in said and "to go" in said and "…" not in text
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_a_progress_bar_gives_way_to_its_numbers(width: int) -> None:
    console = Console(width=width, no_color=True, file=io.StringIO(), force_terminal=True)
    columns = counting_columns()
    progress = Progress(*columns, console=console)
    progress.add_task("features of synthetic images", total=100_000, completed=12_345)
    text = shown(progress.get_renderable(), width)
    assert "features of synthetic images" in text and "12345/100000" in text and "-:--:--" in text


def test_the_live_table_of_a_training_leaves_out_parts_of_the_loss_first() -> None:
    parts = dict.fromkeys(("classification", "regression", "ctrness", "objectness"), "0.123")
    cells = {"step": "12345/100000", "loss": "0.123", **parts, "lr": "1.0e-03", "s/step": "0.52", "to go": "3 h 05 min"}
    assert fitting_columns(cells, 160) == cells
    for width in (80, 60, 50):
        kept = fitting_columns(cells, width)
        assert {"step", "loss", "to go", "s/step"} <= set(kept)
        assert sum(max(len(name), len(value)) + 1 for name, value in kept.items()) <= width


def test_long_times_are_told_in_days() -> None:
    said = [duration_text(seconds) for seconds in (45, 720, 11_100, 24_690, 216_000)]
    assert said == ["45 s", "12 min", "3 h 05 min", "6 h 52 min", "2.5 days"]
