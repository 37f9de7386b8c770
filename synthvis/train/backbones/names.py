"""Names of networks that timm has, read from its sources: importing it takes ten seconds.

Networks are functions below `@register_model`; the names of old ones stand in a call of `register_model_deprecations`.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from pathlib import Path

from synthvis.errors import UsageError
from synthvis.train.backbones.catalogue import ALIASES, CATALOGUE, find_backbone, hint_for

__all__ = ["known_names", "require_known", "timm_names"]

REGISTERED = re.compile(r"^@register_model\s*\ndef (\w+)\(", re.MULTILINE)
DEPRECATED = re.compile(r"^register_model_deprecations\(__name__, \{(.*?)^\}", re.MULTILINE | re.DOTALL)
KEY = re.compile(r"^\s*['\"]([\w.]+)['\"]\s*:", re.MULTILINE)


@functools.cache
def timm_names() -> frozenset[str]:
    """Names of all networks of the installed timm, old ones too; empty where it is absent or its sources are."""
    spec = importlib.util.find_spec("timm")
    if spec is None or not spec.submodule_search_locations:
        return frozenset()
    names: set[str] = set()
    for source in (Path(spec.submodule_search_locations[0]) / "models").glob("*.py"):
        text = source.read_text(errors="replace")
        names.update(REGISTERED.findall(text))
        for mapping in DEPRECATED.findall(text):
            names.update(name.partition(".")[0] for name in KEY.findall(mapping))
    return frozenset(names)


def known_names() -> list[str]:
    """The catalogue's names and aliases, then timm's."""
    first = [*CATALOGUE, *ALIASES]
    return [*first, *sorted(timm_names() - set(first))]


def require_known(name: str) -> None:
    """Refuse a backbone that neither the catalogue nor timm has; torchvision's are known only by building them.

    Raises:
        UsageError: There is no network of that name.
    """
    backbone = find_backbone(name)
    there = timm_names()
    if backbone.library == "timm" and there and backbone.model not in there:
        raise UsageError(f"timm knows no network '{name}'", hint=hint_for(name))
