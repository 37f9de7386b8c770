"""Every recommendation, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthvis.report.page import BuiltSections, Recommendation, Section

__all__ = ["recommendation_sections"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationsData:
    """What the section shows."""

    recommendations: Sequence[Recommendation]


def recommendation_sections(recommendations: Sequence[Recommendation]) -> BuiltSections:
    """One section, also where there is no recommendation."""
    data = RecommendationsData(recommendations=recommendations)
    section = Section(template="recommendations", title="What to change next", data=data, short="next steps")
    return BuiltSections(sections=(section,))
