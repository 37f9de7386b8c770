"""Put the dataset through the quality gate."""

from __future__ import annotations

import shlex

from synthvis.checks.gate import check_dataset
from synthvis.errors import ChecksFoundProblems, counted
from synthvis.pipeline.work import Work

__all__ = ["check"]


def check(work: Work) -> str:
    """Raises ChecksFoundProblems."""
    if work.marks.are("check", work.dataset_key):
        return "up to date: no problems"
    found = check_dataset(work.dataset)
    if found.problems:
        first = found.problems[0]
        raise ChecksFoundProblems(
            f"{counted(len(found.problems), 'problem')} in {work.dataset}; {first.rule}: {first.message}",
            hint=f"`synthvis check {shlex.quote(str(work.dataset))}` shows them all",
        )
    work.marks.put("check", work.dataset_key)
    return f"no problems in {found.images:,} images, {found.annotations:,} annotations"
