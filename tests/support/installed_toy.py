"""The toy package of tests/support/toy_package as if it were installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

__all__ = ["TOY_PACKAGE", "forget_toy_package", "install_toy_package"]

TOY_PACKAGE = Path(__file__).parent / "toy_package"


def install_toy_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the package and what an installer writes beside it into the import path, of children too.

    Args:
        folder: Empty; what an installer writes goes here.
        monkeypatch: Takes it all back.
    """
    info = folder / "toy_package-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text((TOY_PACKAGE / "entry_points.txt").read_text())
    monkeypatch.syspath_prepend(TOY_PACKAGE)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{TOY_PACKAGE}")


def forget_toy_package() -> None:
    """What the registries and Python keep of it."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "toy_package"]:
        del sys.modules[name]
