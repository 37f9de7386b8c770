"""Charts of a study as SVG: scores over counts on a logarithmic axis, and signed bars. Text is escaped here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from synthvis.viz.svg import NARROW_PX, svg_element, svg_text

__all__ = ["Level", "Line", "Point", "counts_chart", "signed_bars", "standalone"]

Point = tuple[float, float, float | None, float | None]
"""x, y, and the ends of its interval where there is one."""

LEFT, RIGHT, TOP, BOTTOM = 52.0, 20.0, 12.0, 42.0
LEGEND_ROW_PX, LEGEND_COLUMN_PX, LEGEND_LEFT_PX = 19.0, 300.0, 8.0
HEIGHT_PX, NARROW_HEIGHT_PX = 360, 270
BAR_ROW_PX, BAR_LABEL_PX, BAR_VALUE_PX = 30.0, 104.0, 176.0
NAMED_BAR_ROW_PX = 46.0
"""Of a bar whose name and number stand above it."""

LABEL_GAP_PX = 30.0
COLOURS = ("#1f6feb", "#e36209", "#1a7f37", "#8250df", "#cf222e", "#0e8a92", "#b35900", "#bf3989")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Points of one regime, joined, with whiskers; of a law, no points and a dashed curve of (x, y)."""

    name: str
    points: Sequence[Point] = ()
    tone: int
    curve: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A value that does not depend on the count, with its band."""

    name: str
    value: float
    low: float | None
    high: float | None
    tone: int


class _Axes:
    """Counts to the right in the logarithm, values up from 0, and room for the legend below."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float], size: tuple[int, int]) -> None:
        self.width, self.height = size
        self.low, self.high = math.log(min(xs)), math.log(max(xs))
        if self.low == self.high:
            self.low, self.high = self.low - 0.5, self.high + 0.5
        self.top = max(*ys, 1e-6) * 1.06
        self.bottom = min(*ys, 0.0)

    def x(self, count: float) -> float:
        share = (math.log(count) - self.low) / (self.high - self.low)
        return LEFT + (0.03 + 0.94 * share) * (self.width - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.bottom) / (self.top - self.bottom)
        return self.height - BOTTOM - share * (self.height - TOP - BOTTOM)


def counts_chart(
    lines: Sequence[Line], levels: Sequence[Level], *, x_label: str, y_label: str, width: int = 680
) -> str:
    """Values over counts, with a legend; empty without a point.

    Args:
        lines: Regimes whose value depends on the count.
        levels: Regimes whose value does not.
        x_label: What is counted.
        y_label: The metric.
        width: Pixels; the legend stands below.
    """
    size = (width, round(HEIGHT_PX if width > NARROW_PX else NARROW_HEIGHT_PX))
    xs = sorted({point[0] for line in lines for point in line.points})
    if not xs:
        return ""
    ys = [value for line in lines for point in line.points for value in point[1:] if value is not None]
    ys += [value for level in levels for value in (level.value, level.low, level.high) if value is not None]
    axes = _Axes(xs, ys, size)
    parts = [*_grid(axes, xs, x_label, y_label)]
    parts += [part for level in levels for part in _level(axes, level)]
    parts += [part for line in lines for part in _line(axes, line)]
    names = [(line.name, line.tone, bool(line.curve)) for line in lines] + [
        (one.name, one.tone, True) for one in levels
    ]
    legend, height = _legend(names, size)
    return svg_element((size[0], height), "".join([*parts, *legend]), f"{y_label} over {x_label}")


def signed_bars(
    rows: Sequence[tuple[str, float, float | None, float | None]], *, x_label: str, width: int = 680
) -> str:
    """Bars to both sides of 0 with whiskers and their numbers: name, value, low, high of each row."""
    if not rows:
        return ""
    named_above = width <= NARROW_PX
    row_px = NAMED_BAR_ROW_PX if named_above else BAR_ROW_PX
    reach = max(abs(value) for row in rows for value in row[1:] if value is not None) or 1.0
    left, right = (8.0, width - 8.0) if named_above else (BAR_LABEL_PX, width - BAR_VALUE_PX)
    height = int(TOP + row_px * len(rows) + 24)

    def x(value: float) -> float:
        return (left + right) / 2 + value / reach * (right - left) / 2

    parts = [f'<line class="axis" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="{TOP}" y2="{height - 24}"/>']
    for position, (name, value, low, high) in enumerate(rows):
        y = TOP + row_px * (position + 1) - BAR_ROW_PX / 2
        tone = 2 if value >= 0 else 4
        start, end = sorted((x(0), x(value)))
        shape = f'x="{start:.1f}" y="{y - 8:.1f}" width="{max(end - start, 0.5):.1f}" height="16"'
        parts.append(f'<rect {shape} fill="var(--s{tone})" opacity=".8"/>')
        if low is not None and high is not None:
            parts.append(_whisker(x(low), x(high), y, y, "var(--ink)"))
        said = _signed(value, low, high)
        if named_above:
            parts += [svg_text(left, y - 14, name), svg_text(right, y - 14, said, anchor="end")]
        else:
            parts += [svg_text(left - 8, y + 4, name, anchor="end"), svg_text(right + 10, y + 4, said)]
    parts.append(svg_text(x(0), height - 6, x_label, anchor="middle"))
    return svg_element((width, height), "".join(parts), x_label)


