"""Python files of the user: copied into the cache under their digest when they are given, and run from there only.

Code is run when the user names its file. A recipe may name what a file holds and never brings the file: workers, and
whoever repeats a dataset on this machine, take the copy whose digest the recipe states.
"""

from __future__ import annotations

import hashlib
import importlib.util
import traceback
from pathlib import Path
from types import ModuleType

from synthvis.cache import cache_folder
from synthvis.errors import RecipeError, SynthvisError, UsageError
from synthvis.formats.atomic import write_bytes_atomic

__all__ = ["DIGITS", "allow", "copy_of", "last_line", "module_of"]

DIGITS = 16


def allow(file: Path) -> str:
    """Keep a copy of a file that the user wants to be run; returns the digits of its digest.

    Raises:
        RecipeError: It cannot be read.
        SynthvisError: The cache cannot be written.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise RecipeError(f"cannot read {file}: {error.strerror or error}") from error
    digest = hashlib.sha256(content).hexdigest()[:DIGITS]
    path = _path_of(digest, file.name)
    if not path.is_file():
        try:
            write_bytes_atomic(path, content)
        except OSError as error:
            hint = "choose another folder for the cache: SYNTHVIS_CACHE=/somewhere"
            what = f"cannot write to the cache {path.parent}: {error.strerror or error}"
            raise SynthvisError(what, hint=hint) from error
    return digest


def copy_of(file_name: str, digest: str) -> Path | None:
    """The copy of a file that was allowed on this machine; None where there is none, or it has changed."""
    path = _path_of(digest, file_name)
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS] != digest:
        return None
    return path


def module_of(path: Path) -> ModuleType:
    """Run a copy.

    Raises:
        UsageError: It fails, with the line.
    """
    spec = importlib.util.spec_from_file_location(f"synthvis_own_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path.name} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"{path.name} cannot be loaded: {last_line(error)}") from error
    return module


def last_line(error: Exception) -> str:
    """An error of the user's code, with the line of it."""
    frames = traceback.extract_tb(error.__traceback__)[-1:]
    where = next((f" (line {frame.lineno} of {Path(frame.filename).name})" for frame in frames), "")
    return f"{type(error).__name__}: {error}{where}"


def _path_of(digest: str, file_name: str) -> Path:
    return cache_folder() / "code" / digest / file_name
