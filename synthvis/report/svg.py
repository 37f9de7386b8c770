"""Charts as inline SVG: no script, no font, no file, and colours from the page's own CSS variables.

Every text that reaches a chart is escaped here, so the result may be marked safe for the template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Dots", "Series", "bar_chart", "dot_chart", "line_chart", "svg_text"]

Point = tuple[float, float]

LEFT, RIGHT, TOP, BOTTOM = 44.0, 14.0, 10.0, 34.0
ROW_PX = 22.0
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


def line_chart(
    series: Sequence[Series], *, x_label: str, y_label: str, y_range: Point | None = None, x_range: Point | None = None,
    size: tuple[int, int] = (420, 250),
) -> str:  # fmt: skip
    """Lines over numeric axes; empty when no series has two points."""
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
    return _svg(size, "".join(parts), f"{y_label} over {x_label}")


def dot_chart(
    rows: Sequence[str], dots: Sequence[Dots], *, x_label: str, width: int = 620, x_max: float = 1.0, x_min: float = 0.0
) -> str:
    """One row a name, one dot a series, whiskers for intervals, on an axis from `x_min` to `x_max`."""
    if not rows:
        return ""
    left = 16 + LABEL_PX_PER_LETTER * min(max(len(name) for name in rows), 28)
    size = (width, int(TOP + BOTTOM + ROW_PX * len(rows)))
    frame = _Frame(x_min, x_max, 0.0, 1.0, float(size[0]), float(size[1]), left)
    parts = [_x_axis(frame, x_label)]
    for index, name in enumerate(rows):
        y = TOP + ROW_PX * (index + 0.5)
        parts.append(f'<line class="grid" x1="{left}" x2="{size[0] - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(svg_text(left - 8, y + 4, _clip(name), anchor="end"))
        spread = [one for one in dots if one.values[index][0] is not None]
        for place, one in enumerate(spread):
            parts.append(_dot(frame, y + 5 * (place - (len(spread) - 1) / 2), name, one, index))
    return _svg(size, "".join(parts), x_label)


def bar_chart(bars: Sequence[tuple[str, float]], *, x_label: str, size: tuple[int, int] = (420, 220)) -> str:
    """Upright bars with their counts."""
    top = max((value for _, value in bars), default=0.0)
    if top <= 0:
        return ""
    frame = _Frame(0.0, float(len(bars)), 0.0, top * 1.12, float(size[0]), float(size[1]))
    parts = [_y_axis(frame, "")]
    step = max(1, -(-len(bars) // 10))
    for index, (name, value) in enumerate(bars):
        x0, x1, y = frame.x(index + 0.12), frame.x(index + 0.88), frame.y(value)
        shape = f'x="{x0:.1f}" y="{y:.1f}" width="{x1 - x0:.1f}" height="{frame.y(0) - y:.1f}"'
        parts.append(f'<rect class="bar" {shape}><title>{escape(name)}: {value:,.0f}</title></rect>')
        if index % step == 0:
            parts.append(svg_text((x0 + x1) / 2, size[1] - 19, _clip(name, 12), anchor="middle"))
    parts.append(svg_text(size[0] / 2, size[1] - 4, x_label, anchor="middle"))
    return _svg(size, "".join(parts), x_label)


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


def _svg(size: tuple[int, int], body: str, label: str) -> str:
    shape = f'viewBox="0 0 {size[0]} {size[1]}" style="max-width:{size[0]}px"'
    return f'<svg class="chart" role="img" aria-label="{escape(label)}" {shape}>{body}</svg>'
