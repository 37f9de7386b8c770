"""Who is told how a pipeline goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthvis.gap.compare import Stage

if TYPE_CHECKING:
    from synthvis.render.progress import RenderProgress
    from synthvis.train.config import TrainConfig

__all__ = ["Callbacks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """What shows the work; by itself nothing does.

    Attributes:
        say: Takes a line of talk.
        rendering: Shows a render while it is open.
        training: Shows a training while it is open: a context with on_step, or None.
        stage: Shows a piece of a comparison.
    """

    say: Callable[[str], None] = lambda text: None
    rendering: Callable[[RenderProgress], AbstractContextManager[Any]] = lambda progress: nullcontext()
    training: Callable[[TrainConfig, Path], AbstractContextManager[Any]] = lambda config, run_dir: nullcontext()
    stage: Stage = lambda title, total: lambda done: None
