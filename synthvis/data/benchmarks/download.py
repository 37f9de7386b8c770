"""Downloads that resume, are checked, and unpack only into their own folder."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import stat
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from synthvis.errors import RealDataError
from synthvis.formats.atomic import write_bytes_atomic

__all__ = ["CHUNK_BYTES", "RemoteFile", "download", "unzip"]

CHUNK_BYTES = 1 << 20
TIMEOUT_S = 30.0
SPARE_BYTES = 64 << 20
"""Disk space that a download leaves free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file to fetch. Without a known hash the first complete download is trusted and its hash kept beside it."""

    url: str
    sha256: str | None = None

    @property
    def name(self) -> str:
        """Its file name."""
        return PurePosixPath(self.url).name


def download(remote: RemoteFile, folder: Path, on_bytes: Callable[[int, int], None] = lambda _a, _b: None) -> Path:
    """Fetch `remote` into `folder`; a broken download goes on where it stopped.

    Args:
        remote: What to fetch.
        folder: Where it goes, with a NAME.part while it is incomplete and a NAME.sha256 when it is whole.
        on_bytes: Called with bytes there and bytes in all.

    Raises:
        RealDataError: No network, no space, or a file that is not what it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target, part = folder / remote.name, folder / f"{remote.name}.part"
    if not target.exists():
        _fetch(remote, part, on_bytes)
        part.replace(target)
    _check_hash(remote, target)
    return target


def unzip(archive: Path, folder: Path, prefix: str) -> int:
    """Unpack the members below `prefix` of `archive` into `folder`; returns how many files.

    Raises:
        RealDataError: The archive is damaged, or a member would leave `folder`.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [info for info in opened.infolist() if info.filename.startswith(prefix) and not info.is_dir()]
            for info in members:
                _check_stays_inside(info, archive)
            _check_space(folder, sum(info.file_size for info in members))
            for info in members:
                _unpack(opened, info, folder / info.filename)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise RealDataError(f"{archive} is damaged: {error}", hint=f"delete {archive} and fetch it again") from error
    return len(members)


def _fetch(remote: RemoteFile, part: Path, on_bytes: Callable[[int, int], None]) -> None:
    there = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(remote.url, headers={"Range": f"bytes={there}-"} if there else {})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            resumed = there > 0 and response.status == http.client.PARTIAL_CONTENT
            there = there if resumed else 0
            total = there + int(response.headers.get("Content-Length") or 0)
            _check_space(part.parent, total - there)
            _receive(response, part, there, total, on_bytes)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and there:
            return
        raise RealDataError(f"{remote.url} answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        if getattr(error, "errno", None) is not None and not isinstance(
            error, (urllib.error.URLError, ConnectionError)
        ):
            raise
        raise _unreachable(remote, part.parent, error) from error


def _receive(
    response: http.client.HTTPResponse, part: Path, there: int, total: int, on_bytes: Callable[[int, int], None]
) -> None:
    with part.open("ab" if there else "wb") as file:
        while chunk := response.read(CHUNK_BYTES):
            file.write(chunk)
            there += len(chunk)
            on_bytes(there, total)
    if total and there != total:
        raise http.client.IncompleteRead(b"", total - there)


def _unreachable(remote: RemoteFile, folder: Path, error: Exception) -> RealDataError:
    reason = getattr(error, "reason", None) or error
    return RealDataError(
        f"cannot fetch {remote.url}: {reason}",
        hint=f"the same command resumes; without a network, put {remote.name} into {folder} by hand and repeat it",
    )


def _check_space(folder: Path, needed_bytes: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + SPARE_BYTES:
        raise RealDataError(
            f"{folder} has {free / 1e9:.1f} GB free, {needed_bytes / 1e9:.1f} GB are needed",
            hint="free some space, or choose another disk with --real-root",
        )


def _check_hash(remote: RemoteFile, target: Path) -> None:
    note = target.with_name(f"{target.name}.sha256")
    with target.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    expected = remote.sha256 or (note.read_text().strip() if note.exists() else found)
    if found != expected:
        raise RealDataError(
            f"{target} has SHA-256 {found[:12]}..., expected {expected[:12]}...",
            hint=f"delete {target} and {note.name} and fetch it again",
        )
    write_bytes_atomic(note, f"{found}\n".encode())


def _check_stays_inside(info: zipfile.ZipInfo, archive: Path) -> None:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    link = stat.S_ISLNK(info.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or link:
        raise RealDataError(f"{archive} holds {info.filename!r}, which would leave its folder; nothing was unpacked")


def _unpack(opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    if target.is_file() and target.stat().st_size == info.file_size:
        return
    write_bytes_atomic(target, opened.read(info))
