"""Scene specs to and from JSON: equal specs are equal bytes, and reading gives the same spec back."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from synthvis.conventions import SCHEMA_VERSION
from synthvis.errors import DatasetError
from synthvis.scene.spec import SceneSpec

__all__ = ["scene_from_json", "scene_to_json"]

LEFT_OUT_WHEN_NONE = {"camera": ("intrinsics_px", "distortion"), "sensor": ("shake", "least_mean", "sharpen", "gain")}
"""What most scenes do not have: written only where it says something, so that scene files stay short."""
JOINTS_OF_MOVING = {"opened_joints_rad", "closed_joints_rad"}


def scene_to_json(spec: SceneSpec) -> bytes:
    """UTF-8 JSON of a spec, with a final newline."""
    left_out: dict[str, Any] = {
        name: {field for field in fields if getattr(getattr(spec, name), field) is None}
        for name, fields in LEFT_OUT_WHEN_NONE.items()
    }
    left_out["objects"] = {index: {"joints_rad"} for index, item in enumerate(spec.objects) if not item.joints_rad}
    if spec.film is None:
        left_out["film"] = True
    else:
        rigid = {i: JOINTS_OF_MOVING for i, item in enumerate(spec.film.objects) if not item.opened_joints_rad}
        left_out["film"] = {"objects": rigid} if spec.film.readout_s else {"objects": rigid, "readout_s": True}
    # The parameter's type knows no set-valued mapping with str keys, which pydantic documents and takes.
    return _adapter().dump_json(spec, indent=1, exclude=left_out) + b"\n"


def scene_from_json(content: bytes, *, where: str = "scene") -> SceneSpec:
    """The spec that `scene_to_json` wrote.

    Args:
        content: UTF-8 JSON.
        where: Named in errors.

    Raises:
        DatasetError: It is not a scene spec, or one of a newer version.
    """
    try:
        spec = _adapter().validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DatasetError(f"{where} is not a scene spec: {place} {first['msg']}") from error
    if spec.schema_version > SCHEMA_VERSION:
        raise DatasetError(
            f"{where} has schema version {spec.schema_version}, newer than {SCHEMA_VERSION}", hint="update synthvis"
        )
    return spec


@cache
def _adapter() -> TypeAdapter[SceneSpec]:
    return TypeAdapter(SceneSpec)
