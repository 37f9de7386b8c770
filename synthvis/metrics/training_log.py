"""metrics.jsonl: one line a training step, added to while a run goes on and so cut short by a kill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthvis.errors import SynthvisError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.json_file import JsonError, Name, Number, parse_json, validated

__all__ = ["StepMetrics", "TrainingLog", "cut_training_log", "read_training_log"]

MAX_STEP = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMetrics:
    """What was logged at one step: losses, learning rate, seconds, and now and then a score, by name."""

    step: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLog:
    """The sound lines of a log.

    Attributes:
        rows: In the order of the file.
        is_torn: Whether the last line was cut short, as a kill leaves it.
        damaged: Numbers of other lines that cannot be read.
    """

    rows: tuple[StepMetrics, ...] = ()
    is_torn: bool = False
    damaged: tuple[int, ...] = ()

    @property
    def note(self) -> str:
        """What was left out, in a sentence; empty where nothing was."""
        if self.damaged:
            others = f" and {len(self.damaged) - 1} more" if len(self.damaged) > 1 else ""
            return f"Line {self.damaged[0]}{others} of metrics.jsonl cannot be read and is left out."
        return "The last line of metrics.jsonl was cut short and is left out." if self.is_torn else ""


def read_training_log(path: Path) -> TrainingLog:
    """The lines of a log that are sound; an empty log where there is no file.

    Raises:
        SynthvisError: The file cannot be read at all.
    """
    return _log_of(_lines_of(path))


def cut_training_log(path: Path, step: int) -> str:
    """Leave in a log the sound lines up to a step, each step once: what comes after will be logged again.

    Returns:
        What was left out because it could not be read, in a sentence; empty where nothing was.

    Raises:
        SynthvisError: The file cannot be read at all.
    """
    lines = _lines_of(path)
    kept = {row.step: line for line, row in lines if row is not None and row.step <= step}
    write_bytes_atomic(path, b"".join(kept[number] + b"\n" for number in sorted(kept)))
    return _log_of(lines).note


def _log_of(lines: Sequence[tuple[bytes, StepMetrics | None]]) -> TrainingLog:
    bad = [number for number, (line, row) in enumerate(lines, start=1) if row is None and line.strip()]
    # A whole line ends with a newline, so only what stands after the last one was cut short.
    is_torn = bool(bad) and bad[-1] == len(lines)
    rows = tuple(row for _, row in lines if row is not None)
    return TrainingLog(rows=rows, is_torn=is_torn, damaged=tuple(bad[:-1] if is_torn else bad))


def _lines_of(path: Path) -> list[tuple[bytes, StepMetrics | None]]:
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError as error:
        hint = f"delete {path} and repeat the `synthvis train` command; it resumes"
        raise SynthvisError(f"cannot read {path}: {error.strerror}", hint=hint) from error
    return [(line, _row(line)) for line in content.split(b"\n")]


def _row(line: bytes) -> StepMetrics | None:
    try:
        values = validated(parse_json(line), dict[Name, Number | None])
    except JsonError:
        return None
    step = values.pop("step", None)
    if step is None or step != int(step) or not 0 <= step <= MAX_STEP:
        return None
    return StepMetrics(step=int(step), values={key: value for key, value in values.items() if value is not None})
