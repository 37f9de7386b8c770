"""The two consoles: data goes to stdout, talk and progress to stderr. rich honours NO_COLOR and FORCE_COLOR."""

from __future__ import annotations

from functools import cache

from rich.console import Console

__all__ = ["data_console", "talk_console"]


@cache
def data_console() -> Console:
    """Console for results a user may pipe."""
    return Console(highlight=False, soft_wrap=True)


@cache
def talk_console() -> Console:
    """Console for progress, hints and warnings."""
    return Console(stderr=True, highlight=False)
