"""Charts as inline SVG: no script, no font, no file, and colours from the page's own CSS variables.

Every text that reaches a chart is escaped here, so the result may be marked safe for the template. A chart is laid out
for a width, with words of one size; `on_every_screen` puts a second one for a phone beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

__all__ = [
    "NARROW_PX",
    "Dots",
    "Series",
    "bar_chart",
    "dot_chart",
    "line_chart",
    "on_every_screen",
    "row_chart",
    "svg_element",
    "svg_text",
]

Point = tuple[float, float]

LEFT, RIGHT, TOP, BOTTOM = 44.0, 14.0, 10.0, 34.0
ROW_PX = 22.0
NAMED_ROW_PX = 40.0
"""Height of a row whose name stands above its values."""

NARROW_PX = 320
"""Width of a chart on a phone; charts of this width and less have their names above the rows."""

LARGE_PX = 480
"""Charts wider than this are exchanged for the narrow one earlier, as their words shrink sooner."""

ASPECT = 0.58
ROWS_SHOWN = 40
LABEL_PX_PER_LETTER = 7.0


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart; `tone` numbers the CSS colour --s0 to --s7."""

    name: str
    points: Sequence[Point]
    tone: int
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """One value a row of a dot chart, with interval ends where known."""

    name: str
    values: Sequence[tuple[float | None, float | None, float | None]]
    """(value, low, high) of each row."""
    tone: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """Maps data to pixels."""

    x0: float
    x1: float
    y0: float
    y1: float
    width: float
    height: float
    left: float = LEFT

    def x(self, value: float) -> float:
        span = self.x1 - self.x0 or 1.0
        return self.left + (value - self.x0) / span * (self.width - self.left - RIGHT)

    def y(self, value: float) -> float:
        span = self.y1 - self.y0 or 1.0
        return self.height - BOTTOM - (value - self.y0) / span * (self.height - TOP - BOTTOM)


def on_every_screen(draw: Callable[[int], str], width_px: int) -> str:
    """A chart in its own width and in that of a phone; the page's style shows the one that fits (style.css).

    Args:
        draw: The chart for a width in pixels.
        width_px: Where there is room.
    """
    wide = draw(width_px)
    if not wide or width_px <= NARROW_PX:
        return wide
    kind = "fit large" if width_px > LARGE_PX else "fit"
    return f'<div class="{kind}"><div class="wide">{wide}</div><div class="narrow">{draw(NARROW_PX)}</div></div>'


def line_chart(
    series: Sequence[Series], *, x_label: str, y_label: str, y_range: Point | None = None, x_range: Point | None = None,
    width: int = 420,
) -> str:  # fmt: skip
    """Lines over numeric axes; empty when no series has two points."""
    size = (width, round(width * ASPECT))
    drawn = [one for one in series if len(one.points) > 1]
    if not drawn:
        return ""
    frame = _frame_of(drawn, x_range, y_range, size)
    parts = [_axes(frame, x_label, y_label)]
    for one in drawn:
        points = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in one.points)
        dash = ' stroke-dasharray="5 4"' if one.dashed else ""
        line = f'<polyline points="{points}" fill="none" stroke="var(--s{one.tone})" stroke-width="2"{dash}>'
        parts.append(f"{line}<title>{escape(one.name)}</title></polyline>")
    return svg_element(size, "".join(parts), f"{y_label} over {x_label}")


