"""What was not measured, why, and what to do about it: prose apart from the command that can be pasted."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synthvis.formats.json_file import Record

__all__ = ["MissingResult", "command_line", "missing_result", "shareable_path", "typed_path"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingResult(Record):
    """Something that is not known.

    Attributes:
        what: That is not known.
        why: It is not.
        how: What to do, in words; empty where the command says it.
        command: A whole command line, quoted for a shell; empty where there is none to give.
    """

    what: str
    why: str
    how: str = ""
    command: str = ""


def missing_result(what: str, why: str, how: str = "", command: Sequence[str] = ()) -> MissingResult:
    """Something that is not known, with what to type.

    Args:
        what: That is not known.
        why: It is not.
        how: What to do, in words.
        command: Words of a command behind "synthvis"; each is quoted here.
    """
    return MissingResult(what=what, why=why, how=how, command=command_line(*command) if command else "")


def command_line(*words: str) -> str:
    """A command that can be pasted into a shell."""
    return shlex.join(["synthvis", *words])


def typed_path(path: Path) -> str:
    """A path for a command that is typed in the current folder: relative to it where it lies below."""
    whole, here = os.path.abspath(path), os.path.abspath(os.curdir)
    return os.path.relpath(whole, here) if f"{whole}/".startswith(f"{here}/") else str(path)


def shareable_path(path: str | Path) -> str:
    """A path or the name of a set for a file that others may read: what is relative stays as it was typed.

    An absolute path is relative to the current folder where it lies below that, and does not name the home folder.
    """
    whole = Path(path)
    if not whole.is_absolute():
        return str(path)
    here, home = Path.cwd(), _home()
    if home is not None and whole.is_relative_to(home):
        name = os.path.relpath(whole, here) if here.is_relative_to(home) else f"FOLDER/{whole.name}"
    else:
        name = os.path.relpath(whole, here) if whole.is_relative_to(here) else str(whole)
    # A bare word could be the name of a set.
    return name if "/" in name else f"./{name}"


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None
