"""What every benchmark returns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from synthvis.formats.json_file import Record

__all__ = ["BenchResult"]


class BenchResult(Record, ABC):
    """A frozen dataclass of measured values: `to_dict` for JSON, `lines` for people."""

    __slots__ = ()

    @abstractmethod
    def lines(self) -> Sequence[str]:
        """The result as lines of text."""
