"""Supervised workers, side by side, that make images: recycled, time-limited, retried, and quarantined by number."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from synthvis.errors import RenderError, SynthvisError
from synthvis.render.process import Reply, Supervised

__all__ = ["DiskFull", "PoolEvents", "PoolSettings", "SlotSettings", "make_images", "slots_in"]

SAME_TROUBLE_LIMIT = 8
"""After so many quarantined images and not one success the trouble is not in the images."""


class DiskFull(SynthvisError):
    """No space is left for the dataset; all that was finished is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSettings:
    """One worker at a time, with its own log and environment."""

    log_path: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def slots_in(scratch: Path, environments: Iterable[Mapping[str, str]]) -> tuple[SlotSettings, ...]:
    """Worker slots whose logs and temporary files go to `scratch`, and with it at the end.

    Args:
        scratch: A folder of this run alone.
        environments: Variables of each worker.
    """
    # Blender makes a temporary folder as it starts, and a worker has no time to take it away when it ends.
    temporary = {"TMPDIR": str(scratch)}
    return tuple(
        SlotSettings(log_path=scratch / f"worker-{number}.log", environment={**environment, **temporary})
        for number, environment in enumerate(environments)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """How the workers are supervised.

    Attributes:
        slots: One entry for each worker that runs side by side.
        timeout_s: Time limit of one image.
        retries: Further attempts after a first one failed.
        recycle_after: Images after which a fresh process takes over.
        start_allowance_s: Seconds on top of the time limit for the first image of a process.
    """

    slots: tuple[SlotSettings, ...]
    timeout_s: float = 600.0
    retries: int = 2
    recycle_after: int = 250
    start_allowance_s: float = 60.0


class PoolEvents(Protocol):
    """What the pool tells as it goes, from the slots' threads."""

    def image_started(self, slot: int, image_index: int) -> None:
        """A worker slot took up an image."""

    def image_done(self, slot: int, result: Any) -> None:
        """An image is made."""

    def attempt_failed(self, slot: int, kind: str) -> None:
        """An attempt ended in an "error", a "crash" or a "timeout"."""

    def image_quarantined(self, slot: int) -> None:
        """All attempts at an image failed."""

    def slot_idle(self, slot: int) -> None:
        """A slot has nothing left to do."""


def make_images(
    groups: Sequence[Sequence[int]],
    function: Callable[[Any], Any],
    job_for: Callable[[int, int], object],
    settings: PoolSettings,
    events: PoolEvents,
) -> dict[int, str]:
    """Make every image of `groups`, each group on one slot as far as the slots stay equally busy.

    Args:
        groups: Image numbers; images of a group follow each other on a slot, so its worker can keep what they share.
        function: Module-level function that makes one image in a worker; a second run of it must do no harm.
        job_for: (image number, slot) -> argument of `function`.
        settings: Supervision.
        events: Told what happens.

    Returns:
        Quarantined image numbers with the reason of their last failure.

    Raises:
        DiskFull: A worker found no space left.
        RenderError: Nothing works at all.
        SynthvisError: A worker met an error that no retry can mend.
        KeyboardInterrupt: Ctrl-C; the workers are gone when it leaves here.
    """
    pool = _Pool(groups, function, job_for, settings, events)
    pool.run()
    if pool.failure is not None:
        raise pool.failure
    return dict(sorted(pool.quarantined.items()))


class _Queues:
    """Hands each slot a group, then image after image; a slot that runs dry takes half of the longest queue."""

    def __init__(self, groups: Sequence[Sequence[int]], slots: int) -> None:
        self._groups = deque(deque(group) for group in groups)
        self._own: list[deque[int]] = [deque() for _ in range(slots)]
        self._lock = threading.Lock()

    def next(self, slot: int) -> int | None:
        """The slot's next image number, None when nothing is left."""
        with self._lock:
            if not self._own[slot]:
                self._own[slot] = self._groups.popleft() if self._groups else self._half_of_longest()
            return self._own[slot].popleft() if self._own[slot] else None

    def _half_of_longest(self) -> deque[int]:
        longest = max(self._own, key=len)
        taken = [longest.pop() for _ in range((len(longest) + 1) // 2)]
        return deque(reversed(taken))


class _Pool:
    def __init__(
        self,
        groups: Sequence[Sequence[int]],
        function: Callable[[Any], Any],
        job_for: Callable[[int, int], object],
        settings: PoolSettings,
        events: PoolEvents,
    ) -> None:
        self.settings = settings
        self.function = function
        self.job_for = job_for
        self.events = events
        self.queues = _Queues(groups, len(settings.slots))
        self.stop = threading.Event()
        self.quarantined: dict[int, str] = {}
        self.successes = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        slots = [threading.Thread(target=self._work, args=(number,)) for number in range(len(self.settings.slots))]
        for slot in slots:
            slot.start()
        try:
            for slot in slots:
                while slot.is_alive():
                    slot.join(0.2)
        finally:
            self.stop.set()
            for slot in slots:
                slot.join()

    def _work(self, slot: int) -> None:
        # Threads and processes started from here inherit this: Ctrl-C is the main thread's business alone, and no
        # worker that is still starting answers it with a traceback.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        settings = self.settings.slots[slot]
        worker = Supervised(
            log_path=settings.log_path,
            recycle_after=self.settings.recycle_after,
            start_allowance_s=self.settings.start_allowance_s,
            environment=settings.environment,
        )
        try:
            while not self.stop.is_set() and (index := self.queues.next(slot)) is not None:
                self._make(slot, worker, index)
        except BaseException as error:
            self._fail(error)
        finally:
            self.events.slot_idle(slot)
            worker.close()

    def _make(self, slot: int, worker: Supervised, image_index: int) -> None:
        self.events.image_started(slot, image_index)
        for attempt in range(self.settings.retries + 1):
            job = self.job_for(image_index, slot)
            reply = worker.call(self.function, job, self.settings.timeout_s, self.stop)
            if reply.kind == "done":
                self.successes += 1
                self.events.image_done(slot, reply.value)
                return
            if reply.kind in ("stopped", "fatal", "disk_full"):
                self._end(reply)
                return
            self.events.attempt_failed(slot, reply.kind)
            worker.close()
            if attempt == self.settings.retries:
                self._quarantine(slot, image_index, reply.reason)

    def _end(self, reply: Reply) -> None:
        if reply.kind == "disk_full":
            self._fail(DiskFull(f"no space left on the disk ({reply.reason})"))
        elif reply.kind == "fatal":
            self._fail(reply.cause or RenderError(reply.reason))

    def _quarantine(self, slot: int, image_index: int, reason: str) -> None:
        self.quarantined[image_index] = reason
        self.events.image_quarantined(slot)
        if not self.successes and len(self.quarantined) >= SAME_TROUBLE_LIMIT:
            text = f"none of the first {len(self.quarantined)} images could be made; image {image_index}: {reason}"
            self._fail(RenderError(text, hint="`synthvis doctor` checks this machine"))

    def _fail(self, error: BaseException) -> None:
        if self.failure is None:
            self.failure = error
        self.stop.set()
