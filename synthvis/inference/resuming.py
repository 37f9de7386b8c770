"""What of an earlier prediction in the same folder holds for this one; the rest is removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from synthvis.dataset.lock import remove_half_written
from synthvis.errors import counted
from synthvis.formats.video import PART
from synthvis.inference.inputs import Camera
from synthvis.inference.job import PredictionJob
from synthvis.inference.journal import EndOfVideo, read_asked, stored_pictures
from synthvis.inference.outputs import remove_output
from synthvis.inference.records import FailedInput, PredictedPicture

__all__ = ["KeptPredictions", "keep_what_holds", "stamp_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPredictions:
    """What is done already. Records stay in the journal: those of a million pictures would fill the memory.

    Attributes:
        folder: The output folder.
        files: Inputs that are done, by name.
        outputs: What was drawn and mapped of them, below the folder.
        pictures: How many pictures and frames they are.
        next_id: Id of the next picture.
        failed: Videos among them that were not read to their end.
    """

    folder: Path
    files: frozenset[str]
    outputs: frozenset[str]
    pictures: int
    next_id: int
    failed: tuple[FailedInput, ...]

    def records(self) -> Iterator[PredictedPicture | EndOfVideo]:
        """Their records, in the order of the journal."""
        return (record for record in stored_pictures(self.folder) if record.file in self.files)


def keep_what_holds(job: PredictionJob) -> KeptPredictions:
    """Predictions of an earlier command whose settings and files are those of this one.

    Outputs of the others are removed. Call it only while holding the folder.

    Raises:
        DatasetError: A file cannot be removed.
    """
    remove_half_written(job.out)
    for half in job.out.rglob(f".*{PART}"):
        half.unlink(missing_ok=True)
    before = read_asked(job.out)
    files = _files_that_hold(job) if before == job.asked else frozenset()
    outputs: set[str] = set()
    failed: list[FailedInput] = []
    pictures = dropped = last_id = 0
    for record in stored_pictures(job.out):
        if record.file not in files:
            dropped += isinstance(record, PredictedPicture)
            _remove_outputs(job.out, record)
        elif isinstance(record, PredictedPicture):
            pictures, last_id = pictures + 1, max(last_id, record.image_id)
            outputs.update(_outputs_of(record))
        elif record.fault:
            failed.append(FailedInput(file=record.file, why=record.fault))
    if before is not None and before != job.asked:
        job.notify(f"{job.out}: {job.asked.difference(before)} changed, so everything is predicted anew")
    elif dropped:
        what = counted(dropped, "earlier prediction")
        job.notify(f"{job.out}: {what} removed, of files that changed or were not named this time")
    return KeptPredictions(
        folder=job.out,
        files=files,
        outputs=frozenset(outputs),
        pictures=pictures,
        next_id=last_id + 1,
        failed=tuple(failed),
    )


def stamp_of(path: Path) -> str:
    """Size and time of a file, by which a change is seen; empty where it cannot be looked at."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return ""
    return f"{facts.st_size}-{facts.st_mtime_ns}"


def _files_that_hold(job: PredictionJob) -> frozenset[str]:
    """Files that are named and unchanged and whose outputs are there; of a video all records hold, or none."""
    stamps = {one.name: stamp_of(one.path) for one in job.inputs if not isinstance(one, Camera)}
    seen: set[str] = set()
    stale: set[str] = set()
    for record in stored_pictures(job.out):
        seen.add(record.file)
        is_there = all((job.out / name).is_file() for name in _outputs_of(record))
        if not record.stamp or stamps.get(record.file) != record.stamp or not is_there:
            stale.add(record.file)
    return frozenset(seen - stale)


def _outputs_of(record: PredictedPicture | EndOfVideo) -> tuple[str, ...]:
    if isinstance(record, EndOfVideo):
        return () if record.tracks is None else (record.tracks,)
    return tuple(name for name in (record.drawn, record.map) if name is not None)


def _remove_outputs(folder: Path, record: PredictedPicture | EndOfVideo) -> None:
    for name in _outputs_of(record):
        remove_output(folder / name)
