"""From which inputs each step was made, so that it is made once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from synthvis.dataset.layout import write_json_atomic
from synthvis.errors import SynthvisError
from synthvis.formats.json_file import FileModel, Name, read_json

__all__ = ["StepCache", "key_of"]

FILE_NAME = "pipeline.json"


def key_of(*parts: str) -> str:
    """Equal for equal inputs."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


class StepCacheFile(FileModel):
    """Content of pipeline.json: the key of each step that was made."""

    pipeline: Name
    steps: dict[Name, Name]


@dataclass(slots=True)
class StepCache:
    """The keys of the steps that were made, in the run's folder."""

    name: str
    path: Path
    keys: dict[str, str]

    @classmethod
    def read(cls, name: str, run_dir: Path) -> StepCache:
        """Those of an earlier call; none where there is no file, or a damaged one."""
        path = run_dir / FILE_NAME
        try:
            keys = dict(read_json(path, StepCacheFile, what="the finished steps of a pipeline", hint="").steps)
        except SynthvisError:
            keys = {}
        return cls(name, path, keys)

    def is_fresh(self, step: str, key: str) -> bool:
        """Whether the step was made from these inputs."""
        return self.keys.get(step) == key

    def record(self, step: str, key: str) -> None:
        """The step is made."""
        self.keys[step] = key
        write_json_atomic(self.path, {"pipeline": self.name, "steps": self.keys})
