"""What the network was shown: a contact sheet of the renders, their counts and sizes."""

from __future__ import annotations

from synthvis.report.dataset_overview import dataset_facts
from synthvis.report.page import Part, Section, hole
from synthvis.report.report_inputs import Material

__all__ = ["renders_part"]


def renders_part(material: Material) -> Part:
    """One section, where the rendered dataset is there."""
    run = material.run
    if run is None:
        return Part()
    if run.dataset is None:
        how = "write the report again and name the folder of the renders with --data"
        return Part(holes=(hole("Contact sheet, counts and sizes", "the rendered dataset was not found", how),))
    who = "detector" if run.scores.has_error_causes else "network"
    facts = {"dataset": dataset_facts(run.dataset)}
    section = Section(name="renders", title=f"What the {who} was shown", facts=facts, short="renders")
    return Part(sections=(section,))
