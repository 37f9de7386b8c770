"""What installed packages bring: objects that they name under a group of entry points."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Protocol, TypeVar

from synthvis.errors import UsageError

__all__ = ["entries_of", "load_entry", "with_installed"]


class Named(Protocol):
    """What a registry knows by its name."""

    @property
    def name(self) -> str:
        """As users type it."""


Plugin = TypeVar("Plugin", bound=Named)


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


def with_installed(
    group: str,
    wanted: type[Plugin],
    built_in: Iterable[Plugin],
    *,
    what: str,
    hint: str | None = None,
    taken: Collection[str] = (),
) -> dict[str, Plugin]:
    """Those of synthvis and then those of a group, by their own names; looked for once an import path.

    Args:
        group: Of entry points.
        wanted: Class that each must be an instance of.
        built_in: Those of synthvis.
        what: What such a thing is called: "distance".
        hint: Where to read how to bring one.
        taken: Further names that none may have.

    Raises:
        UsageError: As `load_entry`, or a name is taken.
    """
    known = {one.name: one for one in built_in}
    for value, one in _installed(group, wanted, what, hint, tuple(sys.path)):
        if one.name in known or one.name in taken:
            raise UsageError(
                f"the installed {what} in {value} calls itself {one.name}, which is taken",
                hint=f"give the {wanted.__name__} in {value} another name",
            )
        known[one.name] = one
    return known


@lru_cache(maxsize=32)
def _installed(
    group: str, wanted: type[Plugin], what: str, hint: str | None, _: tuple[str, ...]
) -> tuple[tuple[str, Plugin], ...]:
    """What the entry points of a group name, with where each stands."""
    return tuple((entry.value, load_entry(entry, wanted, what=what, hint=hint)) for entry in entries_of(group))
