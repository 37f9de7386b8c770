"""The models of a BOP set, ours and others', in metres, with the symmetries that models_info.json states."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from synthvis.data.formats.bop.class_table import FORMAT_HINT, read_class_table
from synthvis.data.formats.bop.layout import model_path, models_info_path
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.object_models import ObjectModel
from synthvis.errors import RealDataError
from synthvis.formats.json_file import Name, read_json
from synthvis.formats.ply_any import read_any_ply
from synthvis.objects.spec import Mat4, Vec3
from synthvis.objects.symmetry import AnyTurn, Symmetries

__all__ = ["read_bop_models"]

MM = 1000.0
MAX_SYMMETRIES = 64
TOLERANCE = 1e-3


def read_bop_models(root: Path, numbers_of: Mapping[str, frozenset[int]]) -> dict[str, ObjectModel]:
    """One model a class.

    Args:
        root: Folder of the set.
        numbers_of: Numbers of the models that the objects of each class have.

    Raises:
        RealDataError: A class has several models, or its model cannot be read.
    """
    path = models_info_path(root)
    infos = (
        {}
        if path is None
        else read_json(path, dict[Name, Any], what="models_info.json", hint=FORMAT_HINT, error=RealDataError)
    )
    table = read_class_table(root, LeftOutCounter())
    found = {}
    for name, numbers in numbers_of.items():
        named = {number for number, own in table.names.items() if own == name} | numbers
        if len(named) != 1:
            raise RealDataError(
                f"the objects of class {name} in {root} have {len(named)} models",
                hint="poses are learnt of one known model a class: render one mesh of each class (--assets MESH)",
            )
        number = next(iter(named))
        found[name] = _model(root, number, infos.get(str(number)))
    return found


def _model(root: Path, number: int, info: object) -> ObjectModel:
    path = model_path(root, number)
    if not path.is_file():
        raise RealDataError(f"there is no model {path}", hint="copy the folder models/ of the set beside its splits")
    vertices_mm, faces = read_any_ply(path)
    used, places = np.unique(faces, return_inverse=True)
    return ObjectModel(
        vertices_m=vertices_mm[used] / MM,
        faces=places.reshape(faces.shape).astype(np.int32),
        symmetries=_symmetries(info, f"models_info.json of {root}, model {number}"),
    )


def _symmetries(info: object, where: str) -> Symmetries:
    facts = info if isinstance(info, Mapping) else {}
    try:
        discrete = [_turn(one) for one in _list(facts.get("symmetries_discrete"))]
        continuous = [_axis(one) for one in _list(facts.get("symmetries_continuous"))]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise RealDataError(f"{where}: a symmetry is none", hint=FORMAT_HINT) from error
    return Symmetries(discrete=tuple(discrete), continuous=tuple(continuous))


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MAX_SYMMETRIES:
        raise ValueError("no list of symmetries")
    return value


def _turn(values: object) -> Mat4:
    matrix = np.array(values, dtype=np.float64).reshape(4, 4)
    rotation = matrix[:3, :3]
    if not np.isfinite(matrix).all() or np.abs(rotation @ rotation.T - np.eye(3)).max() > TOLERANCE:
        raise ValueError("no rigid transform")
    matrix[:3, 3] /= MM
    a, b, c, _ = ((row[0], row[1], row[2], row[3]) for row in matrix.tolist())
    return a, b, c, (0.0, 0.0, 0.0, 1.0)


def _axis(entry: Mapping[str, object]) -> AnyTurn:
    axis, offset = _vector(entry["axis"]), _vector(entry["offset"])
    length = float(np.linalg.norm(axis))
    if not length > TOLERANCE:
        raise ValueError("no axis")
    x, y, z = (np.array(axis) / length).tolist()
    return AnyTurn(axis=(x, y, z), offset_m=(offset[0] / MM, offset[1] / MM, offset[2] / MM))


def _vector(values: object) -> Vec3:
    vector = np.array(values, dtype=np.float64)
    if vector.shape != (3,) or not np.isfinite(vector).all():
        raise ValueError("no vector")
    x, y, z = vector.tolist()
    return x, y, z
