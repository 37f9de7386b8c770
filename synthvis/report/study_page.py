"""The report of a study: one HTML file that loads nothing, and its main chart as a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from synthvis import __version__
from synthvis.dataset.layout import write_bytes_atomic
from synthvis.report.build import TEMPLATES
from synthvis.report.study_chart import Level, Line, counts_chart, signed_bars, standalone
from synthvis.report.wording import metric_text
from synthvis.study.plan import ARMS
from synthvis.study.scaling import Law
from synthvis.study.wording import interval_said, next_steps

__all__ = ["CHART_NAME", "PAGE_NAME", "write_study_page"]

PAGE_NAME, CHART_NAME = "study.html", "study.svg"
CURVE_POINTS = 40
ARM_NAMES = {
    "real": "photographs alone",
    "synthetic": "renders alone",
    "synthetic+real": "renders, then photographs",
    "mixed": "renders and photographs mixed",
}

Facts = Mapping[str, Any]


def write_study_page(content: Facts, out: Path) -> Path:
    """Write study.html and, where there is something to draw, study.svg; returns the page's path.

    Args:
        content: Content of study.json.
        out: Folder of the study.
    """
    chart = arms_chart(content) or sizes_chart(content)
    if chart:
        write_bytes_atomic(out / CHART_NAME, standalone(chart).encode())
    page = _render(_context(content, out.resolve().name))
    path = out / PAGE_NAME
    write_bytes_atomic(path, page.encode())
    return path


def arms_chart(content: Facts) -> str:
    """Scores over the number of photographs, one line an arm; renders alone are a level with its band."""
    rows = [row for row in content["table"] if row["mean"] is not None]
    tones = {arm: tone for tone, arm in enumerate(ARMS)}
    lines = []
    for arm in ARMS:
        points = [(row["real"], row["mean"], row["low"], row["high"]) for row in rows if row["arm"] == arm]
        if arm != "synthetic" and points:
            lines.append(Line(name=ARM_NAMES[arm], points=points, tone=tones[arm]))
    levels = [
        Level(
            name=f"{ARM_NAMES['synthetic']} ({row['synthetic']:,})", value=row["mean"], low=row["low"],
            high=row["high"], tone=tones["synthetic"],
        )
        for row in rows if row["arm"] == "synthetic"
    ]  # fmt: skip
    return counts_chart(lines, levels, x_label="photographs trained on", y_label=content["study"]["metric"])


def sizes_chart(content: Facts) -> str:
    """Scores over the number of renders, with the fitted law."""
    sizes = content["sizes"]
    if not sizes:
        return ""
    points = [(row["synthetic"], row["mean"], row["low"], row["high"]) for row in sizes["points"]]
    lines = [Line(name=ARM_NAMES["synthetic"], points=points, tone=1)]
    levels = []
    if sizes["fit"]:
        law = Law(**sizes["fit"]["law"])
        counts = np.geomspace(points[0][0], points[-1][0], CURVE_POINTS).tolist()
        is_error = content["study"]["lower_is_better"]
        curve = [(count, _score(law.error(count), is_error)) for count in counts]
        lines.append(Line(name="fitted law", points=(), tone=3, curve=curve))
        levels.append(
            Level(name="its limit for any number", value=_score(law.C, is_error), low=None, high=None, tone=4)
        )
    return counts_chart(lines, levels, x_label="renders trained on", y_label=content["study"]["metric"])


def _score(error: float, is_error: bool) -> float:
    return error if is_error else 1 - error


def ablation_chart(content: Facts) -> str:
    """What the score loses without each randomiser, the most first."""
    rows = [row for row in (content["ablation"] or {}).get("rows", ()) if row.get("mean") is not None]
    bars = sorted(((row["name"], row["mean"], row["low"], row["high"]) for row in rows), key=lambda bar: -bar[1])
    return signed_bars(bars, x_label=f"{content['study']['metric']} that this randomiser brings")


def _render(context: Facts) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(metric=metric_text, interval=interval_said)
    return environment.get_template("study.html").render(context)


def _context(content: Facts, title: str) -> dict[str, Any]:
    measured = [row for row in content["table"] if row["mean"] is not None]
    better = min if content["study"]["lower_is_better"] else max
    return {
        **content,
        "title": title,
        "lead": content["sentences"][0] if content["sentences"] else "Nothing is measured yet.",
        "rest": content["sentences"][1:],
        "best": better(measured, key=lambda row: row["mean"]) if measured else None,
        "arm_names": ARM_NAMES,
        "arms_chart": arms_chart(content),
        "sizes_chart": sizes_chart(content),
        "ablation_chart": ablation_chart(content),
        "steps": next_steps(content),
        "budget_said": _budget_said(content["study"]),
        "settings": [(key, str(value)) for key, value in _leaves(content["study"]["config"])],
        "version": __version__,
        "written": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def _budget_said(study: Facts) -> str:
    if study["budget"] == "total":
        share = f"{100 * study['finetune_share']:g}%"
        return f"every arm takes {study['steps']:,} steps in all; synthetic+real keeps {share} of them for photographs"
    return f"every stage takes {study['steps']:,} steps, so synthetic+real takes {2 * study['steps']:,} in all"


def _leaves(values: Facts, key: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        path = f"{key}.{name}" if key else name
        found += _leaves(value, path) if isinstance(value, Mapping) else [(path, value)]
    return found
