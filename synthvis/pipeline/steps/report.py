"""Write the report of it all."""

from __future__ import annotations

from synthvis.pipeline.pipeline_run import PipelineRun
from synthvis.report.build import write_report

__all__ = ["report"]


def report(run: PipelineRun) -> str:
    """Written anew each time: it takes a second."""
    return str(write_report(run.run_dir, run.dataset))
