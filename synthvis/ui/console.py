"""The two consoles: data goes to stdout, talk and progress to stderr. rich honours NO_COLOR and FORCE_COLOR.

Neither reads markup or emoji codes: names of files and sets are full of brackets and colons, "fruit:train:" is a tram.
"""

from __future__ import annotations

import os
import sys
from functools import cache

from rich.console import Console

__all__ = ["data_console", "stderr_console"]

PIPED_WIDTH = 160


@cache
def data_console() -> Console:
    """Console for results a user may pipe, wide where no terminal limits it: a table in a file is not to be cut."""
    wide = None if "COLUMNS" in os.environ or sys.stdout.isatty() else PIPED_WIDTH
    return Console(highlight=False, soft_wrap=True, markup=False, emoji=False, width=wide)


@cache
def stderr_console() -> Console:
    """Console for progress, hints and warnings."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)
