"""synthvis: render labelled scenes, train on them, measure the gap to real photographs.

Importing this package is cheap: neither Blender nor torch nor OpenCV is loaded until a module that needs one is.
"""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
