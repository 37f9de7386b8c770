"""What the network was shown: a contact sheet of the renders, their counts and sizes."""

from __future__ import annotations

from synthvis.metrics.missing import missing_result
from synthvis.report.dataset_overview import dataset_overview
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs

__all__ = ["renders_sections"]


def renders_sections(inputs: ReportInputs) -> BuiltSections:
    """One section, where the rendered dataset is there."""
    run = inputs.run
    if run is None:
        return BuiltSections()
    if run.dataset is None:
        how = "write the report again and name the folder of the renders with --data"
        return BuiltSections(
            missing=(missing_result("Contact sheet, counts and sizes", "the rendered dataset was not found", how),)
        )
    who = "detector" if run.scores.has_error_causes else "network"
    data = dataset_overview(run.dataset)
    section = Section(template="renders", title=f"What the {who} was shown", data=data, short="renders")
    return BuiltSections(sections=(section,))
