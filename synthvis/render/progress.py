"""Counts of a running render, updated by its lanes and read by whoever shows or stores them."""

from __future__ import annotations

import threading
import time
from collections import Counter

from synthvis.render.job import JobResult
from synthvis.ui.progress import LaneView, ProgressView

__all__ = ["RenderProgress"]


class RenderProgress:
    """Thread-safe tally of one render.

    Args:
        total: Images to make in this run.
        lanes: Number of workers side by side.
        already_there: Images made by earlier runs.
    """

    def __init__(self, total: int, lanes: int, already_there: int = 0) -> None:
        self._lock = threading.Lock()
        self._total = total
        self._already_there = already_there
        self._started_s = time.monotonic()
        self._lanes = [LaneView(number=number) for number in range(lanes)]
        self._image_started_s = [0.0] * lanes
        self._pids: list[int | None] = [None] * lanes
        self._counts: Counter[str] = Counter()
        self.stage_seconds: Counter[str] = Counter()
        self.first_peak_rss_mb: dict[int, float] = {}
        self.peak_rss_mb = 0.0
        self.devices: set[str] = set()

    def image_started(self, lane: int, image_index: int) -> None:
        """Lane `lane` took up an image."""
        with self._lock:
            self._lanes[lane].image_index = image_index
            self._image_started_s[lane] = time.monotonic()

    def image_done(self, lane: int, result: JobResult) -> None:
        """Lane `lane` finished its image."""
        with self._lock:
            view = self._lanes[lane]
            view.image_index = None
            view.images += 1
            view.busy_s += time.monotonic() - self._image_started_s[lane]
            view.rss_mb = result.rss_mb
            self._counts["done"] += 1
            self.stage_seconds.update(result.stage_seconds)
            self.peak_rss_mb = max(self.peak_rss_mb, result.peak_rss_mb)
            self.first_peak_rss_mb.setdefault(result.pid, result.peak_rss_mb)
            if result.device:
                self.devices.add(result.device)
            if self._pids[lane] not in (None, result.pid):
                self._counts["recycled"] += 1
            self._pids[lane] = result.pid

    def attempt_failed(self, lane: int, kind: str) -> None:
        """An attempt ended in an "error", a "crash" or a "timeout"; a fresh worker follows."""
        with self._lock:
            self._counts[kind] += 1
            self._pids[lane] = None

    def image_quarantined(self, lane: int) -> None:
        """Lane `lane` gave its image up."""
        with self._lock:
            self._lanes[lane].image_index = None
            self._counts["quarantined"] += 1

    def lane_idle(self, lane: int) -> None:
        """Lane `lane` has nothing left to do."""
        with self._lock:
            self._lanes[lane].image_index = None
            self._lanes[lane].idle = True

    def count(self, name: str) -> int:
        """One count: "done", "quarantined", "error", "crash", "timeout" or "recycled"."""
        with self._lock:
            return self._counts[name]

    @property
    def elapsed_s(self) -> float:
        """Seconds since the render began."""
        return time.monotonic() - self._started_s

    def view(self) -> ProgressView:
        """A consistent copy for display."""
        with self._lock:
            counts = self._counts
            return ProgressView(
                total=self._total,
                already_there=self._already_there,
                done=counts["done"],
                quarantined=counts["quarantined"],
                retried=counts["error"] + counts["crash"] + counts["timeout"] - counts["quarantined"],
                recycled=counts["recycled"],
                elapsed_s=self.elapsed_s,
                lanes=tuple(lane.copy() for lane in self._lanes),
            )
