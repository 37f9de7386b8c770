"""Loading PyTorch, said first: it takes seconds on a fast machine and longer on a busy one."""

from __future__ import annotations

import os
import sys

__all__ = ["start_torch"]


def start_torch() -> None:
    """Say that PyTorch is being loaded, and load it.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    if "torch" in sys.modules:
        return
    from synthvis.train.torch_loading import load_torch
    from synthvis.ui.console import stderr_console

    # Of several processes the first talks.
    if os.environ.get("RANK", "0") == "0":
        stderr_console().print("loading PyTorch")
    load_torch()
