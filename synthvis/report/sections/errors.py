"""The worst errors with pictures, where the task has some and the file may show them."""

from __future__ import annotations

from synthvis.metrics.missing import command_line, typed_path
from synthvis.report.errors.panel import error_panels
from synthvis.report.page import Part, Section
from synthvis.report.report_inputs import Material

__all__ = ["errors_part"]


def errors_part(material: Material) -> Part:
    """A section for every set; one that says so where photographs are kept out."""
    run = material.run
    if run is None:
        return Part()
    found = error_panels(run.folder, run.evaluations, run.dataset, embed_real=material.embed_real)
    sections = [
        Section(
            name="errors", title=f"Worst errors on {panel['set']}", facts=panel, short="errors" if not place else ""
        )
        for place, panel in enumerate(found.panels)
    ]
    if found.kept_out:
        facts = {"sets": found.kept_out, "how": command_line("report", typed_path(run.folder), "--embed-real")}
        sections.append(Section(name="kept_out", title="Errors on photographs", facts=facts))
    return Part(sections=tuple(sections), holes=found.holes)
