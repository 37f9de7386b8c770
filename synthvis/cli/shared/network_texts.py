"""What the commands that use a trained network say of it, of their inputs, and of those that failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthvis.errors import counted

if TYPE_CHECKING:
    from synthvis.api.predicting import NetworkChoice
    from synthvis.inference.inputs import Input
    from synthvis.inference.records import FailedInput

__all__ = ["describe_inputs", "describe_network", "show_failed"]

FAILED_SHOWN = 20


def describe_network(network: NetworkChoice) -> str:
    """What predicts, and from which score on objects are kept."""
    threshold = network.threshold
    kept = f"; objects of a score of {threshold.score:g} and above ({threshold.why})" if threshold.why else ""
    boxes = f"; boxes from {network.boxes_from.name}" if network.boxes_from else ""
    return f"{network.name}: {network.task.name}{kept}{boxes}"


def describe_inputs(inputs: Sequence[Input]) -> str:
    """How many there are of each kind."""
    from synthvis.inference.inputs import Camera, PictureFile, VideoFile

    kinds = ((PictureFile, "picture"), (VideoFile, "video"), (Camera, "camera"))
    counts = [(sum(isinstance(one, kind) for one in inputs), noun) for kind, noun in kinds]
    return " and ".join(counted(count, noun) for count, noun in counts if count)


def show_failed(failed: Sequence[FailedInput]) -> None:
    """Print a table of the inputs that could not be used, on stderr; nothing where all could."""
    if not failed:
        return
    from rich.text import Text

    from synthvis.ui.console import stderr_console
    from synthvis.ui.fitting import FittingTable

    table = FittingTable("input", "why", title="could not be used, or not all of it", title_justify="left")
    for one in failed[:FAILED_SHOWN]:
        table.add_row(Text(one.file), Text(one.why))
    stderr_console().print(table)
    if len(failed) > FAILED_SHOWN:
        stderr_console().print(f"and {len(failed) - FAILED_SHOWN:,} more; --json lists them all")
