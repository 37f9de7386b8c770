"""Parameters of a surface, read with a default."""

from __future__ import annotations

from collections.abc import Mapping

from synthvis.objects.spec import Param

__all__ = ["Color", "Params", "color_of", "flag_of", "number_of", "text_of"]

Params = Mapping[str, Param]
Color = tuple[float, float, float]


def number_of(params: Params, name: str, default: float) -> float:
    """Parameter `name` as a float."""
    value = params.get(name, default)
    return float(value) if isinstance(value, (int, float)) else default


def color_of(params: Params, name: str, default: Color) -> Color:
    """Parameter `name` as a linear RGB colour."""
    value = params.get(name, default)
    return (float(value[0]), float(value[1]), float(value[2])) if isinstance(value, (tuple, list)) else default


def text_of(params: Params, name: str, default: str) -> str:
    """Parameter `name` as a string."""
    return str(params.get(name, default))


def flag_of(params: Params, name: str, default: bool) -> bool:
    """Parameter `name` as a bool."""
    return bool(params.get(name, default))