def _signed(value: float, low: float | None, high: float | None) -> str:
    return f"{value:+.3f}" if low is None or high is None else f"{value:+.3f} [{low:+.3f}, {high:+.3f}]"


def standalone(chart: str) -> str:
    """A chart as a file of its own, with the colours that a page would give it."""
    style = "text{font:12px system-ui,sans-serif;fill:#5a6675} .grid{stroke:#dfe4ea} .axis{stroke:#5a6675}"
    for tone, colour in enumerate(COLOURS):
        chart = chart.replace(f"var(--s{tone})", colour)
    chart = chart.replace("var(--ink)", "#17202b").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    first = chart.index(">") + 1
    return f'{chart[:first]}<style>{style}</style><rect width="100%" height="100%" fill="#fff"/>{chart[first:]}\n'


def _grid(axes: _Axes, xs: Sequence[float], x_label: str, y_label: str) -> Iterator[str]:
    right, floor = axes.width - RIGHT, axes.height - BOTTOM
    for value in _round_values(axes.bottom, axes.top):
        y = axes.y(value)
        yield f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield svg_text(LEFT - 6, y + 4, f"{value:g}", anchor="end")
    yield f'<line class="axis" x1="{LEFT}" x2="{right}" y1="{floor}" y2="{floor}"/>'
    last = -math.inf
    for count in xs:
        if axes.x(count) - last > LABEL_GAP_PX:
            last = axes.x(count)
            yield svg_text(last, floor + 15, f"{count:,.0f}", anchor="middle")
    yield svg_text((LEFT + right) / 2, floor + 33, x_label, anchor="middle")
    middle = (TOP + floor) / 2
    turned = f'transform="rotate(-90 12 {middle})" text-anchor="middle"'
    yield f'<text x="12" y="{middle}" {turned}>{escape(y_label)}</text>'


def _level(axes: _Axes, level: Level) -> Iterator[str]:
    start, end = LEFT, axes.width - RIGHT
    colour = f"var(--s{level.tone})"
    if level.low is not None and level.high is not None:
        top, bottom = axes.y(level.high), axes.y(level.low)
        shape = f'x="{start}" y="{top:.1f}" width="{end - start}" height="{bottom - top:.1f}"'
        yield f'<rect {shape} fill="{colour}" opacity=".14"/>'
    y = axes.y(level.value)
    ends = f'x1="{start}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"'
    title = f"<title>{escape(level.name)}: {_said(level.value, level.low, level.high)}</title>"
    yield f'<line {ends} stroke="{colour}" stroke-width="2" stroke-dasharray="6 4">{title}</line>'


def _line(axes: _Axes, line: Line) -> Iterator[str]:
    colour = f"var(--s{line.tone})"
    for path, dash in ((line.curve, ' stroke-dasharray="6 4"'), ([point[:2] for point in line.points], "")):
        if len(path) > 1 and not (line.curve and not dash):
            points = " ".join(f"{axes.x(x):.1f},{axes.y(y):.1f}" for x, y in path)
            yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
    for x, y, low, high in line.points:
        if low is not None and high is not None:
            yield _whisker(axes.x(x), axes.x(x), axes.y(low), axes.y(high), colour)
        title = f"<title>{escape(line.name)}, {x:,.0f}: {_said(y, low, high)}</title>"
        yield f'<circle cx="{axes.x(x):.1f}" cy="{axes.y(y):.1f}" r="4.5" fill="{colour}">{title}</circle>'


def _whisker(x0: float, x1: float, y0: float, y1: float, colour: str) -> str:
    ends = f'x1="{x0:.1f}" x2="{x1:.1f}" y1="{y0:.1f}" y2="{y1:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="1.6" opacity=".55"/>'


def _legend(names: Sequence[tuple[str, int, bool]], size: tuple[int, int]) -> tuple[list[str], int]:
    columns = max(1, int((size[0] - LEFT) // LEGEND_COLUMN_PX))
    left = LEFT if columns > 1 else LEGEND_LEFT_PX
    parts = []
    for position, (name, tone, dashed) in enumerate(names):
        x = left + (position % columns) * LEGEND_COLUMN_PX
        y = size[1] + 8 + (position // columns) * LEGEND_ROW_PX
        dash = ' stroke-dasharray="6 4"' if dashed else ""
        mark = f'x1="{x}" x2="{x + 22}" y1="{y}" y2="{y}" stroke="var(--s{tone})" stroke-width="3"{dash}'
        parts += [f"<line {mark}/>", svg_text(x + 29, y + 4, name)]
    rows = -(-len(names) // columns)
    return parts, int(size[1] + 6 + rows * LEGEND_ROW_PX)


def _round_values(low: float, high: float, wanted: int = 5) -> list[float]:
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(nice * power for nice in (1, 2, 5, 10) if nice * power >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _said(value: float, low: float | None, high: float | None) -> str:
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"
