"""An export being written: image by image, so that a stopped one resumes and memory does not grow with the set."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from synthvis.data.export.plan import ExportPlan
from synthvis.data.formats.base import EXPORT_FILE, ExportedImage, NamedSplit
from synthvis.data.picture_placing import place_picture
from synthvis.dataset.output import EXPORT, check_output_folder, reserve_folder
from synthvis.errors import DatasetError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.json_file import Count, FileModel, Flag, JsonObject, read_json
from synthvis.version import __version__

__all__ = ["ExportResult", "OnImages", "export_planned"]

SECONDS_BETWEEN_SAVES = 2.0

OnImages = Callable[[int, int], None]
"""Is called with (images written, all images)."""


class _ExportState(FileModel):
    """What export.json says."""

    export: JsonObject
    done: Annotated[Mapping[str, Count], Field(default_factory=dict)]
    finished: Flag = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """A finished export.

    Attributes:
        root: Its folder.
        plan: What was written.
        written: Images that this call wrote; fewer than all where an earlier call had come part of the way.
    """

    root: Path
    plan: ExportPlan
    written: int


def export_planned(plan: ExportPlan, folder: Path, *, on_images: OnImages = lambda done, total: None) -> ExportResult:
    """Write an export into a folder, or the rest of one that was stopped.

    Raises:
        DatasetError: The folder holds something else, or a picture or map cannot be read.
        UsageError: Nothing may be written there.
    """
    check_output_folder(folder, EXPORT)
    done = _resumed(plan, folder)
    if done is None:
        return ExportResult(root=folder, plan=plan, written=0)
    reserve_folder(folder, EXPORT)
    before = sum(done.values())
    journal = _Journal(plan, folder, done)
    journal.save()
    for split in plan.splits:
        _write_split(plan, split, folder, journal, on_images)
    # What is finished may need files that images left, and may take them away.
    journal.save()
    plan.form.finish(plan.splits, folder)
    journal.save(finished=True)
    return ExportResult(root=folder, plan=plan, written=plan.images - before)


class _Journal:
    """How far an export has come; written now and then, and again at the end."""

    def __init__(self, plan: ExportPlan, folder: Path, done: Mapping[str, int]) -> None:
        self._plan, self._path = plan, folder / EXPORT_FILE
        self.done = {one.name: done.get(one.name, 0) for one in plan.splits}
        self._saved_at = time.monotonic()

    def advance(self, split: str, count: int) -> int:
        """Count images as written; returns those of all splits."""
        self.done[split] += count
        if time.monotonic() - self._saved_at > SECONDS_BETWEEN_SAVES:
            self.save()
        return sum(self.done.values())

    def save(self, *, finished: bool = False) -> None:
        """Write the file."""
        content = {
            "made_by": f"synthvis {__version__}",
            "kind": self._plan.kind,
            "export": self._plan.to_dict(),
            "done": self.done,
            "finished": finished,
        }
        write_bytes_atomic(self._path, f"{json.dumps(content, indent=1)}\n".encode())
        self._saved_at = time.monotonic()


def _write_split(plan: ExportPlan, split: NamedSplit, folder: Path, journal: _Journal, on_images: OnImages) -> None:
    size = plan.form.images_at_once
    for start in range(journal.done[split.name] // size * size, len(split), size):
        batch = [split[position] for position in range(start, min(start + size, len(split)))]
        for one in batch:
            _place(plan, one, folder)
        plan.form.write_labels(batch, folder)
        on_images(journal.advance(split.name, start + len(batch) - journal.done[split.name]), plan.images)


def _place(plan: ExportPlan, one: ExportedImage, folder: Path) -> None:
    place = plan.form.picture_path(one.split.split, one.file_name)
    if place is not None:
        place_picture(one.image.path, folder / place, one.image.labelled_hw)


def _resumed(plan: ExportPlan, folder: Path) -> Mapping[str, int] | None:
    """Images of each split that are there already; None: all is done.

    Raises:
        DatasetError: The folder holds another export, or something else.
    """
    path = folder / EXPORT_FILE
    if not path.is_file():
        if folder.is_dir() and any(folder.iterdir()):
            raise DatasetError(f"{folder} is not empty", hint="export into a new folder")
        return {}
    again = f"remove it (`rm -r {shlex.quote(str(folder))}`), or export into another folder"
    state = read_json(path, _ExportState, what="the record of an export", hint=again, error=DatasetError)
    if dict(state.export) != json.loads(json.dumps(plan.to_dict())):
        raise DatasetError(f"{folder} holds an export of other images or with other settings", hint=again)
    return None if state.finished else state.done
