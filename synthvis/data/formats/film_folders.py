"""Names of folders for the films of an export."""

from __future__ import annotations

from collections.abc import Iterable

from synthvis.data.split import Split

__all__ = ["film_folders"]

UNSAFE = '/\\:*?"<>|'
MAX_NAME_CHARS = 60


def film_folders(split: Split, numbers: Iterable[int]) -> dict[int, str]:
    """A folder for each film: its name without what no folder may hold, with a number where two are alike."""
    found: dict[int, str] = {}
    for number in sorted(numbers):
        name = split.films[number].name if number in split.films else f"{number:04d}"
        safe = "".join(one if one.isprintable() and one not in UNSAFE else "_" for one in name).strip(" .")
        safe = safe[:MAX_NAME_CHARS].strip(" .") or f"{number:04d}"
        is_taken = safe.casefold() in {other.casefold() for other in found.values()}
        found[number] = f"{safe}_{number}" if is_taken else safe
    return found
