"""run.json: clock, host, speed and failures of the last run over a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvis.formats.json_file import Count, Name, Number, Record

__all__ = ["Host", "RunFacts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Record):
    """A machine.

    Attributes:
        name: In its network.
        system: Operating system and version.
        cores: That may be used.
    """

    name: Name
    system: Name
    cores: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts(Record):
    """What run.json says of a run, besides what the folder was asked to hold (`synthvis.dataset.part`).

    Attributes:
        started: UTC, ISO 8601.
        finished: Likewise.
        seconds: Wall time of the rendering.
        host: Where.
        python: Version.
        versions: Of the packages that decide pixels and labels.
        workers: Processes side by side.
        threads_per_worker: CPU threads of each.
        devices: What Cycles used, in words.
        images_made: In this run.
        images_already_there: By earlier runs.
        images_by_split: Of the whole dataset.
        images_per_s: Of this run.
        stage_seconds_per_image: Wall time of a worker by stage.
        peak_rss_mb: Of the largest worker.
        attempts_failed: By reason: error, crash, timeout.
        workers_recycled: Replaced after so many images.
        quarantined: Images that could not be made, with the reason.
    """

    started: Name
    finished: Name
    seconds: Number
    host: Host
    python: Name
    versions: Mapping[Name, Name]
    workers: Count
    threads_per_worker: Count
    devices: tuple[Name, ...]
    images_made: Count
    images_already_there: Count
    images_by_split: Mapping[Name, Count]
    images_per_s: Number
    stage_seconds_per_image: Mapping[Name, Number]
    peak_rss_mb: Number
    attempts_failed: Mapping[Name, Count]
    workers_recycled: Count
    quarantined: Mapping[Name, Name]
