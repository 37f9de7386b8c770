"""Counts of a running render, updated by its slots and read by whoever shows or stores them."""

from __future__ import annotations

import threading
import time
from collections import Counter

from synthvis.render.job import JobResult
from synthvis.ui.progress import ProgressView, WorkerView

__all__ = ["RenderProgress"]


class RenderProgress:
    """Thread-safe tally of one render.

    Args:
        total: Images to make in this run.
        slots: Number of workers side by side.
        already_there: Images made by earlier runs.
    """

    def __init__(self, total: int, slots: int, already_there: int = 0) -> None:
        self._lock = threading.Lock()
        self._total = total
        self._already_there = already_there
        self._started_s = time.monotonic()
        self._slots = [WorkerView(number=number) for number in range(slots)]
        self._image_started_s = [0.0] * slots
        self._pids: list[int | None] = [None] * slots
        self._counts: Counter[str] = Counter()
        self.stage_seconds: Counter[str] = Counter()
        self.first_peak_rss_mb: dict[int, float] = {}
        self.peak_rss_mb = 0.0
        self.devices: set[str] = set()

    def image_started(self, slot: int, image_index: int) -> None:
        """Slot `slot` took up an image."""
        with self._lock:
            self._slots[slot].image_index = image_index
            self._image_started_s[slot] = time.monotonic()

    def image_done(self, slot: int, result: JobResult) -> None:
        """Slot `slot` finished its image."""
        with self._lock:
            view = self._slots[slot]
            view.image_index = None
            view.images += 1
            view.busy_s += time.monotonic() - self._image_started_s[slot]
            view.rss_mb = result.rss_mb
            self._counts["done"] += 1
            self.stage_seconds.update(result.stage_seconds)
            self.peak_rss_mb = max(self.peak_rss_mb, result.peak_rss_mb)
            self.first_peak_rss_mb.setdefault(result.pid, result.peak_rss_mb)
            if result.device:
                self.devices.add(result.device)
            if self._pids[slot] not in (None, result.pid):
                self._counts["recycled"] += 1
            self._pids[slot] = result.pid

    def attempt_failed(self, slot: int, kind: str) -> None:
        """An attempt ended in an "error", a "crash" or a "timeout"; a fresh worker follows."""
        with self._lock:
            self._counts[kind] += 1
            self._pids[slot] = None

    def image_quarantined(self, slot: int) -> None:
        """Slot `slot` gave its image up."""
        with self._lock:
            self._slots[slot].image_index = None
            self._counts["quarantined"] += 1

    def slot_idle(self, slot: int) -> None:
        """Slot `slot` has nothing left to do."""
        with self._lock:
            self._slots[slot].image_index = None
            self._slots[slot].idle = True

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
                workers=tuple(slot.copy() for slot in self._slots),
            )
