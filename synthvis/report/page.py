"""A page: a summary, sections one below the other, and the frame around them; from one base template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from synthvis.metrics.missing import MissingResult
from synthvis.report.wording import interval_text, metric_text, percent_text
from synthvis.version import __version__

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["BuiltSections", "KeyFigure", "Page", "Recommendation", "Section", "Summary", "render_page"]

TEMPLATES = Path(__file__).parent / "templates"

Evidence = Literal["measured", "at most", "hint", "not measured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page under its own heading.

    Attributes:
        template: File of its template below templates/sections/, without .html.
        title: Its heading.
        data: A frozen dataclass, whose attributes the template shows.
        short: Its name in the line of contents; empty: it is not named there.
    """

    template: str
    title: str
    data: object
    short: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltSections:
    """What a builder returns: its sections, and the results that are missing, why, and what to type."""

    sections: tuple[Section, ...] = ()
    missing: tuple[MissingResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """Something to do next.

    Attributes:
        action: What to do.
        reason: The measurement that supports it.
        instructions: How to do it in words, where neither keys nor a command say it.
        keys: Keys of the recipe to change, with their present values.
        command: A whole command line that can be pasted.
        evidence: How strong the measurement is: "measured", "at most", "hint" or "not measured".
    """

    action: str
    reason: str
    instructions: str = ""
    keys: tuple[str, ...] = ()
    command: str = ""
    evidence: Evidence = "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """The one large number of the summary.

    Attributes:
        label: What it is.
        value: The number as text, or "not measured".
        details: Lines below it, such as its interval.
        command: What measures it, where it is missing.
        is_missing: Whether nothing was measured.
    """

    label: str
    value: str
    details: tuple[str, ...] = ()
    command: str = ""
    is_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What is read in a minute: a sentence, a number, a chart as escaped SVG, and up to three recommendations."""

    sentence: str
    key_figure: KeyFigure
    chart: str
    chart_caption: str
    recommendations: Sequence[Recommendation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All of a page."""

    title: str
    summary: Summary
    sections: Sequence[Section]


def render_page(page: Page) -> str:
    """The page as one HTML file that loads nothing."""
    written = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    sections = [(_anchor(page.sections, position), one) for position, one in enumerate(page.sections)]
    template = _environment().get_template("page.html")
    return template.render(page=page, sections=sections, version=__version__, written=written)


@cache
def _environment() -> Environment:
    """The templates, each of which is compiled once in a process."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(metric=metric_text, percent=percent_text, interval=interval_text)
    return environment


def _anchor(sections: Sequence[Section], position: int) -> str:
    """The template's name, with its number among the sections of the same template from the second on."""
    template = sections[position].template
    earlier = sum(section.template == template for section in sections[:position])
    return f"{template}-{earlier + 1}" if earlier else template