def dot_chart(
    rows: Sequence[str], dots: Sequence[Dots], *, x_label: str, width: int = 620, x_max: float = 1.0, x_min: float = 0.0
) -> str:
    """One row a name, one dot a series, whiskers for intervals, on an axis from `x_min` to `x_max`."""
    if not rows:
        return ""
    named_above = width <= NARROW_PX
    left = RIGHT if named_above else _label_room(rows)
    row_px = NAMED_ROW_PX if named_above else ROW_PX
    size = (width, int(TOP + BOTTOM + row_px * len(rows)))
    frame = _Frame(x_min, x_max, 0.0, 1.0, float(size[0]), float(size[1]), left)
    parts = [_x_axis(frame, x_label)]
    for index, name in enumerate(rows):
        y = TOP + row_px * (index + 1) - ROW_PX / 2
        parts.append(f'<line class="grid" x1="{left}" x2="{size[0] - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(_row_name(name, y, left, named_above=named_above))
        spread = [one for one in dots if one.values[index][0] is not None]
        for position, one in enumerate(spread):
            parts.append(_dot(frame, y + 5 * (position - (len(spread) - 1) / 2), name, one, index))
    return svg_element(size, "".join(parts), x_label)


def row_chart(bars: Sequence[tuple[str, float]], *, x_label: str, width: int = 420) -> str:
    """Bars to the right with their names and counts; the first 40 where there are more."""
    shown = [bar for bar in bars if bar[1] > 0][:ROWS_SHOWN]
    if not shown:
        return ""
    named_above = width <= NARROW_PX
    left = RIGHT if named_above else _label_room([name for name, _ in shown])
    row_px = NAMED_ROW_PX if named_above else ROW_PX
    room = LABEL_PX_PER_LETTER * len(f"{shown[0][1]:,.0f}") + 8
    longest = width - left - RIGHT - room
    top, parts = max(value for _, value in shown), []
    for index, (name, value) in enumerate(shown):
        y, length = TOP + row_px * (index + 1) - ROW_PX / 2, value / top * longest
        shape = f'x="{left:.1f}" y="{y - 6:.1f}" width="{length:.1f}" height="12"'
        parts.append(f'<rect class="bar" {shape}><title>{escape(name)}: {value:,.0f}</title></rect>')
        parts.append(_row_name(name, y, left, named_above=named_above))
        parts.append(svg_text(left + length + 6, y + 4, f"{value:,.0f}"))
    height = int(TOP + row_px * len(shown) + BOTTOM / 2)
    more = f", the first {ROWS_SHOWN} of {len(bars)}" if len(bars) > len(shown) else ""
    parts.append(svg_text(width / 2, height - 4, x_label + more, anchor="middle"))
    return svg_element((width, height), "".join(parts), x_label)


def _label_room(names: Sequence[str]) -> float:
    return 16 + LABEL_PX_PER_LETTER * min(max(len(name) for name in names), 28)


def _row_name(name: str, y: float, left: float, *, named_above: bool) -> str:
    """The name of a row: above it, or to its left."""
    return (
        svg_text(left, y - 12, _clip(name, 40)) if named_above else svg_text(left - 8, y + 4, _clip(name), anchor="end")
    )


def bar_chart(bars: Sequence[tuple[str, float]], *, x_label: str, width: int = 420) -> str:
    """Upright bars with their counts; names that have no room are left out."""
    size = (width, round(width * ASPECT))
    top = max((value for _, value in bars), default=0.0)
    if top <= 0:
        return ""
    frame = _Frame(0.0, float(len(bars)), 0.0, top * 1.12, float(size[0]), float(size[1]))
    parts = [_y_axis(frame, "")]
    letters = max(min(len(name), 12) for name, _ in bars)
    slot_px = (size[0] - LEFT - RIGHT) / len(bars)
    step = max(1, math.ceil((LABEL_PX_PER_LETTER * letters + 6) / slot_px))
    for index, (name, value) in enumerate(bars):
        x0, x1, y = frame.x(index + 0.12), frame.x(index + 0.88), frame.y(value)
        shape = f'x="{x0:.1f}" y="{y:.1f}" width="{x1 - x0:.1f}" height="{frame.y(0) - y:.1f}"'
        parts.append(f'<rect class="bar" {shape}><title>{escape(name)}: {value:,.0f}</title></rect>')
        if index % step == 0:
            parts.append(svg_text((x0 + x1) / 2, size[1] - 19, _clip(name, 12), anchor="middle"))
    parts.append(svg_text(size[0] / 2, size[1] - 4, x_label, anchor="middle"))
    return svg_element(size, "".join(parts), x_label)


def svg_text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    """A text element, escaped."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _dot(frame: _Frame, y: float, row: str, dots: Dots, index: int) -> str:
    value, low, high = dots.values[index]
    if value is None:
        return ""
    colour = f"var(--s{dots.tone})"
    whisker, said = "", f"{value:.3f}"
    if low is not None and high is not None:
        said += f" [{low:.3f}, {high:.3f}]"
        ends = f'x1="{frame.x(low):.1f}" x2="{frame.x(high):.1f}" y1="{y}" y2="{y}"'
        whisker = f'<line {ends} stroke="{colour}" stroke-width="2" opacity="0.5"/>'
    title = f"<title>{escape(row)}, {escape(dots.name)}: {said}</title>"
    return f'{whisker}<circle cx="{frame.x(value):.1f}" cy="{y}" r="4.5" fill="{colour}">{title}</circle>'


def _frame_of(series: Sequence[Series], x_range: Point | None, y_range: Point | None, size: tuple[int, int]) -> _Frame:
    xs = [x for one in series for x, _ in one.points]
    ys = [y for one in series for _, y in one.points]
    x0, x1 = x_range or (min(xs), max(xs))
    y0, y1 = y_range or (min(0.0, *ys), max(ys) * 1.05 or 1.0)
    return _Frame(x0, x1, y0, y1, float(size[0]), float(size[1]))


def _axes(frame: _Frame, x_label: str, y_label: str) -> str:
    return _y_axis(frame, y_label) + _x_axis(frame, x_label)


def _x_axis(frame: _Frame, label: str) -> str:
    bottom = frame.height - BOTTOM
    parts = [f'<line class="axis" x1="{frame.left}" x2="{frame.width - RIGHT}" y1="{bottom}" y2="{bottom}"/>']
    for value in _ticks(frame.x0, frame.x1):
        parts.append(svg_text(frame.x(value), bottom + 14, _short(value), anchor="middle"))
    parts.append(svg_text((frame.left + frame.width - RIGHT) / 2, frame.height - 4, label, anchor="middle"))
    return "".join(parts)


def _y_axis(frame: _Frame, label: str) -> str:
    parts = []
    for value in _ticks(frame.y0, frame.y1):
        y = frame.y(value)
        parts.append(f'<line class="grid" x1="{frame.left}" x2="{frame.width - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(svg_text(frame.left - 6, y + 4, _short(value), anchor="end"))
    if label:
        middle = (TOP + frame.height - BOTTOM) / 2
        turned = f'transform="rotate(-90 11 {middle})" text-anchor="middle"'
        parts.append(f'<text x="11" y="{middle}" {turned}>{escape(label)}</text>')
    return "".join(parts)


def _ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round values between `low` and `high`, about `wanted` of them."""
    span = high - low
    if not span > 0:
        return [low]
    raw = span / wanted
    power = 10.0 ** _floor_log10(raw)
    step = next(nice * power for nice in (1, 2, 5, 10) if nice * power >= raw * 0.999)
    first = -int(-low // step) if low % step else int(low // step)
    return [tick * step for tick in range(first, first + 2 * wanted + 2) if low <= tick * step <= high * 1.0001]


def _floor_log10(value: float) -> int:
    return int(f"{value:e}".split("e")[1])


def _short(value: float) -> str:
    if abs(value) >= 10_000:
        return f"{value / 1000:g}k"
    return f"{value:.0e}".replace("e-0", "e-") if 0 < abs(value) < 0.01 else f"{round(value, 6):g}"


def _clip(text: str, letters: int = 28) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"


def svg_element(size: tuple[int, int], body: str, label: str) -> str:
    """A chart of that width and height that shrinks with its column; `label` says what it shows."""
    shape = f'viewBox="0 0 {size[0]} {size[1]}" style="max-width:{size[0]}px"'
    return f'<svg class="chart" role="img" aria-label="{escape(label)}" {shape}>{body}</svg>'
