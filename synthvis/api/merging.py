"""Merging parts of one dataset that were rendered apart."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synthvis.api.looking import check
from synthvis.api.sources import Source, source_text
from synthvis.api.talk import OnProgress
from synthvis.checks.gate import CheckReport
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.dataset.merge import MergeSummary, merge_parts
from synthvis.errors import ChecksFoundProblems, counted

__all__ = ["MergeResult", "merge", "merge_and_check"]

MAX_RANGES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeResult:
    """What a merge did.

    Attributes:
        root: Folder of the whole dataset.
        summary: Images that were added, that were there, and that are missing.
        report: What the quality gate found; None where it was not asked.
    """

    root: Path
    summary: MergeSummary
    report: CheckReport | None

    def raise_for_problems(self, *, partial: bool = False) -> None:
        """Raise what is wrong with the whole.

        Args:
            partial: Missing images are expected.

        Raises:
            ChecksFoundProblems: The quality gate found something, or images are missing.
        """
        if self.report is not None and not self.report.ok:
            problems = counted(len(self.report.problems), "problem")
            hint = f"`synthvis check {shlex.quote(str(self.root))}` shows them all"
            raise ChecksFoundProblems(f"the quality gate found {problems} in {self.root}", hint=hint)
        if self.summary.missing and not partial:
            raise ChecksFoundProblems(_missing_text(self.summary), hint=_missing_hint(self.summary))


def merge(
    parts: Sequence[Source],
    out: Path | str,
    *,
    partial: bool = False,
    checks: bool = True,
    on_image: OnProgress | None = None,
) -> Dataset:
    """Merge parts of one dataset that were rendered apart, to the bytes of a single run.

    The parts come from one recipe and seed with different shards. Files are linked, not copied, where the disk allows
    it. The same call resumes.

    Args:
        parts: Datasets, or their folders.
        out: The folder of the whole dataset.
        partial: Succeed although images are missing.
        checks: Put the result through the quality gate.
        on_image: Is called with (images merged, all images).

    Returns:
        The whole dataset, opened.

    Raises:
        DatasetError: A part is no dataset or one of another recipe, seed or version, or `out` holds something else.
        ChecksFoundProblems: Images are missing, or the quality gate found something; what there is was merged.

    Examples:
        >>> import synthvis as sv
        >>> sv.merge(["data/fruit"], "data/whole").splits
        ('train', 'val')
    """
    folders = [Path(source_text(part)) for part in parts]
    result = merge_and_check(folders, Path(out), checks=checks, on_image=on_image)
    result.raise_for_problems(partial=partial)
    return find_dataset(out)


def merge_and_check(
    parts: Sequence[Path],
    out: Path,
    *,
    checks: bool = True,
    on_image: OnProgress | None = None,
    on_checked: OnProgress | None = None,
) -> MergeResult:
    """Merge, then check the whole; what is wrong with it is in the result. Other errors are those of `merge`.

    Args:
        parts: Folders of the parts.
        out: The folder of the whole dataset.
        checks: Put the result through the quality gate.
        on_image: Is called with (images merged, all images).
        on_checked: Is called with (images checked, all images).
    """
    summary = merge_parts(parts, out, on_image=on_image or (lambda done, total: None))
    has_images = any(summary.by_split.values())
    report = check(out, on_image=on_checked) if checks and has_images else None
    return MergeResult(root=out, summary=summary, report=report)


def _missing_text(summary: MergeSummary) -> str:
    ranges = ranges_of(summary.missing)
    named = ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in ranges[:MAX_RANGES])
    more = " and more" if len(ranges) > MAX_RANGES else ""
    shards = ", ".join(f"{shard} lacks {count}" for shard, count in summary.shards.items())
    by_shard = f" (shard {shards})" if shards else ""
    return f"{counted(len(summary.missing), 'image')} of {summary.expected} missing: {named}{more}{by_shard}"


def _missing_hint(summary: MergeSummary) -> str:
    if not summary.commands:
        return "render the missing shards and merge again, or accept it as it is with --partial"
    return "\n     ".join(
        [*summary.commands, "then merge again with these folders, or accept it as it is with --partial"]
    )


def ranges_of(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as ranges of consecutive ones, each by its first and last."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges
