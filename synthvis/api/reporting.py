"""The report of a run: one self-contained HTML file."""

from __future__ import annotations

from pathlib import Path

from synthvis.api.runs import Run

__all__ = ["report"]


def report(
    run: Run | Path | str,
    *,
    data: Path | str | None = None,
    gap: Path | str | None = None,
    study: Path | str | None = None,
    out: Path | str | None = None,
    embed_real: bool = False,
) -> Path:
    """Write the report of a run: the gap, its causes, the worst errors with pictures, and what to change next.

    Args:
        run: A run, or its folder.
        data: The folder of the rendered dataset; None: the one that the run names.
        gap: The folder of a comparison of its sets; None: gap-DATA-REAL beside the run.
        study: The folder of a study of its renders; None: studies/DATA-REAL.
        out: The HTML file to write; None: report.html in the run.
        embed_real: Embed crops of photographs; for private use, since their licences differ.

    Returns:
        The file written.

    Raises:
        UsageError: There is no such run, comparison or study.
        SynthvisError: The run holds no evaluation, or a damaged one.
        DatasetError: `data` is no dataset.

    Examples:
        >>> import synthvis as sv
        >>> sv.report("runs/none")
        Traceback (most recent call last):
        ...
        synthvis.errors.UsageError: no run at runs/none
          -> `synthvis train` makes one; runs are folders under runs/
    """
    from synthvis.report.build import write_report

    folder = run.path if isinstance(run, Run) else Path(run)
    return write_report(
        folder, _path(data), _path(out), gap_dir=_path(gap), study_dir=_path(study), embed_real=embed_real
    )


def _path(value: Path | str | None) -> Path | None:
    return Path(value) if value is not None else None
