"""What to change next, all of it, in order."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.report.page import Part, Section, Step

__all__ = ["changes_part"]


def changes_part(steps: Sequence[Step]) -> Part:
    """One section, also where nothing follows."""
    facts = {"steps": steps}
    return Part(sections=(Section(name="changes", title="What to change next", facts=facts, short="next steps"),))
