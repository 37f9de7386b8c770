"""Finding a dataset when the user names none."""

from __future__ import annotations

from pathlib import Path

from synthvis.dataset.layout import DatasetLayout
from synthvis.dataset.manifest import RenderedDataset, open_rendered
from synthvis.errors import DatasetError

__all__ = ["newest_dataset"]


def newest_dataset(parent: str | Path = "data") -> RenderedDataset:
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
    return open_rendered(max((path.parent for path in manifests), key=_last_touched))


def _last_touched(root: Path) -> tuple[float, str]:
    layout = DatasetLayout(root)
    times = [path.stat().st_mtime for path in (layout.manifest, layout.run_facts) if path.exists()]
    return max(times), root.name
