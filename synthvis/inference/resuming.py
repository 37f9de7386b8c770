"""What of an earlier prediction in the same folder holds for this one; the rest is removed."""

from __future__ import annotations

from pathlib import Path

from synthvis.dataset.lock import remove_half_written
from synthvis.errors import counted
from synthvis.formats.video import PART
from synthvis.inference.inputs import Camera
from synthvis.inference.job import PredictionJob
from synthvis.inference.journal import EndOfVideo, read_asked, stored_pictures
from synthvis.inference.outputs import remove_outputs
from synthvis.inference.records import PredictedPicture

__all__ = ["kept_records", "stamp_of"]


def kept_records(job: PredictionJob) -> list[PredictedPicture | EndOfVideo]:
    """Records of an earlier command whose settings and files are those of this one, in their order.

    Outputs of the others are removed. Call it only while holding the folder.

    Raises:
        DatasetError: A file cannot be removed.
    """
    remove_half_written(job.out)
    for half in job.out.rglob(f".*{PART}"):
        half.unlink(missing_ok=True)
    before = read_asked(job.out)
    stored = list(stored_pictures(job.out))
    kept = _sound(job, stored) if before == job.asked else []
    named = {id(one) for one in kept}
    dropped = [one for one in stored if isinstance(one, PredictedPicture) and id(one) not in named]
    if before is not None and before != job.asked:
        job.notify(f"{job.out}: {job.asked.difference(before)} changed, so everything is predicted anew")
    elif dropped:
        what = counted(len(dropped), "earlier prediction")
        job.notify(f"{job.out}: {what} removed, of files that changed or were not named this time")
    remove_outputs(job.out, dropped)
    return kept


def stamp_of(path: Path) -> str:
    """Size and time of a file, by which a change is seen; empty where it cannot be looked at."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return ""
    return f"{facts.st_size}-{facts.st_mtime_ns}"


def _sound(job: PredictionJob, stored: list[PredictedPicture | EndOfVideo]) -> list[PredictedPicture | EndOfVideo]:
    """Those whose input is named and unchanged and whose outputs are there; of a video all records or none."""
    stamps = {one.name: stamp_of(one.path) for one in job.inputs if not isinstance(one, Camera)}
    stale = {one.file for one in stored if not one.stamp or stamps.get(one.file) != one.stamp}
    stale |= {one.file for one in stored if isinstance(one, PredictedPicture) and not _is_written(job.out, one)}
    return [one for one in stored if one.file not in stale]


def _is_written(folder: Path, record: PredictedPicture) -> bool:
    return all((folder / name).is_file() for name in (record.drawn, record.map) if name is not None)
