"""How a file gets onto the disk whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["link_or_copy", "replacing", "write_bytes_atomic"]


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path` that takes its place when the block ends well, and vanishes when not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None and error.filename in (None, name):
            # A write to a full disk does not say where; the user knows this path, not the temporary one.
            error.filename = str(path)
        raise


def write_bytes_atomic(path: Path, content: bytes) -> None:
    """Write `content` so that `path` holds either its old content or all of the new, even after a kill."""
    with replacing(path) as file:
        file.write(content)


def link_or_copy(source: Path, target: Path) -> None:
    """A second name for a file, so that it takes no room, or a copy where the disk has no such thing; atomic."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        # The file itself, also where a link leads to it.
        os.link(source.resolve(), temporary)
    except OSError:
        shutil.copyfile(source, temporary)
    os.replace(temporary, target)
    temporary.unlink(missing_ok=True)
