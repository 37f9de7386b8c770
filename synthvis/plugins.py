"""What installed packages bring: objects that they name under a group of entry points."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar, cast

from synthvis.errors import UsageError

__all__ = ["entries_of", "load_entry", "with_installed"]

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


def with_installed(
    group: str,
    wanted: type[Plugin],
    built_in: tuple[Plugin, ...],
    name_of: Callable[[Plugin], str],
    *,
    what: str,
    hint: str | None = None,
) -> Mapping[str, Plugin]:
    """Those of synthvis and then those of a group, by their own names; looked for once an import path.

    Raises:
        UsageError: As `load_entry`, or a name is taken.
    """
    return _with_installed(group, cast("Any", wanted), built_in, name_of, what, hint, tuple(sys.path))


@lru_cache(maxsize=32)
def _with_installed(
    group: str,
    wanted: Any,
    built_in: tuple[Any, ...],
    name_of: Callable[[Any], str],
    what: str,
    hint: str | None,
    _: tuple[str, ...],
) -> Mapping[str, Any]:
    known = {name_of(one): one for one in built_in}
    for entry in entries_of(group):
        one = load_entry(entry, wanted, what=what, hint=hint)
        if name_of(one) in known:
            raise UsageError(
                f"the installed {what} {entry.name} calls itself {name_of(one)}, which is taken",
                hint=f"give the {what} of {entry.value} another name",
            )
        known[name_of(one)] = one
    return MappingProxyType(known)
