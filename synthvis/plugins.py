"""What installed packages bring: objects that they name under a group of entry points."""

from __future__ import annotations

import importlib.metadata
from typing import TypeVar

from synthvis.errors import UsageError

__all__ = ["entries_of", "load_entry"]

Plugin = TypeVar("Plugin")


def entries_of(group: str) -> tuple[importlib.metadata.EntryPoint, ...]:
    """The entry points of a group by name; nothing is imported."""
    return tuple(sorted(importlib.metadata.entry_points(group=group), key=lambda entry: entry.name))


def load_entry(
    entry: importlib.metadata.EntryPoint, wanted: type[Plugin], *, what: str, hint: str | None = None
) -> Plugin:
    """Import what an entry point names.

    Args:
        entry: The entry point.
        wanted: Class that it must be an instance of.
        what: What such a thing is called: "distance".
        hint: Where to read how to bring one.

    Raises:
        UsageError: The module cannot be imported, or it is something else.
    """
    try:
        found = entry.load()
    except Exception as error:  # whatever the module raises, the way out is the same
        raise UsageError(
            f"the installed {what} {entry.name} cannot be loaded: {type(error).__name__}: {error}",
            hint=f"mend or uninstall the package that brings {entry.value}",
        ) from error
    if not isinstance(found, wanted):
        raise UsageError(
            f"the entry point {entry.name} of {entry.group} is a {type(found).__name__}, not a {wanted.__name__}",
            hint=hint,
        )
    return found
