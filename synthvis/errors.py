"""Every error a user can meet, each with what happened, where, and what to type next.

SynthvisError            exit 1   anything that stopped the work
├── UsageError           exit 2   the request itself makes no sense (unknown name, wrong type)
│   └── RecipeError      exit 2   a recipe or pipeline file: the message names file and key
├── MissingDependency    exit 1   an extra, a system library or the right Python is not there
├── DatasetError         exit 1   a dataset folder is absent, foreign, mixed or damaged
├── RenderError          exit 1   Blender could not make an image
├── CheckpointError      exit 1   a weights file cannot be read, or is not what it claims
├── LoaderEnded          exit 1   a process that loads images for a training was killed; the run can be resumed
└── RealDataError        exit 1   a real benchmark cannot be found or is not COCO
ChecksFoundProblems      exit 3   the quality gate ran to its end and found something
SomeInputsFailed         exit 3   the work was done, but for inputs that could not be used
"""

from __future__ import annotations

import os

__all__ = [
    "CheckpointError",
    "ChecksFoundProblems",
    "DatasetError",
    "LoaderEnded",
    "MissingDependency",
    "RealDataError",
    "RecipeError",
    "RenderError",
    "SomeInputsFailed",
    "SynthvisError",
    "UsageError",
    "counted",
    "quoted",
    "shown_name",
]

QUOTED_CHARACTERS = 200
"""No message quotes more of what a user gave it."""


def quoted(value: object, most: int = QUOTED_CHARACTERS) -> str:
    """What was found, for a message: its repr on one line, its middle left out where it is longer than `most`."""
    # Of a long text no more is looked at than is shown: it may be a whole file.
    if isinstance(value, str) and len(value) > most:
        value = value[: most // 2] + value[-(most // 2) :]
    try:
        text = repr(value)
    except (RecursionError, ValueError) as error:
        text = f"a {type(value).__name__} ({type(error).__name__})"
    # repr leaves lone surrogates as they are, and a terminal cannot print them.
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= most else f"{text[: most // 2 - 2]}...{text[len(text) - (most - most // 2 - 1) :]}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun, such as 1 image or 2,000 images; `plural` where an s does not make it."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def shown_name(path: str | os.PathLike[str]) -> str:
    """A file's name as it may be printed: no control characters, no bytes that are no text."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)


class SynthvisError(Exception):
    """Base of all errors meant for users.

    Args:
        what: One line that says what happened and where (file, key or image id).
        hint: What to type or change next.
    """

    exit_code = 1

    def __init__(self, what: str, *, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what}\n  -> {self.hint}" if self.hint else self.what

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders, and the default reduction loses keyword-only arguments.
        return (_rebuild, (type(self), self.what, self.hint))


def _rebuild(kind: type[SynthvisError], what: str, hint: str | None) -> SynthvisError:
    return kind(what, hint=hint)


class UsageError(SynthvisError):
    """The request makes no sense as typed."""

    exit_code = 2


class RecipeError(UsageError):
    """A recipe or pipeline file, or an override of one, is wrong."""


class MissingDependency(SynthvisError):
    """Something outside the package is needed and absent."""


class DatasetError(SynthvisError):
    """A dataset folder is absent, foreign, mixed or damaged."""


class RenderError(SynthvisError):
    """Blender could not make an image."""


class CheckpointError(SynthvisError):
    """A weights file cannot be read or is not what it claims to be."""


class LoaderEnded(SynthvisError):
    """A process that loads images for a training was killed; the run can be resumed."""


class RealDataError(SynthvisError):
    """A real benchmark cannot be found, or is not COCO."""


class ChecksFoundProblems(SynthvisError):
    """The quality gate ran to its end and found something."""

    exit_code = 3


class SomeInputsFailed(SynthvisError):
    """The work was done, but for inputs that could not be used."""

    exit_code = 3
