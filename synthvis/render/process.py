"""One supervised worker process: it answers, fails, dies or runs out of time, and never outlives its parent."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from synthvis.errors import MissingDependency, SynthvisError, UsageError

__all__ = ["Reply", "Supervised", "is_disk_full"]

ReplyKind = Literal["done", "error", "crash", "timeout", "disk_full", "fatal", "stopped"]

POLL_S = 0.1
DEATH_ALLOWANCE_S = 5.0
ANSWER_ALLOWANCE_S = 60.0
"""For starting the interpreter, and for pebble to notice that the time is up."""

DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT)
NOISE_LIMIT_BYTES = 1_000_000
NOISE_TAIL_LINES = 5
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How one call of a worker ended.

    Attributes:
        kind: "done"; "error", "crash" or "timeout", which may be tried again; "disk_full" and "fatal", which would
            only happen again; "stopped" when the caller asked for it.
        value: The result when done.
        reason: One line that says what happened.
        cause: The exception of a "fatal" reply.
    """

    kind: ReplyKind
    value: Any = None
    reason: str = ""
    cause: SynthvisError | None = None


@dataclass(kw_only=True)
class Supervised:
    """A process that is started when first called and replaced when it breaks.

    Attributes:
        log_path: Where whatever the process prints goes; its pid is kept beside it.
        recycle_after: Calls after which a fresh process takes over.
        start_allowance_s: Seconds on top of the time limit for the first call of a process, which imports bpy.
        environment: Variables set in the process before anything heavy is imported.
    """

    log_path: Path
    recycle_after: int = 250
    start_allowance_s: float = 60.0
    environment: Mapping[str, str] = field(default_factory=dict)
    _pool: Any = None
    _calls: int = 0

    def call(self, function: Callable[[Any], Any], argument: object, timeout_s: float, stop: threading.Event) -> Reply:
        """Run `function(argument)` in the process.

        Args:
            function: A module-level function.
            argument: Anything that pickles.
            timeout_s: The process is killed when the call takes longer.
            stop: Set by another thread to give up waiting; the process is then killed by `close`.
        """
        try:
            pool = self._running_pool()
            timeout_s += self.start_allowance_s if self._calls % self.recycle_after == 0 else 0.0
            self._calls += 1
            future = pool.schedule(_guarded, args=(function, argument), timeout=timeout_s)
            deadline_s = time.monotonic() + timeout_s + ANSWER_ALLOWANCE_S
            while not future.done() and pool.active:
                if stop.wait(0) or time.monotonic() > deadline_s:
                    return self._abandon(stopped=stop.is_set(), timeout_s=timeout_s)
                _wait(future)
            return self._reply(future, timeout_s)
        except (BrokenProcessPool, RuntimeError) as error:
            # pebble reports a worker that died between two tasks, or before it took one, in this way.
            self.close()
            return Reply(kind="crash", reason=self._with_worker_log(f"worker process died ({error})"))

    def close(self) -> None:
        """Kill the process; the next call starts a fresh one."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        # Stopped first, so that pebble does not replace the process that is killed next.
        pool.stop()
        self._kill()
        with contextlib.suppress(RuntimeError):
            pool.join()

    @property
    def pid_path(self) -> Path:
        """File that holds the pid of the running process."""
        return self.log_path.with_suffix(".pid")

    def _running_pool(self) -> Any:
        if self._pool is None:
            from pebble import ProcessPool

            self._calls = 0
            self._pool = ProcessPool(
                max_workers=1,
                max_tasks=self.recycle_after,
                initializer=_initialise,
                initargs=(str(self.log_path), str(self.pid_path), dict(self.environment), os.getpid()),
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool

    def _reply(self, future: Any, timeout_s: float) -> Reply:
        from pebble import ProcessExpired

        try:
            reply: Reply = future.result(timeout=POLL_S)
        except TimeoutError:
            if not future.done():
                raise RuntimeError("it left no answer") from None
            return Reply(kind="timeout", reason=self._with_worker_log(f"took longer than {timeout_s:g} s"))
        except ProcessExpired as error:
            return Reply(
                kind="crash", reason=self._with_worker_log(f"worker process died ({_exit_text(error.exitcode)})")
            )
        except CancelledError:
            return Reply(kind="stopped")
        return reply

    def _abandon(self, *, stopped: bool, timeout_s: float) -> Reply:
        if stopped:
            return Reply(kind="stopped")
        # Neither an answer nor pebble's own time limit came: a process killed at the wrong moment can leave the
        # channel's lock behind. Joining such a pool could wait for ever, so it is left to its daemon threads.
        pool, self._pool = self._pool, None
        pool.stop()
        self._kill()
        return Reply(
            kind="timeout", reason=self._with_worker_log(f"no answer within {timeout_s + ANSWER_ALLOWANCE_S:g} s")
        )

    def _kill(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            pid = int(self.pid_path.read_text())
            self.pid_path.unlink()
            for child in multiprocessing.active_children():
                if child.pid == pid:
                    os.kill(pid, signal.SIGKILL)
                    # A file that it is just renaming must not appear after the caller has looked.
                    child.join(DEATH_ALLOWANCE_S)

    def _with_worker_log(self, reason: str) -> str:
        with contextlib.suppress(OSError):
            lines = self.log_path.read_text(errors="replace").strip().splitlines()
            tail = " | ".join(line.strip() for line in lines[-NOISE_TAIL_LINES:] if line.strip())
            return f"{reason}; it last said: {tail}" if tail else reason
        return reason


def is_disk_full(error: BaseException | None) -> bool:
    """Whether `error`, or what caused it, says that the disk or the quota is full."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in DISK_FULL_ERRNOS:
            return True
        if os.strerror(errno.ENOSPC) in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _wait(future: Any) -> None:
    # TimeoutError means "not yet" here and "the job's time is up" once the future is done; `_reply` tells them apart.
    with contextlib.suppress(Exception):
        future.result(timeout=POLL_S)


def _exit_text(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-exitcode).name
    return f"exit code {exitcode}"


def _guarded(function: Callable[[Any], Any], argument: object) -> Reply:
    """In the worker: turn every outcome into a `Reply`, because not every exception survives pickling."""
    _limit_worker_log()
    try:
        return Reply(kind="done", value=function(argument))
    except (UsageError, MissingDependency) as error:
        return Reply(kind="fatal", reason=error.what, cause=type(error)(error.what, hint=error.hint))
    except BaseException as error:
        if is_disk_full(error):
            return Reply(kind="disk_full", reason=str(error))
        traceback.print_exc()
        return Reply(kind="error", reason=_one_line(error))


def _one_line(error: BaseException) -> str:
    what = error.what if isinstance(error, SynthvisError) else f"{type(error).__name__}: {error}"
    return " ".join(what.split())


def _initialise(log_path: str, pid_path: str, environment: Mapping[str, str], parent_pid: int) -> None:
    """In the worker, before its first task: tie its life to the parent's and send what it prints to its worker log."""
    _die_with(parent_pid)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The default action also ends a process that is deep inside Cycles, where no Python handler would run.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.update(environment)
    Path(pid_path).write_text(str(os.getpid()))
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def _die_with(parent_pid: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent_pid,), daemon=True).start()
    if os.getppid() != parent_pid:
        os._exit(1)


def _watch(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(1.0)
    os._exit(1)


def _limit_worker_log() -> None:
    with contextlib.suppress(OSError):
        if os.fstat(2).st_size > NOISE_LIMIT_BYTES:
            os.ftruncate(2, 0)
