"""One writer for one output folder, and no leftovers of writers that were killed."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from synthvis.dataset.output import DATASET, FolderKind, reserve_folder
from synthvis.errors import DatasetError

__all__ = ["hold_folder", "remove_half_written"]


@contextmanager
def hold_folder(root: Path, kind: FolderKind = DATASET, *, doing: str = "render") -> Iterator[None]:
    """Be the only writer of `root` inside the `with` block; the system lets go of the lock when the process dies.

    Args:
        root: The output folder, made where it is not there.
        kind: What is written to it.
        doing: What writes to it, in a word, for its lock and for messages.

    Raises:
        DatasetError: Another process holds it, or the folder cannot be written.
    """
    try:
        reserve_folder(root, kind)
        handle = os.open(root / f".{doing}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise DatasetError(
            f"cannot write to {root}: {error.strerror}", hint="choose another folder with --out"
        ) from None
    try:
        _lock(handle, root, doing)
        yield
        # Only a run that was killed leaves its number behind; the file itself stays, since removing a lock is a race.
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def remove_half_written(root: Path) -> int:
    """Remove the temporary files of writers that were killed; call it only while holding the folder."""
    files = [path for path in root.rglob(".*.tmp") if path.is_file()]
    folders = list(root.glob("annotations/.merge.*"))
    for path in files:
        path.unlink(missing_ok=True)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return len(files) + len(folders)


def _lock(handle: int, root: Path, doing: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(handle, 32, 0).decode(errors="replace").strip()
        who = f" (process {holder})" if holder.isdigit() else ""
        raise DatasetError(
            f"another {doing}{who} is writing to {root}", hint="wait for it to end, or choose another folder with --out"
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
