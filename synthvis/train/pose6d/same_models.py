"""Which class of a set is which of a network: by name, or, where both know one, that one."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.object_models import PoseSplit
from synthvis.data.split import class_key
from synthvis.errors import RealDataError

__all__ = ["shared_models"]


def shared_models(split: PoseSplit, classes: Sequence[str]) -> dict[str, str]:
    """Class of the network by class of the set.

    BOP sets of others often name their models by number, so the only class of a set is taken for the only class of a
    network whatever they are called.

    Raises:
        RealDataError: They share none.
    """
    known = {class_key(name): name for name in classes}
    shared = {name: known[class_key(name)] for name in split.models if class_key(name) in known}
    if not shared and len(split.models) == len(classes) == 1:
        return {next(iter(split.models)): classes[0]}
    if not shared:
        raise RealDataError(
            f"{split.name} has poses of {', '.join(list(split.models)[:6])}, and not of {', '.join(classes[:6])}",
            hint="classes are matched by name: give models_info.json of the set the same `name`",
        )
    return shared
