"""What a prediction over many inputs is asked for, how far it is, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from synthvis.inference.inputs import Input
from synthvis.inference.journal import Asked
from synthvis.inference.predictor import Predictor
from synthvis.inference.records import FailedInput
from synthvis.metrics.picture_predictions import Vocabulary

__all__ = ["PredictionJob", "PredictionSummary", "Tally"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PredictionJob:
    """What is predicted on, by what, and where the results go.

    Attributes:
        inputs: Pictures, videos and cameras.
        out: Output folder.
        predictor: The network.
        run_name: Its name, for people.
        asked: What decides the outputs besides the inputs.
        on_progress: Is called with (pictures and frames done, all of them as far as they are known).
        notify: Takes sentences for the user.
    """

    inputs: tuple[Input, ...]
    out: Path
    predictor: Predictor
    run_name: str
    asked: Asked
    on_progress: Callable[[int, int], None] = field(default=lambda done, total: None)
    notify: Callable[[str], None] = field(default=lambda sentence: None)


@dataclass(slots=True, kw_only=True, eq=False)
class Tally:
    """How far a prediction is.

    Attributes:
        on_progress: Is called at each step.
        done: Pictures and frames that are done.
        total: All of them as far as they are known.
        failed: Inputs that could not be used, or not all of them.
    """

    on_progress: Callable[[int, int], None]
    done: int = 0
    total: int = 0
    failed: list[FailedInput] = field(default_factory=list)

    def count(self) -> None:
        """One more is done."""
        self.done += 1
        self.total = max(self.total, self.done)
        self.on_progress(self.done, self.total)

    def note(self, file: str, why: str) -> None:
        """An input failed; an empty reason is none."""
        if why:
            self.failed.append(FailedInput(file=file, why=why))


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionSummary:
    """What a prediction did.

    Attributes:
        pictures: Pictures that were predicted on, those of an earlier command included.
        frames: Frames of videos and cameras likewise.
        objects: What was found on all of them.
        already_there: Pictures and frames of an earlier command.
        failed: Inputs that could not be used, or not all of them.
        seconds: Of this command.
        words: Classes and keypoints of the network.
    """

    pictures: int
    frames: int
    objects: int
    already_there: int
    failed: tuple[FailedInput, ...]
    seconds: float
    words: Vocabulary

    @property
    def per_second(self) -> float:
        """Pictures and frames a second of this command."""
        made = self.pictures + self.frames - self.already_there
        return made / self.seconds if self.seconds > 0 else 0.0
