"""Where a command may write: one place that looks at an output folder or file before anything is written to it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from synthvis.errors import DatasetError, SynthvisError, UsageError

__all__ = [
    "COMPARISON",
    "DATASET",
    "EXPORT",
    "MODEL",
    "PIPELINE",
    "PREDICTIONS",
    "REAL_SETS",
    "RUN",
    "STUDY",
    "FolderKind",
    "check_output_file",
    "check_output_folder",
    "reserve_folder",
]

SYSTEM_TREES = (
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/lost+found", "/proc", "/sbin", "/sys",
    "/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/sbin", "/usr/share",
    "/var/cache", "/var/lib", "/var/log", "/var/spool", "/System", "/Library", "/Applications",
)  # fmt: skip
"""Folders of the operating system: nothing is written to them or below them."""

WRITABLE_TREES = ("/dev/shm",)
"""Below a system folder, and yet meant for files of users."""

SHARED_FOLDERS = (
    "/", "/home", "/Users", "/media", "/mnt", "/opt", "/private", "/root", "/run", "/srv", "/tmp", "/usr", "/usr/local",
    "/var", "/var/tmp", "/Volumes",
)  # fmt: skip
"""Folders that hold what belongs to many: only a folder below them can be an output folder."""

NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderKind:
    """What a command makes of a folder.

    Attributes:
        what: Its name, with its article.
        signs: Patterns of names by which an earlier output of this kind is known; none: a place for folders of
            outputs, in which anything else may lie.
        way_out: What to do where the folder is no good.
    """

    what: str
    signs: tuple[str, ...]
    way_out: str = "choose another folder with --out"


DATASET = FolderKind(what="a synthvis dataset", signs=("dataset.json",))
RUN = FolderKind(
    what="a synthvis run",
    signs=(
        "config.json", "last.pt", "metrics.jsonl", "*.safetensors", "eval_*.json", "predictions_*.json", "gap.json",
        "pipeline.json", "job.json", "report.html",
    ),
)  # fmt: skip
PREDICTIONS = FolderKind(
    what="a folder of predictions", signs=("progress.jsonl", "predictions.json", "predictions.csv", "images.json")
)
COMPARISON = FolderKind(
    what="a synthvis comparison", signs=("set_gap.json", "rank.json", "embedding_*.svg", "nearest.jpg")
)
STUDY = FolderKind(what="a synthvis study", signs=("study.json", "runs/*/job.json", "runs/*/last.pt", "study.html"))
EXPORT = FolderKind(what="a synthvis export", signs=("export.json",))
MODEL = FolderKind(
    what="a model that synthvis exported",
    signs=("model.json", "model.onnx", "model.torchscript.pt", "model.safetensors"),
)
REAL_SETS = FolderKind(
    what="a folder of sets of photographs", signs=(), way_out="choose another folder with --real-root"
)
PIPELINE = FolderKind(
    what="a folder of datasets and runs", signs=(), way_out="choose another folder with --set out=FOLDER"
)


def check_output_folder(folder: Path, kind: FolderKind) -> None:
    """Refuse a folder that must not be written to; nothing is written.

    Raises:
        UsageError: It is the root folder, a home folder, a folder of the system, or a loop of links.
        DatasetError: It is a file, or holds something that synthvis did not make.
    """
    hint = kind.way_out
    _check_place(folder, hint)
    here = _resolved(folder, hint)
    if str(here) == "/" or (kind.signs and (str(here) in SHARED_FOLDERS or here == _home())):
        what = "the root folder" if str(here) == "/" else "a folder that holds much else"
        raise UsageError(f"{folder} is {what}; nothing is written to it", hint=hint)
    if not _exists_as_folder(folder, hint) or not kind.signs:
        return
    names = sorted(name for name in _names_in(folder, hint) if not name.startswith("."))
    if names and not any(next(folder.glob(sign), None) for sign in kind.signs):
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        held = ", ".join(name.encode("utf-8", "replace").decode()[:40] for name in names[:NAMES_SHOWN])
        what = f"{folder} is not empty and is not {kind.what}: it holds {held}{more}"
        raise DatasetError(what, hint=hint)


def check_output_file(file: Path, *, option: str = "--out") -> None:
    """Refuse a file that must not be written; nothing is written.

    Raises:
        UsageError: It lies in the root folder or in a folder of the system, or a loop of links leads to it.
        DatasetError: A folder of its path is a file, or it is no regular file.
    """
    hint = f"choose another file with {option}"
    if str(_resolved(file, hint).parent) == "/":
        raise UsageError(f"{file} would lie in the root folder", hint=hint)
    _check_place(file, hint)
    _exists_as_folder(file.parent, hint)
    facts = _facts(file, hint)
    if facts is not None and not stat.S_ISREG(facts.st_mode) and not stat.S_ISDIR(facts.st_mode):
        raise DatasetError(f"{file} is no regular file", hint=hint)


def reserve_folder(folder: Path, kind: FolderKind) -> Path:
    """Check an output folder and make it where it is not there yet; returns it.

    Raises:
        UsageError, DatasetError: As `check_output_folder`.
        DatasetError: It cannot be made.
    """
    check_output_folder(folder, kind)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(f"cannot make {folder}: {error.strerror or error}", hint=kind.way_out) from error
    return folder


def _check_place(path: Path, hint: str) -> None:
    here = _resolved(path, hint)
    inside = any(here == Path(tree) or Path(tree) in here.parents for tree in SYSTEM_TREES)
    if inside and not any(Path(tree) in here.parents for tree in WRITABLE_TREES):
        raise UsageError(f"{path} belongs to the operating system", hint=hint)


def _resolved(path: Path, hint: str) -> Path:
    """The path without links; of a path that is not there yet, as far as it is."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise _unusable(path, error, hint) from error


def _facts(path: Path, hint: str) -> os.stat_result | None:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise _unusable(path, error, hint) from error


def _exists_as_folder(folder: Path, hint: str) -> bool:
    for ancestor in (folder, *folder.parents):
        facts = _facts(ancestor, hint)
        if facts is not None and not stat.S_ISDIR(facts.st_mode):
            raise DatasetError(f"{ancestor} is a file, not a folder", hint=hint)
    return _facts(folder, hint) is not None


def _names_in(folder: Path, hint: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError as error:
        raise _unusable(folder, error, hint) from error


def _unusable(path: Path, error: Exception, hint: str) -> SynthvisError:
    # Python 3.11 to 3.12 tell of a loop by RuntimeError, later ones by ELOOP; a NUL character is a ValueError.
    is_loop = isinstance(error, RuntimeError)
    why = "its links lead in a loop" if is_loop else getattr(error, "strerror", None) or str(error)
    shown = str(path).encode("utf-8", "replace").decode()
    return UsageError(f"{shown[:160]} cannot be written to: {why}", hint=hint)


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except (OSError, RuntimeError):
        return None
