"""A page: a first screen, sections one below the other, and the frame around them; from one base template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from synthvis.metrics.missing import MissingResult, missing_result
from synthvis.report.wording import interval_text, metric_text, percent_text
from synthvis.version import __version__

__all__ = ["FirstScreen", "Number", "Page", "Part", "Section", "Step", "hole", "render_page"]

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page under its own heading.

    Attributes:
        name: File of its template below templates/sections/, without .html.
        title: Its heading.
        facts: What the template shows.
        short: Its name in the line of contents; empty: it is not named there.
    """

    name: str
    title: str
    facts: Mapping[str, Any]
    short: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a builder makes: its sections, and what could not be shown, why, and what to type."""

    sections: tuple[Section, ...] = ()
    holes: tuple[MissingResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to do next.

    Attributes:
        do: What.
        why: What was measured that says so.
        how: In words, where neither keys nor a command say it.
        keys: Of the recipe, with their value of today.
        command: A whole command line that can be pasted.
        weight: How much that is: "measured", "at most" or "hint".
    """

    do: str
    why: str
    how: str = ""
    keys: tuple[str, ...] = ()
    command: str = ""
    weight: str = "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """The one big number: what it is, its value as text, what stands below it, and the command that measures it."""

    what: str
    value: str
    below: tuple[str, ...] = ()
    how: str = ""
    is_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstScreen:
    """What is read in a minute: a sentence, a number, a chart as escaped SVG, and up to three steps."""

    sentence: str
    number: Number
    chart: str
    chart_said: str
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All of a page."""

    title: str
    first: FirstScreen
    sections: Sequence[Section]


hole = missing_result


def render_page(page: Page) -> str:
    """The page as one HTML file that loads nothing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(metric=metric_text, percent=percent_text, interval=interval_text)
    written = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    sections = [(_anchor(page.sections, place), one) for place, one in enumerate(page.sections)]
    return environment.get_template("page.html").render(
        page=page, sections=sections, version=__version__, written=written
    )


def _anchor(sections: Sequence[Section], place: int) -> str:
    """The section's name, with its number among those of the same name from the second on."""
    earlier = sum(one.name == sections[place].name for one in sections[:place])
    return f"{sections[place].name}-{earlier + 1}" if earlier else sections[place].name
