"""The worst errors with pictures, where the task has some and the file may show them."""

from __future__ import annotations

from dataclasses import dataclass

from synthvis.metrics.missing import command_line, typed_path
from synthvis.report.errors.panel import error_panels
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs

__all__ = ["errors_sections"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOutData:
    """Sets of photographs whose errors are not shown, and the command that shows them."""

    sets: tuple[str, ...]
    command: str


def errors_sections(inputs: ReportInputs) -> BuiltSections:
    """A section for every set; one that says so where photographs are kept out."""
    run = inputs.run
    if run is None:
        return BuiltSections()
    found = error_panels(run.folder, run.evaluations, run.dataset, embed_real=inputs.embed_real)
    sections = [
        Section(
            template="errors",
            title=f"Worst errors on {one.set}",
            data=one.panel,
            short="errors" if not position else "",
        )
        for position, one in enumerate(found.sets)
    ]
    if found.kept_out:
        data = KeptOutData(sets=found.kept_out, command=command_line("report", typed_path(run.folder), "--embed-real"))
        sections.append(Section(template="kept_out", title="Errors on photographs", data=data))
    return BuiltSections(sections=tuple(sections), missing=found.missing)
