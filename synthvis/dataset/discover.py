"""Finding a dataset when the user names none."""

from __future__ import annotations

from pathlib import Path

from synthvis.dataset.layout import DatasetLayout
from synthvis.dataset.manifest import Dataset, open_dataset
from synthvis.errors import DatasetError

__all__ = ["newest_dataset"]


def newest_dataset(parent: str | Path = "data") -> Dataset:
    """The dataset below `parent` that was rendered last.

    Raises:
        DatasetError: There is none.
    """
    folder = Path(parent)
    manifests = list(folder.glob("*/dataset.json")) if folder.is_dir() else []
    if not manifests:
        raise DatasetError(
            f"no dataset in {folder}/", hint="`synthvis render --n 100` makes one, or name a folder with --data"
        )
    return open_dataset(max((path.parent for path in manifests), key=_last_touched))


def _last_touched(root: Path) -> tuple[float, str]:
    layout = DatasetLayout(root)
    times = [path.stat().st_mtime for path in (layout.manifest, layout.run_facts) if path.exists()]
    return max(times), root.name
