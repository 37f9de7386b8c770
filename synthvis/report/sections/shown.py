"""What the network was shown: a contact sheet of the renders, their counts and sizes."""

from __future__ import annotations

import shlex

from synthvis.report.material import Material
from synthvis.report.page import Part, Section, hole
from synthvis.report.sheet import dataset_facts
from synthvis.report.wording import shown_path

__all__ = ["shown_part"]


def shown_part(material: Material) -> Part:
    """One section, where the rendered dataset is there."""
    run = material.run
    if run is None:
        return Part()
    if run.dataset is None:
        how = f"synthvis report {shlex.quote(shown_path(run.folder))} --data FOLDER"
        return Part(holes=(hole("Contact sheet, counts and sizes", "the rendered dataset was not found", how),))
    who = "detector" if run.scores.task == "detection" else "network"
    facts = {"dataset": dataset_facts(run.dataset)}
    section = Section(name="shown", title=f"What the {who} was shown", facts=facts, short="renders")
    return Part(sections=(section,))
