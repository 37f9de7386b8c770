"""Loading torch, torchvision and timm without torch's compiler, which costs twice as much as all three together.

torchvision imports `torch._dynamo` for one function that it calls on GPUs where algorithms must be deterministic, and
both it and timm for a decorator that keeps functions out of compiled graphs. These get stand-ins that load the compiler
when they are called. Where the libraries change, the ordinary import follows.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

__all__ = ["load_torch"]

COMPILER = "torch._dynamo"
COMPILER_PARTS = (COMPILER, f"{COMPILER}.utils")
LIBRARIES = ("torchvision", "torchvision.transforms.v2", "timm")


def load_torch() -> None:
    """Import torch, torchvision and timm; `torch._dynamo` is left to whoever compiles or makes an optimizer."""
    import torch  # noqa: F401

    if COMPILER in sys.modules:
        return
    for library in LIBRARIES:
        if library in sys.modules:
            continue
        before = set(sys.modules)
        try:
            with _compiler_stands_in():
                importlib.import_module(library)
        except (AttributeError, ImportError) as error:
            if isinstance(error, ModuleNotFoundError) and error.name in LIBRARIES:
                raise
            _forget(set(sys.modules) - before, library)
            importlib.import_module(library)


@contextmanager
def _compiler_stands_in() -> Iterator[None]:
    compiler, tools = ModuleType(COMPILER), ModuleType(f"{COMPILER}.utils")
    compiler.__path__ = []
    compiler.disable = _disable  # type: ignore[attr-defined]
    tools.is_compile_supported = _is_compile_supported  # type: ignore[attr-defined]
    sys.modules.update({COMPILER: compiler, f"{COMPILER}.utils": tools})
    try:
        yield
    finally:
        for name in COMPILER_PARTS:
            sys.modules.pop(name, None)


def _disable(fn: Any = None, recursive: bool = True, **_: Any) -> Any:
    from torch import _compile

    # torch's own form of the decorator, which loads the compiler at the first call.
    decorate: Callable[..., Any] = _compile._disable_dynamo
    return decorate(fn, recursive)


def _is_compile_supported(device_type: str) -> bool:
    supported: bool = importlib.import_module(f"{COMPILER}.utils").is_compile_supported(device_type)
    return supported


def _forget(names: set[str], library: str) -> None:
    for name in names:
        if name.partition(".")[0] == library.partition(".")[0]:
            del sys.modules[name]
