"""One run, one HTML file: no script, font or picture from elsewhere, so it can be mailed and opened in ten years.

Photographs are never embedded unless asked for: their licences differ, and a report is made to be passed on.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from synthvis.dataset.layout import write_bytes_atomic
from synthvis.dataset.output import RUN, check_output_file, check_output_folder
from synthvis.errors import UsageError
from synthvis.report.page import Page, render_page
from synthvis.report.recommendations import recommendations_of
from synthvis.report.report_inputs import ReportInputs, read_report_inputs
from synthvis.report.sections.causes import causes_sections
from synthvis.report.sections.differences import differences_sections
from synthvis.report.sections.errors import errors_sections
from synthvis.report.sections.features import features_sections
from synthvis.report.sections.learning import learning_sections
from synthvis.report.sections.limits import limits_sections
from synthvis.report.sections.origin import origin_sections
from synthvis.report.sections.poses import poses_sections
from synthvis.report.sections.recommendations import recommendation_sections
from synthvis.report.sections.renders import renders_sections
from synthvis.report.sections.scores import scores_sections
from synthvis.report.sections.study import study_sections
from synthvis.report.sections.tracks import tracks_sections
from synthvis.report.summary import summary_of

__all__ = ["page_of", "write_report"]

FINDINGS = (
    scores_sections,
    tracks_sections,
    poses_sections,
    study_sections,
    causes_sections,
    errors_sections,
    differences_sections,
    features_sections,
)
"""The results, in the order of the page; recommendations, missing results and `BACKGROUND` follow."""
BACKGROUND = (renders_sections, learning_sections, origin_sections)


def write_report(
    run_dir: Path, dataset_root: Path | None = None, out: Path | None = None, *, gap_dir: Path | None = None,
    study_dir: Path | None = None, embed_real: bool = False,
) -> Path:  # fmt: skip
    """Write the report of a run.

    Args:
        run_dir: Folder with eval_*.json.
        dataset_root: The rendered dataset; by default the one the run names, when it is still there.
        out: The HTML file; by default report.html in `run_dir`.
        gap_dir: Folder of a comparison; by default those of the run's sets, gap-DATA-REAL beside it.
        study_dir: Folder of a study; by default that of the run's sets, studies/DATA-REAL.
        embed_real: Put crops of real photographs into the file, for private use.

    Returns:
        The file written.

    Raises:
        UsageError: `run_dir` is no folder, or a folder that was named holds no comparison or study.
        SynthvisError: The run holds no evaluation, or a damaged one.
        DatasetError: `dataset_root` was given and is no dataset.
    """
    if not run_dir.is_dir():
        raise UsageError(f"no run at {run_dir}", hint="`synthvis train` makes one; runs are folders under runs/")
    target = out or run_dir / "report.html"
    if target.is_dir():
        target = target / "report.html"
    # The comparison of the run's evaluations is written into its folder.
    check_output_folder(run_dir, replace(RUN, way_out="name the folder of a run, below runs/ mostly"))
    check_output_file(target)
    inputs = read_report_inputs(run_dir, dataset_root, gap_dir, study_dir, embed_real=embed_real)
    write_bytes_atomic(target, render_page(page_of(inputs)).encode("utf-8"))
    return target


def page_of(inputs: ReportInputs) -> Page:
    """The page of a run, a study, or both."""
    findings = [make(inputs) for make in FINDINGS]
    background = [make(inputs) for make in BACKGROUND]
    missing = [*inputs.unread, *(one for part in (*findings, *background) for one in part.missing)]
    advice = recommendations_of(inputs, missing)
    built = [*findings, recommendation_sections(advice), limits_sections(inputs, missing), *background]
    return Page(
        title=inputs.title,
        summary=summary_of(inputs, advice),
        sections=[section for part in built for section in part.sections],
    )
