"""All trackers by name: those of synthvis, then those of installed packages; and one of the user's by its file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthvis.assets.own_code import allow, copy_of, module_of
from synthvis.config.validate import nearest
from synthvis.errors import UsageError
from synthvis.plugins import with_installed
from synthvis.tracking.byte_track import BYTETRACK
from synthvis.tracking.byte_track_looks import BYTETRACK_REID
from synthvis.tracking.sort import SORT
from synthvis.tracking.tracker import TrackerKind

__all__ = ["ENTRY_POINTS", "registered_tracker", "tracker_named", "trackers"]

ENTRY_POINTS = "synthvis.trackers"
"""Group of entry points by which an installed package brings a tracker of its own."""

HINT = "docs/how_to/tasks/tracking.md shows how to bring a tracker"
BUILT_IN = (BYTETRACK, SORT, BYTETRACK_REID)


def trackers() -> Mapping[str, TrackerKind]:
    """Every tracker by its name, those of synthvis first.

    Raises:
        UsageError: An installed package brings something that is no tracker, or one whose name is taken.
    """
    return with_installed(ENTRY_POINTS, TrackerKind, BUILT_IN, what="tracker", hint=HINT)


def registered_tracker(name: str) -> TrackerKind:
    """The tracker of that name; no file is run.

    Raises:
        UsageError: There is none.
    """
    known = trackers()
    if name not in known:
        what = f"no tracker {name!r}{nearest(name, known)}"
        raise UsageError(what, hint=f"trackers: {', '.join(known)}, or path/to/file.py:NAME")
    return known[name]


def tracker_named(name: str) -> TrackerKind:
    """The tracker of that name; `path/to/FILE.py:NAME` runs a file of the user's, who must have typed it.

    Raises:
        UsageError: There is none.
        RecipeError: The file cannot be read.
    """
    file, _, attribute = name.rpartition(":")
    if file.endswith(".py") and attribute:
        return _in_file(Path(file), attribute)
    return registered_tracker(name)


def _in_file(file: Path, attribute: str) -> TrackerKind:
    copy = copy_of(file.name, allow(file))
    if copy is None:
        raise UsageError(f"{file} changed while it was read", hint="type the command again")
    found = getattr(module_of(copy), attribute, None)
    if not isinstance(found, TrackerKind):
        raise UsageError(f"{file} has no TrackerKind called {attribute}", hint=HINT)
    return found
