"""Put the dataset through the quality gate."""

from __future__ import annotations

import shlex

from synthvis.checks.gate import check_dataset
from synthvis.errors import ChecksFoundProblems, counted
from synthvis.pipeline.pipeline_run import PipelineRun

__all__ = ["check"]


def check(run: PipelineRun) -> str:
    """Raises ChecksFoundProblems."""
    if run.cache.is_fresh("check", run.dataset_key):
        return "up to date: no problems"
    found = check_dataset(run.dataset)
    if found.problems:
        first = found.problems[0]
        raise ChecksFoundProblems(
            f"{counted(len(found.problems), 'problem')} in {run.dataset}; {first.rule}: {first.message}",
            hint=f"`synthvis check {shlex.quote(str(run.dataset))}` shows them all",
        )
    run.cache.record("check", run.dataset_key)
    return f"no problems in {found.images:,} images, {found.annotations:,} annotations"
