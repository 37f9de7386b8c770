"""What all tests share: the real photographs, when there are any, and honest skips."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Where tests run side by side, the threads of OpenBLAS of one process wait for the cores of another, and burn a third
# of the time; numpy reads this when it is imported first.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

REPOSITORY = Path(__file__).resolve().parents[1]
# Hand-made scenes, renders and datasets that several folders of tests share.
sys.path.insert(0, str(Path(__file__).parent / "support"))
sys.path.insert(0, str(Path(__file__).parent / "fuzz"))
DEFAULT_REAL = REPOSITORY.parent / "shared" / "real"


# A busy machine is no failure.
settings.register_profile("synthvis", deadline=None)
settings.load_profile("synthvis")

# A shell makes what it runs in the background deaf to Ctrl-C, and so the commands that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests leave nothing in the user's cache, and find nothing there."""
    os.environ["SYNTHVIS_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def real_root() -> Path:
    """Folder of the real photographs; the test is skipped, with the reason, when there is none."""
    root = Path(os.environ.get("SYNTHVIS_REAL", DEFAULT_REAL))
    if not root.is_dir():
        pytest.skip(f"no real photographs: {root} does not exist and SYNTHVIS_REAL is not set")
    return root


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with a reason, what this machine cannot run."""
    absent = {
        "blender": None if importlib.util.find_spec("bpy") else f"no bpy for Python {sys.version.split()[0]}",
        "train": None if importlib.util.find_spec("torch") else "torch is not installed",
        "gpu": None if _has_cuda() else "no CUDA device",
    }
    for item in items:
        for marker, reason in absent.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def _has_cuda() -> bool:
    return Path("/dev/nvidia0").exists()
