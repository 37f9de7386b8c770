"""Write the report of it all."""

from __future__ import annotations

from synthvis.pipeline.work import Work
from synthvis.report.build import write_report

__all__ = ["report"]


def report(work: Work) -> str:
    """Written anew each time: it takes a second."""
    return str(write_report(work.run_dir, work.dataset))
