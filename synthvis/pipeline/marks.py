"""From which inputs each step was made, so that it is made once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from synthvis.dataset.layout import write_json_atomic

__all__ = ["Marks", "key_of"]

MARKS_NAME = "pipeline.json"


def key_of(*parts: str) -> str:
    """Equal for equal inputs."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@dataclass(slots=True)
class Marks:
    """The keys of the steps that were made, in the run's folder."""

    name: str
    path: Path
    keys: dict[str, str]

    @classmethod
    def read(cls, name: str, run_dir: Path) -> Marks:
        """Those of an earlier call; none where there is no file, or a damaged one."""
        path = run_dir / MARKS_NAME
        try:
            steps = json.loads(path.read_bytes())["steps"]
            keys = {str(step): str(key) for step, key in steps.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            keys = {}
        return cls(name, path, keys)

    def are(self, step: str, key: str) -> bool:
        """Whether the step was made from these inputs."""
        return self.keys.get(step) == key

    def put(self, step: str, key: str) -> None:
        """The step is made."""
        self.keys[step] = key
        write_json_atomic(self.path, {"pipeline": self.name, "steps": self.keys})
