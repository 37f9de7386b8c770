"""Charts as SVG: marks lie where the axes say, names are inert, and every screen has its width."""

from __future__ import annotations

import re

import pytest

from synthvis.viz.svg import NARROW_PX, Dots, Series, bar_chart, dot_chart, line_chart, on_every_screen, row_chart


def test_charts_place_points_where_the_axes_say() -> None:
    chart = line_chart([Series("s", [(0, 0), (1, 1)], 0)], x_label="x", y_label="y", y_range=(0, 1), width=400)
    (points,) = re.findall(r'points="([^"]+)"', chart)
    (x0, y0), (x1, y1) = (tuple(map(float, point.split(","))) for point in points.split())
    assert x0 < x1 <= 400
    assert 0 <= y1 < y0 <= 232


def test_charts_of_nothing_are_empty_and_names_are_escaped() -> None:
    assert line_chart([], x_label="x", y_label="y") == ""
    assert bar_chart([("a", 0.0)], x_label="x") == ""
    assert "<script>" not in bar_chart([("<script>", 3.0)], x_label="<script>")
    assert "<script>" not in dot_chart(["<script>"], [Dots("<script>", [(0.5, 0.4, 0.6)], 0)], x_label="AP")


def test_bars_of_rows_are_as_long_as_their_counts() -> None:
    for width in (420, 320):
        chart = row_chart([("a", 40.0), ("<b>", 10.0), ("none", 0.0)], x_label="x", width=width)
        first, second = (float(one) for one in re.findall(r'class="bar" x="[\d.]+" y="[\d.]+" width="([\d.]+)"', chart))
        assert first == pytest.approx(4 * second, abs=0.3) and first < width
        assert "<b>" not in chart and "none" not in chart
    assert row_chart([("a", 0.0)], x_label="x") == ""
    many = row_chart([(f"class {k}", 5.0) for k in range(90)], x_label="classes")
    assert "the first 40 of 90" in many and many.count("<rect") == 40


def test_names_of_narrow_charts_stand_above_their_rows() -> None:
    dots = [Dots("s", [(0.5, None, None)], 0)]
    narrow = dot_chart(["a name of a class of thirty-two"], dots, x_label="AP", width=NARROW_PX)
    (name_y,), (dot_y,) = (
        re.findall(pattern, narrow) for pattern in (r'y="([\d.]+)" text-anchor="start"', r'cy="([\d.]+)"')
    )
    assert float(name_y) < float(dot_y) - 8


def test_a_chart_that_is_narrow_or_empty_is_not_doubled() -> None:
    assert on_every_screen(lambda width: "", 600) == ""
    assert on_every_screen(lambda width: f"<svg {width}>", NARROW_PX) == f"<svg {NARROW_PX}>"
    both = on_every_screen(lambda width: f"<svg {width}>", 600)
    assert both.index("<svg 600>") < both.index(f"<svg {NARROW_PX}>")


def test_rows_without_a_value_have_no_dot() -> None:
    chart = dot_chart(["a", "b"], [Dots("s", [(0.5, None, None), (None, None, None)], 0)], x_label="AP")
    assert chart.count("<circle") == 1


def test_an_axis_of_another_length_and_from_below_zero() -> None:
    """The middle of -1 to 3 lies where 0.5 does from 0 to 1."""
    dots = [Dots("s", [(1.0, None, None)], 0)]
    plain = [Dots("s", [(0.5, None, None)], 0)]
    other, usual = (
        re.search(r'<circle cx="([0-9.]+)"', chart).group(1)
        for chart in (dot_chart(["a"], dots, x_label="x", x_min=-1.0, x_max=3.0), dot_chart(["a"], plain, x_label="x"))
    )
    assert other == usual
