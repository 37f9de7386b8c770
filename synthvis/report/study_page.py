"""The page of a study by itself: the same page without a run, and its main chart as a file of its own."""

from __future__ import annotations

from pathlib import Path

from synthvis.dataset.layout import write_bytes_atomic
from synthvis.report.build import page_of
from synthvis.report.page import render_page
from synthvis.report.report_inputs import ReportInputs, StudyFiles
from synthvis.report.study_charts import regimes_chart, sizes_chart
from synthvis.study.study_result import StudyResult
from synthvis.viz.count_chart import standalone

__all__ = ["CHART_NAME", "PAGE_NAME", "write_study_page"]

PAGE_NAME, CHART_NAME = "study.html", "study.svg"


def write_study_page(result: StudyResult, out: Path) -> Path:
    """Write study.html and, where there is something to draw, study.svg; returns the page's path.

    Args:
        result: What the study found.
        out: Folder of the study.
    """
    chart = regimes_chart(result) or sizes_chart(result)
    if chart:
        write_bytes_atomic(out / CHART_NAME, standalone(chart).encode())
    title = out.resolve().name
    inputs = ReportInputs(title=title, studies=(StudyFiles(title=title, result=result),))
    path = out / PAGE_NAME
    write_bytes_atomic(path, render_page(page_of(inputs)).encode())
    return path
